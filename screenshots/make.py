"""Makes the screenshots of the README from the real application: `python -m screenshots.make [NAME …]`.

cockpit runs in a terminal of its own with a made-up home; what that terminal then shows is drawn as SVG.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from screenshots.svg import render
from tests.e2e.headless import opened
from tests.e2e.programs import write_fixtures
from tests.harness.cockpit_app import CockpitApp
from tests.harness.view import completed

HERE = Path(__file__).resolve().parent
COLUMNS, ROWS = 130, 36
PROJECTS = {"atlas": None, "cockpit": None, "billing-api": "work", "web": "work", "dotfiles": None, "notes": None}
BRANCHES = {"atlas": "main", "cockpit": "tmux-backend", "billing-api": "fix/rounding", "web": "main"}
LEADER = "C-b"


def main(names: list[str]) -> int:
    """Makes the named screenshots, or all of them."""
    for name in names or SCENES:
        SCENES[name](name)
        print(HERE / f"{name}.svg")
    return 0


def application(backend: str, environment: dict[str, str] | None = None) -> CockpitApp:
    """cockpit in a home with projects in it, not yet started."""
    settings: dict[str, dict[str, object]] = {
        "general": {"sidebar": True, "show_tmux_hint": False},
        "experimental": {"tmux_backend": backend == "tmux"},
    }
    app = CockpitApp(backend, columns=COLUMNS, rows=ROWS, settings=settings)
    for project in PROJECTS:
        git = app.home.home / project / ".git"
        git.mkdir(parents=True)
        (git / "HEAD").write_text(f"ref: refs/heads/{BRANCHES.get(project, 'main')}\n")
    write_fixtures(app.home.home / "atlas")
    for name in (".bashrc", ".bash_profile"):
        (app.home.home / name).write_text("PS1='\\[\\e[1;32m\\]ada\\[\\e[0m\\]:\\[\\e[1;34m\\]\\w\\[\\e[0m\\] $ '\n")
    app.prompt = "ada:~"
    for variables in (app.home.environment, app.outer.environment):
        variables.pop("COCKPIT_TMUX_BACKEND", None)
    app.outer.environment.update(environment or {})
    app.outer.argv[:0] = ["env", "-u", "TMUX", "-u", "TMUX_PANE"]
    return app


def with_sessions(app: CockpitApp) -> None:
    """Gives the home its sessions, as an earlier cockpit would have left them."""

    async def create() -> None:
        async with opened(app.home) as workspace:
            first = workspace.focused_session
            for project, group in PROJECTS.items():
                await workspace.run("session.new", directory=str(app.home.home / project), group=group)
            if first is not None:
                await workspace.run("session.close", session_id=first.id)
            for _ in range(2):
                await workspace.run("terminal.new", session_id=workspace.sessions[0].id)
            await workspace.settle()

    asyncio.run(create())


def save(app: CockpitApp, name: str) -> None:
    """Draws what the terminal shows now."""
    grid = completed(app.outer.server, "main", app.outer.capture)
    (HERE / f"{name}.svg").write_text(render(grid, app.outer.cursor()))


def main_screen(name: str) -> None:
    """Several sessions on tmux, vim in the pane."""
    with_app(name, _in_vim)


def hint_panel(name: str) -> None:
    """What can follow the leader."""

    def scene(app: CockpitApp) -> None:
        _in_vim(app)
        app.outer.keys(LEADER)
        app.outer.wait_text("move tab left")

    with_app(name, scene)


def settings_experimental(name: str) -> None:
    """The settings, at the tab with the tmux toggle."""

    def scene(app: CockpitApp) -> None:
        app.outer.keys(LEADER, "S")
        app.outer.wait_text("Experimental")
        for _ in range(4):
            app.outer.keys("C-PageDown")
        app.outer.wait_text("Keep programs")

    with_app(name, scene)


def onboarding(name: str) -> None:
    """tmux is wanted and there is none."""
    app = application("tmux", environment={"COCKPIT_TMUX": "/nonexistent/tmux"})
    with app.outer:
        try:
            app.outer.wait_text("tmux for terminals that last")
            save(app, name)
        finally:
            app.close()


def with_app(name: str, scene: Callable[[CockpitApp], None]) -> None:
    """Runs a scene on the tmux backend and draws its end."""
    app = application("tmux")
    with_sessions(app)
    with app:
        scene(app)
        save(app, name)


def _in_vim(app: CockpitApp) -> None:
    app.outer.type_text("cd ~/atlas; vim -N -u NONE -c 'set number ruler laststatus=2 background=dark | syntax on' code.py")
    app.outer.keys("Enter")
    app.outer.wait_text("def greet")


SCENES: dict[str, Callable[[str], None]] = {
    "main": main_screen,
    "hint-panel": hint_panel,
    "settings-experimental": settings_experimental,
    "onboarding": onboarding,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

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


def palette(name: str) -> None:
    """Looking for a command."""

    def scene(app: CockpitApp) -> None:
        _in_vim(app)
        app.outer.keys(LEADER, ":")
        app.outer.wait_text("What to do?")
        app.outer.type_text("tab")
        app.outer.wait_text("Go to tab 2")

    with_app(name, scene)


def help_screen(name: str) -> None:
    """What can be done with the list of sessions."""

    def scene(app: CockpitApp) -> None:
        _in_vim(app)
        app.outer.keys(LEADER, "w")
        app.outer.wait_text("enter show" if app.outer.environment.get("COCKPIT_ASCII") else "filter")
        app.outer.keys("?")
        app.outer.wait_text("Keys here")

    with_app(name, scene)


def narrow(name: str) -> None:
    """80 columns: the sidebar lies over the pane."""

    def scene(app: CockpitApp) -> None:
        _in_vim(app)
        app.outer.resize(80, 24)
        app.outer.wait_text("1,1")
        app.outer.keys(LEADER, "s")
        app.outer.wait_text("notes")

    with_app(name, scene)


def scroll(name: str) -> None:
    """Reading further up while the program goes on below."""

    def scene(app: CockpitApp) -> None:
        _with_log(app)
        app.outer.keys("S-PageUp", "S-PageUp")
        app.outer.wait_text("↑")
        app.outer.wait_text("new output below")

    with_app(name, scene)


def search(name: str) -> None:
    """A regular expression in the history, its matches and the current one."""

    def scene(app: CockpitApp) -> None:
        _with_log(app)
        app.outer.keys(LEADER, "/")
        app.outer.wait_text("search")
        app.outer.type_text("/warning|error")
        app.outer.wait_text("match 59 of 59")
        app.outer.keys("Up", "Up", "Up")
        app.outer.wait_text("match 56 of 59")

    with_app(name, scene)


def selection(name: str) -> None:
    """A block selected by keyboard, above the live screen."""

    def scene(app: CockpitApp) -> None:
        _with_log(app)
        app.outer.keys(LEADER, "[")
        app.outer.wait_text("copy")
        app.outer.keys(*["k"] * 12, "0", "w", "V", *["k"] * 5)
        app.outer.wait_text("reading")

    with_app(name, scene)


def _with_log(app: CockpitApp) -> None:
    """A build whose output fills the history, and then goes on, one line after a while."""
    lines = []
    for number in range(1, 301):
        file = f"src/{('billing', 'ledger', 'rates', 'report')[number % 4]}/part_{number:03}.c"
        lines.append(f"\x1b[2m[{number:3}/300]\x1b[m \x1b[32mCC\x1b[m   {file}")
        if number % 7 == 0:
            lines.append(f"\x1b[1m{file}:{number}:9:\x1b[m \x1b[1;33mwarning:\x1b[m unused variable 'rest' [-Wunused-variable]")
        if number % 17 == 0:
            lines.append(f"\x1b[1m{file}:{number}:3:\x1b[m \x1b[1;31merror:\x1b[m implicit declaration of function 'round_up'")
    log = app.home.home / "atlas" / "build.log"
    log.write_text("\n".join(lines) + "\n")
    script = app.home.home / "atlas" / "build"
    script.write_text(f"cat {log}\nsleep 4\nprintf '\\033[1;31m17 errors\\033[m, 42 warnings\\n'\n")
    app.outer.type_text("cd ~/atlas; clear; sh build")
    app.outer.keys("Enter")
    app.outer.wait_text("[300/300]")


SCENES: dict[str, Callable[[str], None]] = {
    "main": main_screen,
    "hint-panel": hint_panel,
    "settings-experimental": settings_experimental,
    "onboarding": onboarding,
    "palette": palette,
    "help": help_screen,
    "narrow": narrow,
    "scroll": scroll,
    "search": search,
    "selection": selection,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

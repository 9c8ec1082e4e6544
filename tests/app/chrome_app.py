"""The main screen in an app of its own, over the real workspace and a backend without programs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.app import App
from textual.pilot import Pilot

from cockpit.app.installing import Installing
from cockpit.app.keys.keymap import Keymap
from cockpit.app.looks.glyphs import UNICODE, Glyphs
from cockpit.app.looks.stylesheets import stylesheets
from cockpit.app.screens.main import MainScreen
from cockpit.backends.base import BackendListener
from cockpit.paths import Paths, resolve
from cockpit.workspace.workspace import Workspace
from tests.app.fake_backend import FakeBackend
from tests.app.main_world import MainWorld


class ChromeApp(App[None], inherit_bindings=False):
    """Nothing but the main screen."""

    CSS_PATH = stylesheets()
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, workspace: Workspace, keymap: Keymap | None, glyphs: Glyphs) -> None:
        super().__init__()
        self.main = MainScreen(
            workspace, keymap, glyphs=glyphs, home="/home/ada", installing=Installing("sudo apt install tmux")
        )

    async def on_mount(self) -> None:
        self.theme = "ansi-dark"
        await self.push_screen(self.main)


class Cockpit(MainWorld):
    """Everything a test of the screen wants to look at."""

    def __init__(
        self, workspace: Workspace, backends: dict[str, FakeBackend], app: ChromeApp, pilot: Pilot[None]
    ):
        super().__init__(app.main, workspace)
        self.backends = backends
        self.app = app
        self.pilot = pilot

    async def press(self, *keys: str) -> None:
        """Types keys and waits until everything they started is done."""
        await self.pilot.press(*keys)
        await self.settle()

    async def settle(self) -> None:
        """Waits for commands, workers and drawing."""
        for _ in range(2):  # a command may start another, as a dialogue's answer does
            await self.pilot.pause()
            workers = [w for w in self.app.workers if w.group in ("commands", "branches", "check")]
            if workers:  # an empty list would mean all of them, dialogues included
                await self.app.workers.wait_for_complete(workers)
        await self.pilot.pause()


@asynccontextmanager
async def cockpit(
    home: Path,
    *,
    size: tuple[int, int] = (120, 36),
    sessions: int = 1,
    keymap: Keymap | None = None,
    glyphs: Glyphs = UNICODE,
    environment: dict[str, str] | None = None,
    tmux: bool = True,
    notifications: bool = False,
) -> AsyncIterator[Cockpit]:
    """cockpit with `sessions` sessions, s0, s1, …, each in a directory of its own name."""
    backends: dict[str, FakeBackend] = {}

    def factory(kind: str):  # type: ignore[no-untyped-def]  # returns a BackendFactory
        def build(listener: BackendListener) -> FakeBackend:
            backends[kind] = FakeBackend(listener, kind, usable=tmux)
            return backends[kind]

        return build

    workspace = Workspace.open(
        paths_below(home),
        environment={"SHELL": "/bin/sh", "HOME": "/home/ada", "PATH": "/usr/bin:/bin", **(environment or {})},
        factories={"pty": factory("pty"), "tmux": factory("tmux")},
    )
    app = ChromeApp(workspace, keymap, glyphs)
    try:
        async with app.run_test(size=size, notifications=notifications) as pilot:
            world = Cockpit(workspace, backends, app, pilot)
            for number in range(sessions):
                directory = home / f"s{number}"
                directory.mkdir(exist_ok=True)
                if number == 0:
                    await workspace.start(str(directory))
                else:
                    await workspace.run("session.new", directory=str(directory))
            if sessions:
                await workspace.run("session.focus", session_id=workspace.sessions[0].id)
            await world.settle()
            yield world
    finally:
        await workspace.close()


def paths_below(home: Path) -> Paths:
    """The paths of a cockpit that lives below `home`."""
    return resolve(environment={"COCKPIT_HOME": str(home / "cockpit")})

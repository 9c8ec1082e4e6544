"""The whole application under Pilot on a real backend: real workspace, real shells, nothing faked but the terminal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from textual.binding import Binding
from textual.dom import DOMNode
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input

from cockpit.app.app import CockpitApp
from cockpit.app.widgets.line import Line, Target
from cockpit.model import Session, Terminal, TerminalState
from cockpit.terminal.input.keys import parse_chord
from cockpit.workspace.workspace import Workspace
from tests.app.main_world import MainWorld
from tests.harness.cockpit_home import PROMPT, CockpitHome
from tests.harness.tmux_server import tmux_binary

DEADLINE_S = 15.0
BACKENDS = ("pty", pytest.param("tmux", marks=pytest.mark.tmux))
both_backends = pytest.mark.parametrize("backend", BACKENDS)


class _App(CockpitApp):
    """Tells after every frame."""

    shown: Callable[[], None] | None = None

    def post_display_hook(self) -> None:
        if self.shown is not None:
            self.shown()


class LiveCockpit(MainWorld):
    """A running cockpit and what a test wants of it."""

    def __init__(self, home: CockpitHome, workspace: Workspace, app: _App) -> None:
        self.home = home
        super().__init__(app.main, workspace)
        self.app = app
        self.pilot: Pilot[int]
        self.used: set[str] = set()
        """The ids of the bindings that were pressed."""
        self._changed = asyncio.Event()
        workspace.events.subscribe(lambda _event: self._changed.set())
        app.shown = self._changed.set

    # What there is

    @property
    def terminals(self) -> list[Terminal]:
        """The tabs of the shown session."""
        session = self.workspace.focused_session
        return list(session.terminals) if session else []

    @property
    def terminal(self) -> Terminal:
        """The shown terminal."""
        found = self.workspace.focused_terminal
        assert found is not None
        return found

    def pane_text(self) -> str:
        """What the pane shows."""
        pane = self.main.pane
        return "\n".join("".join(run.text for run in pane.row(y)) for y in range(pane.size.height))

    def told(self) -> list[str]:
        """The toasts so far."""
        return [notification.message for notification in self.app._notifications]

    # What can be awaited

    async def until(self, condition: Callable[..., object], what: str, *arguments: object) -> None:
        """Returns when `condition` of the arguments holds.

        It is looked at again whenever anything happened in the app or its core.
        """
        try:
            async with asyncio.timeout(DEADLINE_S):
                while not condition(*arguments):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            raise AssertionError(f"waited {DEADLINE_S} s for {what}; the pane:\n{self.pane_text()}") from None

    async def pane_shows(self, text: str) -> None:
        await self.until(lambda: text in self.pane_text(), f"{text!r} in the pane")

    async def prompt(self) -> None:
        """The shown shell waits for input."""
        await self.pane_shows(PROMPT.strip())

    async def ended(self) -> None:
        await self.until(lambda: self.terminal.status.state is TerminalState.EXITED, "the program's end")

    async def screen(self, kind: type[DOMNode]) -> None:
        """A screen of this kind lies on top and has drawn itself."""
        await self.until(lambda: isinstance(self.app.screen, kind), kind.__name__)
        await self.pilot.pause()

    async def back(self) -> None:
        """No dialogue is left and the pane has the keyboard."""
        await self.until(lambda: self.in_pane, "the pane to have the keyboard")

    # What a person does

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def key(self, binding_id: str) -> None:
        """Presses the key of a binding, behind the leader where it needs one."""
        keymap = self.main.leader.keymap
        binding = keymap.binding(binding_id)
        assert binding is not None, binding_id
        assert binding.key, binding_id
        self.used.add(binding_id)
        await self.press(*([keymap.leader] if binding.context == "leader" else []), binding.key)

    async def fill(self, selector: str, text: str) -> None:
        """Puts a text into a field of the dialogue on top; its last letter is typed."""
        field = self.app.screen.query_one(selector, Input)
        field.value = text[:-1]
        field.focus()
        await self.press("end", *text[-1:])
        assert field.value == text

    async def click(
        self, widget: Widget | str, offset: tuple[int, int] = (0, 0), *, times: int = 1, button: int = 1
    ) -> None:
        """Clicks into a widget of the screen on top; `offset` counts from its upper left corner."""
        await self.pilot.click(widget, offset=offset, times=times, button=button)

    async def drag(self, start: Offset, end: Offset) -> None:
        """Draws from one place of the screen to another."""
        await self.pilot.mouse_down(None, offset=start)
        await self.pilot.hover(None, offset=end)
        await self.pilot.mouse_up(None, offset=end)
        await self.pilot.pause()

    def type_at_once(self, *chords: str) -> None:
        """Gives keys to the pane as the driver does, all of them before anything else can happen."""
        for chord in chords:
            assert self.app.take_typed(parse_chord(chord))

    async def new_tab(self, command: str = "", shows: str = "") -> Terminal:
        """Opens a tab without a key and waits for what its program writes; without a command, a shell's prompt."""
        shell = f"echo tab {len(self.terminals) + 1}; exec $SHELL"
        terminal: Terminal = await self.workspace.run("terminal.new", command=command or shell)
        await self.pane_shows(shows or (f"tab {len(self.terminals)}" if not command else ""))
        if not command:
            await self.prompt()
        return terminal

    async def new_session(self, name: str) -> Session:
        directory = self.home.home / name
        directory.mkdir()
        session: Session = await self.workspace.run("session.new", directory=str(directory))
        await self.prompt()
        return session


@asynccontextmanager
async def live(
    backend: str = "pty",
    *,
    size: tuple[int, int] = (120, 36),
    settings: Mapping[str, Mapping[str, object]] | None = None,
    environment: Mapping[str, str | None] | None = None,
    prompt: bool = True,
) -> AsyncIterator[LiveCockpit]:
    """cockpit with one session and one shell. A variable of `environment` that is None is taken away."""
    if backend == "tmux" and not tmux_binary():
        pytest.skip("no tmux here")
    with CockpitHome(backend, settings=settings) as home:
        variables = {**home.environment, **(environment or {})}
        home.environment = {name: value for name, value in variables.items() if value is not None}
        workspace = Workspace.open(home.paths, environment=home.environment)
        try:
            app = _App(
                workspace, start=partial(workspace.start, str(home.home)), environment=home.environment
            )
            world = LiveCockpit(home, workspace, app)
            async with app.run_test(
                size=size, notifications=True, message_hook=lambda _message: world._changed.set()
            ) as pilot:
                world.pilot = pilot
                if prompt:
                    await world.prompt()
                yield world
        finally:
            await workspace.close()


def zones(line: Line[Target]) -> list[tuple[Target, int]]:
    """What can be clicked on a drawn line, each with its middle column."""
    return [(zone.target, (zone.start + zone.end) // 2) for zone in line.zones]


def ids_of(*kinds: type[DOMNode]) -> dict[str, list[str]]:
    """The keys of every binding these classes declare themselves, by id."""
    found: dict[str, list[str]] = {}
    for kind in kinds:
        for binding in kind.__dict__["BINDINGS"]:
            assert isinstance(binding, Binding)
            assert binding.id, f"{kind.__name__}: {binding.key} has no id"
            found[binding.id] = binding.key.split(",")
    return found


def executable(path: Path, script: str) -> Path:
    """A program that is a shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path

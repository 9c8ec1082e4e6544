"""A backend that runs nothing, for tests of everything above it. Stands beside the real ones so that it keeps up."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, cast

from cockpit.backends.base import (
    Availability,
    BackendListener,
    ReadSpan,
    Scrollback,
    ServerState,
    StatusChanged,
    Survey,
)
from cockpit.backends.output_reading import OutputReader
from cockpit.command_outputs import CommandOutputs
from cockpit.errors import CockpitError, TerminalGoneError
from cockpit.model import BackendKind, Binding, Size, Terminal, TerminalSpec, TerminalState, TerminalStatus
from cockpit.osc import OscScanner
from cockpit.tmux.windows.windows import WindowInfo

if TYPE_CHECKING:
    from cockpit.terminal.input.keys import KeyPress
    from cockpit.terminal.surface import Surface

_OSC = re.compile(r"\x1b\][^\x07]*\x07")


class FakeSurface:
    """Remembers what was written."""

    def __init__(self, terminal_id: str) -> None:
        self.terminal_id = terminal_id
        self.written = bytearray()
        self.closed = False

    def write(self, data: bytes) -> None:
        """Remembers the bytes. Raises `TerminalGoneError` once closed."""
        if self.closed:
            raise TerminalGoneError("closed")
        self.written += data


class FakeBackend:
    """Behaves as `Backend` says. Tests steer it through its public attributes."""

    piece_bytes = 4

    def __init__(self, listener: BackendListener, kind: str = BackendKind.PTY) -> None:
        self.takes_pieces_whole = kind == BackendKind.TMUX
        self.kind = kind
        self.listener = listener
        self.available = Availability(True, "fake")
        self.calls: list[tuple[str, str]] = []
        """Every call in order: its name and the terminal's id."""
        self.specs: dict[str, TerminalSpec] = {}
        self.surfaces: dict[str, FakeSurface] = {}
        self.living: dict[str, TerminalStatus] = {}
        """What `adopt` finds."""
        self.windows: list[WindowInfo] = []
        """What `survey` finds beside those."""
        self.failures: dict[str, CockpitError] = {}
        """What the call of this name raises."""
        self.drain_gate: asyncio.Event | None = None
        """While set up and not set, what was sent isn't taken."""
        self.gate: asyncio.Event | None = None
        """While set up and not set, `create` and `select` wait for it."""
        self.close_gate: asyncio.Event | None = None
        """The same for `close`."""
        self.texts: dict[str, str] = {}
        """What `read` finds."""
        self.heard: dict[str, tuple[OscScanner, CommandOutputs]] = {}
        """What `outputs` tells; `print` adds to it."""
        self.broken_off: set[str] = set()
        """The terminals whose last words `outputs` may lack."""
        self.watchers: dict[str, list[Callable[[], None]]] = {}
        self.size: Size | None = None
        self.kept_programs: bool | None = None
        self.described: dict[str, dict[str, object]] = {}
        """What `describe` was told last."""

    async def availability(self) -> Availability:
        """What `available` says."""
        self._call("availability")
        return self.available

    async def survey(self) -> Survey:
        """A window for each of `living`, and `windows`."""
        self._call("survey")
        windows = [
            WindowInfo(f"@{n}", n, "w", f"%{n}", 1, status.state is TerminalState.EXITED, None, None,
                       {"@cockpit_terminal": terminal_id}, "/", "")
            for n, (terminal_id, status) in enumerate(self.living.items(), 1)
        ]  # fmt: skip
        return Survey(ServerState.LISTED, [*windows, *self.windows], "/fake.sock")

    async def adopt(
        self, terminals: Sequence[Terminal], survey: Survey | None = None
    ) -> dict[str, TerminalStatus]:
        """The part of `living` that was asked for."""
        self._call("adopt")
        found = {row.id: self.living[row.id] for row in terminals if row.id in self.living}
        self.surfaces |= {terminal_id: FakeSurface(terminal_id) for terminal_id in found}
        return found

    async def create(self, spec: TerminalSpec) -> Binding | None:
        """Pretends to start the program."""
        await self._pass_gate()
        self._call("create", spec.terminal_id)
        await self.close(spec.terminal_id)
        self.specs[spec.terminal_id] = spec
        self.surfaces[spec.terminal_id] = FakeSurface(spec.terminal_id)
        self.listener(StatusChanged(spec.terminal_id, TerminalStatus(TerminalState.RUNNING)))
        return Binding("/fake.sock", "main", "@1", 1) if self.kind == BackendKind.TMUX else None

    async def select(self, terminal_id: str) -> Surface:
        """The terminal's fake surface."""
        await self._pass_gate()
        self._call("select", terminal_id)
        if terminal_id not in self.surfaces:
            raise TerminalGoneError("no such fake terminal")
        return cast("Surface", self.surfaces[terminal_id])

    def surface(self, terminal_id: str) -> Surface | None:
        """The terminal's fake surface, if it was created."""
        return cast("Surface | None", self.surfaces.get(terminal_id))

    async def send(self, terminal_id: str, data: bytes) -> None:
        """Remembers the bytes."""
        self._call("send", terminal_id)
        if terminal_id not in self.surfaces:
            raise TerminalGoneError("no such fake terminal")
        self.surfaces[terminal_id].write(data)

    async def drained(self, terminal_id: str) -> None:
        """Waits for the gate."""
        if self.drain_gate is not None:
            await self.drain_gate.wait()
        if terminal_id not in self.surfaces:
            raise TerminalGoneError("the fake program has ended")

    async def encode(self, terminal_id: str, presses: Sequence[KeyPress]) -> bytes:
        """The keys' names."""
        return " ".join(press.chord for press in presses).encode()

    async def scrollback(self, terminal_id: str, *, capture: bool) -> Scrollback:
        """There is none to capture."""
        self._call("scrollback", terminal_id)
        return Scrollback(alternate_screen=False)

    async def read(self, terminal_id: str, span: ReadSpan) -> str:
        """What `texts` says, from the place on."""
        self._call("read", terminal_id)
        if terminal_id not in self.surfaces:
            raise TerminalGoneError("no such fake terminal")
        start = span.since if isinstance(span.since, int) else 0
        lines = self.texts.get(terminal_id, "").split("\n")[start:]
        return "\n".join(lines[-span.lines :] if span.lines else lines)

    async def place(self, terminal_id: str) -> object:
        """The number of the last line."""
        return self.texts.get(terminal_id, "").count("\n")

    async def outputs(self, terminal_id: str) -> OutputReader:
        """What was printed, by its marks."""
        outputs = self._heard(terminal_id)[1]
        return OutputReader(outputs, self._size_now, lambda: terminal_id in self.broken_off)

    def watch(
        self, terminal_id: str, heard: Callable[[], None], *, closely: bool = False
    ) -> Callable[[], None]:
        """Remembers who wants to know; `print` tells them."""
        watchers = self.watchers.setdefault(terminal_id, [])
        watchers.append(heard)
        return lambda: watchers.remove(heard)

    def print(self, terminal_id: str, text: str) -> None:
        """The fake program prints; its marks are heard and not shown."""
        self.texts[terminal_id] = self.texts.get(terminal_id, "") + _OSC.sub("", text).replace("\r\n", "\n")
        scanner, outputs = self._heard(terminal_id)
        data = text.encode()
        outputs.feed(data, scanner.scan(data))
        for heard in tuple(self.watchers.get(terminal_id, ())):
            heard()

    async def describe(self, terminal_id: str, session_id: str, facts: Mapping[str, object]) -> None:
        """Remembers what the row says; no call of anybody's."""
        self.described[terminal_id] = dict(facts)

    def resize(self, size: Size) -> None:
        """Remembers the size."""
        self.size = size

    async def close(self, terminal_id: str) -> None:
        """Forgets the terminal."""
        if self.close_gate is not None:
            await self.close_gate.wait()
        self._call("close", terminal_id)
        _, outputs = self.heard.pop(terminal_id, (None, None))
        if outputs is not None:
            outputs.close()
        surface = self.surfaces.pop(terminal_id, None)
        if surface is not None:
            surface.closed = True

    async def restart(self, spec: TerminalSpec) -> Binding | None:
        """Pretends to start the program again."""
        self._call("restart", spec.terminal_id)
        return await self.create(spec)

    async def end_server(self) -> None:
        """Loses every terminal."""
        self._call("end_server")
        for terminal_id in list(self.surfaces):
            self.surfaces.pop(terminal_id).closed = True
            self.listener(
                StatusChanged(terminal_id, TerminalStatus(TerminalState.EXITED, reason="ended", lost=True))
            )
        self.living.clear()

    async def shutdown(self, *, keep_programs: bool) -> None:
        """Remembers what was asked."""
        self._call("shutdown")
        self.kept_programs = keep_programs

    async def _size_now(self) -> Size:
        return self.size or Size(80, 24)

    def _heard(self, terminal_id: str) -> tuple[OscScanner, CommandOutputs]:
        return self.heard.setdefault(terminal_id, (OscScanner(), CommandOutputs()))

    def _call(self, name: str, terminal_id: str = "") -> None:
        self.calls.append((name, terminal_id))
        if name in self.failures:
            raise self.failures[name]

    async def _pass_gate(self) -> None:
        if self.gate is not None:
            await self.gate.wait()

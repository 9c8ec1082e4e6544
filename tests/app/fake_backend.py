"""A backend that starts no programs: its screens hold what a test puts there, its terminals end when told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cockpit.backends.base import (
    Availability,
    BackendEvent,
    BackendListener,
    BellRang,
    StatusChanged,
    TitleChanged,
)
from cockpit.errors import TerminalError
from cockpit.model import Binding, Size, Terminal, TerminalSpec, TerminalState, TerminalStatus
from cockpit.terminal.process.pty import ProcessExit
from cockpit.terminal.speech.events import ProgramEvent
from cockpit.terminal.surface import Surface


class _Deaf:
    """A surface's listener that hears nothing."""

    def title_changed(self, title: str) -> None:
        return

    def bell_rang(self) -> None:
        return

    def program_event(self, event: ProgramEvent) -> None:
        return

    def exited(self, exit_: ProcessExit) -> None:
        return


class FakeSurface(Surface):
    """Remembers what was typed into it."""

    typed: bytes = b""

    def write(self, data: bytes) -> None:
        self.typed += data


class FakeBackend:
    """Satisfies `Backend`. `fail_with` makes the next create fail."""

    def __init__(self, listener: BackendListener, kind: str = "pty", *, usable: bool = True) -> None:
        self.kind = kind
        self.look = Availability(
            usable, "tmux 3.5" if usable else "", "" if usable else "tmux was not found."
        )
        self.created: list[TerminalSpec] = []
        self.closed: list[str] = []
        self.sent: list[tuple[str, bytes]] = []
        self.fail_with: str = ""
        self._listener = listener
        self._size = Size(80, 24)
        self._surfaces: dict[str, FakeSurface] = {}

    def tell(self, event: BackendEvent) -> None:
        """Reports a fact, as a real backend would."""
        self._listener(event)

    def ring(self, terminal_id: str) -> None:
        self.tell(BellRang(terminal_id))

    def title(self, terminal_id: str, title: str) -> None:
        self.tell(TitleChanged(terminal_id, title))

    def end(self, terminal_id: str, code: int | None = 0, signal: int | None = None) -> None:
        self.tell(StatusChanged(terminal_id, TerminalStatus(TerminalState.EXITED, code, signal)))

    async def availability(self) -> Availability:
        return self.look

    async def adopt(self, terminals: Sequence[Terminal]) -> dict[str, TerminalStatus]:
        return {t.id: TerminalStatus(TerminalState.RUNNING) for t in terminals if t.id in self._surfaces}

    async def create(self, spec: TerminalSpec) -> Binding | None:
        if self.fail_with:
            message, self.fail_with = self.fail_with, ""
            raise TerminalError(message)
        self.created.append(spec)
        self._surfaces[spec.terminal_id] = FakeSurface(spec.size, _Deaf())
        self._surfaces[spec.terminal_id].feed(f"$ {spec.command or ''}".encode())
        self.tell(StatusChanged(spec.terminal_id, TerminalStatus(TerminalState.RUNNING)))
        if self.kind == "tmux":
            return Binding("/fake.sock", "main", f"@{len(self.created)}", len(self.created))
        return None

    async def select(self, terminal_id: str) -> Surface:
        return self._surfaces[terminal_id]

    def surface(self, terminal_id: str) -> FakeSurface | None:
        return self._surfaces.get(terminal_id)

    async def send(self, terminal_id: str, data: bytes) -> None:
        self.sent.append((terminal_id, data))

    async def describe(self, terminal_id: str, session_id: str, facts: Mapping[str, object]) -> None:
        return

    def resize(self, size: Size) -> None:
        self._size = size

    async def close(self, terminal_id: str) -> None:
        self.closed.append(terminal_id)
        surface = self._surfaces.pop(terminal_id, None)
        if surface is not None:
            await surface.close()

    async def restart(self, spec: TerminalSpec) -> Binding | None:
        await self.close(spec.terminal_id)
        return await self.create(spec)

    async def shutdown(self, *, keep_programs: bool) -> None:
        for surface in self._surfaces.values():
            await surface.close()
        self._surfaces.clear()

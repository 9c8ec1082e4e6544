"""The embedded backend: each terminal is a program on a PTY and a surface of its own. Ends with cockpit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from cockpit.backends.base import (
    Availability,
    BackendListener,
    BellRang,
    ProgramSaid,
    ReadSpan,
    Scrollback,
    StatusChanged,
    Survey,
    TitleChanged,
)
from cockpit.backends.output_reading import OutputReader
from cockpit.backends.shell import LaunchOptions, find_shell, shell_start
from cockpit.command_outputs import OutputBudget
from cockpit.errors import TerminalGoneError
from cockpit.model import BackendKind, Binding, Size, Terminal, TerminalSpec, TerminalState, TerminalStatus
from cockpit.terminal.speech.events import ProgramEvent
from cockpit.text import clean_text

if TYPE_CHECKING:
    from cockpit.terminal.input.keys import KeyPress
    from cockpit.terminal.process.pty import ProcessExit
    from cockpit.terminal.surface import Surface


class PtyBackend:
    """Runs terminals inside cockpit. See `Backend` for what callers may rely on."""

    kind: str = BackendKind.PTY
    piece_bytes = 4096
    """What the kernel holds for a program that doesn't read."""
    takes_pieces_whole = False

    def __init__(
        self,
        listener: BackendListener,
        options: Callable[[], LaunchOptions],
        environment: Mapping[str, str],
    ) -> None:
        self._listener = listener
        self._options = options
        self._environment = dict(environment)
        self._terminals: dict[str, _PtyTerminal] = {}
        self._budget = OutputBudget()
        self._shown_id: str | None = None
        self._size: Size | None = None

    async def availability(self) -> Availability:
        """Always usable: it needs nothing installed."""
        return Availability(True)

    async def survey(self) -> Survey:
        """Nothing survives cockpit on this backend."""
        return Survey()

    async def adopt(
        self, terminals: Sequence[Terminal], survey: Survey | None = None
    ) -> dict[str, TerminalStatus]:
        """Nothing survives cockpit on this backend."""
        return {}

    async def create(self, spec: TerminalSpec) -> Binding | None:
        """Starts the program; an earlier one of this terminal is ended first."""
        await self.close(spec.terminal_id)
        options = self._options()
        environment = {**self._environment, **spec.environment, "PWD": spec.cwd}
        shell = find_shell(options.shell, environment)
        directory = spec.cwd if spec.returns_to_cwd else ""
        start = shell_start(shell, spec.command, environment, spec.ready_file, directory)
        terminal = _PtyTerminal(spec, self._listener, self._options, self._budget)
        try:
            terminal.surface.start(start.argv, cwd=spec.cwd, environment={**environment, **start.environment})
        except BaseException:  # cancelled or not: nobody else knows the surface
            await terminal.surface.close()
            raise
        self._terminals[spec.terminal_id] = terminal
        self._listener(StatusChanged(spec.terminal_id, TerminalStatus(TerminalState.RUNNING)))
        return None

    async def select(self, terminal_id: str) -> Surface:
        """The terminal's own surface, in the size of the pane."""
        terminal = self._living(terminal_id)
        self._shown_id = terminal_id
        if self._size is not None:
            terminal.surface.resize(self._size)
        return terminal.surface

    def surface(self, terminal_id: str) -> Surface | None:
        """The terminal's own surface, also after its program ended."""
        terminal = self._terminals.get(terminal_id)
        return terminal.surface if terminal else None

    async def send(self, terminal_id: str, data: bytes) -> None:
        """Writes to the program."""
        terminal = self._terminals.get(terminal_id)
        if terminal is None:
            raise TerminalGoneError("the terminal has no running program; restart it to type into it")
        terminal.surface.write(data)

    async def drained(self, terminal_id: str) -> None:
        """Waits until the kernel has taken everything."""
        process = self._living(terminal_id).surface.process
        if process is not None:
            await process.drain()
            if process.exit is not None:
                raise TerminalGoneError("the terminal's program has ended")

    async def encode(self, terminal_id: str, presses: Sequence[KeyPress]) -> bytes:
        """As if they were typed into the pane."""
        encoder = self._living(terminal_id).surface.input
        return b"".join(encoder.key(press) for press in presses)

    async def scrollback(self, terminal_id: str, *, capture: bool) -> Scrollback:
        """The surface's own emulator holds it."""
        terminal = self._living(terminal_id)
        modes = terminal.surface.emulator.modes
        return Scrollback(modes.alternate_screen, bracketed_paste=modes.bracketed_paste)

    async def read(self, terminal_id: str, span: ReadSpan) -> str:
        """Reads the surface's own emulator; an output, what was kept of it."""
        from cockpit.terminal.scrollback.anchors import Anchor
        from cockpit.terminal.scrollback.reading import last_command_output, read_text

        surface = self._living(terminal_id).surface
        emulator = surface.emulator
        if span.last_output:

            async def from_screen() -> str | None:
                return last_command_output(emulator, styled=span.styled)

            reader = await self.outputs(terminal_id)
            return await reader.last(styled=span.styled, from_screen=from_screen)
        since = span.since if isinstance(span.since, Anchor) else None
        return read_text(emulator, lines=span.lines, visible=span.visible, since=since, styled=span.styled)

    async def place(self, terminal_id: str) -> object:
        """An anchor in the surface's own emulator."""
        from cockpit.terminal.scrollback.reading import cursor_line

        return cursor_line(self._living(terminal_id).surface.emulator)

    async def outputs(self, terminal_id: str) -> OutputReader:
        """The surface's."""
        surface = self._living(terminal_id).surface

        async def size() -> Size:
            return surface.size

        return OutputReader(surface.outputs, size)

    def watch(
        self, terminal_id: str, heard: Callable[[], None], *, closely: bool = False
    ) -> Callable[[], None]:
        """Listens to the surface, which hears everything."""
        return self._living(terminal_id).surface.watch(heard)

    async def describe(self, terminal_id: str, session_id: str, facts: Mapping[str, object]) -> None:
        """Nothing outlives cockpit on this backend."""

    def resize(self, size: Size) -> None:
        """Resizes the shown terminal now, the hidden ones when they are selected."""
        self._size = size
        shown = self._terminals.get(self._shown_id) if self._shown_id else None
        if shown is not None:
            shown.surface.resize(size)

    async def close(self, terminal_id: str) -> None:
        """Ends the program and frees the surface."""
        terminal = self._terminals.pop(terminal_id, None)
        if terminal is not None:
            await terminal.close()

    async def restart(self, spec: TerminalSpec) -> Binding | None:
        """Starts the program again on a new surface."""
        return await self.create(spec)

    async def end_server(self) -> None:
        """There is none."""

    async def shutdown(self, *, keep_programs: bool) -> None:
        """Ends every program, all at once."""
        await asyncio.gather(*(self.close(terminal_id) for terminal_id in tuple(self._terminals)))

    def _living(self, terminal_id: str) -> _PtyTerminal:
        terminal = self._terminals.get(terminal_id)
        if terminal is None:
            raise TerminalGoneError("the terminal has no program; restart it")
        return terminal


class _PtyTerminal:
    """One terminal's surface; turns what it tells into backend events until it is closed."""

    def __init__(
        self,
        spec: TerminalSpec,
        listener: BackendListener,
        options: Callable[[], LaunchOptions],
        budget: OutputBudget,
    ) -> None:
        from cockpit.terminal.surface import Surface

        self._terminal_id = spec.terminal_id
        self._listener: BackendListener | None = listener
        self.surface = Surface(
            spec.size,
            self,
            scrollback_lines=options().scrollback_lines,
            clipboard_reads=lambda: options().clipboard_reads,
            budget=budget,
        )

    async def close(self) -> None:
        """Ends the program without another word about it."""
        self._listener = None
        await self.surface.close()

    # What the surface tells us (SurfaceListener).

    def title_changed(self, title: str) -> None:
        """Passes a clean title on."""
        if self._listener is not None:
            self._listener(TitleChanged(self._terminal_id, clean_text(title)))

    def bell_rang(self) -> None:
        """Passes the bell on."""
        if self._listener is not None:
            self._listener(BellRang(self._terminal_id))

    def program_event(self, event: ProgramEvent) -> None:
        """Passes what the program tells on."""
        if self._listener is not None:
            self._listener(ProgramSaid(self._terminal_id, event))

    def exited(self, exit_: ProcessExit) -> None:
        """The program ended; its surface stays readable."""
        if self._listener is not None:
            status = TerminalStatus(TerminalState.EXITED, exit_.exit_code, exit_.signal)
            self._listener(StatusChanged(self._terminal_id, status))

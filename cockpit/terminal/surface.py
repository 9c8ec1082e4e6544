"""What can be shown: one PTY process and the emulator that holds its screen. Draws nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from cockpit.command_outputs import CommandOutputs, OutputBudget
from cockpit.errors import TerminalGoneError
from cockpit.model import Size
from cockpit.osc import OscScanner
from cockpit.terminal.process.pty import ProcessExit, PtyProcess
from cockpit.terminal.speech.events import ClipboardRead, ProgramEvent
from cockpit.terminal.speech.voice import ProgramVoice

if TYPE_CHECKING:
    from cockpit.terminal.emulator.emulator import Emulator
    from cockpit.terminal.input.encoder import InputEncoder

DEFAULT_SCROLLBACK_LINES = 10_000


class SurfaceListener(Protocol):
    """What a surface tells its backend. Texts come as the program wrote them."""

    def title_changed(self, title: str) -> None:
        """The program named itself."""
        ...

    def bell_rang(self) -> None:
        """The program rang the bell."""
        ...

    def program_event(self, event: ProgramEvent) -> None:
        """The program tells the person something; cleaned, and bounded in length and rate."""
        ...

    def exited(self, exit_: ProcessExit) -> None:
        """The program ended and all its output was fed."""
        ...


class Surface:
    """A terminal that can be shown. The process exists from `start` on.

    `tmux_client` is for the tmux display client, which understands every legacy key sequence itself. What the programs
    in it tell is heard elsewhere, for the shown one and the hidden ones alike (see `tmux.listener`). Where
    `clipboard_reads`, asked each time, says so, the listener answers a program's question for the clipboard
    (`ClipboardRead`); else the program gets the empty answer at once and nobody is told.
    """

    def __init__(
        self,
        size: Size,
        listener: SurfaceListener,
        *,
        tmux_client: bool = False,
        scrollback_lines: int = DEFAULT_SCROLLBACK_LINES,
        clipboard_reads: Callable[[], bool] = lambda: False,
        budget: OutputBudget | None = None,
    ) -> None:
        self.outputs = CommandOutputs(budget)
        """What the shell's commands printed. The tmux display client has none: see `tmux.listener`."""
        self.on_damage: Callable[[], None] | None = None
        """Called after output was fed while a view shows this surface."""
        self.on_typed: Callable[[], None] | None = None
        """Called when something is written to the program."""
        self.output_filter: Callable[[bytes], bytes] | None = None
        """Sees the program's output before the emulator does."""
        self._watchers: list[Callable[[], None]] = []
        self._listener = listener
        self._voice = ProgramVoice(self._program_spoke)
        self._scanner = None if tmux_client else OscScanner()
        self._process: PtyProcess | None = None
        self._size = size
        self._tmux_client = tmux_client
        self._scrollback_lines = scrollback_lines
        self._clipboard_reads = clipboard_reads

    @cached_property
    def emulator(self) -> Emulator:
        """The screen. Made when it is first needed: loading libghostty-vt takes 20 ms the first time, during
        which the program, already spawned, starts as well.
        """
        from cockpit.terminal.emulator.emulator import Emulator

        return Emulator(
            self._size,
            self,
            scrollback_lines=self._scrollback_lines,
            clipboard_reads=self._clipboard_reads,
        )

    @cached_property
    def input(self) -> InputEncoder:
        """Encodes what is typed for the program."""
        from cockpit.terminal.input.encoder import InputEncoder

        return InputEncoder(self.emulator.handle, self.emulator.modes, raw_legacy=self._tmux_client)

    @property
    def size(self) -> Size:
        """The size of the grid and of the PTY."""
        return self._size

    @property
    def process(self) -> PtyProcess | None:
        """The process, once started."""
        return self._process

    def start(self, argv: Sequence[str], *, cwd: str, environment: Mapping[str, str]) -> None:
        """Starts the program on a PTY of the surface's size.

        Raises:
            TerminalError: the directory does not exist or the program can't be executed.
        """
        self._process = PtyProcess.spawn(
            argv,
            cwd=cwd,
            environment=environment,
            size=self.size,
            on_output=self.feed,
            on_exit=self._listener.exited,
        )

    def feed(self, data: bytes) -> None:
        """Shows program output."""
        if self.output_filter is not None:
            data = self.output_filter(data)
        self.emulator.feed(data)
        if self._scanner is not None:
            found = self._scanner.scan(data)
            self.outputs.feed(data, found)
            for each in found:
                self._voice.hear(each.payload)
        if self.on_damage is not None:
            self.on_damage()
        for heard in tuple(self._watchers):
            heard()

    def watch(self, heard: Callable[[], None]) -> Callable[[], None]:
        """Calls `heard` after every piece of output, until the returned call."""
        self._watchers.append(heard)
        return lambda: self._watchers.remove(heard) if heard in self._watchers else None

    def write(self, data: bytes) -> None:
        """Sends bytes to the program. Raises `TerminalGoneError` when there is none."""
        if self._process is None:
            raise TerminalGoneError("the terminal has no running program; restart it to type into it")
        self._process.write(data)
        if self.on_typed is not None:
            self.on_typed()

    def resize(self, size: Size) -> None:
        """Changes the grid and tells the program."""
        if size == self.size:
            return
        self._size = size
        if "emulator" in self.__dict__:
            self.emulator.resize(size)
        if self._process is not None:
            self._process.resize(size)
        if self.on_damage is not None:
            self.on_damage()

    async def close(self) -> ProcessExit | None:
        """Ends the program and frees the emulator."""
        self.on_damage = None
        exit_ = await self._process.close() if self._process is not None else None
        self._voice.close()
        self.outputs.close()
        if "emulator" in self.__dict__:
            self.emulator.close()
        return exit_

    # What the emulator tells us (EmulatorListener).

    def reply(self, data: bytes) -> None:
        """Passes an answer of the terminal on to the program."""
        if self._process is not None:
            try:
                self._process.write(data)
            except TerminalGoneError:
                return  # the program that asked has ended

    def title_changed(self, title: str) -> None:
        """Passes the program's title on."""
        self._listener.title_changed(title)

    def bell_rang(self) -> None:
        """Passes the bell on."""
        self._listener.bell_rang()

    # What the program says (ProgramVoice).

    def _program_spoke(self, event: ProgramEvent) -> None:
        if not isinstance(event, ClipboardRead) or self._clipboard_reads():
            self._listener.program_event(event)

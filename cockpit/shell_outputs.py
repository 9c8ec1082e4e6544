"""What one shell's last commands printed, kept from the stream as it goes by, by its marks. Pure; memory is bounded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cockpit.shell_marks import ShellMark

OUTPUT_LIMIT_BYTES = 1024 * 1024
"""Of one output the newest so many, and of a shell's earlier ones together."""
LINE_LIMIT_BYTES = 16 * 1024
KEPT_OUTPUTS = 16
_STEP_BYTES = 64 * 1024
"""How much is added between two looks at the limits."""


@dataclass(frozen=True, slots=True)
class CommandOutput:
    """One command: how it was typed and what it printed, both as the stream had them."""

    number: int
    """Counted in the order the commands of the terminal began."""
    line: bytes
    """What was shown since the prompt began."""
    data: bytes = b""
    done: bool = False
    """It is over. `exit_code` is None then where the shell didn't tell it."""
    exit_code: int | None = None
    cut: bool = False
    """It was too long: `data` is the newest part, from the beginning of a line where there is one."""
    gap: bool = False
    """Something between its beginning and its end was not heard, or is kept no longer."""


class ShellOutputs:
    """One shell's commands. `changed` is called when it keeps more, or less, by a step."""

    def __init__(
        self, number: Callable[[], int], changed: Callable[[], None], *, tells: bool, newline: bytes
    ) -> None:
        self.tells = tells
        """Whether it is known to mark each command's beginning and its end, with the exit code."""
        self.prompts = 0
        """How many prompts it has marked."""
        self.marks = 0
        """How much it has marked at all: while that is the same, nothing began and nothing ended."""
        self._newline = newline
        self._number = number
        self._changed = changed
        self._letter = ""
        self._finished: list[CommandOutput] = []
        self._running: CommandOutput | None = None
        self._line = b""
        self._data = bytearray()
        self._limit = 0
        self._step = 0
        self._unsure = False

    @property
    def at_prompt(self) -> bool | None:
        """Whether it waits for a command; None while that is not known."""
        return self._letter in ("A", "B") if self._letter and not self._unsure else None

    @property
    def prompt_ended(self) -> bool:
        """Whether its prompt is known to be there whole; not every shell marks that."""
        return self._letter == "B"

    @property
    def last(self) -> CommandOutput | None:
        """The command that runs, else the one that was over last; None where none is known."""
        found = self.since(0)
        return found[-1] if found else None

    @property
    def kept_bytes(self) -> int:
        """What it takes."""
        return len(self._data) + sum(len(output.data) for output in self._finished)

    def since(self, number: int) -> Sequence[CommandOutput]:
        """Its commands behind that one, oldest first, as far as they are kept."""
        running = [replace(self._running, data=bytes(self._data))] if self._running is not None else []
        return [output for output in (*self._finished, *running) if output.number > number]

    def add(self, data: bytes, taken_back: int = 0) -> None:
        """It, or its command, printed this; the last bytes added before were the beginning of a mark."""
        if self._limit:
            if taken_back:
                del self._data[-taken_back:]
            self._data += data
            if len(self._data) > self._step:
                self._grown()

    def mark(self, mark: ShellMark) -> None:
        """It marked this behind what was added so far."""
        self.marks += 1
        match mark.letter:
            case "A":
                self.prompts += 1
                self._end(None)  # of a command whose end was not marked, or not heard
                self._keep(LINE_LIMIT_BYTES)
            case "B":
                if self._running is not None and not self._unsure:
                    return  # a prompt is shown while a command runs: by that command
                if not self._limit or self._unsure:
                    self._end(None)
                    self._keep(LINE_LIMIT_BYTES)
            case "C":
                self._end(None)
                self._running = CommandOutput(self._number(), bytes(self._data))
                self._keep(OUTPUT_LIMIT_BYTES)
            case "D":
                if self._running is not None:
                    self.tells = mark.ours or mark.exit_code is not None
                elif self._unsure:  # it began in the gap
                    self._running = CommandOutput(self._number(), b"", gap=True)
                self._end(mark.exit_code)
                self._keep(0)
        self._letter = mark.letter
        self._unsure = False

    def gap(self) -> None:
        """Something that was printed was not heard."""
        self._unsure = True
        self._lose()

    def left(self) -> None:
        """The shell is there no more: the one it was started in has marked something."""
        if self._letter:
            self.marks += 1
            self._end(None)
            self._letter, self.tells = "", False

    def forget(self) -> None:
        """Lets go of all bytes."""
        self._finished = [replace(output, data=b"", gap=True) for output in self._finished]
        self._lose()

    def _lose(self) -> None:
        self._data.clear()
        if self._running is not None:
            self._running = replace(self._running, gap=True)

    def _end(self, exit_code: int | None) -> None:
        running, self._running = self._running, None
        if running is not None:
            ended = replace(running, data=bytes(self._data), done=True, exit_code=exit_code)
            self._finished.append(ended)
            self._limit_finished()
            self._keep(0)

    def _limit_finished(self) -> None:
        kept = 0
        for place in range(len(self._finished) - 1, -1, -1):
            kept += len(self._finished[place].data)
            if kept > OUTPUT_LIMIT_BYTES and place < len(self._finished) - 1:
                self._finished[place] = replace(self._finished[place], data=b"", gap=True)
        del self._finished[:-KEPT_OUTPUTS]

    def _keep(self, limit: int) -> None:
        """Begins to keep what comes, at most so many bytes of it."""
        self._data.clear()
        self._limit, self._step = limit, min(limit, _STEP_BYTES)
        self._changed()

    def _grown(self) -> None:
        if len(self._data) > self._limit:
            excess = len(self._data) - self._limit
            line = self._data.find(self._newline, excess)
            del self._data[: line + len(self._newline) if line >= 0 else excess]
            if self._running is not None and not self._running.cut:
                self._running = replace(self._running, cut=True)
        self._step = len(self._data) + min(self._limit, _STEP_BYTES)
        self._changed()

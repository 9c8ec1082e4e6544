"""What the last commands of a terminal's shell printed, kept from the stream as it goes by, by the shell's marks. Pure.

A screen can't tell it exactly: tmux before 3.7 forgets where the marks were, a row may hold the end of an output and a
prompt, and a program that clears the screen takes its output along. Bytes are kept as they came, and only counted:
interpreting them is for whoever reads one.

Marks of our own wrapper and those of other shells are kept apart. So a shell that was started inside (over ssh, say)
has outputs of its own, and a program that prints marks can't end the command it runs as.
"""

from __future__ import annotations

from collections.abc import Sequence

from cockpit.osc import Heard
from cockpit.shell_marks import ShellMark, read_mark
from cockpit.shell_outputs import CommandOutput, ShellOutputs

ALL_LIMIT_BYTES = 16 * 1024 * 1024
_PREFIX = b"133;"


class OutputBudget:
    """What all terminals' outputs may take. Above it, those of the terminal that was silent longest are forgotten."""

    def __init__(self, limit_bytes: int = ALL_LIMIT_BYTES) -> None:
        self._limit = limit_bytes
        self._used: dict[CommandOutputs, int] = {}

    def use(self, outputs: CommandOutputs, amount: int) -> None:
        """These take so much now."""
        self._used.pop(outputs, None)
        self._used[outputs] = amount
        total = sum(self._used.values())
        for other in tuple(self._used)[:-1]:
            if total <= self._limit:
                return
            total -= self._used.pop(other)
            other.forget()

    def release(self, outputs: CommandOutputs) -> None:
        """They are gone."""
        self._used.pop(outputs, None)


class CommandOutputs:
    """One terminal's. Feed it everything in order, with what `OscScanner.scan` found in each piece.

    Args:
        escaped: the pieces are spelt as tmux's control mode does (see `osc`), and so is what is kept.
        from_start: the program is heard from its start; else something may be missing before.
    """

    def __init__(
        self, budget: OutputBudget | None = None, *, escaped: bool = False, from_start: bool = True
    ) -> None:
        self.escaped = escaped
        self.gaps = 0
        """How often something was not heard."""
        self.closed = False
        """The program they are of is there no more: nothing will be added."""
        self._count = 0
        self._budget = budget or OutputBudget()
        newline = b"\\012" if escaped else b"\n"
        self._ours = ShellOutputs(self._next, self._changed, tells=True, newline=newline)
        self._other = ShellOutputs(self._next, self._changed, tells=False, newline=newline)
        self._shell: ShellOutputs | None = None
        if not from_start:
            self.gap()

    @property
    def count(self) -> int:
        """How many commands were begun; the number of the last one."""
        return self._count

    @property
    def shell(self) -> ShellOutputs | None:
        """The shell that marked something last."""
        return self._shell

    @property
    def last(self) -> CommandOutput | None:
        """The last command of the shell that marked something last; None where none is known."""
        inner = self._shell.last if self._shell is not None else None
        return inner or self._ours.last

    def since(self, number: int) -> Sequence[CommandOutput]:
        """Every shell's commands behind that one, in the order they began, as far as they are kept."""
        found = (*self._ours.since(number), *self._other.since(number))
        return sorted(found, key=lambda output: output.number)

    def feed(self, data: bytes, heard: Sequence[Heard]) -> None:
        """The program printed this."""
        position = 0
        for payload, begin, end in heard:
            mark = read_mark(payload[len(_PREFIX) :]) if payload.startswith(_PREFIX) else None
            if mark is not None and not mark.scripted:
                self._add(data[position:begin] if begin >= 0 else b"", -min(0, begin))
                self._mark(mark)
                position = end
        self._add(data[position:] if position else data)

    def gap(self) -> None:
        """Something that was printed was not heard."""
        self.gaps += 1
        self._ours.gap()
        self._other.gap()

    def forget(self) -> None:
        """Lets go of all bytes; whoever asks for them is told that something is missing."""
        self._ours.forget()
        self._other.forget()

    def close(self) -> None:
        """The program is gone."""
        self.closed = True
        self._budget.release(self)

    def _add(self, data: bytes, taken_back: int = 0) -> None:
        self._ours.add(data, taken_back)
        self._other.add(data, taken_back)

    def _mark(self, mark: ShellMark) -> None:
        if mark.ours:
            self._other.left()
        self._shell = self._ours if mark.ours else self._other
        self._shell.mark(mark)

    def _next(self) -> int:
        self._count += 1
        return self._count

    def _changed(self) -> None:
        self._budget.use(self, self._ours.kept_bytes + self._other.kept_bytes)

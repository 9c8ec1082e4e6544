"""Turns changed rows into the bytes that show them, for writing straight to the terminal. Does no I/O."""

from __future__ import annotations

from collections.abc import Iterable

from cockpit.terminal.emulator.cells import Change, Run, is_cluster
from cockpit.terminal.emulator.row_shift import Shift
from cockpit.terminal.emulator.types import Cursor
from cockpit.terminal.outer import OUTER_TERMINAL, OuterTerminal

SYNC_START, SYNC_END = "\x1b[?2026h", "\x1b[?2026l"


class Painter:
    """Writes changes of one pane whose top left cell is at (`left`, `top`) of the terminal, counted from zero.

    Remembers where it left the terminal's cursor, so that an echoed letter costs one byte. Call `forget_position`
    when anything else was written.
    """

    def __init__(self, terminal: OuterTerminal = OUTER_TERMINAL) -> None:
        self._terminal = terminal
        self.left = 0
        self.top = 0
        self.columns = 0
        self.beside = False
        """Something stands left or right of the pane, so that its rows are not those of the terminal."""
        self._position: tuple[int, int] | None = None
        self._visible = False
        self._shape = 0

    def forget_position(self) -> None:
        """The terminal's cursor may be anywhere."""
        self._position = None

    @property
    def scrolls(self) -> bool:
        """Whether the terminal can shift the pane's rows and nothing else."""
        return self._terminal.side_margins or not (self.beside or self._terminal.simple)

    def frame(
        self,
        changes: Iterable[tuple[int, Change]],
        cursor: Cursor,
        *,
        synchronized: bool,
        shift: Shift | None = None,
    ) -> str:
        """The bytes of one frame: the shift, the changes as (y, change), then the cursor.

        Ends with the default style. `shift` only where `scrolls`.
        """
        parts: list[str] = []
        rows = 0
        if shift is not None:
            parts.append(self._shifted(shift))
            rows = 2
        for y, change in changes:
            rows += 1
            column = change.column
            for run in change.runs:
                self._move(parts, column, y)
                column = self._run(parts, run, column, y)
            if change.erase:
                self._move(parts, column, y)
                parts.append(self._erased(change.erase, column, y))
        hide = rows > 1 and self._visible and not synchronized
        self._place(parts, cursor)
        body = "".join(parts)
        if rows > 1 and synchronized:
            return f"{SYNC_START}{body}{SYNC_END}"
        if hide:
            return f"\x1b[?25l{body}\x1b[?25h" if self._visible else f"\x1b[?25l{body}"
        return body

    def show_cursor(self, cursor: Cursor) -> str:
        """The bytes that put the cursor where the program has it, after something else was painted."""
        parts: list[str] = []
        self._place(parts, cursor)
        return "".join(parts)

    def hide_cursor(self) -> str:
        """The bytes that hide the cursor and give it back its own shape, for when the pane loses the keyboard."""
        self.forget_position()
        shape = "\x1b[0 q" if self._shape else ""
        visible = "\x1b[?25l" if self._visible else ""
        self._shape, self._visible = 0, False
        return shape + visible

    def _run(self, parts: list[str], run: Run, column: int, y: int) -> int:
        style = run.style
        text = run.text
        end = column + run.columns
        placed = text.isascii()
        if not placed and is_cluster(run):
            # Terminals disagree about its width: clear its cells, so that nothing old shows beside it.
            text = f"{' ' * run.columns}\x1b[{run.columns}D{text}"
        if style.link and not self._terminal.simple:
            text = f"\x1b]8;;{style.link}\x1b\\{text}\x1b]8;;\x1b\\"
        sgr = style.sgr and self._terminal.sgr(style)
        parts.append(f"\x1b[{sgr}m{text}\x1b[m" if sgr else text)
        self._position = (end, y) if placed else None
        return end

    def _shifted(self, shift: Shift) -> str:
        """Scrolls a region (DECSTBM, DECSLRM, SU and SD of ctlseqs), and takes the margins back."""
        self._position = None
        lines = f"\x1b[{shift.lines}S" if shift.lines > 0 else f"\x1b[{-shift.lines}T"
        region = f"\x1b[{self.top + shift.top + 1};{self.top + shift.bottom}r{lines}\x1b[r"
        if not self.beside:
            return region
        return f"\x1b[?69h\x1b[{self.left + 1};{self.left + self.columns}s{region}\x1b[?69l"

    def _erased(self, columns: int, column: int, y: int) -> str:
        if self._terminal.erases:
            return f"\x1b[{columns}X"
        self._position = (column + columns, y)
        return " " * columns

    def _move(self, parts: list[str], column: int, y: int) -> None:
        if self._position == (column, y):
            return
        parts.append(f"\x1b[{self.top + y + 1};{self.left + column + 1}H")
        self._position = (column, y)

    def _place(self, parts: list[str], cursor: Cursor) -> None:
        if cursor.visible:
            self._move(parts, cursor.column, cursor.row)
            if cursor.shape != self._shape and not self._terminal.simple:
                self._shape = cursor.shape
                parts.append(f"\x1b[{cursor.shape} q")
        if cursor.visible is not self._visible:
            self._visible = cursor.visible
            parts.append("\x1b[?25h" if cursor.visible else "\x1b[?25l")

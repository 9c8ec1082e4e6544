"""The rows the pane shows, with their marks, and how they differ from what the emulator holds. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from cockpit.terminal.emulator.cells import Change, Row, change_between, row_columns
from cockpit.terminal.emulator.row_shift import Shift, shift_between
from cockpit.terminal.emulator.types import HIDDEN_CURSOR, Cursor
from cockpit.terminal.scrollback.highlight import marked

if TYPE_CHECKING:
    from cockpit.terminal.emulator.emulator import Emulator
    from cockpit.terminal.scrollback.local_view import LocalView

STEADY_BLOCK = 2
"""The keyboard's own cursor in the local view (DECSCUSR)."""

Changes = list[tuple[int, Change]]
"""What has to be written, as (row, change)."""
SCROLLED_ROWS = 4
"""Rows that change at once before it is looked whether they were scrolled: an echo must not wait for that."""


class Frame(NamedTuple):
    """What makes one picture of another: rows to shift first, where that is worth it, then what to write."""

    changes: Changes
    shift: Shift | None = None


class PanePicture:
    """Belongs to the pane. `local` is what is read in place of the live screen, whose marks it carries."""

    def __init__(self) -> None:
        self.local: LocalView | None = None
        self.cursor: Cursor = HIDDEN_CURSOR
        self._raw: list[Row] = []
        """The rows of the emulator's viewport, and in `_rows` the same as they are shown, with their marks."""
        self._rows: list[Row] = []

    def row(self, y: int) -> Row:
        """The runs shown in row `y`."""
        return self._rows[y] if 0 <= y < len(self._rows) else ()

    def read_all(self, emulator: Emulator | None, height: int) -> bool:
        """Reads the whole viewport; False when it has another height, so that only `show_all` can follow."""
        self._raw = [()] * height
        if emulator is not None:
            for y, row in emulator.all_rows():
                if y < height:
                    self._raw[y] = row
        self.cursor = self._cursor_of(emulator)
        return len(self._rows) == height

    def show_all(self) -> None:
        """Everything read counts as shown from now on."""
        self._rows = self._marked(range(len(self._raw)))

    def differences(self) -> Frame:
        """What has to be written after `read_all`; it counts as shown from now on."""
        return self._changed(range(len(self._raw)), scrolls=False)

    def whole(self, columns: int) -> Changes:
        """Everything that is shown, row by row, whatever stands there now."""
        return [(y, Change(0, row, columns - row_columns(row))) for y, row in enumerate(self._rows)]

    def take_damage(self, emulator: Emulator, *, marks_changed: bool, scrolls: bool) -> Frame | None:
        """What has to be written for the emulator's damage, which counts as shown from now on.

        Answers None when nothing has: not even the cursor moved. `scrolls`: rows can be shifted where they are shown.
        """
        raw = self._raw
        damaged = []
        for y, row in emulator.damage():
            if y < len(raw):
                raw[y] = row
                damaged.append(y)
        frame = self._changed(range(len(raw)) if marks_changed else damaged, scrolls=scrolls)
        cursor = self._cursor_of(emulator)
        moved = cursor != self.cursor
        self.cursor = cursor
        return frame if frame.changes or frame.shift or moved else None

    def _marked(self, lines: Sequence[int]) -> list[Row]:
        raw = self._raw
        if self.local is None:
            return [raw[y] for y in lines]
        spans = self.local.marks()
        return [marked(raw[y], spans[y]) if y < len(spans) else raw[y] for y in lines]

    def _cursor_of(self, emulator: Emulator | None) -> Cursor:
        if emulator is None or self.local is None:
            return emulator.cursor if emulator is not None else HIDDEN_CURSOR
        cell = self.local.cursor.viewport_cell
        if cell is not None:
            return Cursor(cell[1], cell[0], True, STEADY_BLOCK)
        return emulator.cursor if self.local.at_live else HIDDEN_CURSOR

    def _changed(self, lines: Sequence[int], *, scrolls: bool) -> Frame:
        rows = self._rows
        new = self._marked(lines)
        shift = None
        if scrolls and len(lines) >= SCROLLED_ROWS:
            shown = list(rows)
            for y, row in zip(lines, new, strict=True):
                shown[y] = row
            shift = shift_between(rows, shown)
            if shift is not None:
                shift.apply(rows)
                lines, new = range(len(shown)), shown
        changes: Changes = []
        for y, row in zip(lines, new, strict=True):
            change = change_between(rows[y], row)
            if change is not None:
                rows[y] = row
                changes.append((y, change))
        return Frame(changes, shift)

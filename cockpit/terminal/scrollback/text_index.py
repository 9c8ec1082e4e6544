"""The text of a whole scrollback with the way back from characters to cells. Searches nothing.

Soft-wrapped rows make one line. The text of the scrollback never changes while it lasts, so an update reads only the
live screen and what was added; everything is read again when the grid was resized, erased or switched.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Generator, Iterator
from itertools import accumulate

from cockpit.terminal.emulator.grid import Grid
from cockpit.terminal.scrollback.anchors import Anchor, Point

SLICE_ROWS = 2000
"""Rows read at a time: about 3 ms."""


class TextIndex:
    """Text and offsets of all rows of one grid, as of the last `update`."""

    def __init__(self, grid: Grid) -> None:
        self.text = ""
        """All lines, joined by newlines; the blanks at their ends are left out."""
        self.folded = ""
        """The text in lower case, character by character."""
        self.cut = 0
        """How many characters the last update took away at the beginning."""
        self.kept = 0
        """How many characters of the old text, after that cut, the last update left as they were."""
        self._grid = grid
        self._row_starts: list[int] = []
        self._parts: list[tuple[str, str]] = []
        self._length = 0
        """The characters of the text and of the parts that wait to be added to it."""
        self._columns = 0
        self._alternate = False
        self._settled_row = 0
        self._settled: Anchor | None = None
        self._fed_bytes = -1

    @property
    def is_stale(self) -> bool:
        """Whether anything may have changed since the last update."""
        emulator = self._grid.emulator
        return self._fed_bytes != emulator.fed_bytes or self._columns != emulator.size.columns

    @property
    def shift(self) -> int | None:
        """What to add to a row of the index to get the row of the grid; None when the index is void."""
        settled = self._settled.point if self._settled is not None else None
        return None if settled is None else settled.row - self._settled_row

    def update(self) -> Iterator[None]:
        """Reads what changed, in steps of a few milliseconds; the emulator may be fed and resized in between."""
        emulator = self._grid.emulator
        self._drop_what_changed()
        while True:
            self._columns, self._alternate = self._grid.columns, emulator.modes.alternate_screen
            self._fed_bytes = emulator.fed_bytes
            if (yield from self._read_rows()):
                return
            self._forget()

    def _read_rows(self) -> Generator[None, None, bool]:
        """Reads from the settled row on; answers False when the grid changed so much that it was for nothing."""
        grid = self._grid
        row = self._settled_row
        while row < (total := grid.total):
            last = min(row + SLICE_ROWS, total) - 1
            self._append(grid.row_texts(row, last), row)
            row = last + 1
            self._settle(row, total - grid.rows)
            if row < total:
                yield
                shift = self.shift
                if self._columns != grid.columns or shift is None or not self._same_screen():
                    return False
                if shift < 0:
                    self._join()
                    self._drop_first(-shift)
                    row += shift
        self._join()
        return True

    def _append(self, texts: list[str], first: int) -> None:
        grid, fillable = self._grid, self._columns - 1
        wrapped = {
            index
            for index, text in enumerate(texts)
            # No character takes more columns than bytes, so shorter rows can't be full; one column may be left over.
            if len(text) * 4 >= fillable
            and len(text if text.isascii() else text.encode()) >= fillable
            and grid.wraps(first + index)
        }
        pieces = [text if index in wrapped else text.rstrip(" ") + "\n" for index, text in enumerate(texts)]
        *starts, self._length = accumulate(map(len, pieces), initial=self._length)
        self._row_starts += starts
        added = "".join(pieces)
        self._parts.append((added, fold(added)))

    def _join(self) -> None:
        """Adds what was read to the text, once for all slices."""
        self.text = "".join([self.text, *[text for text, _ in self._parts]])
        self.folded = "".join([self.folded, *[folded for _, folded in self._parts]])
        self._parts.clear()

    # Unchanging rows

    def _settle(self, read: int, live: int) -> None:
        """Marks the last beginning of a line in the scrollback: up to there nothing will be read again."""
        row = min(read, live)
        while row > self._settled_row and self._grid.continues(row):
            row -= 1
        anchor = (
            self._grid.anchor(Point(row, 0)) if row >= self._settled_row or self._settled is None else None
        )
        if anchor is not None:
            self._settled, self._settled_row = anchor, row

    def _drop_what_changed(self) -> None:
        self.cut = self.kept = 0
        shift = self.shift
        if shift is None or shift > 0 or self._columns != self._grid.columns or not self._same_screen():
            self._forget()
            return
        self._drop_first(-shift)
        if self._settled_row and not self._is_unchanged(self._settled_row - 1):
            self._forget()
            return
        self._truncate(self._settled_row)
        self.kept = len(self.text)

    def _same_screen(self) -> bool:
        return self._alternate == self._grid.emulator.modes.alternate_screen

    def _is_unchanged(self, row: int) -> bool:
        return self._grid.row_texts(row, row)[0].rstrip(" ") == self.row_text(row).rstrip(" ")

    def _drop_first(self, rows: int) -> None:
        if rows <= 0:
            return
        cut = self._row_starts[rows] if rows < len(self._row_starts) else len(self.text)
        self.text, self.folded = self.text[cut:], self.folded[cut:]
        self._row_starts = [start - cut for start in self._row_starts[rows:]]
        self._settled_row -= rows
        self._length = len(self.text)
        self.cut += cut
        self.kept = max(0, self.kept - cut)

    def _truncate(self, rows: int) -> None:
        if rows < len(self._row_starts):
            end = self._row_starts[rows]
            self.text, self.folded = self.text[:end], self.folded[:end]
            del self._row_starts[rows:]
            self._length = end

    def _forget(self) -> None:
        self.text = self.folded = ""
        self._row_starts = []
        self._parts.clear()
        self._length = 0
        self._settled, self._settled_row = None, 0
        self.cut = self.kept = 0

    # From characters to cells and back

    @property
    def row_count(self) -> int:
        """How many rows the index has."""
        return len(self._row_starts)

    def row_text(self, row: int) -> str:
        """The text of one row of the index."""
        return self.text[slice(*self._row_bounds(row))].rstrip("\n")

    def row_at(self, offset: int) -> int:
        """The row of the index in which a character lies."""
        return bisect_right(self._row_starts, offset) - 1

    def bounds(self, first: int, last: int) -> tuple[int, int]:
        """The offsets of the text of the rows `first` to `last` of the index, as far as it has them."""
        starts = self._row_starts
        if not starts or last < 0 or first >= len(starts):
            return 0, 0
        return starts[max(first, 0)], self._row_bounds(min(last, len(starts) - 1))[1]

    def columns(self, row: int, start: int, end: int) -> tuple[int, int]:
        """The columns, end excluded, that the characters from `start` to `end` have in a row of the index."""
        first, after = self._row_bounds(row)
        start, end = max(start, first) - first, min(end, after) - first
        text = self.row_text(row)
        end = min(end, len(text))
        if text.isascii():
            return start, end
        cells = self._cells(row)
        columns = _columns_of_characters(cells)
        after = columns[min(end, len(columns)) - 1] + 1
        while after < len(cells) and not cells[after]:
            after += 1
        return columns[min(start, len(columns) - 1)], after

    def offset(self, point: Point) -> int | None:
        """Where in the text a cell of the grid is; None when it isn't in the index."""
        shift = self.shift
        row = point.row - (shift or 0)
        if shift is None or not 0 <= row < len(self._row_starts):
            return None
        text = self.row_text(row)
        inside = point.column
        if not text.isascii():
            inside = bisect_left(_columns_of_characters(self._cells(row)), point.column)
        return self._row_starts[row] + min(inside, len(text))

    def _cells(self, row: int) -> list[str]:
        return self._grid.cells(row + (self.shift or 0))

    def _row_bounds(self, row: int) -> tuple[int, int]:
        starts = self._row_starts
        return starts[row], starts[row + 1] if row + 1 < len(starts) else len(self.text)


def fold(text: str) -> str:
    """The text in lower case, of the same length."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join([char.lower() if len(char.lower()) == 1 else char for char in text])


def _columns_of_characters(cells: list[str]) -> list[int]:
    """The column of each character of a row."""
    return [column for column, text in enumerate(cells) for _ in text]

"""Where a key moves a cursor in a screen and its scrollback: the motions of vi and of plain editors. Moves nothing."""

from __future__ import annotations

import enum

from cockpit.terminal.emulator.grid import Grid
from cockpit.terminal.scrollback.anchors import Point
from cockpit.terminal.scrollback.logical_line import first_row_of, last_row_of

_BLANK, _PUNCTUATION, _WORD = range(3)


class Motion(enum.Enum):
    """A way to move; the comment is the key of vi."""

    LEFT = "left"  # h
    RIGHT = "right"  # l
    UP = "up"  # k
    DOWN = "down"  # j
    WORD_FORWARD = "word-forward"  # w
    WORD_BACK = "word-back"  # b
    WORD_END = "word-end"  # e
    LINE_START = "line-start"  # 0
    LINE_TEXT = "line-text"  # ^
    LINE_END = "line-end"  # $
    TOP = "top"  # g
    BOTTOM = "bottom"  # G
    PAGE_UP = "page-up"  # ctrl+b
    PAGE_DOWN = "page-down"  # ctrl+f
    HALF_PAGE_UP = "half-page-up"  # ctrl+u
    HALF_PAGE_DOWN = "half-page-down"  # ctrl+d


MOTION_KEYS = {
    "h": Motion.LEFT,
    "l": Motion.RIGHT,
    "k": Motion.UP,
    "j": Motion.DOWN,
    "w": Motion.WORD_FORWARD,
    "b": Motion.WORD_BACK,
    "e": Motion.WORD_END,
    "0": Motion.LINE_START,
    "^": Motion.LINE_TEXT,
    "$": Motion.LINE_END,
    "g": Motion.TOP,
    "G": Motion.BOTTOM,
    "ctrl+b": Motion.PAGE_UP,
    "ctrl+f": Motion.PAGE_DOWN,
    "ctrl+u": Motion.HALF_PAGE_UP,
    "ctrl+d": Motion.HALF_PAGE_DOWN,
    "left": Motion.LEFT,
    "right": Motion.RIGHT,
    "up": Motion.UP,
    "down": Motion.DOWN,
    "ctrl+left": Motion.WORD_BACK,
    "ctrl+right": Motion.WORD_FORWARD,
    "home": Motion.LINE_START,
    "end": Motion.LINE_END,
    "ctrl+home": Motion.TOP,
    "ctrl+end": Motion.BOTTOM,
    "pageup": Motion.PAGE_UP,
    "pagedown": Motion.PAGE_DOWN,
}
"""Keys and what they do to the cursor of a keyboard selection."""


def moved(grid: Grid, point: Point, motion: Motion) -> Point:
    """Where a motion leads from a cell; the same cell where there is nowhere to go."""
    if motion in (Motion.WORD_FORWARD, Motion.WORD_BACK, Motion.WORD_END):
        return _by_word(grid, point, motion)
    if motion in (Motion.LEFT, Motion.RIGHT):
        return _by_character(grid, point, -1 if motion is Motion.LEFT else 1)
    if motion is Motion.LINE_START:
        return Point(first_row_of(grid, point.row), 0)
    if motion is Motion.LINE_TEXT:
        return _line_text(grid, first_row_of(grid, point.row))
    if motion is Motion.LINE_END:
        return _line_end(grid, last_row_of(grid, point.row))
    if motion is Motion.TOP:
        return Point(0, 0)
    if motion is Motion.BOTTOM:
        return Point(grid.total - 1, 0)
    return _by_rows(grid, point, _rows(grid, motion))


def _rows(grid: Grid, motion: Motion) -> int:
    page, half = max(1, grid.rows - 1), max(1, grid.rows // 2)
    return {
        Motion.UP: -1,
        Motion.DOWN: 1,
        Motion.PAGE_UP: -page,
        Motion.PAGE_DOWN: page,
        Motion.HALF_PAGE_UP: -half,
        Motion.HALF_PAGE_DOWN: half,
    }[motion]


def _by_rows(grid: Grid, point: Point, rows: int) -> Point:
    row = min(max(0, point.row + rows), grid.total - 1)
    return Point(row, point.column)


def _by_character(grid: Grid, point: Point, step: int) -> Point:
    """The neighbouring character, over the fold of a soft wrap but not into another line."""
    first, last = grid.character(point)
    column = first.column - 1 if step < 0 else last.column + 1
    row = last.row
    if column < 0:
        if not grid.wraps(row - 1):
            return point
        row, column = row - 1, grid.columns - 1
    elif column >= grid.columns:
        return Point(row + 1, 0) if grid.wraps(row) else point
    first, last = grid.character(Point(row, column))
    if first.row == last.row:
        return first
    # A wide character didn't fit here and begins in the next row.
    return Point(row + 1, 0) if step > 0 else grid.character(Point(row, max(0, column - 1)))[0]


def _line_text(grid: Grid, row: int) -> Point:
    column = next((at for at, text in enumerate(grid.cells(row)) if text.strip()), 0)
    return Point(row, column)


def _line_end(grid: Grid, row: int) -> Point:
    cells = grid.cells(row)
    column = next((at for at in range(len(cells) - 1, -1, -1) if cells[at].strip()), 0)
    return Point(row, column)


def _by_word(grid: Grid, point: Point, motion: Motion) -> Point:
    """vi's small words: letters, digits and underscores, or other characters; an empty row is a word too."""
    walk = _Walk(grid, point, -1 if motion is Motion.WORD_BACK else 1)
    if motion is Motion.WORD_FORWARD:
        walk.skip_kind()
        walk.skip_blanks()
        return walk.point
    walk.step()
    walk.skip_blanks()
    while walk.peek() == walk.kind and walk.kind != _BLANK:
        walk.step()
    return walk.point


class _Walk:
    """Goes from character to character in one direction, rows after rows."""

    def __init__(self, grid: Grid, point: Point, step: int) -> None:
        self._grid = grid
        self._step = step
        self._row = -1
        self._cells: list[str] = []
        self._total = grid.total
        self.point = grid.character(point)[0]

    @property
    def kind(self) -> int:
        """Whether the character is blank, punctuation or part of a word."""
        return self._kind_of(self.point)

    def step(self) -> bool:
        """Goes one character on; False at the end."""
        after = self._after()
        if after is None:
            return False
        self.point = after
        return True

    def peek(self) -> int:
        """The kind of the next character; blank where a line ends."""
        after = self._after()
        if after is None or (after.row != self.point.row and not self._is_joined(after.row)):
            return _BLANK
        return self._kind_of(after)

    def skip_kind(self) -> None:
        """Goes past the rest of this word."""
        kind = self.kind
        while kind != _BLANK and self.peek() == kind:
            self.step()
        self.step()

    def skip_blanks(self) -> None:
        """Goes on to the next word, or to the next empty row."""
        row = self.point.row
        while self.kind == _BLANK:
            if self.point.row != row and not "".join(self._row_cells(self.point.row)).strip():
                self.point = Point(self.point.row, 0)
                return
            if not self.step():
                return

    def _after(self) -> Point | None:
        row, column = self.point.row, self.point.column + self._step
        cells = self._row_cells(row)
        while 0 <= column < len(cells) and not cells[column]:
            column += self._step
        if 0 <= column < len(cells):
            return Point(row, column)
        row += self._step
        if not 0 <= row < self._total:
            return None
        cells = self._row_cells(row)
        column = 0 if self._step > 0 else max(0, len(cells) - 1)
        while column > 0 and not cells[column]:
            column -= 1
        return Point(row, column)

    def _is_joined(self, row: int) -> bool:
        return self._grid.wraps(min(row, self.point.row))

    def _row_cells(self, row: int) -> list[str]:
        if row != self._row:
            self._row, self._cells = row, self._grid.cells(row)
        return self._cells

    def _kind_of(self, point: Point) -> int:
        cells = self._row_cells(point.row)
        text = cells[point.column] if point.column < len(cells) else " "
        if not text.strip():
            return _BLANK
        return _WORD if text[0].isalnum() or text[0] == "_" else _PUNCTUATION

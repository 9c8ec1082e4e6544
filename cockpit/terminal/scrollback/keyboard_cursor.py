"""The cursor of a keyboard selection: walks the scrollback, takes the viewport along and extends the selection."""

from __future__ import annotations

from cockpit.terminal.emulator.grid import Grid
from cockpit.terminal.scrollback.anchors import Anchor, Point
from cockpit.terminal.scrollback.motions import Motion, moved
from cockpit.terminal.scrollback.scrolling import Scrolling
from cockpit.terminal.scrollback.selection import Selection, SelectionMode


class KeyboardCursor:
    """A cell that keys move. While `selecting`, moving it extends the selection (vi's visual mode)."""

    def __init__(self, grid: Grid, scrolling: Scrolling, selection: Selection) -> None:
        self._grid = grid
        self._scrolling = scrolling
        self._selection = selection
        self._cell: Anchor | None = None
        self._column = 0
        self.selecting = False
        """Whether moving extends the selection."""

    @property
    def is_on(self) -> bool:
        """Whether there is a cursor."""
        return self._cell is not None

    @property
    def point(self) -> Point | None:
        """Where it is. When its line is gone it goes to the top of the viewport."""
        if self._cell is None:
            return None
        point = self._cell.point
        if point is None:
            point = Point(self._grid.top, 0)
            self._cell = self._grid.anchor(point)
        return point

    @property
    def viewport_cell(self) -> tuple[int, int] | None:
        """Row and column in the viewport; None while it is out of sight."""
        point = self.point
        if point is None:
            return None
        row = point.row - self._grid.top
        return (row, point.column) if 0 <= row < self._grid.rows else None

    def turn_on(self, point: Point) -> None:
        """Puts the cursor on a cell."""
        self._place(point)
        self._column = point.column

    def turn_off(self) -> None:
        """Takes the cursor away; the selection stays."""
        self._cell = None
        self.selecting = False

    def take_over(self, other: KeyboardCursor, shift: int) -> None:
        """Stands where another cursor does, of a grid whose rows are `shift` further down here."""
        point = other.point
        self.selecting = other.selecting
        if point is not None:
            self._place(point._replace(row=max(0, point.row + shift)))
            self._column = other._column

    def move(self, motion: Motion, *, extend: bool = False) -> None:
        """Moves, with the viewport; `extend` (shift with a plain key) selects from where the cursor was."""
        before = self.point
        if before is None:
            return
        keeps_column = motion in _BY_ROWS
        start = before._replace(column=self._column) if keeps_column else before
        after = moved(self._grid, start, motion)
        if not keeps_column:
            self._column = after.column
        self._place(after)
        self._scrolling.reveal(after.row)
        if extend and not self.selecting:
            self.toggle(SelectionMode.CELL, at=before)
        elif not extend and not self.selecting:
            self._selection.clear()
        if self.selecting:
            self._selection.extend(self.point or after)

    def go(self, point: Point) -> None:
        """Goes to a cell, if there is a cursor; what is being selected grows or shrinks with it."""
        if self._cell is not None:
            self.turn_on(point)
            if self.selecting:
                self._selection.extend(point)

    def toggle(self, mode: SelectionMode, *, at: Point | None = None) -> None:
        """Begins to select (v, V, ctrl+v), selects other wholes, or stops when that is what it does already."""
        point = at or self.point
        if point is None:
            return
        if not self.selecting:
            self.selecting = True
            self._selection.start(point, mode)
        elif self._selection.mode is mode:
            self.selecting = False
            self._selection.clear()
        else:
            self._selection.change_mode(mode)

    def _place(self, point: Point) -> None:
        self._cell = self._grid.anchor(self._grid.character(point)[0])


_BY_ROWS = {
    Motion.UP,
    Motion.DOWN,
    Motion.PAGE_UP,
    Motion.PAGE_DOWN,
    Motion.HALF_PAGE_UP,
    Motion.HALF_PAGE_DOWN,
}

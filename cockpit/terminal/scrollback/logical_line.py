"""Logical lines: the rows that soft wrapping made of one line, and the way from their characters to cells."""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.terminal.emulator.grid import Grid
from cockpit.terminal.scrollback.anchors import Point

ROW_LIMIT = 200
"""Rows looked at on either side. A longer line is cut: nobody selects or clicks in a megabyte without a newline."""


def first_row_of(grid: Grid, row: int, limit: int = ROW_LIMIT) -> int:
    """The first row of the line a row belongs to."""
    first = row
    while first > 0 and row - first < limit and grid.wraps(first - 1):
        first -= 1
    return first


def last_row_of(grid: Grid, row: int, limit: int = ROW_LIMIT) -> int:
    """The last row of the line a row belongs to."""
    last, total = row, grid.total
    while last < total - 1 and last - row < limit and grid.wraps(last):
        last += 1
    return last


@dataclass(frozen=True, slots=True)
class LogicalLine:
    """The text of a line and the cell of each of its characters."""

    text: str
    points: tuple[Point, ...]

    def index_of(self, point: Point) -> int | None:
        """The first character of the cell, or of the wide character it is part of; None beyond the line."""
        indices = [index for index, place in enumerate(self.points) if place <= point]
        if not indices or self.points[indices[-1]].row != point.row:
            return None
        return self.points.index(self.points[indices[-1]])


def logical_line(grid: Grid, row: int, limit: int = ROW_LIMIT) -> LogicalLine:
    """The line a row belongs to."""
    texts: list[str] = []
    points: list[Point] = []
    for each in range(first_row_of(grid, row, limit), last_row_of(grid, row, limit) + 1):
        for column, text in enumerate(grid.cells(each)):
            texts.append(text)
            points += [Point(each, column)] * len(text)
    return LogicalLine("".join(texts), tuple(points))

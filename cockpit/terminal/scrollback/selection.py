"""What a person has selected on an emulator's screen and scrollback. Draws and copies nothing.

Both ends are held as anchors, so the selection keeps its text while output is fed and over a resize; once the text
at an end is gone the selection is dropped.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from cockpit.terminal.emulator.grid import Grid
from cockpit.terminal.scrollback.anchors import Point
from cockpit.terminal.scrollback.logical_line import first_row_of, last_row_of


class SelectionMode(enum.Enum):
    """What is selected as a whole."""

    CELL = "cell"
    WORD = "word"
    LINE = "line"
    """Logical lines: soft-wrapped rows belong together."""
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class SelectedRange:
    """From `start` to `end`, both included; a block has them as its upper left and lower right corners."""

    start: Point
    end: Point
    block: bool

    def columns(self, row: int, width: int) -> tuple[int, int] | None:
        """The columns of a row that are selected, end excluded; None when none is."""
        if not self.start.row <= row <= self.end.row:
            return None
        if self.block:
            return self.start.column, self.end.column + 1
        first = self.start.column if row == self.start.row else 0
        last = self.end.column if row == self.end.row else width - 1
        return first, last + 1


class _End:
    """One end, held by the last character before it: blanks no program wrote have no place in a reflow."""

    def __init__(self, grid: Grid, point: Point) -> None:
        self._grid = grid
        last = grid.character(point)[1]
        if last.row != point.row:
            point = last._replace(column=0)
        column = point.column
        if not grid.cell(point).strip():
            cells = grid.cells(point.row)[:column]
            column = next((at for at in range(len(cells) - 1, -1, -1) if cells[at] != " "), 0)
        self._anchor = grid.anchor(point._replace(column=column))
        self._beyond = point.column - column
        self._text = grid.cell(point._replace(column=column))

    @property
    def point(self) -> Point | None:
        """Where it is now; None once its line is gone."""
        point = None if self._anchor is None else self._anchor.point
        if point is None:
            return None
        return point._replace(column=min(point.column + self._beyond, self._grid.columns - 1))

    @property
    def is_unchanged(self) -> bool:
        """Whether the character that holds it is still the same."""
        point = None if self._anchor is None else self._anchor.point
        return point is not None and self._grid.cell(point) == self._text


class Selection:
    """The selection of one grid, or none."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._mode = SelectionMode.CELL
        self._ends: tuple[_End, _End] | None = None
        self._seen = (0, 0)
        self._waits = False

    @property
    def mode(self) -> SelectionMode:
        """What is selected as a whole."""
        return self._mode

    @property
    def is_active(self) -> bool:
        """Whether anything is selected."""
        return self._points() is not None

    @property
    def head(self) -> Point | None:
        """The end that moves."""
        points = self._points()
        return None if points is None else points[1]

    def start(self, point: Point, mode: SelectionMode = SelectionMode.CELL) -> None:
        """Begins a selection at a cell, which is part of it."""
        self._mode = mode
        self._waits = False
        self._hold(point, point)

    def wait_for_drag(self) -> None:
        """Selects nothing until `extend` comes with another cell: a click alone is no selection."""
        self._waits = True

    def extend(self, point: Point) -> None:
        """Moves the end that moves to a cell; starts there when nothing is selected."""
        points = self._ends_now()
        fixed = point if points is None else points[0]
        self._waits = self._waits and fixed == point
        self._hold(fixed, point)

    def change_mode(self, mode: SelectionMode) -> None:
        """Selects other wholes between the same ends."""
        self._mode = mode

    def select(self, start: Point, end: Point) -> None:
        """Selects the cells from `start` to `end`, both included."""
        self.start(start)
        self._hold(start, end)

    def take_over(self, other: Selection, shift: int) -> None:
        """Selects what another selection does, of a grid whose rows are `shift` further down here."""
        points = other._ends_now()
        self._mode, self._waits = other._mode, other._waits
        if points is not None:
            self._hold(*(point._replace(row=max(0, point.row + shift)) for point in points))

    def clear(self) -> None:
        """Selects nothing."""
        self._ends = None

    def range(self) -> SelectedRange | None:
        """What is selected now, widened to wholes; None when nothing is."""
        points = self._points()
        if points is None:
            return None
        first, last = sorted(points)
        if self._mode is SelectionMode.BLOCK:
            return self._block(first, last)
        if self._mode is SelectionMode.WORD:
            ranges = [self._grid.word(point) or (point, point) for point in (first, last)]
            first, last = min(start for start, _ in ranges), max(end for _, end in ranges)
        elif self._mode is SelectionMode.LINE:
            first = Point(first_row_of(self._grid, first.row), 0)
            last = Point(last_row_of(self._grid, last.row), self._grid.columns - 1)
        return SelectedRange(self._grid.character(first)[0], self._grid.character(last)[1], block=False)

    def spans(self) -> list[tuple[int, int] | None]:
        """The selected columns of each row of the viewport, end excluded. Wide characters are whole."""
        grid = self._grid
        selected = self.range()
        if selected is None:
            return [None] * grid.rows
        top = grid.top
        spans = []
        for row in range(top, top + grid.rows):
            columns = selected.columns(row, grid.columns)
            spans.append(self._whole_columns(row, *columns) if columns and selected.block else columns)
        return spans

    def text(self) -> str:
        """What is selected: soft-wrapped rows joined, blanks at the ends of lines left out, a block as lines."""
        selected = self.range()
        if selected is None:
            return ""
        if selected.block:
            return "\n".join(
                self._row_text(row, *(selected.columns(row, self._grid.columns) or (0, 0)))
                for row in range(selected.start.row, selected.end.row + 1)
            )
        return self._grid.text(selected.start, selected.end).rstrip("\n")

    def _row_text(self, row: int, start: int, end: int) -> str:
        start, end = self._whole_columns(row, start, end)
        return "".join(self._grid.cells(row)[start:end]).rstrip(" ")

    def _whole_columns(self, row: int, start: int, end: int) -> tuple[int, int]:
        """The columns, end excluded, widened to whole characters."""
        first, _ = self._grid.character(Point(row, start))
        _, last = self._grid.character(Point(row, end - 1))
        return first.column, last.column + 1 if last.row == row else end

    def _block(self, one: Point, other: Point) -> SelectedRange:
        left, right = sorted((one.column, other.column))
        return SelectedRange(Point(one.row, left), Point(other.row, right), block=True)

    # Keeping hold of the text

    def _hold(self, fixed: Point, head: Point) -> None:
        self._ends = _End(self._grid, fixed), _End(self._grid, head)
        self._seen = self._state()

    def _points(self) -> tuple[Point, Point] | None:
        points = self._ends_now()
        return None if self._waits else points

    def _ends_now(self) -> tuple[Point, Point] | None:
        """The ends, or None after dropping a selection whose text is gone."""
        if self._ends is None:
            return None
        fixed, head = self._ends[0].point, self._ends[1].point
        if fixed is None or head is None or not self._is_still_there(self._ends):
            self._ends = None
            return None
        return fixed, head

    def _state(self) -> tuple[int, int]:
        return self._grid.total, int(self._grid.emulator.modes.alternate_screen)

    def _is_still_there(self, ends: tuple[_End, _End]) -> bool:
        """Rows are taken away by dropping, erasing or reflowing: erasing leaves the anchors on other text."""
        state = self._state()
        seen, self._seen = self._seen, state
        if state[1] != seen[1]:
            return False
        return state[0] >= seen[0] or all(end.is_unchanged for end in ends)

"""What a person does with a screen and its scrollback without the program noticing: scroll, search, select, follow.

The facade over one emulator, live or built from a captured history. It writes nothing to any program, opens and
copies nothing; cells of the viewport are given as (row, column) from its upper left corner.
"""

from __future__ import annotations

from cockpit.terminal.emulator.cells import Row
from cockpit.terminal.emulator.emulator import Emulator
from cockpit.terminal.emulator.grid import Grid
from cockpit.terminal.scrollback.anchors import Point
from cockpit.terminal.scrollback.highlight import Mark, Span
from cockpit.terminal.scrollback.keyboard_cursor import KeyboardCursor
from cockpit.terminal.scrollback.links import link_at
from cockpit.terminal.scrollback.prompts import last_output, next_prompt, output_at, previous_prompt
from cockpit.terminal.scrollback.scrolling import Scrolling, ScrollPosition
from cockpit.terminal.scrollback.search import MatchSpan, Search
from cockpit.terminal.scrollback.selection import Selection, SelectionMode


class LocalView:
    """The local view of one emulator. Used on the emulator's own thread; must not outlive it."""

    def __init__(self, emulator: Emulator) -> None:
        self.grid = Grid(emulator)
        self.scrolling = Scrolling(self.grid)
        self.search = Search(self.grid, self.scrolling)
        self.selection = Selection(self.grid)
        self.cursor = KeyboardCursor(self.grid, self.scrolling, self.selection)

    def take_over(self, other: LocalView) -> None:
        """Shows and marks what `other` does. Both end in the same rows; this one may have more above them.

        The search isn't taken over: it has to look through more.
        """
        shift = self.grid.total - other.grid.total
        if not other.at_live:
            self.scrolling.show(other.grid.top + shift)
        self.selection.take_over(other.selection, shift)
        self.cursor.take_over(other.cursor, shift)

    # What to show

    def rows(self) -> list[Row]:
        """The rows of the viewport."""
        return self.grid.viewport_rows()

    def selected(self) -> list[tuple[int, int] | None]:
        """The selected columns of each row of the viewport, end excluded."""
        return self.selection.spans()

    def marks(self) -> list[list[Span]]:
        """What stands out in each row of the viewport: matches, and over them the selection."""
        rows: list[list[Span]] = [
            [Span(start, end, Mark.CURRENT_MATCH if current else Mark.MATCH) for start, end, current in found]
            for found in self.search.spans()
        ]
        for row, columns in zip(rows, self.selection.spans(), strict=False):
            if columns is not None:
                row.append(Span(*columns, Mark.SELECTION))
        return rows

    def matches(self) -> list[tuple[MatchSpan, ...]]:
        """The columns of each row of the viewport that match the search."""
        return self.search.spans()

    # Scrolling

    @property
    def at_live(self) -> bool:
        """Whether the live screen is shown."""
        return self.scrolling.at_live

    @property
    def position(self) -> ScrollPosition:
        """How far up the viewport is."""
        return self.scrolling.position

    @property
    def new_output(self) -> bool:
        """Whether the program wrote anything since the person left the live screen."""
        return self.scrolling.new_output

    def scroll(self, lines: int) -> bool:
        """Moves down by so many rows, up when negative; answers whether anything moved."""
        return self.scrolling.scroll(lines)

    def page(self, pages: int) -> bool:
        """Moves by screenfuls."""
        return self.scrolling.page(pages)

    def to_top(self) -> bool:
        """Shows the oldest lines."""
        return self.scrolling.to_top()

    def to_live(self) -> bool:
        """Shows the live screen again, with nothing searched, nothing selected and no cursor."""
        self.search.clear()
        self.selection.clear()
        self.cursor.turn_off()
        return self.scrolling.to_live()

    # The pointer

    def point(self, row: int, column: int) -> Point:
        """The cell of the grid at a cell of the viewport; beyond its edges, the nearest one."""
        grid = self.grid
        top = grid.top
        return Point(
            top + min(max(row, 0), grid.rows - 1),
            min(max(column, 0), grid.columns - 1),
        )

    def press(self, row: int, column: int, *, clicks: int = 1, block: bool = False) -> None:
        """Begins a selection with the pointer: by cell, word (2 clicks) or line (3); `block` for columns.

        A single press selects nothing until the pointer is dragged.
        """
        mode = {1: SelectionMode.CELL, 2: SelectionMode.WORD}.get((clicks - 1) % 3 + 1, SelectionMode.LINE)
        self.selection.start(self.point(row, column), SelectionMode.BLOCK if block else mode)
        if mode is SelectionMode.CELL:
            self.selection.wait_for_drag()

    def drag(self, row: int, column: int) -> bool:
        """Extends the selection to the pointer, and scrolls one step when that is above or below the viewport.

        Answers whether it scrolled: then call it again after a moment, as long as the pointer stays there.
        """
        rows = self.grid.rows
        step = row if row < 0 else max(0, row - rows + 1)
        scrolled = step != 0 and self.scrolling.scroll(step)
        point = self.point(row, column)
        if row < 0:
            point = Point(point.row, 0) if self.selection.mode is not SelectionMode.BLOCK else point
        elif row >= rows and self.selection.mode is not SelectionMode.BLOCK:
            point = Point(point.row, self.grid.columns - 1)
        self.selection.extend(point)
        return scrolled

    def link(self, row: int, column: int) -> str:
        """Where a cell of the viewport leads: an OSC 8 hyperlink or an address in the text; empty: nowhere."""
        return link_at(self.grid, self.point(row, column))

    # The keyboard

    def start_cursor(self) -> None:
        """Puts the keyboard's cursor where the selection, the program's cursor or else the last row in sight is."""
        if self.cursor.is_on:
            return
        head = self.selection.head
        if head is None:
            place = self.grid.emulator.cursor
            row = place.row if self.at_live and place.visible else self.grid.rows - 1
            head = self.point(row, place.column if self.at_live else 0)
        self.cursor.turn_on(head)

    def step_match(self, step: int) -> None:
        """Goes to the match below (1) or above (-1) and puts the keyboard's cursor there."""
        if step > 0:
            self.search.next()
        else:
            self.search.previous()
        self.cursor_to_match()

    def cursor_to_match(self) -> None:
        """Puts the keyboard's cursor on the current match, if there is one; a selection begun before follows."""
        point = self.search.current_point
        if point is None:
            self.start_cursor()
            return
        self.cursor.turn_on(point)
        if self.cursor.selecting:
            self.selection.extend(point)

    def cursor_to_selection(self) -> None:
        """Puts the keyboard's cursor on the end of the selection that moves, as if it had been selected by keys."""
        head = self.selection.head
        if head is not None:
            self.cursor.turn_on(head)
            self.cursor.selecting = True

    # Prompts

    @property
    def has_prompts(self) -> bool:
        """Whether the shell marked any."""
        return previous_prompt(self.grid, self.grid.total) is not None

    def to_previous_prompt(self) -> bool:
        """Shows the nearest prompt above, or above the keyboard's cursor, at the top; False if there is none."""
        point = self.cursor.point
        row = previous_prompt(self.grid, self.grid.top if point is None else point.row)
        if row is None:
            return False
        self._show_prompt(row)
        return True

    def to_next_prompt(self) -> bool:
        """Shows the nearest prompt below at the top, or the live screen; False where neither is further down."""
        point = self.cursor.point
        if point is None and self.at_live:
            return False
        row = next_prompt(self.grid, self.grid.top if point is None else point.row)
        if row is None:
            return self.scrolling.to_live()
        self._show_prompt(row)
        return True

    def _show_prompt(self, row: int) -> None:
        self.scrolling.show(row)
        self.cursor.go(Point(row, 0))

    def select_last_output(self) -> bool:
        """Selects what the last command printed and shows its beginning; answers whether there is any."""
        return self._select(last_output(self.grid))

    def select_output(self, row: int) -> bool:
        """Selects what the command at a row of the viewport printed."""
        return self._select(output_at(self.grid, self.point(row, 0).row))

    def _select(self, ends: tuple[Point, Point] | None) -> bool:
        if ends is None:
            return False
        self.selection.select(*ends)
        self.scrolling.reveal(ends[0].row)
        return True

"""Where a person has scrolled to in an emulator's scrollback. Moves only the viewport; the program never notices.

libghostty-vt itself holds a scrolled viewport on its lines while output is fed, while old lines are dropped and over
a resize with reflow; when the lines being read are dropped, the oldest that are left are shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from cockpit.terminal.emulator.grid import Grid


@dataclass(frozen=True, slots=True)
class ScrollPosition:
    """How far up the viewport is: `above_live` rows above the live screen, of `total` rows in all."""

    above_live: int
    total: int


class Scrolling:
    """The viewport of one grid."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._left_at = 0

    @property
    def at_live(self) -> bool:
        """Whether the live screen is shown and followed."""
        return self.position.above_live == 0

    @property
    def position(self) -> ScrollPosition:
        """How far up the viewport is."""
        top, total = self._grid.view()
        return ScrollPosition(max(0, total - self._grid.rows - top), total)

    @property
    def new_output(self) -> bool:
        """Whether the program wrote anything since the person left the live screen."""
        return not self.at_live and self._grid.emulator.fed_bytes != self._left_at

    def scroll(self, lines: int) -> bool:
        """Moves down by so many rows, up when negative; answers whether anything moved."""
        return self.show(self._grid.top + lines)

    def page(self, pages: int) -> bool:
        """Moves by screenfuls, less one row that stays in sight."""
        return self.scroll(pages * max(1, self._grid.rows - 1))

    def to_top(self) -> bool:
        """Shows the oldest lines."""
        return self.show(0)

    def to_live(self) -> bool:
        """Shows the live screen again and follows it."""
        moved = not self.at_live
        self._grid.scroll_to_live()
        return moved

    def show(self, row: int) -> bool:
        """Puts a row at the top of the viewport, as far as there are rows; answers whether anything moved."""
        grid = self._grid
        before, total = grid.view()
        was_live = before >= total - grid.rows
        wanted = min(max(0, row), max(0, total - grid.rows))
        if wanted == before:
            return False
        if wanted == total - grid.rows:
            return self.to_live()
        grid.scroll_to(wanted)
        if was_live:
            self._left_at = grid.emulator.fed_bytes
        return True

    def reveal(self, row: int, *, margin: int = 0) -> bool:
        """Moves as little as needed to have a row in sight, `margin` rows from the edge; answers whether it moved."""
        grid = self._grid
        top = grid.top
        margin = min(margin, (grid.rows - 1) // 2)
        if row < top + margin:
            return self.show(row - margin)
        if row > top + grid.rows - 1 - margin:
            return self.show(row - grid.rows + 1 + margin)
        return False

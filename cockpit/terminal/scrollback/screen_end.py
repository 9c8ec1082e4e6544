"""Where what a program printed ends, so that news can be told from a screen that is merely drawn again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cockpit.model import Size

if TYPE_CHECKING:
    from cockpit.terminal.emulator.grid import Grid


@dataclass(frozen=True, slots=True)
class ScreenEnd:
    """The last row of a screen that holds text."""

    above: int
    """The rows above the screen."""
    row: int
    """The last row with text, counted from the oldest; `above - 1` where the screen is empty."""
    text: str
    size: Size

    def is_news_after(self, before: ScreenEnd) -> bool:
        """Whether something was printed since: more rows, or a longer last one.

        A spinner, a clock and a status line that blinks change rows and add none. Ends of different
        sizes don't compare.
        """
        if self.size != before.size:
            return False
        if self.above < before.above:  # the oldest rows are dropped to make room for new ones
            return True
        if self.row != before.row:
            return self.row > before.row
        return len(self.text) > len(before.text) and self.text.startswith(before.text)


def screen_end(screen: Sequence[str], above: int, size: Size) -> ScreenEnd:
    """The end of a screen, from the text of its rows."""
    rows = [row.rstrip() for row in screen]
    last = max((index for index, row in enumerate(rows) if row), default=-1)
    return ScreenEnd(above, above + last, rows[last] if rows and last >= 0 else "", size)


def end_of(live: Grid) -> ScreenEnd:
    """The end of the live screen of an emulator."""
    above = max(0, live.total - live.rows)
    return screen_end(live.row_texts(above, above + live.rows - 1), above, live.emulator.size)

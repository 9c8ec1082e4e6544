"""Finds out whether rows were scrolled: the same ones some lines further up or down. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from cockpit.terminal.emulator.cells import Row

MIN_GAIN = 3
"""Rows that have to be saved for a shift to be worth its own bytes."""


class Shift(NamedTuple):
    """The rows from `top` up to, not including, `bottom` go up by `lines` rows, or down where that is negative.

    What moves out of them is gone, and what moves in is blank.
    """

    top: int
    bottom: int
    lines: int

    def apply(self, rows: list[Row]) -> None:
        """Shifts `rows` in place."""
        part = rows[self.top : self.bottom]
        blank: list[Row] = [()] * abs(self.lines)
        rows[self.top : self.bottom] = (
            part[self.lines :] + blank if self.lines > 0 else blank + part[: self.lines]
        )


def shift_between(old: Sequence[Row], new: Sequence[Row]) -> Shift | None:
    """The shift that brings `old` nearest to `new`, both of one length; None where none saves enough rows."""
    times = Counter(old)
    places = {row: y for y, row in enumerate(old) if row and times[row] == 1}  # others tell nothing
    moves = [(places[row] - y, y) for y, row in enumerate(new) if row in places]
    votes = Counter(lines for lines, _ in moves)
    lines, count = votes.most_common(1)[0] if votes else (0, 0)
    if not lines or count < MIN_GAIN:
        return None
    moved = [y for found, y in moves if found == lines]
    ends = (moved[0], moved[-1], moved[0] + lines, moved[-1] + lines)
    shift = Shift(min(ends), max(ends) + 1, lines)
    shifted = list(old)
    shift.apply(shifted)
    return shift if _like(shifted, new) - _like(old, new) >= MIN_GAIN else None


def _like(some: Sequence[Row], others: Sequence[Row]) -> int:
    return sum([one == other for one, other in zip(some, others, strict=True)])

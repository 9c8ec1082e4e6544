"""What leads somewhere on the screen: OSC 8 hyperlinks and addresses in plain text. Opens nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cockpit.terminal.anchors import Point
from cockpit.terminal.grid import Grid
from cockpit.terminal.logical_line import logical_line

_ROWS_AROUND = 32
_ADDRESS = re.compile(r"\b(?:https?|file)://[^\s<>\"'`{}|\\^\x00-\x1f\x7f]+")
_SENTENCE_ENDS = ".,;:!?*_~"
_BRACKETS = {")": "(", "]": "["}


@dataclass(frozen=True, slots=True)
class Link:
    """Where a cell leads. `start` and `end` are its first and last cell (OSC 8: within the row asked for)."""

    target: str
    declared: bool
    """True for OSC 8: what is shown may differ from where it leads."""
    start: Point
    end: Point


def link_at(grid: Grid, point: Point) -> Link | None:
    """Where a cell leads to, if anywhere."""
    target = grid.link(point)
    if target:
        return Link(target, True, *_same_link(grid, point, target))
    line = logical_line(grid, point.row, _ROWS_AROUND)
    index = line.index_of(point)
    if index is None:
        return None
    for match in _ADDRESS.finditer(line.text):
        target = _without_punctuation(match.group())
        end = match.start() + len(target)
        if match.start() <= index < end:
            return Link(target, False, line.points[match.start()], line.points[end - 1])
    return None


def _same_link(grid: Grid, point: Point, target: str) -> tuple[Point, Point]:
    """The cells of the row around a cell that lead to the same target."""
    first = last = point.column
    while first > 0 and grid.link(Point(point.row, first - 1)) == target:
        first -= 1
    while last < grid.columns - 1 and grid.link(Point(point.row, last + 1)) == target:
        last += 1
    return Point(point.row, first), Point(point.row, last)


def _without_punctuation(address: str) -> str:
    """The address without what belongs to the sentence around it: full stops, and brackets it didn't open."""
    while address:
        last = address[-1]
        opening = _BRACKETS.get(last)
        if last not in _SENTENCE_ENDS and (opening is None or address.count(opening) >= address.count(last)):
            break
        address = address[:-1]
    return address

"""What leads somewhere on the screen: OSC 8 hyperlinks and addresses in plain text. Opens nothing."""

from __future__ import annotations

import re

from cockpit.terminal.emulator.grid import Grid
from cockpit.terminal.scrollback.anchors import Point
from cockpit.terminal.scrollback.logical_line import logical_line

_ROWS_AROUND = 32
_ADDRESS = re.compile(r"\b(?:https?|file)://[^\s<>\"'`{}|\\^\x00-\x1f\x7f]+")
_SENTENCE_ENDS = ".,;:!?*_~"
_BRACKETS = {")": "(", "]": "["}


def link_at(grid: Grid, point: Point) -> str:
    """Where a cell leads: an OSC 8 hyperlink, or an address in the text; empty: nowhere."""
    if target := grid.link(point):
        return target
    line = logical_line(grid, point.row, _ROWS_AROUND)
    index = line.index_of(point)
    if index is None:
        return ""
    for match in _ADDRESS.finditer(line.text):
        target = _without_punctuation(match.group())
        if match.start() <= index < match.start() + len(target):
            return target
    return ""


def _without_punctuation(address: str) -> str:
    """The address without what belongs to the sentence around it: full stops, and brackets it didn't open."""
    while address:
        last = address[-1]
        opening = _BRACKETS.get(last)
        if last not in _SENTENCE_ENDS and (opening is None or address.count(opening) >= address.count(last)):
            break
        address = address[:-1]
    return address

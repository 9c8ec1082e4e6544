"""Cells that are held on to while everything around them moves (grid_ref_tracked.h)."""

from __future__ import annotations

import weakref
from typing import Any, NamedTuple

from cockpit.terminal.emulator.ghostty import ffi, lib, union_fn

_track = union_fn(
    "ghostty_terminal_grid_ref_track",
    "GhosttyResult(*)(GhosttyTerminal, GhosttyPointS, GhosttyTrackedGridRef*)",
)


class Point(NamedTuple):
    """A cell: its row counted from the oldest line of the scrollback, and its column. Sorts in reading order."""

    row: int
    column: int


class Anchor:
    """A cell that keeps its place while output is fed, lines are dropped and the grid is resized."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self._out = ffi.new("GhosttyPointCoordinate*")
        self._free = weakref.finalize(self, lib.ghostty_tracked_grid_ref_free, handle)

    @property
    def point(self) -> Point | None:
        """Where the cell is now; None once its line was dropped or the screen reset."""
        out = self._out
        if lib.ghostty_tracked_grid_ref_point(self._handle, lib.GHOSTTY_POINT_TAG_SCREEN, out):
            return None
        return Point(out.y, out.x)


def anchor_at(terminal: Any, point: Point) -> Anchor | None:
    """Holds on to a cell of a native terminal; None when there is no such cell."""
    if point.row < 0 or point.column < 0:
        return None
    handle = ffi.new("GhosttyTrackedGridRef*")
    place = ffi.new("GhosttyPointS*", {"tag": lib.GHOSTTY_POINT_TAG_SCREEN})
    place.value.x, place.value.y = point.column, point.row
    return None if _track(terminal, place[0], handle) else Anchor(handle[0])

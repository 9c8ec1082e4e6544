"""Text out of an emulator for programs to read: the live screen, the scrollback, or what came after a place."""

from __future__ import annotations

import re

from cockpit.terminal.emulator.emulator import Emulator
from cockpit.terminal.emulator.ghostty import ffi, lib
from cockpit.terminal.emulator.grid import Grid
from cockpit.terminal.scrollback.anchors import Anchor, Point
from cockpit.terminal.scrollback.prompts import certain_output

_PALETTE = re.compile(r"\A(?:\x1b\]4;[^\x1b]*\x1b\\)+")
"""libghostty-vt puts the whole palette before styled text."""


def cursor_line(emulator: Emulator) -> Anchor | None:
    """Holds on to the beginning of the row the cursor is in."""
    y = ffi.new("uint16_t*")
    if lib.ghostty_terminal_get(emulator.handle, lib.GHOSTTY_TERMINAL_DATA_CURSOR_Y, y):
        return None
    grid = Grid(emulator)
    return grid.anchor(Point(grid.total - grid.rows + int(y[0]), 0))


def cursor_column(emulator: Emulator) -> int:
    """The column the cursor is in now, counted from 0."""
    x = ffi.new("uint16_t*")
    return (
        0 if lib.ghostty_terminal_get(emulator.handle, lib.GHOSTTY_TERMINAL_DATA_CURSOR_X, x) else int(x[0])
    )


def last_command_output(emulator: Emulator, *, styled: bool = False) -> str | None:
    """What the very last command printed, or has printed so far, by the marks in its rows; None where they don't tell.

    `cockpit.command_outputs` knows it exactly; this is for when it has not heard it all.
    """
    grid = Grid(emulator)
    found = certain_output(grid)
    if isinstance(found, bool):
        return None if found else ""
    return clean(grid.text(*found, styled=styled), styled)


def read_text(
    emulator: Emulator, *, lines: int | None, visible: bool, since: Anchor | None = None, styled: bool = False
) -> str:
    """Whole lines, soft-wrapped rows joined, blank ones at the end left out.

    Args:
        lines: the last so many; None: all there are.
        visible: nothing but the live screen.
        since: nothing before this place; all there is when it was dropped or cleared.
        styled: with SGR sequences.
    """
    grid = Grid(emulator)
    total = grid.total
    first = total - grid.rows if visible else 0
    if since is not None and (place := since.point) is not None:
        first = max(first, place.row)
    if lines is not None:
        first = max(first, total - grid.rows - lines)
        while first > 0 and grid.continues(first):
            first -= 1
    if first >= total:
        return ""
    text = clean(grid.text(Point(first, 0), Point(total - 1, grid.columns - 1), styled=styled), styled)
    return "\n".join(text.split("\n")[-lines:]) if lines else text


def clean(text: str, styled: bool) -> str:
    """Text as `Grid.text` gave it, without the palette and the blank lines at its end."""
    if styled:
        text = _PALETTE.sub("", text).replace("\r\n", "\n")
    return text.rstrip("\n")

"""What a command printed as text: its bytes fed into an emulator of their own. Keeps nothing.

It begins at the left edge of an empty screen, as an output does. What is left of it is what the screen and the
scrollback would show of it: a progress bar's last state, nothing of a full-screen program that has ended.
"""

from __future__ import annotations

import re

from cockpit.model import Size
from cockpit.terminal.emulator.emulator import Emulator
from cockpit.terminal.emulator.grid import Grid
from cockpit.terminal.scrollback.anchors import Point
from cockpit.terminal.scrollback.history import Silent
from cockpit.terminal.scrollback.reading import clean

CELLS_LIMIT = 16 * 1024 * 1024
"""How many cells a replay may take, eight bytes each. Older lines are left out."""
_LEAVE_ALTERNATE_SCREEN = b"\x1b[?1049l\x1b[?47l"
_NO_NEWLINE_LIMIT_BYTES = 2048
_NO_NEWLINE = re.compile(
    rb"(?:(?:\x1b\[[0-9;]*m)+[\x21-\x7e](?:\x1b\[[0-9;]*m)*)? +\r \r(?:\x1b\[[0-9;?]*[mJhl])*\Z"
)
"""zsh, before it marks the end: its sign for a missing newline, and blanks that wrap only behind one (PROMPT_SP)."""


def replayed(data: bytes, size: Size, *, done: bool = False, styled: bool = False) -> tuple[str, bool]:
    """The whole lines of an output, or of a prompt; and whether the first ones had to be left out.

    Args:
        done: it is the output of a command that is over, up to where its shell marked that.
    """
    if done:
        end = data[-_NO_NEWLINE_LIMIT_BYTES:]
        data = data[: len(data) - len(end)] + _NO_NEWLINE.sub(b"", end)
    newest = _newest(data, size)
    return _text(newest, size, styled), len(newest) < len(data)


def _newest(data: bytes, size: Size) -> bytes:
    rows = CELLS_LIMIT // size.columns
    excess = data.count(b"\n") + len(data) // size.columns - rows
    if excess <= 0:
        return data
    lines = data.split(b"\n")
    taken, first = 0, len(lines)
    while first > 0 and taken < rows:
        first -= 1
        taken += 1 + len(lines[first]) // size.columns
    return b"\n".join(lines[first:])


def _text(data: bytes, size: Size, styled: bool) -> str:
    lines = data.count(b"\n") + len(data) // size.columns + size.rows
    emulator = Emulator(size, Silent(), scrollback_lines=lines)
    try:
        emulator.feed(data)
        if emulator.modes.alternate_screen:
            emulator.feed(_LEAVE_ALTERNATE_SCREEN)
        grid = Grid(emulator)
        ends = Point(0, 0), Point(grid.total - 1, grid.columns - 1)
        plain = clean(grid.text(*ends), False)
        return clean(grid.text(*ends, styled=True), True) if styled and plain else plain
    finally:
        emulator.close()

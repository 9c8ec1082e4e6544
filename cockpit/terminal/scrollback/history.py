"""A pane's history as an emulator: what tmux captured, turned back into cells. Runs no tmux.

The bytes are those of `capture-pane -p -e -J -S -`. Joined lines (`-J`) wrap again where they wrapped before, so the
soft wraps are known here as well. tmux carries colours from one line to the next and never fills the rest of a
row with them, where a terminal does when it scrolls (back_color_erase): the newline is therefore written in default
colours. Cells of the line drawing character set come as shifts (SO, SI).
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator

from cockpit.model import Size
from cockpit.terminal.emulator.emulator import Emulator

_SLICE_BYTES = 1 << 18
_LINE_DRAWING_IN_G1 = b"\x1b)0"
_PLAIN_NEWLINE = b"\r\n"
_COLOURED_NEWLINE = b"\x1b7\x1b[m\r\n\x1b8\r"
"""Goes down in default colours and comes back to the old ones (DECSC, DECRC); exact on the last row of a screen."""
_ERASE_REST = b"\x1b7\x1b[m\x1b[K\x1b8"
_BACKGROUND = re.compile(rb"\x1b\[(?:[0-9:;]*[;:])?(?:4[0-8]|10[0-7])(?:[;:][0-9:;]*)?m")


class Silent:
    """What answers nobody."""

    def reply(self, data: bytes) -> None:
        """Nobody asked."""

    def title_changed(self, title: str) -> None:
        """Titles are not part of a capture."""

    def bell_rang(self) -> None:
        """Nor are bells."""


async def build_history(data: bytes, size: Size, *, lines: int | None = None) -> Emulator:
    """An emulator of a pane's size that holds what was captured of it, its last rows on the live screen.

    Works in a thread while the loop runs on. A cancelled build is given up within one slice and frees everything.

    Args:
        data: all of it, newline-terminated lines.
        size: the size of the pane.
        lines: how much scrollback to keep; everything when None.
    """
    given_up = threading.Event()
    try:
        return await asyncio.to_thread(_build, data, size, lines, given_up)
    finally:
        # The thread may still be feeding: the emulator is freed when it holds it no longer.
        given_up.set()


async def fit_history(emulator: Emulator, size: Size) -> None:
    """Gives history another size; every line wraps anew, so that too is done in a thread."""
    if emulator.size != size:
        await asyncio.to_thread(emulator.resize, size)


def _build(data: bytes, size: Size, lines: int | None, given_up: threading.Event) -> Emulator:
    limit = data.count(b"\n") + len(data) // max(1, size.columns) + size.rows if lines is None else lines
    # One row high, so that the cursor is always on the last row: nothing else makes a newline exact.
    emulator = Emulator(Size(size.columns, 1), Silent(), scrollback_lines=limit)
    _feed(emulator, data, given_up)
    if not given_up.is_set():
        emulator.resize(size)
    return emulator


def _feed(emulator: Emulator, data: bytes, given_up: threading.Event) -> None:
    emulator.feed(_LINE_DRAWING_IN_G1)
    coloured = False
    for part in _slices(data):
        if given_up.is_set():
            return
        coloured = coloured or _BACKGROUND.search(part) is not None
        if coloured:
            _feed_exactly(emulator, part)
        else:
            emulator.feed(part.replace(b"\n", _PLAIN_NEWLINE))


def _slices(data: bytes) -> Iterator[bytes]:
    """Parts that end after a newline, but for the last."""
    start, length = 0, len(data) - data.endswith(b"\n")
    while start < length:
        end = min(data.find(b"\n", start + _SLICE_BYTES) + 1 or length, length)
        yield data[start:end]
        start = end


def _feed_exactly(emulator: Emulator, part: bytes) -> None:
    """Feeds lines that have backgrounds: neither a newline nor a soft wrap may colour the row it opens."""
    columns = emulator.size.columns
    *lines, last = part.split(b"\n")
    waiting: list[bytes] = []
    for line in lines:
        waiting.append(line)
        # Only a row opened by a soft wrap can have been filled, and only as many columns as bytes are filled.
        if len(line) > columns:
            _end_wrapped(emulator, waiting)
        waiting.append(_COLOURED_NEWLINE)
    waiting.append(last)
    if len(last) > columns:
        _end_wrapped(emulator, waiting)
    emulator.feed(b"".join(waiting))


def _end_wrapped(emulator: Emulator, waiting: list[bytes]) -> None:
    """Feeds a line and erases what its soft wrap coloured after its end, unless it ends in the last column."""
    emulator.feed(b"".join(waiting))
    waiting.clear()
    if not emulator.modes.pending_wrap:
        waiting.append(_ERASE_REST)

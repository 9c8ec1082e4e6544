"""Fills the screen with coloured text that depends on a number, then stays."""

from __future__ import annotations

import signal
import sys

COLUMNS, ROWS = 120, 40


def line(factor: int, y: int) -> str:
    """The letters of row `y`."""
    return "".join(chr(97 + (x * factor + y) % 26) for x in range(COLUMNS))


if __name__ == "__main__":
    number = int(sys.argv[1])
    rows = [f"\x1b[{y + 1};1H\x1b[3{y % 7 + 1}m{line(number, y)}" for y in range(ROWS)]
    sys.stdout.write("\x1b[0m\x1b[2J" + "".join(rows))
    sys.stdout.flush()
    signal.pause()

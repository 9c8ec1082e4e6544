"""Repaints its whole screen without a pause and shows what is typed on its last row; keeps every byte it got.

Called with a file for the bytes. Ends at `q`.
"""

from __future__ import annotations

import os
import select
import sys
import termios
import tty
from pathlib import Path


def main() -> None:
    """Until `q` is typed."""
    columns, rows = os.get_terminal_size()
    attributes = termios.tcgetattr(0)
    tty.setraw(0)
    typed, number = b"", 0
    try:
        while b"q" not in typed:
            number += 1
            lines = [
                f"\x1b[{y + 1};1H" + "".join(chr(48 + (number * 7 + x * y) % 10) for x in range(columns))
                for y in range(rows - 1)
            ]
            bottom = f"\x1b[{rows};1H\x1b[Ktyped <{typed.decode('latin-1')}>"
            os.write(1, ("".join(lines) + bottom).encode())
            if select.select([0], [], [], 0)[0]:
                typed += os.read(0, 1024)
    finally:
        termios.tcsetattr(0, termios.TCSANOW, attributes)
        Path(sys.argv[1]).write_bytes(typed)
    print("\x1b[2J\x1b[Hover")


if __name__ == "__main__":
    main()

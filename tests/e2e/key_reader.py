"""Runs in the pane: passes every byte it is typed on to a FIFO. Arguments: the FIFO and the mode it asks for."""

from __future__ import annotations

import os
import sys
import tty

MODES = {
    "normal": b"",
    "application": b"\x1b[?1h\x1b=",
    "kitty": b"\x1b[>1u",
    "modify": b"\x1b[>4;2m",
    "bracketed": b"\x1b[?2004h",
}
READY = "READING"

if __name__ == "__main__":
    fifo = os.open(sys.argv[1], os.O_WRONLY)
    tty.setraw(0)
    os.write(1, b"\x1b[2J\x1b[H" + MODES[sys.argv[2]] + READY.encode())
    while typed := os.read(0, 65536):
        os.write(fifo, typed)

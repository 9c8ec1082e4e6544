"""Prints one megabyte a second, evenly, until it is ended."""

from __future__ import annotations

import sys
import time

BLOCK_BYTES = 10_000
INTERVAL_S = 0.01
WORDS = "the quick brown fox"

if __name__ == "__main__":
    line = (WORDS + " 0123456789 " * 6)[:79] + "\n"
    block = (line * (BLOCK_BYTES // len(line))).encode()
    due = time.monotonic()
    while True:
        sys.stdout.buffer.write(block)
        sys.stdout.buffer.flush()
        due += INTERVAL_S
        time.sleep(max(0.0, due - time.monotonic()))

"""Prints so many coloured lines, one with a needle near the top, and ends."""

from __future__ import annotations

import sys

LINES = 50_000
NEEDLE = "needle in line one hundred"


def line(number: int) -> str:
    """The text of a line."""
    return f"line {number:05d} " + (
        NEEDLE if number == 100 else "the quick brown fox jumps over the lazy dog"
    )


if __name__ == "__main__":
    count = int(sys.argv[1])
    sys.stdout.write("".join(f"\x1b[3{n % 7 + 1}m{line(n)}\x1b[0m\r\n" for n in range(1, count + 1)))

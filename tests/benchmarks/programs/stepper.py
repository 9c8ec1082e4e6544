"""Fills the screen, then prints one more line for every key: a program whose output scrolls."""

from __future__ import annotations

import os
import sys
import tty

FIRST = 200


def line(number: int) -> str:
    """The text of a line; neighbours differ in most places."""
    return f"step {number:05d} " + "".join(chr(97 + (number * 7 + x * 3 + x * x) % 26) for x in range(80))


if __name__ == "__main__":
    tty.setraw(0)
    number = FIRST
    sys.stdout.write("".join(f"\r\n{line(n)}" for n in range(1, number + 1)))
    sys.stdout.flush()
    while os.read(0, 1) != b"q":
        number += 1
        sys.stdout.write(f"\r\n{line(number)}")
        sys.stdout.flush()

"""A screen fed by a test: libghostty-vt shows what a program's output looks like."""

from __future__ import annotations

from typing import Any

from pyghostty.core import Terminal


class Screen:
    """What a person would see after the bytes fed so far."""

    def __init__(self, columns: int, rows: int) -> None:
        self._terminal: Any = Terminal(columns, rows, scrollback=0)

    def feed(self, output: bytes) -> None:
        """Shows more output."""
        self._terminal.feed(output)

    @property
    def text(self) -> str:
        """The text of the visible rows, trailing blanks trimmed."""
        return str(self._terminal.text())

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and row of the cursor."""
        x, y = self._terminal.cursor
        return int(x), int(y)

    def resize(self, columns: int, rows: int) -> None:
        """Gives the screen a new size."""
        self._terminal.resize(columns, rows)

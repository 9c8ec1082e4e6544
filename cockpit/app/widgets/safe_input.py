"""A line of text that never holds what a terminal would obey, whatever was pasted into it."""

from __future__ import annotations

from textual.widgets import Input


def printable(text: str) -> str:
    """`text` without control characters, direction marks and half characters; every kind of space is a blank."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "" for c in text)


class SafeInput(Input):
    """An Input that shows text as it is: Textual's own writes control characters to the terminal (as of 8.2)."""

    def validate_value(self, value: str) -> str:
        """Called whenever the value is set."""
        return printable(value)

    def replace(self, text: str, start: int, end: int) -> None:
        """Called whenever something is typed or pasted, so that the cursor stays right."""
        super().replace(printable(text), start, end)

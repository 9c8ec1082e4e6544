"""Draws the chrome in ASCII, for terminals that have no more: boxes, arrows, dots. Programs' cells stay as they are."""

from __future__ import annotations

import unicodedata
from typing import Literal

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_SYMBOLS = {
    "…": "~", "·": "-", "•": "*", "×": "x", "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "●": "*",
    "○": "o", "⭘": "o", "✓": "+", "✗": "x", "◌": "~", "⊘": "-", "♪": "&", "‹": "<", "›": ">", "▸": ">", "▾": "v",
    "▶": ">", "◀": "<", "▼": "v", "▲": "^", "■": "#", "□": ".", "≡": "=", "⏎": "<", "⌫": "<", "↑": "^", "↓": "v",
    "←": "<", "→": ">",
}  # fmt: skip
"""One cell for one cell."""
_BOXES = range(0x2500, 0x2580)
_BLOCKS = range(0x2580, 0x25A0)


def _of_box(character: str) -> str:
    """What stands for a character of the block Box Drawing."""
    words = set(unicodedata.name(character).split())
    across = bool(words & {"HORIZONTAL", "LEFT", "RIGHT"})
    down = bool(words & {"VERTICAL", "UP", "DOWN"})
    return "+" if across and down else "|" if down else "-" if across else "+"


def _of_block(character: str) -> str:
    """What stands for a character of the block Block Elements: edges of boxes, bars."""
    words = unicodedata.name(character).split()
    if "LEFT" in words or "RIGHT" in words:
        return "|"
    if "LOWER" in words:
        return " "  # the ends of a scrollbar, told by their background
    return "-" if "UPPER" in words else "#"


_ASCII = (
    _SYMBOLS
    | {character: _of_box(character) for character in map(chr, _BOXES)}
    | {character: _of_block(character) for character in map(chr, _BLOCKS)}
)
_CONSOLE_HAS = "─│┌┐└┘├┤┬┴┼█▀▄▌▐░▒▓"
_CONSOLE_BOXES = dict(zip("╭╮╰╯━┃┏┓┗┛═║╔╗╚╝", "┌┐└┘─│┌┐└┘─│┌┐└┘", strict=True))
_CONSOLE = {
    character: _CONSOLE_BOXES.get(character, other)
    for character, other in _ASCII.items()
    if character not in _CONSOLE_HAS
}
_TABLES = {"ascii": str.maketrans(_ASCII), "console": str.maketrans(_CONSOLE)}


def ascii_text(text: str, kind: Literal["ascii", "console"] = "ascii") -> str:
    """`text` without the symbols of cockpit and of Textual's widgets that `kind` lacks; as many cells as before."""
    return text if text.isascii() else text.translate(_TABLES[kind])


class AsciiFilter(LineFilter):
    """Goes over every line a widget draws. The pane's lines don't pass here: they are the program's own."""

    def __init__(self, kind: Literal["ascii", "console"] = "ascii") -> None:
        super().__init__()
        self._kind = kind

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments, in what there is."""
        return [Segment(ascii_text(text, self._kind), style, control) for text, style, control in segments]

"""Text that a person, a repository or a program chose, made fit to be shown. Not for directories."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

NAME_LIMIT = 200
"""The longest name or title cockpit keeps, in characters."""

_DROPPED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that could turn the rest of a row around."""


_STYLES = re.compile(r"(\x1b\[[0-9;:]*m)|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""SGR, which may stay; OSC, which may not, nor any other control (ECMA-48, C0 and C1)."""
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def clean_screen(text: str, *, styled: bool = False) -> str:
    """What a terminal shows, without control bytes but tabs and newlines; `styled` keeps SGR sequences too."""
    return _STYLES.sub(r"\1", text) if styled else _CONTROLS.sub("", text)


def clean_text(text: str, limit: int = NAME_LIMIT) -> str:
    """One line of at most `limit` characters without control bytes, direction marks or half characters.

    White space that breaks lines becomes a space, what is no text becomes U+FFFD, everything else stays.
    """
    return "".join(_clean_character(c) for c in text[: limit * 4]).strip()[:limit].rstrip()


def clean_name(text: str, fallback: str) -> str:
    """`text` as a name: clean, and `fallback` when nothing readable is left."""
    return clean_text(text) or clean_text(fallback) or "unnamed"


def _clean_character(character: str) -> str:
    if character.isascii():
        if character.isprintable():
            return character
        return " " if character in "\t\n\v\f\r" else ""
    if character in _BIDI_CONTROLS:
        return ""
    category = unicodedata.category(character)
    if category == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    if category in ("Zl", "Zp"):
        return " "
    return "" if category in _DROPPED_CATEGORIES else character


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean A or B?`, to follow the complaint about an unknown word; empty when nothing is near it."""
    import difflib

    close = difflib.get_close_matches(word[:80], list(known), n=3)
    return f"; did you mean {' or '.join(close)}?" if close else ""

"""Text from people and programs, made safe to show and cut to a number of cells."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rich.cells import cell_len, split_graphemes

ELLIPSIS = "…"
_READ_LIMIT = 2048
"""Characters looked at; nothing cockpit shows on one line is wider."""
_MARKS_LIMIT = 3
"""Combining marks kept on one character; more only smear over the neighbouring rows."""
_DROPPED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_SPACE_CATEGORIES = frozenset({"Zl", "Zp", "Zs"})
_VARIATION_SELECTORS = frozenset("\ufe0e\ufe0f")
_PRIVATE_USE = range(0xE000, 0xF900)
"""Kept although private: icon fonts live here, and their width is one cell everywhere."""


def safe_text(text: str, width: int | None = None, *, ellipsis: str = ELLIPSIS) -> str:
    """`text` on one line without anything a terminal would obey, cut to `width` cells with an ellipsis.

    Control characters, direction marks and overrides, joiners and variation selectors are left out (terminals
    disagree about the width of what they form); every kind of white space becomes one blank. The answer is
    plain text: show it as such, never as markup.
    """
    clean = _clean(text[:_READ_LIMIT])
    return clean if width is None else clip(clean, width, ellipsis=ellipsis)


def clip(clean: str, width: int, *, ellipsis: str = ELLIPSIS) -> str:
    """`clean` if it fits `width` cells, else as much of its beginning as fits in front of the ellipsis."""
    if width <= 0:
        return ""
    if cell_len(clean) <= width:
        return clean
    room = width - cell_len(ellipsis)
    if room <= 0:
        return ellipsis[:width]
    return _head(clean, room) + ellipsis


def short_path(path: str, width: int, *, home: str = "", ellipsis: str = ELLIPSIS) -> str:
    """A directory in `width` cells: `~` for `home`, its middle left out before its last name is touched."""
    clean = safe_text(path)
    if home and home != "/" and (clean == home or clean.startswith(home.rstrip("/") + "/")):
        clean = "~" + clean[len(home.rstrip("/")) :]
    if cell_len(clean) <= width:
        return clean
    parts = clean.split("/")
    for kept in range(len(parts) - 2, 0, -1):
        front = ["~", ellipsis] if parts[0] == "~" else [ellipsis]
        shortened = "/".join([*front, *parts[-kept:]])
        if cell_len(shortened) <= width:
            return shortened
    return clip(parts[-1] or clean, width, ellipsis=ellipsis)


@lru_cache(maxsize=4096)
def _clean(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text):
        if character.isascii():
            marks = 0
            if character.isprintable():
                kept.append(character)
            elif character.isspace():
                kept.append(" ")
            continue
        category = unicodedata.category(character)
        if category in _SPACE_CATEGORIES:
            kept.append(" ")
        elif _is_dropped(character, category):
            continue
        elif category in {"Mn", "Me"}:
            marks += 1
            if kept and marks <= _MARKS_LIMIT:
                kept.append(character)
            continue
        else:
            kept.append(character)
        marks = 0
    return "".join(kept)


def _is_dropped(character: str, category: str) -> bool:
    if character in _VARIATION_SELECTORS:
        return True
    return category in _DROPPED_CATEGORIES and ord(character) not in _PRIVATE_USE


def _head(clean: str, room: int) -> str:
    spans, _total = split_graphemes(clean)
    used = 0
    for start, _end, cells in spans:
        if used + cells > room:
            return clean[:start]
        used += cells
    return clean

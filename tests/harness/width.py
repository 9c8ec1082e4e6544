"""How many columns a character takes and which characters share a cell, as tmux sees it."""

from __future__ import annotations

import unicodedata

_ZWJ = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)


def cluster_columns(text: str) -> int:
    """1 or 2: the columns of a cluster, which is as wide as its first character."""
    return 2 if unicodedata.east_asian_width(text[0]) in "WF" else 1


def joins_previous(cluster: str, character: str) -> bool:
    """True when `character` goes into the same cell as `cluster` before it."""
    if cluster == " ":
        return unicodedata.combining(character) != 0 or unicodedata.category(character) in ("Mn", "Me")
    if cluster.endswith(_ZWJ) or character == _ZWJ:
        return True
    return unicodedata.category(character) in ("Mn", "Me", "Cf") or ord(character) in _SKIN_TONES

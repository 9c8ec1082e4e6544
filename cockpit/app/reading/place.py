"""The words for how far up a person reads. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cockpit.terminal.scrollback.local_view import LocalView

NEWS = "new output below"


def place_text(local: LocalView, *, growing: bool, news: bool) -> str:
    """How far up, of how much, what was found, and whether there is something new below.

    A `+` stands behind numbers that still grow.
    """
    position, found = local.position, local.search.result
    total = f"{position.total:,}{'+' if growing else ''}"
    words = [f"↑ {position.above_live:,} of {total}" if position.above_live else "reading"]
    if found.pattern:
        count = f"{found.count:,}{'' if found.complete else '+'}"
        words.append(found.error or f"match {found.current:,} of {count}")
    if news:
        words.append(NEWS)
    return " · ".join(words)

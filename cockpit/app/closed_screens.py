"""Lets go of what Textual keeps of screens that were closed."""

from __future__ import annotations

from textual._styles_cache import StylesCache


def forget_closed_screens() -> None:
    """Empties the cache of background colours, which keeps the drawn lines of the last 1,024 widgets: about 50 MB."""
    StylesCache.get_inner_outer.cache_clear()  # Textual has no public way to it

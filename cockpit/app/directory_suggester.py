"""Completes directories as they are typed: reads one directory, off the loop."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from textual.suggester import Suggester

ENTRIES_LIMIT = 5000
"""Entries looked at in one directory."""


class DirectorySuggester(Suggester):
    """Suggests the first directory, in alphabetical order, that begins with what is typed."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The whole path with a slash behind it, or None."""
        return await asyncio.to_thread(complete_directory, value)


def complete_directory(typed: str) -> str | None:
    """What `typed` may become. Hidden directories only after a dot was typed; names that can't be shown as
    they are never."""
    if not typed or "\0" in typed:
        return None
    head, slash, tail = typed.rpartition("/")
    try:
        place = Path((head + slash) or ".").expanduser()
        names = _directory_names(place, tail)
    except (OSError, RuntimeError, ValueError):
        return None
    return f"{head}{slash}{names[0]}/" if names else None


def _directory_names(place: Path, prefix: str) -> list[str]:
    found: list[str] = []
    with os.scandir(place) as entries:
        for number, entry in enumerate(entries):
            if number >= ENTRIES_LIMIT:
                break
            fits = entry.name.startswith(prefix) and (prefix or not entry.name.startswith("."))
            if fits and entry.name.isprintable() and entry.is_dir():
                found.append(entry.name)
    return sorted(found)

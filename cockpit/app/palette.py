"""The command palette: searches everything that can be done and shows the key of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from cockpit.app.catalogue import Entry

DISCOVERED_LIMIT = 40


class CockpitPalette(CommandPalette):
    """Textual's palette over cockpit's own entries. `run` is called with the chosen one."""

    def __init__(self, entries: Sequence[Entry], run: Callable[[Entry], None]) -> None:
        super().__init__([_provider(entries, run)], placeholder="What to do?")


def _provider(entries: Sequence[Entry], run: Callable[[Entry], None]) -> type[Provider]:
    """A provider over these entries; Textual makes the instance itself and gives it only a screen."""

    class EntryProvider(Provider):
        """Finds entries by their titles, and by their descriptions as a second choice."""

        async def discover(self) -> Hits:
            """Everything with a key first: what a person may want to learn."""
            ordered = sorted(entries, key=lambda entry: not entry.key)
            for entry in ordered[:DISCOVERED_LIMIT]:
                yield DiscoveryHit(
                    _display(Content(entry.title), entry), partial(run, entry), entry.title, entry.description
                )

        async def search(self, query: str) -> Hits:
            """Fuzzy in the title; in the description word by word."""
            matcher = self.matcher(query)
            words = query.casefold().split()
            for entry in entries:
                score = matcher.match(entry.title)
                if score <= 0 and all(word in entry.haystack for word in words):
                    score = 0.05
                if score > 0:
                    display = _display(matcher.highlight(entry.title), entry)
                    yield Hit(score, display, partial(run, entry), entry.title, entry.description)

    return EntryProvider


def _display(title: Content, entry: Entry) -> Content:
    if not entry.key:
        return title
    return Content.assemble(title, "  ", (entry.key, "dim"))

"""The command palette: searches everything that can be done and shows the key of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from rich.cells import cell_len
from textual.command import CommandInput, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from cockpit.app.catalogue import Entry

COLUMNS = 84
"""As wide as the box gets; see the stylesheet."""
_BESIDE = 7
"""Its edges, the blanks beside the text and the scrollbar."""


class CockpitPalette(CommandPalette):
    """Textual's palette over cockpit's own entries. `run` is called with the chosen one."""

    def __init__(self, entries: Sequence[Entry], run: Callable[[Entry], None]) -> None:
        super().__init__([_provider(entries, run)], placeholder="What to do?")

    def on_mount(self) -> None:
        """Explains its line."""
        self.query_one(CommandInput).tooltip = "Type any part of a command, a session, a tab or a theme"


def _provider(entries: Sequence[Entry], run: Callable[[Entry], None]) -> type[Provider]:
    """A provider over these entries; Textual makes the instance itself and gives it only a screen."""

    class EntryProvider(Provider):
        """Finds entries by their titles, and by their descriptions as a second choice."""

        async def discover(self) -> Hits:
            """Everything, what has a key first: that is what a person may want to learn."""
            for entry in sorted(entries, key=lambda entry: not entry.key):
                display = _display(Content(entry.title), entry, self.screen.size.width)
                yield DiscoveryHit(display, partial(run, entry), entry.title, entry.description)

        async def search(self, query: str) -> Hits:
            """Fuzzy in the title; in the description word by word."""
            matcher = self.matcher(query)
            words = query.casefold().split()
            for entry in entries:
                score = matcher.match(entry.title)
                if score <= 0 and all(word in entry.haystack for word in words):
                    score = 0.05
                if score > 0:
                    display = _display(matcher.highlight(entry.title), entry, self.screen.size.width)
                    yield Hit(score, display, partial(run, entry), entry.title, entry.description)

    return EntryProvider


def _display(title: Content, entry: Entry, screen_columns: int) -> Content:
    """The title, and the key at the right edge."""
    if not entry.key:
        return title
    room = min(screen_columns, COLUMNS) - _BESIDE - cell_len(entry.key)
    gap = max(2, room - cell_len(title.plain))
    return Content.assemble(title, " " * gap, (entry.key, "not bold"))

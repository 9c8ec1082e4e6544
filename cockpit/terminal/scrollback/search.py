"""Searching an emulator's scrollback and screen. Moves the viewport to matches; shows nothing.

A search is made over the text as it was when it began. Output fed since then moves no match; `refresh` adds what it
brought. Cells that changed under a match are no longer marked.
"""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left
from dataclasses import dataclass
from typing import NamedTuple

from cockpit.terminal.emulator.grid import Grid
from cockpit.terminal.scrollback.anchors import Anchor, Point
from cockpit.terminal.scrollback.patterns import Pattern, PatternError, Span, compile_pattern
from cockpit.terminal.scrollback.scrolling import Scrolling
from cockpit.terminal.scrollback.text_index import TextIndex

MATCH_LIMIT = 100_000
BUDGET_S = 2.0
"""How long a regular expression may take over the whole text."""
_WINDOW_CHARACTERS = 1 << 18
_MARGIN_ROWS = 3


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found: `current` counts from 1 at the oldest match and is 0 when there is none."""

    pattern: str
    regular: bool
    count: int = 0
    current: int = 0
    complete: bool = True
    """False when the search was given up: too many matches, or too slow an expression."""
    error: str = ""
    """Why the pattern is no regular expression."""


class MatchSpan(NamedTuple):
    """Columns of one viewport row that belong to a match, end excluded."""

    start: int
    end: int
    is_current: bool


NOTHING = SearchResult("", False)


class Search:
    """The search of one grid. The newest `find` wins over those still running."""

    def __init__(self, grid: Grid, scrolling: Scrolling) -> None:
        self._grid = grid
        self._scrolling = scrolling
        self._index = TextIndex(grid)
        self._pattern: Pattern | None = None
        self._matches: list[Span] = []
        self._current: int | None = None
        self._current_cell: Anchor | None = None
        self._origin: Anchor | None = None
        self._generation = 0
        self._result = NOTHING

    @property
    def result(self) -> SearchResult:
        """What is found so far."""
        return self._result

    @property
    def is_stale(self) -> bool:
        """Whether the text may have changed since it was searched."""
        return self._pattern is not None and self._index.is_stale

    @property
    def current_point(self) -> Point | None:
        """Where the current match begins."""
        return (
            self._current_cell.point if self._current is not None and self._current_cell is not None else None
        )

    def clear(self) -> None:
        """Ends the search; the viewport stays where it is."""
        self._generation += 1
        self._index = TextIndex(self._grid)
        self._pattern, self._matches, self._result = None, [], NOTHING
        self._current = self._current_cell = self._origin = None

    async def find(self, pattern: str, *, regular: bool = False, near: Point | None = None) -> SearchResult:
        """Searches everything and shows the match nearest above where the person began to search, or `near`.

        Never raises: a bad expression comes back as `error`. When another search began meanwhile, its result so far
        is the answer.
        """
        self._generation += 1
        self._matches, self._current, self._current_cell = [], None, None
        self._result = SearchResult(pattern, regular)
        nearby = self._grid.anchor(near) if near is not None else None
        if self._origin is None:
            top, total = self._grid.view()
            self._origin = self._grid.anchor(Point(min(top + self._grid.rows, total) - 1, 0))
        try:
            self._pattern = compile_pattern(pattern, regular=regular) if pattern else None
        except PatternError as error:
            self._pattern = None
            self._result = SearchResult(pattern, regular, error=str(error))
        if self._pattern is None or not await self._search(everything=True):
            return self._result
        origin = nearby or self._origin
        return self._go(self._nearest_above(origin.point if origin is not None else None))

    async def refresh(self) -> SearchResult:
        """Searches what came or changed since; keeps the current match and the viewport."""
        if not self.is_stale:
            return self._result
        self._generation += 1
        cell = self._current_cell
        if await self._search(everything=False):
            point = cell.point if cell is not None else None
            offset = self._index.offset(point) if point is not None else None
            self._set_current(None if offset is None else bisect_left(self._matches, (offset,)))
        return self._result

    def next(self) -> SearchResult:
        """Goes to the match below, from the newest one to the oldest."""
        return self._step(1)

    def previous(self) -> SearchResult:
        """Goes to the match above, from the oldest one to the newest."""
        return self._step(-1)

    def spans(self) -> list[tuple[MatchSpan, ...]]:
        """The columns to mark in each row of the viewport."""
        spans: list[list[MatchSpan]] = [[] for _ in range(self._grid.rows)]
        shift, index, top = self._index.shift, self._index, self._grid.top
        if shift is not None and self._matches and index.text:
            first = top - shift
            start, end = index.bounds(first, first + self._grid.rows - 1)
            changed = self._changed_rows(first)
            at = max(0, bisect_left(self._matches, (start,)) - 1)
            while at < len(self._matches) and self._matches[at][0] < end:
                self._mark(at, first, changed, spans)
                at += 1
        return [tuple(row) for row in spans]

    def _mark(self, at: int, first: int, changed: set[int], spans: list[list[MatchSpan]]) -> None:
        start, end = self._matches[at]
        for row in range(self._index.row_at(start), self._index.row_at(end - 1) + 1):
            if 0 <= row - first < len(spans) and row not in changed:
                columns = self._index.columns(row, start, end)
                spans[row - first].append(MatchSpan(*columns, at == self._current))

    def _changed_rows(self, first: int) -> set[int]:
        """The rows of the viewport whose text is no longer what was searched."""
        if not self._index.is_stale:
            return set()
        top = self._grid.top
        texts = self._grid.row_texts(top, top + self._grid.rows - 1)
        known = range(*self._index_rows(first, len(texts)))
        return {row for row in known if self._index.row_text(row).rstrip() != texts[row - first].rstrip()}

    def _index_rows(self, first: int, count: int) -> tuple[int, int]:
        return max(0, first), min(first + count, self._index.row_count)

    # Searching

    async def _search(self, *, everything: bool) -> bool:
        """Reads and searches the text in short steps; False when another search took over."""
        generation, index = self._generation, self._index
        for _ in index.update():
            await asyncio.sleep(0)
            if generation != self._generation:
                return False
        if not everything:
            cut, kept = index.cut, index.kept
            self._matches = [(a - cut, b - cut) for a, b in self._matches if a >= cut and b - cut <= kept]
        complete = await self._find_from(0 if everything else index.kept, generation)
        if generation != self._generation:
            return False
        self._result = SearchResult(
            self._result.pattern, self._result.regular, len(self._matches), 0, complete
        )
        return True

    async def _find_from(self, start: int, generation: int) -> bool:
        """Adds the matches from an offset on; False when not all could be found."""
        pattern, text, folded = self._pattern, self._index.text, self._index.folded
        matches, ends_at = self._matches, time.monotonic() + BUDGET_S
        while pattern is not None and start < len(text) and generation == self._generation:
            end = text.find("\n", min(start + _WINDOW_CHARACTERS, len(text) - 1)) + 1 or len(text)
            try:
                if pattern.is_slow:
                    left_s = max(0.001, ends_at - time.monotonic())
                    found = await asyncio.to_thread(pattern.find, text, folded, start, end, left_s)
                else:
                    found = pattern.find(text, folded, start, end, BUDGET_S)
                    await asyncio.sleep(0)
            except TimeoutError:
                return False
            if generation == self._generation:
                matches += found
            if len(matches) > MATCH_LIMIT:
                del matches[MATCH_LIMIT:]
                return False
            start = end
        return True

    # The current match

    def _nearest_above(self, origin: Point | None) -> int | None:
        if not self._matches:
            return None
        shift = self._index.shift
        if origin is None or shift is None:
            return len(self._matches) - 1
        _, end = self._index.bounds(0, origin.row - shift)
        return max(0, bisect_left(self._matches, (end,)) - 1)

    def _step(self, step: int) -> SearchResult:
        if not self._matches:
            return self._result
        if self._current is None:
            return self._go(0 if step > 0 else len(self._matches) - 1)
        return self._go((self._current + step) % len(self._matches))

    def _go(self, number: int | None) -> SearchResult:
        self._set_current(number)
        shift = self._index.shift
        if self._current is not None and shift is not None:
            start, end = self._matches[self._current]
            row = self._index.row_at(start)
            last = self._index.row_at(end - 1)
            self._scrolling.reveal(max(0, last + shift), margin=_MARGIN_ROWS)
            self._scrolling.reveal(max(0, row + shift), margin=_MARGIN_ROWS)
            if row + shift >= 0:
                column, _ = self._index.columns(row, start, end)
                self._current_cell = self._grid.anchor(Point(row + shift, column))
        return self._result

    def _set_current(self, number: int | None) -> None:
        self._current = min(number, len(self._matches) - 1) if number is not None and self._matches else None
        old = self._result
        current = 0 if self._current is None else self._current + 1
        self._result = SearchResult(
            old.pattern, old.regular, len(self._matches), current, old.complete, old.error
        )

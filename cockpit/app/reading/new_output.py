"""Finds out whether a program printed anything below what a person reads. Looks only after output was heard."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cockpit.errors import CockpitError

if TYPE_CHECKING:
    from cockpit.terminal.emulator.grid import Grid
    from cockpit.terminal.scrollback.anchors import Anchor
    from cockpit.terminal.scrollback.screen_end import ScreenEnd

LOOK_INTERVAL_S = 0.2
"""A program that draws its screen again and again makes us look no oftener."""


class NewOutput:
    """Whether anything is new since `begin`. `found` is called with the first news.

    `ask` answers where the output of a program ends whose text tmux holds; it may raise `CockpitError`.
    """

    def __init__(
        self,
        *,
        ask: Callable[[], Awaitable[ScreenEnd | None]],
        start: Callable[[Coroutine[Any, Any, None]], object],
        found: Callable[[], None],
    ) -> None:
        self._ask = ask
        self._start = start
        self._found = found
        self._live: Grid | None = None
        self._before: ScreenEnd | None = None
        self._anchor: Anchor | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._looked_at = 0.0
        self.is_there = False
        """There is something new below."""

    def begin(self, live: Grid, end: ScreenEnd | None) -> None:
        """Nothing is new now. `end` is None where the emulator of `live` holds everything itself."""
        self.forget()
        if end is None:
            self._live = live
            self._hold(live)
        else:
            self._before = end

    def forget(self) -> None:
        """Nobody reads any more."""
        self._live = self._before = self._anchor = None
        self.is_there = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def heard(self) -> None:
        """The program wrote something."""
        if self._before is not None and not self.is_there and self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(loop.time(), self._looked_at + LOOK_INTERVAL_S), self._look)

    def _look(self) -> None:
        self._timer = None
        self._looked_at = asyncio.get_running_loop().time()
        if self._live is not None:
            self._look_at(self._live)
        elif self._before is not None:
            self._start(self._look_at_tmux(self._before))

    def _look_at(self, live: Grid) -> None:
        from cockpit.terminal.scrollback.screen_end import end_of

        before, anchor = self._before, self._anchor
        if before is None or anchor is None:
            return
        now, place = end_of(live), anchor.point
        if now.size != before.size:
            self._hold(live)
        elif place is None or now.is_news_after(replace(before, row=place.row, above=now.above)):
            self._tell()

    async def _look_at_tmux(self, before: ScreenEnd) -> None:
        try:
            now = await self._ask()
        except CockpitError:
            return  # who reads, or types next, is told of it
        if now is None or self._before is not before:
            return
        if now.size != before.size:
            self._before = now
        elif now.is_news_after(before):
            self._tell()

    def _hold(self, live: Grid) -> None:
        from cockpit.terminal.scrollback.anchors import Point
        from cockpit.terminal.scrollback.screen_end import end_of

        self._before = end_of(live)
        self._anchor = live.anchor(Point(max(0, self._before.row), 0))

    def _tell(self) -> None:
        self.is_there = True
        self._found()

"""A person who scrolls, searches and selects in a running cockpit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual import events
from textual.geometry import Offset

from cockpit.app.clipboard.clipboard import CopyResult
from cockpit.app.widgets.search_bar import SearchBar
from cockpit.backends.base import Scrollback
from tests.app.live_app import LiveCockpit, live

LINES = 200
PROGRAM = f"seq -f 'line %03g end' {LINES}; echo written; exec cat"
RECORDER = f"stty raw -echo opost onlcr; seq -f 'line %03g end' {LINES}; echo written; exec cat -v"
"""Shows every byte that is typed."""
TRACKER = "printf '\\033[?1000h\\033[?1006h'; stty raw -echo; echo listening; exec cat -v"
ALTERNATE = "printf '\\033[?1049h\\033[H'; stty raw -echo; echo listening; exec cat -v"


class Reader:
    """A person before a running cockpit."""

    def __init__(self, world: LiveCockpit) -> None:
        self.world = world
        self.copied: list[str] = []
        self.pane = world.main.pane
        self.reading = world.main.reading
        self.reading.copies.copy = self._copy

    async def _copy(self, text: str) -> CopyResult:
        self.copied.append(text)
        return CopyResult("a test", len(text), True)

    def rows(self) -> list[str]:
        return [row.rstrip() for row in self.world.pane_text().split("\n")]

    def place(self) -> str:
        return " · ".join(text for text, _ in self.world.status.place.words)

    async def wheel(self, *directions: str) -> None:
        kinds = {"up": events.MouseScrollUp, "down": events.MouseScrollDown}
        for direction in directions:
            await self.world.pilot._post_mouse_events([kinds[direction]], "#pane", offset=(4, 4))

    async def reads(self) -> None:
        await self.world.until(lambda: self.reading.local is not None, "the reading to begin")

    async def live(self) -> None:
        await self.world.until(lambda: self.reading.local is None, "the live screen")

    async def scrolled(self) -> None:
        await self.wheel("up", "up")
        await self.world.until(
            lambda: self.reading.local and not self.reading.local.at_live, "to be scrolled"
        )

    async def copies(self, *texts: str) -> None:
        await self.world.until(lambda: self.copied == list(texts), f"{texts} to be copied, not {self.copied}")

    async def arrived(self, typed: str) -> None:
        """The program, a recorder, has read exactly this, and nothing twice."""
        await self.world.until(lambda: typed in self.rows(), f"{typed!r} to arrive")

    def at(self, text: str) -> Offset:
        """Where a text is on the screen."""
        for y, row in enumerate(self.rows()):
            if text in row:
                return self.pane.region.offset + Offset(row.index(text), y)
        raise AssertionError(f"{text!r} isn't shown:\n{self.world.pane_text()}")

    async def press_mouse(self, place: Offset, *, alt: bool = False, ctrl: bool = False) -> None:
        await self.world.pilot._post_mouse_events(
            [events.MouseDown], None, offset=place, button=1, meta=alt, control=ctrl
        )

    async def move_mouse(self, place: Offset) -> None:
        await self.world.pilot._post_mouse_events([events.MouseMove], None, offset=place, button=1)

    async def release_mouse(self, place: Offset) -> None:
        await self.world.pilot._post_mouse_events([events.MouseUp], None, offset=place, button=1)

    async def drag(self, start: Offset, end: Offset, *, alt: bool = False) -> None:
        await self.press_mouse(start, alt=alt)
        await self.move_mouse(start)  # some terminals tell of moves within a cell
        await self.move_mouse(end)
        await self.release_mouse(end)

    async def search(self, pattern: str, result: str) -> None:
        await self.world.key("view.search")
        await self.world.until(lambda: isinstance(self.world.app.focused, SearchBar), "the search bar")
        await self.world.press(*pattern)
        await self.world.until(lambda: result in self.place(), f"{result!r}, not {self.place()!r}")


@asynccontextmanager
async def reader(
    backend: str, command: str = PROGRAM, shows: str = "written", *, size: tuple[int, int] = (100, 24)
) -> AsyncIterator[Reader]:
    alone = {
        "workspaces": {"command_in_shell": False}
    }  # no prompt and no echo beside what the program prints
    async with live(backend, size=size, settings=alone) as world:
        await world.new_tab(command, shows)
        await world.back()
        yield Reader(world)


def held_history(person: Reader, monkeypatch: pytest.MonkeyPatch) -> tuple[asyncio.Event, asyncio.Event]:
    """From now on history comes only while the second event is set; the first tells that it was asked for."""
    asked, goes_on = asyncio.Event(), asyncio.Event()
    fetch = person.world.workspace.scrollback

    async def held(*, capture: bool = True) -> Scrollback:
        asked.set()
        await goes_on.wait()
        return await fetch(capture=capture)

    monkeypatch.setattr(person.world.workspace, "scrollback", held)
    return asked, goes_on

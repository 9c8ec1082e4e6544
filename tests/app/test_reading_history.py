"""History that takes a while: the newest text is shown at once, the rest without moving it; failures lose no key."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from cockpit.app.reading import new_output
from cockpit.app.widgets.search_bar import SearchBar
from cockpit.backends.base import Scrollback
from cockpit.errors import TmuxError
from tests.app.live_app import both_backends
from tests.app.reading_app import ALTERNATE, RECORDER, Reader, reader

LONG = "seq -f 'line %04g end' 3000; echo written; exec cat"


class Gate:
    """Holds back what is older than the newest text until it is opened."""

    def __init__(self, person: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened = asyncio.Event()
        self.failure: TmuxError | None = None
        fetch = person.world.workspace.scrollback

        async def gated(*, capture: bool = True) -> Scrollback:
            scrollback = await fetch(capture=capture)
            return (
                replace(scrollback, older=self._behind(scrollback.older)) if scrollback.older else scrollback
            )

        monkeypatch.setattr(person.world.workspace, "scrollback", gated)

    def _behind(self, older: Callable[[], Awaitable[bytes]]) -> Callable[[], Awaitable[bytes]]:
        async def gated() -> bytes:
            await self.opened.wait()
            if self.failure is not None:
                raise self.failure
            return await older()

        return gated


@asynccontextmanager
async def long_reader(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Reader, Gate]]:
    async with reader("tmux", LONG) as person:
        yield person, Gate(person, monkeypatch)


def growing(person: Reader) -> bool:
    return person.reading._growing


@pytest.mark.tmux
async def test_the_rest_of_a_history_comes_without_moving_what_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with long_reader(monkeypatch) as (person, gate):
        world = person.world
        await world.key("view.read")
        await world.until(lambda: person.reading.selecting, "the keyboard's cursor")
        await world.press(*["pageup"] * 3, "0", "v", "j")
        assert growing(person)
        before, cursor = person.rows(), person.pane._picture.cursor
        gate.opened.set()
        await world.until(lambda: not growing(person), "everything")
        assert (person.rows(), person.pane._picture.cursor) == (before, cursor)
        await world.press("$", "y")
        lines = person.copied[0].split("\n")
        assert len(lines) == 2
        assert lines[0] in before


@pytest.mark.tmux
async def test_what_needs_everything_waits_for_it_and_typing_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with long_reader(monkeypatch) as (person, gate):
        world = person.world
        await person.scrolled()
        await world.press("shift+home")
        assert "+" in person.place()
        gate.opened.set()
        await world.pane_shows("line 0001 end")
        assert "+" not in person.place()
        gate.opened.clear()
        await world.press("escape")
        await person.live()
        await person.scrolled()
        assert growing(person)
        await world.press("x")
        await person.live()
        await world.pane_shows("x")
        gate.opened.set()
        await world.pilot.pause()
        assert person.reading.local is None


@pytest.mark.tmux
async def test_a_search_goes_on_in_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    async with long_reader(monkeypatch) as (person, gate):
        world = person.world
        await person.search("line", " of ")
        await world.press("up", "up")
        at = world.pane_text()
        assert growing(person)
        gate.opened.set()
        await world.until(lambda: "match 2,998 of 3,000" in person.place(), "all matches")
        assert world.pane_text() == at
        await world.press("escape")
        await person.live()


@pytest.mark.tmux
async def test_the_newest_text_stays_where_the_rest_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    async with long_reader(monkeypatch) as (person, gate):
        gate.failure = TmuxError("tmux had enough")
        await person.scrolled()
        before = person.rows()
        await person.world.press("shift+home")
        gate.opened.set()
        await person.world.until(lambda: "tmux had enough" in person.world.told(), "to be told")
        assert person.reading.local is not None
        assert not growing(person)
        assert person.rows() != before  # at the top of what there is
        await person.world.press("escape")
        await person.live()


@pytest.mark.tmux
async def test_keys_held_for_a_history_that_cannot_be_read_reach_the_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with reader("tmux", RECORDER) as person:
        world = person.world
        asked, goes_on = asyncio.Event(), asyncio.Event()

        async def failing(*, capture: bool = True) -> Scrollback:
            asked.set()
            await goes_on.wait()
            raise TmuxError("tmux had enough")

        with monkeypatch.context() as patch:
            patch.setattr(world.workspace, "scrollback", failing)
            await world.key("view.read")
            await world.until(asked.is_set, "the history to be asked for")
            world.type_at_once("v", "w")
            goes_on.set()
            await person.arrived("vw")
            world.type_at_once("shift+pageup", "x")
            await person.arrived("vw^[[5;2~x")
        assert "tmux had enough" in world.told()
        await person.scrolled()  # and it can be tried again


@both_backends
async def test_shift_pageup_is_the_programs_on_the_alternate_screen(backend: str) -> None:
    async with reader(backend, ALTERNATE, "listening") as person:
        person.world.type_at_once("a", "shift+pageup", "shift+pageup", "b")
        await person.world.pane_shows("a^[[5;2~^[[5;2~b")
        assert person.reading.local is None


@both_backends
async def test_another_terminal_shown_from_outside_closes_the_search_bar(backend: str) -> None:
    async with reader(backend) as person:
        world = person.world
        await person.search("line 042", "match 1 of 1")
        other = world.terminals[0]
        await world.workspace.run("terminal.focus", terminal_id=other.id)
        await world.until(lambda: not world.main.query_one(SearchBar).display, "the bar to go")
        await world.back()
        await person.live()


@both_backends
async def test_a_screen_that_is_drawn_again_is_no_news(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_output, "LOOK_INTERVAL_S", 0.0)
    script = (
        'stty -echo; seq 200; while read -r line; do printf \'\\r%s\\033]2;%s\\007\' "$line" "$line"; done'
    )
    async with reader(backend, script, "200") as person:
        world = person.world
        send = world.workspace.run
        await send("terminal.send", terminal_id=world.terminal.id, data=b"busy -\n")
        await world.pane_shows("busy -")
        await person.scrolled()
        surface = person.pane.surface
        assert surface is not None
        for step in ("busy |", "busy /"):
            fed = surface.emulator.fed_bytes
            await send("terminal.send", terminal_id=world.terminal.id, data=step.encode() + b"\n")
            await world.until(lambda fed=fed: surface.emulator.fed_bytes > fed, f"{step} to be drawn")
            await looked(person)
            assert "new output" not in person.place()
        await send("terminal.send", terminal_id=world.terminal.id, data=b"busy - and done\n")
        await world.until(lambda: "new output below" in person.place(), "the news")


async def looked(person: Reader) -> None:
    """What was heard has been looked at."""
    workers = person.world.app.workers
    for _ in range(3):
        await person.world.pilot.pause()
        reading = [worker for worker in workers if worker.group == "reading"]
        if reading:
            await workers.wait_for_complete(reading)


# Resizing


WRAPPED = "for i in $(seq 120); do printf 'row %03d %0120d|\\n' $i $i; done; echo written; exec cat"


@both_backends
async def test_a_resize_keeps_the_place_in_lines_that_wrap_anew(backend: str) -> None:
    async with reader(backend, WRAPPED) as person:
        world = person.world
        await world.press("shift+pageup", "shift+pageup")
        await person.reads()
        local = person.reading.local
        assert local is not None
        local.scroll(-(local.grid.top % 2))  # a line begins at the top
        person.reading.moved()
        await world.until(lambda: person.rows()[0].startswith("row "), "a line at the top")
        top = person.rows()[0][:7]
        for size in ((70, 18), (150, 30), (61, 12), (100, 24)):
            told = person.place()
            await world.pilot.resize_terminal(*size)
            await world.until(lambda told=told: person.place() != told, "the place to be told anew")
            assert person.rows()[0].startswith(top)
            above = int(person.place().split()[1].replace(",", ""))
            assert above == person.reading.local.position.above_live  # type: ignore[union-attr]
        world.type_at_once("x")
        await person.live()

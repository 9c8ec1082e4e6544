"""What programs read of a window: its screen, its history, and what came after a place."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from cockpit.tmux.server.server import TmuxServer
from cockpit.tmux.windows.reading import capture_text, cursor_line
from tests.tmux.conftest import ServerFactory
from tests.tmux.support import sh

DEADLINE_S = 15.0
PRINTER = "stty -echo; echo ready; n=0; while read count; do seq $((n+1)) $((n+count)); n=$((n+count)); done"


async def read(server: TmuxServer, window_id: str, **wanted: object) -> str:
    options: dict[str, object] = {"lines": None, "visible": False, "since": None, "styled": False, **wanted}
    return await capture_text(server, window_id, **options)  # type: ignore[arg-type] # as the test says


async def printed(server: TmuxServer, window_id: str, count: int, last: int) -> None:
    """Has the program print so many numbers; returns when the last one is on the screen."""
    await shown(server, window_id, str(last), lambda: server.send(window_id, b"%d\n" % count))


async def shown(
    server: TmuxServer, window_id: str, line: str, begin: Callable[[], Awaitable[object]] | None = None
) -> None:
    """Returns when such a line is on the screen; `begin` is what brings it there."""
    heard = asyncio.Event()
    stop = server.watch_output(window_id, heard.set)
    try:
        if begin is not None:
            await begin()
        async with asyncio.timeout(DEADLINE_S):
            while True:
                heard.clear()  # before the look: what is printed during it is news
                if line in (await read(server, window_id, visible=True)).split("\n"):
                    return
                await heard.wait()
    finally:
        stop()


@pytest.mark.parametrize("first", [20, 95])
async def test_what_came_after_a_place_is_whole_also_when_old_lines_were_dropped(
    make_server: ServerFactory, first: int
) -> None:
    server = make_server(history_lines=100)
    await server.start()
    window = await server.new_window("printer", sh(PRINTER))
    await shown(server, window.window_id, "ready")  # what is typed earlier is echoed
    await printed(server, window.window_id, first, first)
    place = await cursor_line(server, window.window_id)
    await printed(server, window.window_id, 60, first + 60)
    found = (await read(server, window.window_id, since=place)).split("\n")
    assert found[-60:] == [str(number) for number in range(first + 1, first + 61)]
    if first == 20:
        assert len(found) == 60
    assert await read(server, window.window_id, lines=2) == f"{first + 59}\n{first + 60}"
    everything = (await read(server, window.window_id)).split("\n")
    assert everything[-60:] == found[-60:]


async def test_lines_are_whole_and_colours_come_when_they_are_wanted(server: TmuxServer) -> None:
    long = "x" * 200
    script = f"printf '\\033[31mred\\033[m\\n{long}\\n7\\n'; exec sleep 60"
    window = await server.new_window("one", sh(script))
    async with asyncio.timeout(DEADLINE_S):
        while not (text := await read(server, window.window_id, visible=True)).endswith("\n7"):
            await server.list_windows()
    assert text == f"red\n{long}\n7"
    assert "\x1b[31m" in await read(server, window.window_id, visible=True, styled=True)

"""History: a captured pane becomes the same cells again."""

from __future__ import annotations

import asyncio

import pytest

from cockpit.model import Size
from cockpit.terminal.emulator.cells import Row
from cockpit.terminal.emulator.grid import Grid
from cockpit.terminal.scrollback.anchors import Point
from cockpit.terminal.scrollback.history import build_history
from cockpit.terminal.scrollback.local_view import LocalView
from tests.unit.emulators import shown


def looks(rows: list[Row]) -> list[list[tuple[str, str]]]:
    return [[(run.text, run.style.sgr) for run in row] for row in rows]


async def view_of(data: bytes, columns: int = 20, rows: int = 4) -> LocalView:
    return LocalView(await build_history(data, Size(columns, rows)))


async def test_the_last_rows_are_the_live_screen_and_the_rest_scrolls() -> None:
    view = await view_of(b"".join(b"line %d\n" % number for number in range(10)))
    assert view.position.total == 10
    assert shown(view) == ["line 6", "line 7", "line 8", "line 9"]
    view.to_top()
    assert shown(view)[0] == "line 0"


async def test_blank_rows_at_the_end_stay_rows() -> None:
    view = await view_of(b"a\nb\n\n\n\n\n")
    assert view.position.total == 6
    assert shown(view) == ["", "", "", ""]


async def test_less_than_a_screen_stands_at_its_top() -> None:
    view = await view_of(b"only\n")
    assert shown(view) == ["only", "", "", ""]


async def test_colours_go_on_over_lines_but_never_over_the_rest_of_a_row() -> None:
    view = await view_of(b"a\x1b[41mb\nc\n\x1b[49md\n\x1b[1;32me\x1b[0m\n")
    assert looks(view.rows()) == [
        [("a", ""), ("b", "41")],
        [("c", "41")],
        [("d", "")],
        [("e", "1;32")],
    ]


async def test_joined_lines_wrap_again_and_belong_together() -> None:
    line = b"0123456789" * 2 + b"abc"
    view = await view_of(b"first\n" + line + b"\n" + b"x" * 20 + b"\nlast\n", rows=5)
    assert shown(view) == ["first", "0123456789" * 2, "abc", "x" * 20, "last"]
    assert [view.grid.wraps(row) for row in range(5)] == [False, True, False, False, False]


@pytest.mark.parametrize("length", [21, 39, 40, 41])
async def test_a_wrapped_background_ends_with_its_text(length: int) -> None:
    view = await view_of(b"\x1b[41m" + b"x" * length + b"\n\x1b[49my\n", rows=4)
    rows = [[(run.text, run.style.sgr) for run in row] for row in view.rows() if row]
    texts = ["x" * 20] * (length // 20) + (["x" * (length % 20)] if length % 20 else [])
    assert rows == [[(text, "41")] for text in texts] + [[("y", "")]]


async def test_line_drawing_comes_as_shifts() -> None:
    view = await view_of(b"\x0elqk\x0f text\n\x0ex\n\x0fend\n")
    assert shown(view)[:3] == ["┌─┐ text", "│", "end"]


async def test_wide_characters_wrap_where_they_wrapped() -> None:
    view = await view_of("abcd字e\n".encode(), columns=5)
    assert shown(view)[:2] == ["abcd", "字e"]
    assert view.grid.wraps(0)


async def test_links_come_along() -> None:
    view = await view_of(b"\x1b]8;;https://example.org\x1b\\here\x1b]8;;\x1b\\\n")
    assert view.link(0, 0) == "https://example.org"


async def test_everything_is_kept_unless_told_otherwise() -> None:
    data = b"".join(b"%d\n" % number for number in range(20_000))
    assert (await view_of(data)).position.total == 20_000
    short = await build_history(data, Size(20, 4), lines=1000)
    assert 1000 <= Grid(short).total < 10_000


LONG = b"".join(b"\x1b[3%dmline %d\x1b[0m and more\n" % (number % 8, number) for number in range(100_000))


async def test_a_long_build_leaves_the_loop_free() -> None:
    build = asyncio.ensure_future(build_history(LONG, Size(200, 50)))
    turns = 0
    while not build.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 100
    assert Grid(await build).total == 100_000


async def test_a_build_can_be_cancelled_at_any_time() -> None:
    for turns in range(0, 40, 4):
        build = asyncio.ensure_future(build_history(LONG, Size(200, 50)))
        for _ in range(turns):
            await asyncio.sleep(0)
        build.cancel()
        with pytest.raises(asyncio.CancelledError):
            await build


async def test_searching_and_selecting_work_on_history() -> None:
    view = await view_of(b"".join(b"line %d\n" % number for number in range(500)), columns=40)
    assert (await view.search.find("line 25")).count == 11
    view.selection.select(Point(10, 0), Point(11, 39))
    assert view.selection.text() == "line 10\nline 11"

"""Search: every match, as cells, in whatever the screen does meanwhile."""

from __future__ import annotations

import asyncio
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.model import Size
from cockpit.terminal.emulator.grid import Grid
from cockpit.terminal.scrollback.anchors import Point
from cockpit.terminal.scrollback.local_view import LocalView
from cockpit.terminal.scrollback.patterns import PatternError, compile_pattern
from cockpit.terminal.scrollback.text_index import TextIndex, fold
from tests.unit.emulators import fed, numbered, shown


def view_of(text: str, columns: int = 20, rows: int = 5) -> LocalView:
    return LocalView(fed(text, columns, rows))


def marked(view: LocalView) -> list[str]:
    """What is marked in the viewport, the current match in brackets."""
    texts = []
    top = view.grid.top
    for y, spans in enumerate(view.matches()):
        cells = view.grid.cells(top + y)
        for span in spans:
            text = "".join(cells[span.start : span.end])
            texts.append(f"[{text}]" if span.is_current else text)
    return texts


async def test_it_finds_everything_and_goes_to_the_nearest_above() -> None:
    view = view_of(numbered(100))
    result = await view.search.find("line 4")
    assert (result.count, result.current) == (11, 11)
    assert "line 49" in shown(view)
    assert marked(view)[-1] == "[line 4]"


async def test_next_and_previous_go_round() -> None:
    view = view_of(numbered(30))
    await view.search.find("line 1")
    assert view.search.result.count == 11
    assert view.search.next().current == 1
    assert "line 1" in shown(view)
    assert view.search.previous().current == 11
    assert view.search.previous().current == 10
    assert "line 18" in shown(view)


@pytest.mark.parametrize(
    ("pattern", "count"), [("error", 3), ("Error", 1), ("ERROR", 1), ("straße", 1), ("[", 1), ("a.c", 0)]
)
async def test_plain_text_with_smart_case(pattern: str, count: int) -> None:
    view = view_of("error Error ERROR\nSTRASSE Straße [x] abc")
    assert (await view.search.find(pattern)).count == count


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        (r"line \d$", 10),
        (r"^line 1", 11),
        (r"Line", 0),
        (r"LINE|line 5", 0 + 1),
        (r"\Sine 7", 1),
        (r"x*", 0),
        (r"line 2\s+line 3", 0),
        (r"[^a]+", 30),
    ],
)
async def test_regular_expressions_match_within_lines(pattern: str, count: int) -> None:
    view = view_of(numbered(30).rstrip("\n"))
    assert (await view.search.find(pattern, regular=True)).count == count


async def test_a_bad_expression_says_what_is_wrong() -> None:
    view = view_of("abc")
    result = await view.search.find("(abc", regular=True)
    assert result.count == 0
    assert "missing )" in result.error
    assert (await view.search.find("(abc)", regular=True)).error == ""


async def test_an_expression_that_explodes_is_given_up_and_the_loop_runs_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cockpit.terminal.scrollback.search.BUDGET_S", 0.2)
    view = view_of("a" * 60 + "b\n", columns=80)
    search = asyncio.create_task(view.search.find(r"(a|aa)+$", regular=True))
    turns = 0
    while not search.done():
        await asyncio.sleep(0)
        turns += 1
    assert not (await search).complete
    assert turns > 100


async def test_a_match_over_a_soft_wrap_is_marked_in_both_rows() -> None:
    view = view_of("x" * 17 + "needle and more", columns=20)
    result = await view.search.find("needle")
    assert result.count == 1
    assert [[(span.start, span.end) for span in row] for row in view.matches()][:2] == [[(17, 20)], [(0, 3)]]


async def test_wide_characters_and_clusters_are_marked_whole() -> None:
    family = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
    view = view_of(f"字幕 {family} e\u0301tude 字x")
    await view.search.find("字x")
    assert marked(view) == ["[字x]"]
    assert [(span.start, span.end) for span in view.matches()[0]] == [(14, 17)]
    await view.search.find(family)
    assert [(span.start, span.end) for span in view.matches()[0]] == [(5, 7)]
    await view.search.find("\N{WOMAN}")
    assert [(span.start, span.end) for span in view.matches()[0]] == [(5, 7)]


async def test_output_moves_no_match_and_refresh_adds_what_it_brought() -> None:
    view = view_of(numbered(50))
    await view.search.find("line 2")
    view.search.previous()
    before, current = shown(view), view.search.result.current
    view.grid.emulator.feed(numbered(30, 200).replace("\n", "\r\n").encode())
    assert view.search.is_stale
    assert shown(view) == before
    assert "[line 2]" in marked(view)
    result = await view.search.refresh()
    assert (result.count, result.current) == (11 + 30, current)
    assert shown(view) == before


async def test_a_row_that_changed_is_no_longer_marked() -> None:
    view = view_of("needle\nneedle\n")
    await view.search.find("needle")
    view.grid.emulator.feed(b"\x1b[1;1Hthread\x1b[K")
    assert [bool(row) for row in view.matches()] == [False, True, False, False, False]
    assert (await view.search.refresh()).count == 1


async def test_dropped_lines_take_their_matches_along() -> None:
    emulator = fed(numbered(500), columns=200, lines=300)
    view = LocalView(emulator)
    await view.search.find("line")
    for _ in range(10):
        emulator.feed(numbered(200, 500).replace("\n", "\r\n").encode())
        result = await view.search.refresh()
        text = view.grid.text(Point(0, 0), Point(view.grid.total - 1, 199))
        assert result.count == text.count("line")
    assert result.count < 2500


async def test_a_resize_keeps_the_current_match() -> None:
    view = view_of("".join(f"number {number:03} of many numbers\n" for number in range(60)), columns=40)
    await view.search.find("02")
    for _ in range(4):
        view.search.previous()
    current = view.search.result.current
    view.grid.emulator.resize(Size(12, 5))
    result = await view.search.refresh()
    assert result.current == current
    view.search.next()
    view.search.previous()
    assert "[02]" in marked(view)


async def test_the_newest_search_wins() -> None:
    view = view_of(numbered(9000))
    first = asyncio.create_task(view.search.find("line 1"))
    await asyncio.sleep(0)
    result = await view.search.find("line 8999")
    await first
    assert view.search.result == result
    assert result.count == 1


async def test_typing_on_stays_near_where_the_search_began() -> None:
    view = view_of("".join(f"a{'b' if number in (5, 90) else ''}{number}\n" for number in range(100)))
    view.scroll(-60)
    top = view.grid.top
    await view.search.find("a")
    assert abs(view.grid.top - top) < 5
    await view.search.find("ab")
    assert "ab5" in shown(view)
    await view.search.find("a")
    assert abs(view.grid.top - top) < 5


async def test_too_many_matches_are_said_to_be_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cockpit.terminal.scrollback.search.MATCH_LIMIT", 100)
    view = view_of(numbered(300))
    result = await view.search.find("line")
    assert (result.count, result.complete) == (100, False)


async def test_erased_and_reset_screens_are_searched_afresh() -> None:
    view = view_of(numbered(100))
    await view.search.find("line 7")
    for erase in (b"\x1b[3J", b"\x1bc"):
        view.grid.emulator.feed(erase)
        view.matches()
        view.grid.emulator.feed(b"line 7 again\r\n")
        await view.search.refresh()
        text = view.grid.text(Point(0, 0), Point(view.grid.total - 1, 19))
        assert view.search.result.count == text.count("line 7")


async def test_clearing_ends_the_search() -> None:
    view = view_of(numbered(10))
    await view.search.find("line")
    view.search.clear()
    assert view.search.result.count == 0
    assert marked(view) == []
    assert not view.search.is_stale


async def test_an_empty_pattern_finds_nothing() -> None:
    view = view_of(numbered(10))
    await view.search.find("line")
    assert (await view.search.find("")).count == 0
    assert marked(view) == []


def test_folding_keeps_offsets() -> None:
    text = "İstanbul ÄÖ ẞ"
    assert len(fold(text)) == len(text)
    assert fold(text).endswith("äö ß")


def test_patterns_say_when_they_are_wrong() -> None:
    with pytest.raises(PatternError, match="position"):
        compile_pattern("[", regular=True)


_TEXT = st.lists(
    st.sampled_from(["a", "b", "c", " ", "字", "e\u0301", "\N{SURFER}", "\n", "\n", "İ"]), max_size=200
).map("".join)


@given(_TEXT, st.integers(3, 12), st.integers(1, 4))
@settings(max_examples=150, deadline=None)
def test_the_index_is_the_text_of_the_screen(text: str, columns: int, rows: int) -> None:
    grid = Grid(fed(text, columns, rows))
    index = TextIndex(grid)
    for _ in index.update():
        pass
    everything = grid.text(Point(0, 0), Point(grid.total - 1, columns - 1))
    # A line that ends in wrapped blanks keeps those of its first row.
    assert re.sub(r" +$", "", index.text, flags=re.M).rstrip("\n") == everything.rstrip("\n")
    for offset, char in enumerate(index.text):
        if char != "\n":
            row = index.row_at(offset)
            start, end = index.columns(row, offset, offset + 1)
            assert char in "".join(grid.cells(row)[start:end])


@given(st.lists(_TEXT, min_size=1, max_size=6), st.integers(3, 12))
@settings(max_examples=100, deadline=None)
def test_an_updated_index_is_a_fresh_one(texts: list[str], columns: int) -> None:
    emulator = fed("", columns, 3)
    grid = Grid(emulator)
    index = TextIndex(grid)
    for text in texts:
        emulator.feed(text.replace("\n", "\r\n").encode())
        for _ in index.update():
            pass
        fresh = TextIndex(grid)
        for _ in fresh.update():
            pass
        assert (index.text, index.folded, index.shift) == (fresh.text, fresh.folded, 0)

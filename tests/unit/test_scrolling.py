"""Scrolling: what is read stays where it is, whatever the program does."""

from __future__ import annotations

from cockpit.model import Size
from cockpit.terminal.scrollback.local_view import LocalView
from cockpit.terminal.scrollback.scrolling import ScrollPosition
from tests.unit.emulators import fed, numbered, shown


def view_of(text: str, columns: int = 20, rows: int = 5, *, lines: int = 10_000) -> LocalView:
    return LocalView(fed(text, columns, rows, lines=lines))


def test_it_starts_live_and_scrolls_up_and_back() -> None:
    view = view_of(numbered(20) + "end")
    assert view.at_live
    assert view.position == ScrollPosition(0, 21)
    assert view.scroll(-3)
    assert shown(view) == ["line 13", "line 14", "line 15", "line 16", "line 17"]
    assert view.position == ScrollPosition(3, 21)
    assert view.scroll(3)
    assert view.at_live
    assert shown(view)[-1] == "end"


def test_it_stops_at_both_ends() -> None:
    view = view_of(numbered(20))
    assert view.to_top()
    assert not view.scroll(-1)
    assert shown(view)[0] == "line 0"
    assert view.scroll(1000)
    assert view.at_live
    assert not view.scroll(1)


def test_a_screen_without_scrollback_does_not_scroll() -> None:
    view = view_of("one\ntwo")
    assert not view.scroll(-3)
    assert view.at_live


def test_pages_keep_one_row_in_sight() -> None:
    view = view_of(numbered(30))
    last = shown(view)[0]
    view.page(-1)
    assert shown(view)[-1] == last


def test_output_does_not_move_what_is_read() -> None:
    view = view_of(numbered(30))
    view.scroll(-10)
    before = shown(view)
    assert not view.new_output
    view.grid.emulator.feed(numbered(50, 30).replace("\n", "\r\n").encode())
    assert shown(view) == before
    assert view.new_output
    assert view.position.above_live == 60
    view.to_live()
    assert shown(view)[-2] == "line 79"
    assert not view.new_output


def test_a_flood_past_the_limit_shows_the_oldest_lines_left() -> None:
    view = view_of(numbered(30), lines=20)
    view.scroll(-10)
    view.grid.emulator.feed(numbered(20_000, 30).replace("\n", "\r\n").encode())
    rows = shown(view)
    assert view.grid.top == 0
    assert not view.at_live
    numbers = [int(row.split()[1]) for row in rows]
    assert numbers == list(range(numbers[0], numbers[0] + 5))


def test_trimming_keeps_the_lines_being_read_as_long_as_they_are_there() -> None:
    view = view_of(numbered(1500), columns=200, lines=300)
    view.scroll(-5)
    before = shown(view)
    total = view.position.total
    view.grid.emulator.feed(numbered(200, 1500).replace("\n", "\r\n").encode())
    assert view.position.total < total + 200
    assert shown(view) == before


def test_a_resize_with_reflow_keeps_the_first_line_read() -> None:
    view = view_of("".join(f"line {number:03} is longer than ten\n" for number in range(60)), columns=40)
    view.scroll(-20)
    first = shown(view)[0]
    view.grid.emulator.resize(Size(10, 5))
    assert shown(view)[0] == first[:10]
    view.grid.emulator.resize(Size(40, 8))
    assert shown(view)[0] == first


def test_the_alternate_screen_has_nothing_to_scroll_and_gives_the_place_back() -> None:
    view = view_of(numbered(30))
    view.scroll(-10)
    before = shown(view)
    view.grid.emulator.feed(b"\x1b[?1049hfull screen")
    assert view.at_live
    assert not view.scroll(-3)
    view.grid.emulator.feed(b"\x1b[?1049l")
    assert shown(view) == before


def test_rows_of_the_scrollback_are_read_once() -> None:
    view = view_of(numbered(100), rows=10)
    view.scroll(-50)
    before = view.rows()
    view.scroll(-1)
    assert all(new is old for new, old in zip(view.rows()[1:], before, strict=False))


def test_live_rows_are_read_again_after_output() -> None:
    view = view_of(numbered(10) + "abc")
    view.scroll(-2)
    view.rows()
    view.grid.emulator.feed(b"\x1b[1;1Hchanged\x1b[K")
    assert "changed" in shown(view)


def test_erased_scrollback_leaves_nothing_behind() -> None:
    view = view_of(numbered(30))
    view.scroll(-10)
    view.rows()
    view.grid.emulator.feed(b"\x1b[3J")
    assert view.at_live
    assert shown(view)[0] == "line 26"


def test_reveal_moves_no_more_than_it_must() -> None:
    view = view_of(numbered(50))
    assert view.scrolling.reveal(10)
    assert view.grid.top == 10
    assert not view.scrolling.reveal(14)
    assert view.scrolling.reveal(15)
    assert view.grid.top == 11

"""Selection: exactly the characters between its ends, and they stay the ones that were selected."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cockpit.model import Size
from cockpit.terminal.emulator.grid import Grid
from cockpit.terminal.scrollback.anchors import Point
from cockpit.terminal.scrollback.local_view import LocalView
from cockpit.terminal.scrollback.motions import MOTION_KEYS, Motion, moved
from cockpit.terminal.scrollback.selection import Selection, SelectionMode
from tests.unit.emulators import fed, numbered, shown

FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"


def view_of(text: str, columns: int = 20, rows: int = 5) -> LocalView:
    return LocalView(fed(text, columns, rows))


def selected(view: LocalView) -> str:
    return view.selection.text()


# The pointer


def test_a_drag_selects_both_ends_and_what_is_between() -> None:
    view = view_of("hello world\nsecond line")
    view.press(0, 6)
    assert not view.selection.is_active
    view.drag(1, 5)
    assert selected(view) == "world\nsecond"
    assert view.selected() == [(6, 20), (0, 6), None, None, None]


def test_a_drag_backwards_selects_the_same() -> None:
    view = view_of("hello world\nsecond line")
    view.press(1, 5)
    view.drag(0, 6)
    assert selected(view) == "world\nsecond"


def test_a_click_selects_nothing_but_a_drag_back_to_it_one_cell() -> None:
    view = view_of("hello")
    view.press(0, 1)
    view.drag(0, 1)
    assert selected(view) == ""
    view.drag(0, 2)
    view.drag(0, 1)
    assert selected(view) == "e"


@pytest.mark.parametrize(
    ("column", "word"), [(0, "git"), (5, "log"), (11, "src/main.rs"), (25, "file"), (3, ""), (35, "")]
)
def test_a_double_click_selects_a_word(column: int, word: str) -> None:
    view = view_of('git log -- src/main.rs "file"', columns=40)
    view.press(0, column, clicks=2)
    assert selected(view).strip() == word


def test_a_drag_after_a_double_click_selects_whole_words_both_ways() -> None:
    view = view_of("one two three four")
    view.press(0, 5, clicks=2)
    view.drag(0, 10)
    assert selected(view) == "two three"
    view.drag(0, 1)
    assert selected(view) == "one two"


def test_a_word_goes_over_a_soft_wrap() -> None:
    view = view_of("x" * 15 + " someword here")
    view.press(1, 1, clicks=2)
    assert selected(view) == "someword"


def test_a_triple_click_selects_a_logical_line_without_the_wraps() -> None:
    line = "a line that is longer than twenty columns"
    view = view_of(f"before\n{line}   \nafter")
    view.press(2, 3, clicks=3)
    assert selected(view) == line
    assert view.selected()[:5] == [None, (0, 20), (0, 20), (0, 20), None]
    view.press(0, 0, clicks=3)
    view.drag(4, 0)
    assert selected(view) == f"before\n{line}\nafter"


def test_a_fourth_click_begins_anew() -> None:
    view = view_of("one two")
    view.press(0, 0, clicks=4)
    assert selected(view) == ""


def test_a_block_is_lines_of_its_columns_with_wide_characters_whole() -> None:
    view = view_of("abcdefgh\n字字字字\nx\n12345678")
    view.press(0, 3, block=True)
    view.drag(3, 4)
    assert selected(view) == "de\n字字\n\n45"
    assert view.selected()[:4] == [(3, 5), (2, 6), (3, 5), (3, 5)]


def test_wide_characters_and_clusters_are_whole() -> None:
    view = view_of(f"a字b {FAMILY} e\u0301x")
    view.press(0, 2)
    view.drag(0, 5)
    assert selected(view) == f"字b {FAMILY}"
    assert view.selected()[0] == (1, 7)
    view.press(0, 8)
    view.drag(0, 9)
    assert selected(view) == "e\u0301x"


def test_dragging_past_an_edge_scrolls_and_goes_on_selecting() -> None:
    view = view_of(numbered(30) + "end")
    view.press(2, 3)
    steps = 0
    while view.drag(-1, 2):
        steps += 1
    assert steps == 26
    assert view.grid.top == 0
    assert selected(view).startswith("line 0\nline 1\n")
    assert selected(view).endswith("\nline")
    while view.drag(9, 2):
        pass
    assert view.at_live
    assert selected(view).endswith("end")


# What becomes of it


def test_a_selection_keeps_its_text_while_output_is_fed() -> None:
    view = view_of(numbered(10) + "prompt")
    view.press(1, 0)
    view.drag(2, 5)
    before = selected(view)
    view.grid.emulator.feed(numbered(100, 50).replace("\n", "\r\n").encode())
    assert selected(view) == before == "line 7\nline 8"
    assert view.selected() == [None] * 5


def test_a_selection_keeps_its_text_over_a_reflow() -> None:
    view = view_of("some words that will be wrapped\nand more", columns=40)
    view.press(0, 5)
    view.drag(1, 2)
    before = selected(view)
    for columns in (10, 7, 60):
        view.grid.emulator.resize(Size(columns, 8))
        assert selected(view) == before


@pytest.mark.parametrize("erase", [b"\x1b[3J", b"\x1bc", b"\x1b[?1049h"])
def test_a_selection_whose_text_is_gone_is_dropped(erase: bytes) -> None:
    view = view_of(numbered(30))
    view.scroll(-10)
    view.press(0, 0)
    view.drag(1, 3)
    assert view.selection.is_active
    view.grid.emulator.feed(erase)
    assert not view.selection.is_active
    assert view.selected() == [None] * 5
    assert selected(view) == ""


def test_a_selection_whose_lines_were_trimmed_is_dropped() -> None:
    emulator = fed(numbered(30), lines=20)
    view = LocalView(emulator)
    view.to_top()
    view.press(0, 0)
    view.drag(1, 3)
    emulator.feed(numbered(20_000).replace("\n", "\r\n").encode())
    assert not view.selection.is_active


# The keyboard


def test_vi_keys_select_and_take_the_view_along() -> None:
    view = view_of(numbered(30) + "some last words")
    view.start_cursor()
    view.cursor.move(MOTION_KEYS["0"])
    view.cursor.toggle(SelectionMode.CELL)
    view.cursor.move(MOTION_KEYS["e"])
    assert selected(view) == "some"
    view.cursor.move(MOTION_KEYS["$"])
    assert selected(view) == "some last words"
    view.cursor.move(MOTION_KEYS["g"])
    assert view.grid.top == 0
    assert selected(view).startswith("line 0\n")
    view.cursor.toggle(SelectionMode.LINE)
    assert selected(view).endswith("some last words")
    view.cursor.toggle(SelectionMode.LINE)
    assert not view.selection.is_active


def test_shift_with_plain_keys_selects_and_plain_keys_let_go() -> None:
    view = view_of("hello world")
    view.cursor.turn_on(Point(0, 6))
    view.cursor.move(Motion.RIGHT, extend=True)
    view.cursor.move(Motion.LINE_END, extend=True)
    assert selected(view) == "world"
    view.cursor.selecting = False
    view.cursor.move(Motion.LEFT)
    assert not view.selection.is_active


def test_the_cursor_keeps_its_column_over_short_lines() -> None:
    view = view_of("a long line\nx\nanother line")
    view.cursor.turn_on(Point(0, 8))
    view.cursor.move(Motion.DOWN)
    view.cursor.move(Motion.DOWN)
    assert view.cursor.point == Point(2, 8)


def test_the_cursor_stays_on_its_cell_while_output_is_fed() -> None:
    view = view_of(numbered(20))
    view.scroll(-8)
    view.cursor.turn_on(view.point(2, 3))
    text = shown(view)[2]
    view.grid.emulator.feed(b"more\r\nmore\r\n")
    assert view.cursor.viewport_cell == (2, 3)
    assert shown(view)[2] == text
    view.to_live()
    assert not view.cursor.is_on


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("w", (0, 3)),
        ("ww", (0, 5)),
        ("www", (1, 0)),
        ("wwww", (2, 0)),
        ("wwwww", (3, 2)),
        ("e", (0, 2)),
        ("ee", (0, 4)),
        ("eee", (0, 7)),
        ("$", (0, 7)),
        ("$b", (0, 5)),
        ("$bb", (0, 3)),
        ("jjjww", (3, 7)),
        ("jjj$", (3, 14)),
        ("l" * 30, (0, 19)),
        ("jjj^", (3, 2)),
        ("G0", (5, 0)),
        ("Gg", (0, 0)),
    ],
)
def test_motions(keys: str, expected: tuple[int, int]) -> None:
    grid = Grid(fed("foo->bar\nnext\n\n  wide 字字 end\nlast", rows=6))
    point = Point(0, 0)
    for key in keys:
        point = moved(grid, point, MOTION_KEYS[key])
    assert point == expected


def test_words_and_characters_go_over_the_fold() -> None:
    grid = Grid(fed("x" * 15 + " someword here"))
    assert moved(grid, Point(0, 16), Motion.WORD_END) == Point(1, 3)
    assert moved(grid, Point(1, 5), Motion.WORD_BACK) == Point(0, 16)
    assert moved(grid, Point(0, 19), Motion.RIGHT) == Point(1, 0)
    assert moved(grid, Point(1, 0), Motion.LEFT) == Point(0, 19)
    assert moved(grid, Point(1, 0), Motion.LINE_START) == Point(0, 0)
    assert moved(grid, Point(0, 0), Motion.LINE_END) == Point(1, 8)


# Against a reference

_CHARACTERS = st.lists(
    st.sampled_from(["a", "b", " ", "  ", "字", "e\u0301", FAMILY, "\n", "\n"]), max_size=120
).map("".join)


def _between(grid: Grid, start: Point, end: Point) -> str:
    """The characters between two cells, read cell by cell."""
    start, end = grid.character(start)[0], grid.character(end)[1]
    lines, columns = [""], grid.columns
    for row in range(start.row, end.row + 1):
        cells = grid.cells(row)
        first = start.column if row == start.row else 0
        last = end.column if row == end.row else columns - 1
        lines[-1] += "".join(cells[first : last + 1])
        if grid.wraps(row):
            if last == columns - 1 and grid.character(Point(row, last))[1].row != row:
                lines[-1] = lines[-1][:-1]
        else:
            lines[-1] = lines[-1].rstrip(" ")
            lines.append("")
    return "\n".join(line.rstrip(" ") for line in lines).rstrip("\n")


@given(_CHARACTERS, st.integers(2, 12), st.integers(1, 6), st.data())
@settings(max_examples=300, deadline=None)
def test_the_text_is_what_lies_between_the_ends(
    text: str, columns: int, rows: int, data: st.DataObject
) -> None:
    grid = Grid(fed(text, columns, rows))
    points = st.tuples(st.integers(0, grid.total - 1), st.integers(0, columns - 1)).map(lambda at: Point(*at))
    one, other = data.draw(points), data.draw(points)
    selection = Selection(grid)
    selection.start(one)
    selection.extend(other)
    start, end = sorted((one, other))
    assert selection.text() == _between(grid, start, end)


@given(_CHARACTERS, st.integers(2, 12), st.integers(2, 6), st.data())
@settings(max_examples=200, deadline=None)
def test_motions_stay_on_the_grid_and_on_whole_characters(
    text: str, columns: int, rows: int, data: st.DataObject
) -> None:
    grid = Grid(fed(text, columns, rows))
    point = Point(0, 0)
    for motion in data.draw(st.lists(st.sampled_from(list(Motion)), max_size=20)):
        point = moved(grid, point, motion)
        assert 0 <= point.row < grid.total
        assert 0 <= point.column < columns


@given(_CHARACTERS, st.integers(2, 14), st.integers(2, 14), st.data())
@settings(max_examples=150, deadline=None)
def test_a_reflow_keeps_the_selected_text_or_drops_it(
    text: str, columns: int, other_columns: int, data: st.DataObject
) -> None:
    emulator = fed(text + "\nend", columns, 4)
    grid = Grid(emulator)
    selection = Selection(grid)
    points = st.tuples(st.integers(0, grid.total - 1), st.integers(0, columns - 1)).map(lambda at: Point(*at))
    start, end = sorted((data.draw(points), data.draw(points)))
    assume(grid.cell(start).strip())
    selection.start(start)
    selection.extend(end)
    before = selection.text()
    emulator.resize(Size(other_columns, 4))
    if selection.is_active:
        assert selection.text().split() == before.split()

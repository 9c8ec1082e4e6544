"""Prompt marks and links: what the shell and the text say of themselves."""

from __future__ import annotations

import pytest

from cockpit.model import Size
from cockpit.terminal.scrollback.anchors import Point
from cockpit.terminal.scrollback.links import link_at
from cockpit.terminal.scrollback.local_view import LocalView
from tests.unit.emulators import fed, shown

PROMPT = "\x1b]133;A\x07$ \x1b]133;B\x07"
RUN = "\x1b]133;C\x07"
DONE = "\x1b]133;D;0\x07"


def command(typed: str, output: str) -> str:
    return f"{PROMPT}{typed}\n{RUN}{output}{DONE}"


def shell(*commands: tuple[str, str], rows: int = 5, then: str = PROMPT, columns: int = 20) -> LocalView:
    return LocalView(fed("".join(command(*each) for each in commands) + then, columns, rows))


def lines(prefix: str, count: int) -> str:
    return "".join(f"{prefix}{number}\n" for number in range(count))


def test_jumping_goes_from_prompt_to_prompt() -> None:
    view = shell(("one", lines("a", 20)), ("two", lines("b", 20)), ("three", lines("c", 20)))
    assert view.to_previous_prompt()
    assert shown(view)[0] == "$ three"
    assert view.to_previous_prompt()
    assert view.to_previous_prompt()
    assert shown(view)[0] == "$ one"
    assert not view.to_previous_prompt()
    assert view.to_next_prompt()
    assert shown(view)[0] == "$ two"
    assert view.to_next_prompt()
    assert view.to_next_prompt()
    assert view.at_live
    assert not view.to_next_prompt()


def test_without_marks_there_is_nowhere_to_jump() -> None:
    view = LocalView(fed(lines("x", 50)))
    assert not view.to_previous_prompt()
    view.scroll(-10)
    assert view.to_next_prompt()
    assert view.at_live
    assert not view.select_last_output()


def test_a_wrapped_prompt_is_one_prompt() -> None:
    view = shell(("one", lines("a", 10)), ("x" * 70, lines("b", 10)))
    view.to_previous_prompt()
    assert shown(view)[0].startswith("$ xxx")
    view.to_previous_prompt()
    assert shown(view)[0] == "$ one"


def test_the_last_output_is_selected_from_its_beginning() -> None:
    view = shell(("one", lines("a", 3)), ("two", lines("b", 30)))
    assert view.select_last_output()
    assert view.selection.text() == lines("b", 30).rstrip("\n")
    assert "b0" in shown(view)


def test_commands_without_output_are_passed_over() -> None:
    view = shell(("one", lines("a", 3)), ("true", ""), ("true", ""))
    assert view.select_last_output()
    assert view.selection.text() == "a0\na1\na2"


def test_output_with_blank_lines_is_whole() -> None:
    view = shell(("one", "\na\n\nb\n"), rows=10)
    assert view.select_last_output()
    assert view.selection.text().strip("\n") == "a\n\nb"


def test_the_output_of_a_command_that_still_runs() -> None:
    view = shell(("one", lines("a", 3)), then=f"{PROMPT}two\n{RUN}b0\nb1\n")
    assert view.select_last_output()
    assert view.selection.text() == "b0\nb1"


def test_the_output_under_a_row_or_below_its_prompt() -> None:
    view = shell(("one", lines("a", 3)), ("two", lines("b", 3)), ("true", ""), rows=12)
    assert view.select_output(2)
    assert view.selection.text() == "a0\na1\na2"
    assert view.select_output(4)
    assert view.selection.text() == "b0\nb1\nb2"
    view.selection.clear()
    assert not view.select_output(8)
    assert not view.selection.is_active


def test_a_declared_link_leads_where_it_was_told_to() -> None:
    view = LocalView(fed("see \x1b]8;;https://example.org/x\x1b\\here it is\x1b]8;;\x1b\\ now", 40))
    leading = [column for column in range(40) if view.link(0, column) == "https://example.org/x"]
    assert leading == list(range(4, 14))
    assert not any(view.link(0, column) for column in range(40) if column not in leading)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("go to https://example.org/a?b=c#d now", "https://example.org/a?b=c#d"),
        ("(https://example.org/a).", "https://example.org/a"),
        ("https://en.example.org/wiki/X_(y), and", "https://en.example.org/wiki/X_(y)"),
        ("<http://localhost:8080/>", "http://localhost:8080/"),
        ('"file:///tmp/a%20b"', "file:///tmp/a%20b"),
        ("字 https://example.org/字幕 字", "https://example.org/字幕"),
        ("ftp://example.org ", ""),
    ],
)
def test_addresses_in_text(text: str, target: str) -> None:
    emulator = fed(text, 60)
    view = LocalView(emulator)
    found = {link for column in range(60) if (link := view.link(0, column))}
    assert found == ({target} if target else set())


def test_an_address_over_soft_wraps_is_found_from_each_of_its_rows() -> None:
    address = "https://example.org/" + "path/" * 10
    view = LocalView(fed(f"see {address} there", 20, 8))
    leading = [(row, column) for row in range(4) for column in range(20) if view.link(row, column) == address]
    assert (leading[0], leading[-1], len(leading)) == ((0, 4), (3, 13), len(address))
    view.grid.emulator.resize(Size(33, 8))
    assert view.link(1, 3) == address


def test_beside_an_address_there_is_no_link() -> None:
    grid = LocalView(fed("a https://x.org b\n\nnothing", 30)).grid
    for point in (Point(0, 1), Point(0, 15), Point(0, 29), Point(1, 4)):
        assert link_at(grid, point) == ""

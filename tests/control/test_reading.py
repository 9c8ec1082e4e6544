"""The text of a real emulator as programs read it."""

from __future__ import annotations

import pytest

from cockpit.terminal.scrollback.reading import cursor_line, last_command_output, read_text
from tests.unit.emulators import fed


def test_lines_are_whole_and_the_blank_end_is_left_out() -> None:
    emulator = fed("", 20, 4)
    emulator.feed(b"one\r\n" + b"x" * 50 + b"\r\n\r\nlast  \r\n")
    for n in range(10):
        emulator.feed(b"%d\r\n" % n)
    everything = read_text(emulator, lines=None, visible=False)
    assert everything.split("\n")[:4] == ["one", "x" * 50, "", "last"]
    assert everything.endswith("8\n9")
    assert read_text(emulator, lines=None, visible=True) == "7\n8\n9"
    assert read_text(emulator, lines=2, visible=False) == "8\n9"
    assert read_text(emulator, lines=12, visible=False).startswith("\nlast\n0")
    assert read_text(emulator, lines=13, visible=False).startswith("x" * 50 + "\n")
    assert read_text(emulator, lines=1000, visible=False) == everything


def test_a_place_stays_where_it_was_while_lines_scroll_away() -> None:
    emulator = fed("", 20, 4)
    emulator.feed(b"before\r\n$ ")
    place = cursor_line(emulator)
    emulator.feed(b"seq\r\n" + b"".join(b"%d\r\n" % n for n in range(30)))
    assert read_text(emulator, lines=None, visible=False, since=place).split("\n")[:3] == ["$ seq", "0", "1"]
    emulator.feed(b"\x1b[3J\x1b[H\x1b[2Jafter")
    assert read_text(emulator, lines=None, visible=False, since=place).endswith("after")


@pytest.mark.parametrize("styled", [False, True])
def test_colours_come_when_they_are_wanted(styled: bool) -> None:
    emulator = fed("", 20, 4)
    emulator.feed(b"\x1b[31mred\x1b[m plain\r\nnext")
    text = read_text(emulator, lines=None, visible=True, styled=styled)
    assert ("\x1b[" in text) is styled
    assert "\x1b]" not in text
    assert text.count("\n") == 1


def test_the_output_of_the_last_command_is_known_by_the_marks_or_not_at_all() -> None:
    prompt, run, done = b"\x1b]133;A\x07$ \x1b]133;B\x07", b"\r\n\x1b]133;C\x07", b"\x1b]133;D;0\x07"
    emulator = fed("", 20, 6)
    assert last_command_output(emulator) is None
    emulator.feed(prompt + b"ls" + run)
    assert last_command_output(emulator) is None, (
        "it may have printed nothing, or what it printed was cleared"
    )
    emulator.feed(b"a\r\nb\r\n")
    assert last_command_output(emulator) == "a\nb", "it runs"
    emulator.feed(done + prompt)
    assert last_command_output(emulator) == "a\nb"
    emulator.feed(b"true" + run + done + prompt)
    assert last_command_output(emulator) == ""
    emulator.feed(b"typed ahead")
    assert last_command_output(emulator) is None, "the prompt looks otherwise: a row of output may end in it"

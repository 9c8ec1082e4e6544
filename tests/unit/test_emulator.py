"""The emulator: what programs write becomes rows, answers and facts."""

from __future__ import annotations

import gc

import pytest

from cockpit.model import Size
from cockpit.terminal.emulator.cells import Row
from cockpit.terminal.emulator.emulator import Emulator
from cockpit.terminal.emulator.grid import Grid
from cockpit.terminal.outer import OuterColors


class Recorder:
    """A listener that remembers everything."""

    def __init__(self) -> None:
        self.replies: list[bytes] = []
        self.titles: list[str] = []
        self.bells = 0

    def reply(self, data: bytes) -> None:
        self.replies.append(data)

    def title_changed(self, title: str) -> None:
        self.titles.append(title)

    def bell_rang(self) -> None:
        self.bells += 1


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def emulator(recorder: Recorder) -> Emulator:
    return Emulator(Size(40, 6), recorder)


def first_row(emulator: Emulator) -> Row:
    return dict(emulator.all_rows())[0]


def looks(row: Row) -> list[tuple[str, str, int]]:
    return [(run.text, run.style.sgr, run.columns) for run in row]


@pytest.mark.parametrize(
    ("written", "sgr"),
    [
        ("\x1b[1mx", "1"),
        ("\x1b[2mx", "2"),
        ("\x1b[3mx", "3"),
        ("\x1b[5mx", "5"),
        ("\x1b[7mx", "7"),
        ("\x1b[8mx", "8"),
        ("\x1b[9mx", "9"),
        ("\x1b[53mx", "53"),
        ("\x1b[4mx", "4"),
        ("\x1b[21mx", "4:2"),
        ("\x1b[4:3mx", "4:3"),
        ("\x1b[4:4mx", "4:4"),
        ("\x1b[4:5mx", "4:5"),
        ("\x1b[31mx", "31"),
        ("\x1b[97mx", "97"),
        ("\x1b[100mx", "100"),
        ("\x1b[38;5;123mx", "38;5;123"),
        ("\x1b[48;2;1;2;3mx", "48;2;1;2;3"),
        ("\x1b[4;58;5;9mx", "4;58:5:9"),
        ("\x1b[4:3;58:2::7:8:9mx", "4:3;58:2::7:8:9"),
    ],
)
def test_every_style_keeps_its_exact_sequence(emulator: Emulator, written: str, sgr: str) -> None:
    emulator.feed(written.encode())
    assert looks(first_row(emulator)) == [("x", sgr, 1)]


def test_wide_and_joined_characters_fill_the_columns_of_the_grid(emulator: Emulator) -> None:
    emulator.feed("a你e\u0301👍".encode())
    assert looks(first_row(emulator)) == [("a你", "", 3), ("e\u0301", "", 1), ("👍", "", 2)]


def test_clusters_take_one_character_where_tmux_draws_them_so(recorder: Recorder) -> None:
    emulator = Emulator(Size(40, 6), recorder)
    emulator.feed("👩\u200d💻|\x1bc👩\u200d💻|".encode())
    assert looks(first_row(emulator)) == [("👩\u200d💻", "", 2), ("|", "", 1)]


def test_an_erased_area_keeps_its_background(emulator: Emulator) -> None:
    emulator.feed(b"a\x1b[44m\x1b[K")
    assert looks(first_row(emulator)) == [("a", "", 1), (" " * 39, "44", 39)]


def test_a_change_of_style_alone_is_damage(emulator: Emulator) -> None:
    emulator.feed(b"abc")
    list(emulator.damage())
    emulator.feed(b"\r\x1b[7mabc")
    assert [(y, looks(row)) for y, row in emulator.damage()] == [(0, [("abc", "7", 3)])]


def test_damage_is_told_once(emulator: Emulator) -> None:
    emulator.feed(b"abc")
    assert list(emulator.damage())
    assert not list(emulator.damage())


def test_neighbouring_links_stay_apart(emulator: Emulator) -> None:
    emulator.feed(b"\x1b]8;;http://a\x07x\x1b]8;;http://b\x07y\x1b]8;;\x07z")
    assert [(run.text, run.style.link) for run in first_row(emulator)] == [
        ("x", "http://a"),
        ("y", "http://b"),
        ("z", ""),
    ]


def test_the_cursor_of_a_program_that_asked_for_none_is_the_persons_own(emulator: Emulator) -> None:
    list(emulator.damage())
    assert emulator.cursor.shape == 0
    for parameter in range(1, 7):
        emulator.feed(f"\x1b[{parameter} q".encode())
        list(emulator.damage())
        assert emulator.cursor.shape == parameter
    emulator.feed(b"\x1b[0 q\x1b[?25l")
    list(emulator.damage())
    assert (emulator.cursor.shape, emulator.cursor.visible) == (0, False)


def test_queries_are_answered(emulator: Emulator, recorder: Recorder) -> None:
    emulator.feed(b"\x1b[6n\x1b[c\x1b[>q\x1b[18t\x1b[?u\x1b[?2026$p")
    assert recorder.replies[0] == b"\x1b[1;1R"
    assert recorder.replies[2] == b"\x1bP>|cockpit\x1b\\"
    assert recorder.replies[3] == b"\x1b[8;6;40t"
    assert recorder.replies[4] == b"\x1b[?0u"
    assert len(recorder.replies) == 6


def test_titles_and_bells_are_told(emulator: Emulator, recorder: Recorder) -> None:
    emulator.feed(b"\x1b]2;build\x07\x07")
    assert (recorder.titles, recorder.bells) == (["build"], 1)


def test_a_synchronized_update_holds_the_screen(emulator: Emulator) -> None:
    emulator.feed(b"\x1b[?2026hx")
    assert emulator.holding
    emulator.feed(b"\x1b[?2026l")
    assert not emulator.holding


def test_modes_follow_the_program(emulator: Emulator) -> None:
    modes = emulator.modes
    emulator.feed(b"\x1b[?1h\x1b[?2004h\x1b[?1004h\x1b[?1002h\x1b[?1006h\x1b[?1049h\x1b[>1u")
    assert modes.application_cursor
    assert modes.bracketed_paste
    assert modes.focus_reporting
    assert modes.mouse_tracking
    assert modes.alternate_screen
    assert modes.kitty_flags == 1
    emulator.feed(b"\x1bc")
    assert not modes.bracketed_paste
    assert not modes.mouse_tracking


def test_resizing_keeps_what_was_written(emulator: Emulator) -> None:
    emulator.feed(b"one two three")
    emulator.resize(Size(7, 6))
    assert emulator.text().split("\n")[:2] == ["one two", " three"]


def test_an_emulator_is_freed_without_a_cycle() -> None:
    gc.disable()
    try:
        emulator = Emulator(Size(4, 2), Recorder())
        free = emulator._free
        del emulator
        assert not free.alive
    finally:
        gc.enable()


@pytest.mark.parametrize(
    ("reply", "background"),
    [
        (b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\", (255, 255, 255)),
        (b"\x1b]11;rgb:00/80/ff\x07", (0, 128, 255)),
        (b"\x1b]11;nonsense\x07", None),
    ],
)
def test_the_outer_terminals_background_is_read(reply: bytes, background: object) -> None:
    colors = OuterColors()
    assert colors.read_reply(reply) is (background is not None)
    assert colors.background == background
    assert colors.dark is (background != (255, 255, 255))


def test_the_scrollback_holds_as_many_lines_as_asked_for(recorder: Recorder) -> None:
    emulator = Emulator(Size(200, 5), recorder, scrollback_lines=3000)
    for number in range(2500):
        emulator.feed(b"\x1b[31mline %d\x1b[m\r\n" % number)
    assert Grid(emulator).total > 2500

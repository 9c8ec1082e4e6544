"""The painter against a real emulator: what it writes must make a second terminal look like the first."""

from __future__ import annotations

import random

import pytest
from pyghostty._ffi import lib

from cockpit.app.looks.painter import Painter
from cockpit.app.widgets.pane_picture import PanePicture
from cockpit.model import Size
from cockpit.terminal.emulator.cells import DEFAULT_STYLE, Change, Row, Run
from cockpit.terminal.emulator.emulator import Emulator
from cockpit.terminal.emulator.row_shift import Shift
from cockpit.terminal.emulator.types import HIDDEN_CURSOR
from cockpit.terminal.outer import OuterTerminal

SIZE = Size(40, 10)
LEFT, TOP = 7, 3


class Deaf:
    """A listener that wants to know nothing."""

    def reply(self, data: bytes) -> None: ...

    def title_changed(self, title: str) -> None: ...

    def bell_rang(self) -> None: ...


class Mirror:
    """An emulator, and an outer one that shows it at (LEFT, TOP) through the painter.

    `scrolls`: the outer one can scroll a part of its width.
    """

    def __init__(self, *, scrolls: bool = False) -> None:
        self.scrolls = scrolls
        self.inner = Emulator(SIZE, Deaf())
        self.outer = Emulator(Size(SIZE.columns + LEFT + 4, SIZE.rows + TOP + 2), Deaf())
        self.outer.feed(b"\x1b[?7l")
        self.painter = Painter(OuterTerminal(side_margins=scrolls))
        self.painter.left, self.painter.top = LEFT, TOP
        self.painter.columns, self.painter.beside = SIZE.columns, True
        self.picture = PanePicture()
        self.picture.read_all(self.inner, SIZE.rows)
        self.picture.show_all()
        self.outer.feed(self.painter.show_cursor(self.picture.cursor).encode())
        self.shifts = 0
        self.written = ""

    def paint(self) -> str:
        frame = self.picture.take_damage(self.inner, marks_changed=False, scrolls=self.scrolls)
        if frame is None:
            return ""
        self.shifts += frame.shift is not None
        self.written = self.painter.frame(
            frame.changes, self.inner.cursor, synchronized=False, shift=frame.shift
        )
        self.outer.feed(self.written.encode())
        return self.written

    def differences(self) -> list[str]:
        outer = dict(self.outer.all_rows())
        found = []
        for y, row in self.inner.all_rows():
            want = _cells(row, SIZE.columns)
            have = _cells(outer[y + TOP], LEFT + SIZE.columns)[LEFT:]
            if want != have:
                found.append(f"row {y}: {want} != {have}")
        cursor, shown = self.inner.cursor, self.outer.cursor
        if cursor.visible and (shown.column, shown.row) != (cursor.column + LEFT, cursor.row + TOP):
            found.append(f"cursor {cursor} != {shown}")
        return found


def _cells(row: Row, columns: int) -> list[tuple[str, str, str]]:
    """(text, sgr, link) per cell, padded with default blanks; the second half of a wide cell has no text."""
    cells: list[tuple[str, str, str]] = []
    for run in row:
        look = (run.style.sgr, run.style.link)
        for character in run.text:
            width = lib.ghostty_unicode_codepoint_width(ord(character))
            if width == 0 and cells:
                start = max(index for index, cell in enumerate(cells) if cell[0])
                cells[start] = (cells[start][0] + character, *look)
            else:
                cells += [(character, *look)] + [("", *look)] * (width - 1)
    return cells + [(" ", "", "")] * (columns - len(cells))


PIECES = [
    b"hello world ",
    b"\x1b[31mred",
    b"\x1b[1;4:3;58:2::9:8:7mcurly",
    b"\x1b[0m",
    b"\x1b[44m\x1b[K",
    b"\x1b[48;2;1;2;3m\x1b[2K",
    b"\x1b[38;5;200;7mrev\x1b[m",
    "你好".encode(),
    "e\u0301a\u0308".encode(),
    "👩\u200d👩\u200d👧".encode(),
    "\U0001f1e9\U0001f1ea".encode(),
    b"\r\n",
    b"\x1b[2J",
    b"\x1b[1P",
    b"\x1b[3@",
    b"\x1b[2L",
    b"\x1b[1M",
    b"\x1b[5X",
    b"\x1b]8;;http://example.org/a\x07link\x1b]8;;\x07",
    b"\x1b[?25l",
    b"\x1b[?25h",
    b"\x1b[5 q",
    b"\x1b[0 q",
    b"\x1b(0lqqk\x1b(B",
    b"\t",
    b"\b\b",
    b"\x1bM",
    b"\x1b[?1049h",
    b"\x1b[?1049l",
]


SCROLLING = [
    b"\r\n",
    b"\r\nan own line %d",
    b"\x1b[2;8r",
    b"\x1b[r",
    b"\x1b[10H\n\n\n",
    b"\x1b[H\x1bM",
    b"\x1b[2S",
]


@pytest.mark.parametrize("scrolls", [False, True], ids=["rows", "scrolled"])
@pytest.mark.parametrize("seed", range(40))
def test_the_outer_terminal_always_shows_what_the_inner_one_holds(seed: int, scrolls: bool) -> None:
    chance = random.Random(seed)
    mirror = Mirror(scrolls=scrolls)
    for step in range(60):
        for _ in range(chance.randrange(1, 5)):
            if chance.random() < 0.3:
                row, column = chance.randrange(1, SIZE.rows + 1), chance.randrange(1, SIZE.columns + 1)
                mirror.inner.feed(f"\x1b[{row};{column}H".encode())
            piece = chance.choice(SCROLLING if chance.random() < 0.3 else PIECES)
            mirror.inner.feed(piece % step if b"%d" in piece else piece)
        mirror.paint()
        assert mirror.differences() == [], f"seed {seed}, step {step}: {mirror.written!r}"


def test_scrolled_lines_are_shifted_and_nothing_beside_them() -> None:
    mirror = Mirror(scrolls=True)
    mirror.outer.feed(b"\x1b#8")
    mirror.painter.forget_position()
    whole = mirror.painter.frame(mirror.picture.whole(SIZE.columns), HIDDEN_CURSOR, synchronized=False)
    mirror.outer.feed(whole.encode())
    before = mirror.outer.text().split("\n")
    for number in range(30):
        mirror.inner.feed(b"line number %d, long enough to tell\r\n" % number)
        mirror.paint()
        for y, line in enumerate(mirror.outer.text().split("\n")):
            inside = TOP <= y < TOP + SIZE.rows
            wanted = mirror.inner.text().split("\n")[y - TOP :][:1] if inside else []
            pane = (
                (wanted or [""])[0].ljust(SIZE.columns) if inside else before[y][LEFT : LEFT + SIZE.columns]
            )
            assert line == before[y][:LEFT] + pane + before[y][LEFT + SIZE.columns :]
    assert mirror.shifts == 21
    assert len(mirror.written) < 120


def test_without_margins_only_a_pane_as_wide_as_the_terminal_scrolls() -> None:
    plain, simple = Painter(OuterTerminal()), Painter(OuterTerminal(simple=True))
    assert plain.scrolls
    assert not simple.scrolls
    plain.beside = True
    assert not plain.scrolls
    shift = Shift(0, 5, 2)
    plain.beside = False
    assert plain.frame([], HIDDEN_CURSOR, synchronized=False, shift=shift) == "\x1b[1;5r\x1b[2S\x1b[r"


def test_a_cluster_leaves_nothing_old_where_the_outer_terminal_draws_it_narrower() -> None:
    mirror = Mirror()
    mirror.outer.feed(b"\x1b[?2027h")
    mirror.inner.feed(b"\x1b[?2027labcdefgh")
    mirror.paint()
    mirror.inner.feed("\r👍\U0001f3fdx".encode())
    mirror.paint()
    (text,) = [line for line in mirror.outer.text().split("\n") if "x" in line]
    assert text.endswith("👍\U0001f3fd  xfgh")


def test_an_echoed_letter_costs_one_byte() -> None:
    mirror = Mirror()
    mirror.inner.feed(b"$ ")
    mirror.paint()
    mirror.inner.feed(b"l")
    assert mirror.paint() == "l"


def test_something_else_written_costs_a_cursor_position() -> None:
    mirror = Mirror()
    mirror.inner.feed(b"$ ")
    mirror.paint()
    mirror.painter.forget_position()
    mirror.inner.feed(b"l")
    assert mirror.paint() == f"\x1b[{TOP + 1};{LEFT + 3}Hl"


def test_a_frame_of_several_rows_is_synchronized() -> None:
    painter = Painter()
    change = Change(0, (Run("x", DEFAULT_STYLE, 1),), 0)
    frame = painter.frame([(0, change), (1, change)], HIDDEN_CURSOR, synchronized=True)
    assert frame.startswith("\x1b[?2026h")
    assert frame.endswith("\x1b[?2026l")


def test_leaving_the_pane_gives_the_cursor_back() -> None:
    mirror = Mirror()
    mirror.inner.feed(b"\x1b[5 q")
    mirror.paint()
    assert mirror.painter.hide_cursor() == "\x1b[0 q\x1b[?25l"

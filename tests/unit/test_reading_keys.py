"""Which keys scroll and select, and which are the program's."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cockpit.app.reading.keys import PAGE_KEYS, ReadingKeys
from cockpit.terminal.input.keys import parse_chord
from cockpit.terminal.scrollback.local_view import LocalView
from cockpit.terminal.scrollback.motions import MOTION_KEYS
from tests.unit.emulators import fed, numbered


class Person:
    """Reads without a pane."""

    def __init__(self, *, reads: bool = True) -> None:
        self.view = LocalView(fed(numbered(40), 20, 5))
        self.local: LocalView | None = self.view if reads else None
        self.opening = False
        self.left = 0
        self.opened = 0
        self.copied: list[str] = []
        self.jumps: list[int] = []
        self.wanted_everything = False
        self.keys = ReadingKeys(self)

    @property
    def selecting(self) -> bool:
        return self.local is not None and self.local.cursor.is_on

    def open(self, then: Callable[[LocalView], object], *, everything: bool = False) -> None:
        self.opened += 1
        self.wanted_everything = everything
        then(self.view)

    def jumped(self, local: LocalView, step: int) -> None:
        self.jumps.append(step)

    def leave(self) -> None:
        self.left += 1
        self.local = None

    def copy(self) -> None:
        self.copied.append(self.view.selection.text())
        self.leave()

    def press(self, *chords: str) -> list[bool]:
        return [self.keys.take(parse_chord(each)) for each in chords]


def selecting() -> Person:
    person = Person()
    person.view.start_cursor()
    person.press("g", "0")
    return person


@pytest.mark.parametrize(
    "chord", ["a", "enter", "up", "escape", "ctrl+c", "shift+pagedown", "shift+end", "f5"]
)
def test_before_anything_is_read_only_shift_pageup_is_not_the_programs(chord: str) -> None:
    person = Person(reads=False)
    assert person.press(chord) == [False]
    assert not person.opened
    assert person.press("shift+pageup") == [True]
    assert person.view.position.above_live == 4


@pytest.mark.parametrize("chord", ["a", "enter", "up", "pageup", "ctrl+c", "tab", "y", "/"])
def test_a_typed_key_ends_the_reading_and_is_the_programs(chord: str) -> None:
    person = Person()
    assert person.press(chord) == [False]
    assert person.left == 1


def test_escape_ends_the_reading_and_is_not_the_programs() -> None:
    person = Person()
    assert person.press("escape") == [True]
    assert person.left == 1


def test_while_the_text_is_fetched_keys_mean_what_they_will_mean() -> None:
    person = Person(reads=False)
    person.opening = True
    assert person.press("shift+pagedown") == [True]
    assert person.press("x") == [False]
    assert person.press("escape") == [True]
    assert person.left == 2


def test_every_page_key_scrolls() -> None:
    person = Person()
    places = []
    for chord in PAGE_KEYS:
        assert person.press(chord) == [True]
        places.append(person.view.position.above_live)
    assert list(PAGE_KEYS) == ["shift+pageup", "shift+pagedown", "shift+home", "shift+end"]
    assert places == [4, 0, 36, 0]


@pytest.mark.parametrize(
    "chord", [*MOTION_KEYS, "v", "V", "ctrl+v", "n", "N", "{", "}", "(", ")", "x", "tab", "shift+down"]
)
def test_no_key_of_the_keyboards_cursor_reaches_the_program(chord: str) -> None:
    person = selecting()
    assert person.press(chord) == [True]
    assert person.left == 0


@pytest.mark.parametrize("chord", ["escape", "q", "ctrl+c"])
def test_the_keyboards_cursor_is_left_without_copying(chord: str) -> None:
    person = selecting()
    assert person.press("v", "l", chord) == [True, True, True]
    assert (person.left, person.copied) == (1, [])


@pytest.mark.parametrize(
    ("chords", "text"),
    [
        (("v", "$", "y"), "line 0"),
        (("v", "e", "enter"), "line"),
        (("V", "j", "y"), "line 0\nline 1"),
        (("ctrl+v", "j", "l", "y"), "li\nli"),
        (("shift+right", "shift+right", "enter"), "lin"),
        (("shift+down", "shift+end", "y"), "line 0\nline 1"),
        (("v", "v", "y"), ""),
        (("right", "down", "shift+left", "y"), "li"),
    ],
)
def test_vi_and_plain_keys_select(chords: tuple[str, ...], text: str) -> None:
    person = selecting()
    person.press(*chords)
    assert person.copied == [text]


async def test_n_steps_between_matches() -> None:
    person = Person()
    await person.view.search.find("line 1")
    person.view.cursor_to_match()
    found = person.view.search.result.current
    person.press("N")
    assert person.view.search.result.current == found - 1
    person.press("n")
    assert person.view.search.result.current == found

"""How many colours there are, which of them comes nearest, and that text stays apart from its background."""

from __future__ import annotations

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color as TextualColor
from textual.theme import BUILTIN_THEMES

from cockpit.app.looks.painter import Painter
from cockpit.app.looks.themes import HIGH_CONTRAST, offered, shown_theme
from cockpit.app.outer.color_filter import ColorFilter, fitted_style
from cockpit.terminal.color_depth import ColorDepth, depth_of, fitted, fitted_pair, fitted_sgr
from cockpit.terminal.emulator.cells import CellStyle, Change, Color, Run
from cockpit.terminal.emulator.types import Cursor
from cockpit.terminal.outer import OuterTerminal, unusable

NONE, EIGHT, SIXTEEN, INDEXED, TRUE = ColorDepth


def terminfo(term: str) -> int:
    return {"screen": 8, "vt100": -1, "linux": 8, "rxvt-unicode": 88, "strange": 52}[term]


@pytest.mark.parametrize(
    ("environment", "depth"),
    [
        ({"TERM": "linux"}, EIGHT),
        ({"TERM": "linux", "COLORTERM": "truecolor"}, EIGHT),
        ({"TERM": "linux-16color"}, SIXTEEN),
        ({"TERM": "xterm"}, SIXTEEN),
        ({"TERM": "xterm-16color"}, SIXTEEN),
        ({"TERM": "xterm-256color"}, INDEXED),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, TRUE),
        ({"TERM": "xterm-256color", "COLORTERM": "24bit"}, TRUE),
        ({"TERM": "xterm-direct"}, TRUE),
        ({"TERM": "xterm-kitty"}, TRUE),
        ({"TERM": "alacritty"}, TRUE),
        ({"TERM": "tmux-256color", "TMUX": "/tmp/x,1,0"}, TRUE),
        ({"TERM": "screen-256color", "TMUX": "/tmp/x,1,0"}, TRUE),
        ({"TERM": "tmux-256color"}, INDEXED),
        ({"TERM": "screen-256color", "STY": "1.a", "COLORTERM": "truecolor"}, INDEXED),
        ({"TERM": "screen", "STY": "1.a"}, EIGHT),
        ({"TERM": "xterm-256color", "STY": "1.a", "COLORTERM": "truecolor"}, INDEXED),
        ({"TERM": "rxvt-unicode"}, SIXTEEN),
        ({"TERM": "strange"}, SIXTEEN),
        ({"TERM": "vt100"}, NONE),
        ({"TERM": "xterm-mono"}, NONE),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, NONE),
        ({}, NONE),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, NONE),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, INDEXED),
        ({"TERM": "xterm-256color", "NO_COLOR": "1", "COCKPIT_COLORS": "16"}, SIXTEEN),
        ({"TERM": "linux", "COCKPIT_COLORS": "true"}, TRUE),
        ({"TERM": "xterm-direct", "COCKPIT_COLORS": "none"}, NONE),
        ({"TERM": "xterm-256color", "COCKPIT_COLORS": "many"}, INDEXED),
    ],
)
def test_the_environment_tells_the_depth(environment: dict[str, str], depth: ColorDepth) -> None:
    assert depth_of(environment, terminfo) is depth


@pytest.mark.parametrize(
    ("color", "depth", "nearest"),
    [
        (None, INDEXED, None),
        ((255, 0, 0), TRUE, (255, 0, 0)),
        ((255, 0, 0), INDEXED, 196),
        ((95, 135, 175), INDEXED, 67),
        ((129, 128, 127), INDEXED, 244),
        ((0, 0, 0), INDEXED, 16),
        (200, INDEXED, 200),
        ((250, 5, 5), SIXTEEN, 9),
        ((200, 10, 10), SIXTEEN, 1),
        (196, SIXTEEN, 9),
        (244, SIXTEEN, 8),
        (12, SIXTEEN, 12),
        ((250, 5, 5), EIGHT, 1),
        (9, EIGHT, 1),
        (8, EIGHT, 7),
        (3, EIGHT, 3),
        (3, NONE, None),
        ((1, 2, 3), NONE, None),
    ],
)
def test_the_nearest_colour(color: Color, depth: ColorDepth, nearest: Color) -> None:
    assert fitted(color, depth) == nearest


def test_every_indexed_colour_of_the_cube_and_the_greys_stays_itself() -> None:
    assert all(fitted(index, INDEXED) == index for index in range(256))


@pytest.mark.parametrize("depth", [EIGHT, SIXTEEN, INDEXED])
def test_two_colours_never_become_one(depth: ColorDepth) -> None:
    shades = [(grey, grey, grey) for grey in range(0, 256, 15)] + [
        (0, 0, 200),
        (0, 0, 210),
        (120, 0, 0),
        (130, 5, 5),
    ]
    for foreground in shades:
        for background in shades:
            front, back = fitted_pair(foreground, background, depth)
            assert (front == back) <= (foreground == background), (foreground, background)


STYLE = CellStyle((250, 120, 30), 17, (1, 2, 3), 3, (1, 7))


@pytest.mark.parametrize(
    ("depth", "simple", "sgr"),
    [
        (INDEXED, False, "1;7;4:3;38;5;208;48;5;17;58:5:16"),
        (SIXTEEN, False, "1;7;4:3;33;40"),
        (EIGHT, True, "1;7;4;33;40"),
        (NONE, False, "1;7;4:3"),
        (NONE, True, "1;7;4"),
    ],
)
def test_bold_reverse_and_underline_stay_whatever_becomes_of_the_colours(
    depth: ColorDepth, simple: bool, sgr: str
) -> None:
    assert fitted_sgr(STYLE, depth, simple=simple) == sgr


def test_bright_text_is_bold_where_eight_colours_have_no_bright_ones() -> None:
    assert fitted_sgr(CellStyle(10), EIGHT) == "1;32"


def test_what_was_found_is_kept_on_the_style() -> None:
    style = CellStyle((1, 200, 3))
    assert fitted_sgr(style, INDEXED) is fitted_sgr(style, INDEXED)
    assert fitted_sgr(style, SIXTEEN) != fitted_sgr(style, INDEXED)


def test_an_answer_that_keeps_the_colour_lifts_the_depth() -> None:
    terminal = OuterTerminal()
    terminal.look({"TERM": "xterm-256color"})
    assert terminal.depth is INDEXED
    assert "\x1bP$qm" in terminal.depth_query
    assert not terminal.read_depth_reply(b"\x1bP0$r\x1b\\")
    assert not terminal.read_depth_reply(b"\x1bP1$r0;48:5:16m\x1b\\")
    assert terminal.depth is INDEXED
    assert terminal.read_depth_reply(b"\x1bP1$r0;48:2::7:8:9m\x1b\\")
    assert terminal.depth is TRUE
    assert terminal.depth_query == ""


@pytest.mark.parametrize(
    "reply", [b"\x1bP1$r48:2:7:8:9m\x1b\\", b"\x1bP1$r0;48;2;7;8;9m\x1b\\", b"\x1bP1$r48:2:1:7:8:9m"]
)
def test_every_spelling_of_the_answer_is_understood(reply: bytes) -> None:
    terminal = OuterTerminal(INDEXED, doubtful=True)
    assert terminal.read_depth_reply(reply)


@pytest.mark.parametrize(
    "environment",
    [
        {"TERM": "linux"},
        {"TERM": "vt100"},
        {"TERM": "screen-256color", "STY": "1.a"},
        {"TERM": "xterm-256color", "NO_COLOR": "1"},
        {"TERM": "xterm-256color", "COCKPIT_COLORS": "256"},
        {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
    ],
)
def test_nobody_is_asked_who_cannot_answer_or_need_not(environment: dict[str, str]) -> None:
    terminal = OuterTerminal()
    terminal.look(environment)
    assert terminal.depth_query == ""


@pytest.mark.parametrize("term", ["linux", "vt100", "vt220"])
def test_a_simple_terminal_gets_no_links_no_cursor_shapes_and_no_colons(term: str) -> None:
    terminal = OuterTerminal()
    terminal.look({"TERM": term})
    style = STYLE.with_link("http://example.org")
    change = Change(0, (Run("x", style, 1),), 3)
    written = Painter(terminal).frame([(0, change)], Cursor(0, 0, True, 5), synchronized=False)
    assert "\x1b]" not in written
    assert " q" not in written
    assert ":" not in written
    assert ("\x1b[3X" in written) == (term != "vt100"), "VT100 has no ECH"


@pytest.mark.parametrize(("term", "said"), [("dumb", "'dumb'"), ("", "not set"), ("unknown", "'unknown'")])
def test_a_terminal_that_places_nothing_is_refused_with_a_reason(term: str, said: str) -> None:
    assert said in unusable({"TERM": term})
    assert not unusable({"TERM": "vt100"})


@pytest.mark.parametrize(
    ("style", "reverse"),
    [
        ("bold black on white", True),
        ("on black", False),
        ("blue", False),
        ("reverse", True),
        ("on default", False),
    ],
)
def test_without_colours_a_background_of_its_own_becomes_reverse(style: str, reverse: bool) -> None:
    shown = fitted_style(Style.parse(style), NONE)
    assert (shown.color, shown.bgcolor, bool(shown.reverse)) == (None, None, reverse)
    assert shown.bold == Style.parse(style).bold


def test_the_chrome_has_the_colours_there_are() -> None:
    segments = [Segment("x", Style.parse("#fa781e on #00005f underline"))]
    (shown,) = ColorFilter(OuterTerminal(INDEXED)).apply(segments, TextualColor(0, 0, 0))
    assert str(shown.style) == "underline color(208) on color(17)"
    (shown,) = ColorFilter(OuterTerminal(EIGHT)).apply(
        [Segment("x", Style.parse("bright_green"))], TextualColor(0, 0, 0)
    )
    assert str(shown.style) == "bold color(2)"
    assert ColorFilter(OuterTerminal()).apply(segments, TextualColor(0, 0, 0)) is segments


@pytest.mark.parametrize("depth", list(ColorDepth))
def test_a_theme_of_many_shades_gives_way_to_the_terminals_own_where_there_are_few(depth: ColorDepth) -> None:
    themes = {**BUILTIN_THEMES, **{theme.name: theme for theme in HIGH_CONTRAST}}
    shown = {name: shown_theme(name, themes, depth) for name in themes}
    many = depth >= INDEXED
    assert shown["nord"] == ("nord" if many else "ansi-dark")
    assert shown["solarized-light"] == (
        "solarized-light" if many else "ansi-dark" if depth is NONE else "ansi-light"
    )
    assert shown["high-contrast"] == ("ansi-dark" if depth is NONE else "high-contrast")
    assert [name for name, _ in offered(themes)][:3] == ["ansi-dark", "ansi-light", "high-contrast"]
    assert {name for name, _ in offered(themes)} == set(themes)

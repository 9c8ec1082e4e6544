"""Names and titles are one safe line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.text import NAME_LIMIT, clean_name, clean_screen, clean_text


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("plain", "plain"),
        ("  two\nlines\t", "two lines"),
        ("\x1b[31mred\x07", "[31mred"),
        ("\x9b31m\x85", "31m"),
        ("a\u202eb\u2066c\u200f", "abc"),
        ("a\u2028b", "a b"),
        ("\udcff", "\N{REPLACEMENT CHARACTER}"),
        ("👩\u200d💻 é ␞ #(x)", "👩\u200d💻 é ␞ #(x)"),
        ("\x00\x1b", ""),
        ("x" * 300, "x" * NAME_LIMIT),
    ],
)
def test_what_is_left(text: str, clean: str) -> None:
    assert clean_text(text) == clean


@given(st.text(alphabet=st.characters(), max_size=500))
def test_always_one_bounded_line_that_stays_as_it_is(text: str) -> None:
    clean = clean_text(text)
    assert clean_text(clean) == clean
    assert len(clean) <= NAME_LIMIT
    assert all(ord(c) >= 0x20 and not 0x7F <= ord(c) < 0xA0 for c in clean)


def test_a_name_is_never_empty() -> None:
    assert clean_name("\x1b", "fall\nback") == "fall back"
    assert clean_name("", "\n") == "unnamed"


@pytest.mark.parametrize(
    ("text", "plain", "styled"),
    [
        ("two\n\tlines é ─", "two\n\tlines é ─", "two\n\tlines é ─"),
        ("\x1b[1;38:5:9mred\x1b[m", "[1;38:5:9mred[m", "\x1b[1;38:5:9mred\x1b[m"),
        ("\x1b]8;;http://x\x1b\\a link\x1b]8;;\x1b\\", "]8;;http://x\\a link]8;;\\", "a link"),
        ("\x1b[2J\x9b31m\x0eqq\x0f\x7f\x07\r", "[2J31mqq", "[2J31mqq"),
    ],
)
def test_a_screen_brings_nothing_but_text_and_colours(text: str, plain: str, styled: str) -> None:
    assert clean_screen(text) == plain
    assert clean_screen(text, styled=True) == styled

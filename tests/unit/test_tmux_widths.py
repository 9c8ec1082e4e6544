"""tmux's idea of widths, as measured on its versions."""

from __future__ import annotations

import pytest

from cockpit.model import Size
from cockpit.terminal.emulator.cells import row_columns, row_text
from cockpit.terminal.emulator.emulator import Emulator
from cockpit.terminal.emulator.tmux_widths import as_drawn_by
from tests.unit.test_emulator import Recorder

D, E, F, R = "\U0001f1e9", "\U0001f1ea", "\U0001f1eb", "\U0001f1f7"
EVERY = ((3, 3), (3, 4), (3, 5), (3, 6), (3, 7))


def _shown(version: tuple[int, int], output: str) -> tuple[str, int]:
    """The first row of a screen that got this output, and how many columns it fills."""
    emulator = Emulator(Size(20, 2), Recorder())
    emulator.feed(as_drawn_by(version)(output.encode()))
    row = dict(emulator.all_rows())[0]
    return row_text(row).rstrip(), row_columns(row)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("☀\ufe0f|", 2),
        ("1\ufe0f\u20e3|", 2),
        ("©\ufe0f|", 2),
        ("👍\U0001f3fd|", 5),
        ("☝\U0001f3fd|", 4),
        ("👩\u200d💻|", 3),
        (f"{D}{E}|", 3),
        ("e\u0301|", 2),
    ],
)
def test_columns_are_those_of_tmux_3_3(text: str, columns: int) -> None:
    assert _shown((3, 3), text)[1] == columns


def test_what_tmux_3_4_draws_anew_stays_in_its_columns() -> None:
    first = "\u26a0\x1b[H\u26a0\ufe0f\x1b[1;3H|"
    again = "\x1b[H\u26a0\ufe0f\x1b[1X\x1b[C|"
    assert [_shown((3, 4), output)[1] for output in (first, first + again, again)] == [3, 3, 3]


def test_a_flag_that_tmux_3_6_draws_in_halves_is_whole() -> None:
    drawn = f"a {D}\b{D}{E}\x1b[1;5H|"
    assert _shown((3, 6), drawn) == (f"a {D}{E}|", 5)


@pytest.mark.parametrize(("version", "columns"), [((3, 4), 3), ((3, 5), 3), ((3, 6), 3), ((3, 7), 5)])
def test_two_flags_take_the_columns_that_tmux_gives_them(version: tuple[int, int], columns: int) -> None:
    assert _shown(version, f"{D}{E}{F}{R}|")[1] == columns


@pytest.mark.parametrize("text", [f"{D}|", f"a{D}{E}{F}|"])
def test_half_a_flag_takes_one_column_since_3_6(text: str) -> None:
    assert _shown((3, 7), text)[1] == (2 if text.startswith(D) else 5)


@pytest.mark.parametrize("version", EVERY)
def test_one_flag_takes_two_columns(version: tuple[int, int]) -> None:
    assert _shown(version, f"a{D}{E} {F}{R}|") == (f"a{D}{E} {F}{R}|", 7)


@pytest.mark.parametrize("version", EVERY)
def test_plain_output_is_passed_on_untouched(version: tuple[int, int]) -> None:
    output = "plain \x1b[31m 你好 \x1b[0m".encode()
    assert as_drawn_by(version)(output) is output

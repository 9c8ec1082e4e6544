"""tmux 3.3's idea of widths, as measured on it."""

from __future__ import annotations

import pytest

from cockpit.model import Size
from cockpit.terminal.cells import row_columns
from cockpit.terminal.emulator import Emulator
from cockpit.terminal.tmux_widths import keep_apart
from tests.unit.test_emulator import Recorder


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("☀\ufe0f|", 2),
        ("1\ufe0f\u20e3|", 2),
        ("©\ufe0f|", 2),
        ("👍\U0001f3fd|", 5),
        ("☝\U0001f3fd|", 4),
        ("👩\u200d💻|", 3),
        ("\U0001f1e9\U0001f1ea|", 3),
        ("e\u0301|", 2),
    ],
)
def test_columns_are_those_of_tmux(text: str, columns: int) -> None:
    emulator = Emulator(Size(20, 2), Recorder())
    emulator.feed(keep_apart(text.encode()))
    assert row_columns(dict(emulator.all_rows())[0]) == columns


def test_plain_output_is_passed_on_untouched() -> None:
    output = "plain \x1b[31m 你好 \x1b[0m".encode()
    assert keep_apart(output) is output

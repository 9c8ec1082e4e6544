"""OSC strings are found in whatever pieces the output comes, and hostile output costs no memory."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.osc import CLIPBOARD_LIMIT_BYTES, STRING_LIMIT_BYTES, OscScanner

STREAM = (
    b"text \x1b[1mbold\x1b]0;a title\x07\x07\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\"
    b"\x1b]9;done\x07\x1b]777;notify;Build;failed\x1b\\"
    b"\x1b]99;i=1;h\xc3\xa9 \\033 backslash\x1b\\\x1b]9;cancelled\x18\x1b]7;file:///tmp\x1b\\"
    b"\x1bPtmux;\x1b\x1b]9;wrapped\x07\x1b\\\x1bPtmux;\x1b\x1b]52;c;eA==\x1b\x1b\\\x1b\\"
    b"\x1b]133;A\x07$ \x1b]1337;File=x\x07\x1b]4;1;?\x07\x1b]9;4;1;50\x1b]9;next\x07\x1b]10;?\x07"
)
HEARD = [
    b"9;done",
    b"777;notify;Build;failed",
    b"99;i=1;h\xc3\xa9 \\033 backslash",
    b"7;file:///tmp",
    b"9;wrapped",
    b"52;c;eA==",
    b"133;A",
    b"9;4;1;50",
    b"9;next",
]


def as_tmux_writes(data: bytes) -> bytes:
    r"""tmux(1): characters below ASCII 32 and the backslash are replaced by their octal value."""
    return re.sub(rb"[\x00-\x1f\\]", lambda match: b"\\%03o" % match[0][0], data)


@pytest.mark.parametrize("escaped", [False, True])
def test_what_tells_something_is_found_and_nothing_else(escaped: bool) -> None:
    scanner = OscScanner(escaped=escaped)
    assert scanner.feed(as_tmux_writes(STREAM) if escaped else STREAM) == HEARD


@given(st.lists(st.integers(0, len(STREAM)), max_size=40), st.booleans())
def test_the_pieces_it_arrives_in_do_not_matter(cuts: list[int], escaped: bool) -> None:
    scanner = OscScanner(escaped=escaped)
    heard: list[bytes] = []
    for start, end in itertools.pairwise([0, *sorted(cuts), len(STREAM)]):
        piece = STREAM[start:end]
        heard += scanner.feed(as_tmux_writes(piece) if escaped else piece)
    assert heard == HEARD


@given(st.binary(max_size=300))
def test_any_bytes_give_the_same_in_both_spellings(data: bytes) -> None:
    data = data.replace(b"\x00", b"\x1b]9;").replace(b"\x01", b"\x07")
    assert OscScanner().feed(data) == OscScanner(escaped=True).feed(as_tmux_writes(data))


def test_a_string_without_an_end_is_not_kept() -> None:
    scanner = OscScanner()
    scanner.feed(b"\x1b]9;")
    for _ in range(100):
        assert scanner.feed(b"x" * 100_000) == []
        assert scanner._string is not None
        assert len(scanner._string) <= STRING_LIMIT_BYTES
    assert scanner.feed(b"\x07\x1b]9;heard again\x07") == [b"9;heard again"]


def test_the_clipboard_may_be_large_and_no_larger() -> None:
    scanner = OscScanner()
    fits, too_long = b"x" * (CLIPBOARD_LIMIT_BYTES * 4 // 3), b"x" * (CLIPBOARD_LIMIT_BYTES * 4 // 3 + 100)
    assert len(scanner.feed(b"\x1b]52;c;" + fits + b"\x07")[0]) == len(fits) + 5
    assert scanner.feed(b"\x1b]52;c;" + too_long + b"\x07") == []

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.tmux.quoting import (
    clean_text,
    command_line,
    decode_option,
    encode_option,
    glob_literal,
    literal,
    quote,
    shell_word,
)


@pytest.mark.parametrize(
    ("argument", "quoted"),
    [
        ("list-windows", "list-windows"),
        ("=cockpit:@3", "=cockpit:@3"),
        ("", "''"),
        ("a b", "'a b'"),
        ("it's", "'it'\\''s'"),
        ("a;b", "'a;b'"),
        ("%1", "'%1'"),
        ("~/x", "'~/x'"),
        ("$HOME #{pid}", "'$HOME #{pid}'"),
        ("two\nlines", "'two'\"\\012\"'lines'"),
        ("\x1b[31m", "''\"\\033\"'[31m'"),
    ],
)
def test_a_word_is_quoted_so_that_tmux_reads_it_back(argument: str, quoted: str) -> None:
    assert quote(argument) == quoted


def test_nul_is_refused() -> None:
    with pytest.raises(ValueError, match="NUL"):
        quote("a\0b")


@given(st.lists(st.text().filter(lambda text: "\0" not in text), min_size=1))
def test_a_line_never_contains_control_characters_but_its_own_end(arguments: list[str]) -> None:
    encodable = [re.sub(r"[\ud800-\udfff]", "", argument) for argument in arguments]
    line = command_line([["set-option", *encodable]])
    assert line.endswith(b"\n")
    assert not re.search(rb"[\x00-\x1f\x7f]", line[:-1])


def test_commands_share_a_line_and_undecodable_bytes_survive() -> None:
    assert command_line([["a", "x y"], ["b", "\udcff"]]) == b"a 'x y' ; b ''\"\\377\"''\n"


@pytest.mark.parametrize(
    ("text", "made_literal"),
    [
        ("plain", "plain"),
        ("#{pid}", "##{pid}"),
        ("#(touch x)", "##(touch x)"),
        ("##", "####"),
        ("#", "##"),
        ("#[fg=red]", "#[fg=red]"),
        ("###[x]#", "###[x]##"),
    ],
)
def test_hashes_are_doubled_except_before_a_bracket(text: str, made_literal: str) -> None:
    assert literal(text) == made_literal


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  spaced \t out\n", "spaced out"),
        ("\x1b]0;evil\x07name", "]0;evilname"),
        ("\x9b31mred", "31mred"),
        ("abc\u202etxt.exe", "abctxt.exe"),
        ("\u200fmark", "mark"),
        ("\udcff", ""),
        ("sym␞bol", "sym␞bol"),
        ("👩‍👩‍👧 zwj é", "👩‍👩‍👧 zwj é"),
    ],
)
def test_cleaned_text_holds_nothing_that_controls_a_screen(text: str, cleaned: str) -> None:
    assert clean_text(text) == cleaned


def test_long_text_is_cut_and_says_so() -> None:
    cut = clean_text("x" * 10_000, 50)
    assert len(cut) == 50
    assert cut.endswith("…")


@given(st.text(st.characters(codec=None)))
def test_an_option_comes_back_as_it_was_set(value: str) -> None:
    value = value.encode("utf-8", "ignore").decode() + "\udcff"
    stored = encode_option(value)
    assert stored.isascii()
    assert stored.isprintable() or stored == ""
    assert "#" not in stored
    assert decode_option(stored) == value


def test_a_final_semicolon_does_not_end_the_command() -> None:
    assert shell_word("dir;") == "dir\\;"
    assert shell_word("a;b") == "a;b"


def test_a_path_is_no_pattern() -> None:
    assert glob_literal("/a[b]*?{c}~\\") == "/a\\[b\\]\\*\\?\\{c\\}\\~\\\\"

"""Text on its way into tmux: quoted for the control connection, kept from being expanded, stripped of controls. Pure.

tmux expands `#{…}` and runs `#(…)` in several arguments (`new-window -c` and `-n` among them), and a directory, a
branch or a title may bear such a name. Whatever a person, a repository or a program chose goes through here first.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import quote as percent_encode
from urllib.parse import unquote as percent_decode

NAME_LIMIT = 200
TITLE_LIMIT = 256

_PLAIN = re.compile(r"[A-Za-z0-9@+=:,./_-]+")
_ESCAPED = re.compile(r"[\x00-\x1f\x7f\udc80-\udcff]+")
"""Control characters, and bytes that are not UTF-8 (as surrogates): tmux takes 0xFF for the end of its input."""
_HASHES = re.compile(r"#+(?!#)")
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
_BIDI_MARKS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def quote(argument: str) -> str:
    """One word of a control-mode line. Control characters become escapes, so the line never contains a newline.

    Raises:
        ValueError: the argument contains NUL, which no tmux argument can hold.
    """
    if "\0" in argument:
        raise ValueError("a tmux argument can't contain NUL")
    if _PLAIN.fullmatch(argument):
        return argument
    quoted = "'" + argument.replace("'", "'\\''") + "'"
    return _ESCAPED.sub(lambda match: "'\"" + _octal(match.group()) + "\"'", quoted)


def command_line(commands: Sequence[Sequence[str]]) -> bytes:
    """The bytes of one control-mode line holding one or more commands, with its newline.

    A path that is not valid UTF-8 (surrogates, as file names have them) arrives byte for byte.
    """
    line = " ; ".join(" ".join(quote(argument) for argument in command) for command in commands)
    return os.fsencode(line) + b"\n"


def literal(text: str) -> str:
    """`text` for an argument that tmux expands as a format: what comes out again is `text` itself.

    Every `#` is doubled, except before `[`: tmux copies `#[`, `##[`, … unchanged (a style, see tmux(1), STYLES).
    """

    def doubled(match: re.Match[str]) -> str:
        hashes = match.group()
        return hashes if match.string.startswith("[", match.end()) else hashes * 2

    return _HASHES.sub(doubled, text)


def shell_word(argument: str) -> str:
    """An argument of the tmux command line whose last `;` must not end the command there."""
    return argument[:-1] + "\\;" if argument.endswith(";") else argument


def glob_literal(path: str) -> str:
    """A path for `source-file`, which reads its argument as a glob pattern."""
    return re.sub(r"([\\*?\[\]{}~])", r"\\\1", path)


def clean_text(text: str, limit: int = NAME_LIMIT) -> str:
    """`text` fit to be shown on one line: no control, surrogate, unassigned or direction-changing characters.

    Line breaks and tabs become single spaces; at most `limit` characters, the last one then being `…`.
    """
    kept = []
    for character in text[: limit * 8]:
        if character in "\t\n\r\u2028\u2029":
            kept.append(" ")
        elif character not in _BIDI_MARKS and unicodedata.category(character) not in _UNSEEN_CATEGORIES:
            kept.append(character)
    cleaned = " ".join("".join(kept).split())
    return cleaned if len(cleaned) <= limit else cleaned[: limit - 1].rstrip() + "…"


def encode_option(value: str) -> str:
    """A user option's value in printable ASCII, so that every tmux lists it on one line and unchanged."""
    return percent_encode(value, safe=" !$&'()*+,/:;<=>?@[]^`{|}~", errors="surrogateescape")


def decode_option(stored: str) -> str:
    """The value that `encode_option` stored."""
    return percent_decode(stored, errors="surrogateescape")


def _octal(characters: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in os.fsencode(characters))

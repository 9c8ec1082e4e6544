"""Operating system commands (OSC) in a program's output, found as it streams by. Pure; memory is bounded.

An OSC is `ESC ]`, a number, `;` and text up to BEL or the next ESC, which starts ST (ctlseqs, "Operating System
Commands"). CAN and SUB cancel it. Only those a program tells the person something with are kept: notifications (9, 99,
777), progress (9;4), the directory (7), the clipboard (52) and prompt marks (133). Ones wrapped for tmux's
pass-through are found as well, since what is wrapped is the same text behind one more ESC.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

STRING_LIMIT_BYTES = 8 * 1024
CLIPBOARD_LIMIT_BYTES = 8 * 1024 * 1024
"""Of the text in the clipboard; on the way it takes a third more."""
_CLIPBOARD_PREFIX = b"52;"
_CLIPBOARD_STRING_LIMIT_BYTES = CLIPBOARD_LIMIT_BYTES * 4 // 3 + 64

_OPENING = rb"(?:\](?:((?:99?|777|7|52|133);)|\d{0,3}\Z)|\Z)"
_OCTAL = re.compile(rb"\\([0-7]{3})")


class Heard(NamedTuple):
    """One command, and where it is in the piece that completed it."""

    payload: bytes
    """What stands between `ESC ]` and its end."""
    begin: int
    """Where its ESC is; negative when that was in a piece before: so many bytes before this one."""
    end: int
    """Where what comes behind it begins: the ESC of an ST counts to that."""


@dataclass(frozen=True, slots=True)
class _Dialect:
    """How control characters look in the stream."""

    escape: bytes
    opening: re.Pattern[bytes]
    """Group 1 is the number of a command we hear; without it the stream ends before that is known."""
    end: re.Pattern[bytes]


_RAW = _Dialect(b"\x1b", re.compile(rb"\x1b" + _OPENING), re.compile(rb"[\x07\x1b\x18\x1a]"))
_ESCAPED = _Dialect(rb"\033", re.compile(rb"\\033" + _OPENING), re.compile(rb"\\0(?:07|33|30|32)"))
_CANCELS = frozenset({b"\x18", b"\x1a", rb"\030", rb"\032"})


class OscScanner:
    """One program's output. Feed it in order, in pieces of any size.

    Args:
        escaped: control characters and backslashes come as `\\ooo`, as tmux's control mode writes them (tmux(1)). A
            piece never ends inside such an escape.
    """

    __slots__ = ("_begin", "_dialect", "_limit", "_overflown", "_part", "_string")

    def __init__(self, *, escaped: bool = False) -> None:
        self._dialect = _ESCAPED if escaped else _RAW
        self._part = b""
        self._string: bytearray | None = None
        self._begin = 0
        self._limit = 0
        self._overflown = False

    def feed(self, data: bytes) -> list[bytes]:
        """What stands between `ESC ]` and the end of each command that `data` completes."""
        return [heard.payload for heard in self.scan(data)]

    def scan(self, data: bytes) -> list[Heard]:
        """The commands that `data` completes, in order."""
        before = len(self._part)
        if before:
            data, self._part = self._part + data, b""
        elif self._string is None:
            escape = self._dialect.escape
            if escape + b"]" not in data and not data.endswith(escape):
                return []
        found: list[Heard] = []
        position: int | None = 0
        while position is not None:
            position = self._step(data, position, found)
        if self._string is not None:
            self._begin -= len(data)
        if before:
            return [Heard(payload, begin - before, end - before) for payload, begin, end in found]
        return found

    def _step(self, data: bytes, position: int, found: list[Heard]) -> int | None:
        if self._string is None:
            return self._open(data, position)
        return self._collect(data, position, found)

    def _open(self, data: bytes, position: int) -> int | None:
        """Looks for the next command we hear; answers where its text goes on, None when there is none."""
        match = self._dialect.opening.search(data, position)
        if match is None:
            return None
        number = match[1]
        if number is None:
            self._part = data[match.start() :]
            return None
        self._string, self._begin = bytearray(number), match.start()
        self._limit = _CLIPBOARD_STRING_LIMIT_BYTES if number == _CLIPBOARD_PREFIX else STRING_LIMIT_BYTES
        self._overflown = False
        return match.end()

    def _collect(self, data: bytes, position: int, found: list[Heard]) -> int | None:
        """Takes the open command's text; answers where to look on when it ended, None when it has not."""
        assert self._string is not None
        end = self._dialect.end.search(data, position)
        stop = len(data) if end is None else end.start()
        if len(self._string) + stop - position > self._limit:
            self._overflown = True
            self._string.clear()
        if not self._overflown:
            self._string += data[position:stop]
        if end is None:
            return None
        behind = stop if end[0] == self._dialect.escape else end.end()
        if not self._overflown and end[0] not in _CANCELS:
            text = bytes(self._string)
            found.append(Heard(unescape(text) if self._dialect is _ESCAPED else text, self._begin, behind))
        self._string = None
        return behind


def unescape(data: bytes) -> bytes:
    r"""Bytes with the `\ooo` escapes of tmux's control mode resolved."""
    if b"\\" not in data:
        return data
    return _OCTAL.sub(lambda match: bytes((int(match[1], 8) & 0xFF,)), data)

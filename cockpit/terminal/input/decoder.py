"""Splits what the outer terminal sends into key presses, pastes and the rest. Pure: bytes in, tokens out.

What the pieces mean is decided in `key_sequences`; here is only where one ends and the next begins. The
raws of the tokens, in order, are the bytes that were fed; how they were cut into pieces makes no
difference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cockpit.terminal.input.key_sequences import control_press, csi_press, ss3_press, with_alt
from cockpit.terminal.input.keys import KeyPress, character_press

PASTE_START = b"\x1b[200~"
PASTE_END = b"\x1b[201~"
SEQUENCE_LIMIT_BYTES = 256
"""No terminal sends a longer CSI sequence; a longer one is cut here."""
STRING_LIMIT_BYTES = 1 << 20
"""No reply is longer (OSC 52 may carry a clipboard); a longer one is cut here."""

_ESC = 0x1B


@dataclass(frozen=True, slots=True)
class Paste:
    """A bracketed paste: what was between the markers, byte for byte. `closed` is False when the input just
    ended.
    """

    text: bytes
    closed: bool = True

    @property
    def raw(self) -> bytes:
        """The bytes the outer terminal sent."""
        return PASTE_START + self.text + (PASTE_END if self.closed else b"")


@dataclass(frozen=True, slots=True)
class Other:
    """What nobody typed: mouse and focus reports, replies, key releases, modifier keys alone."""

    raw: bytes


Token = KeyPress | Paste | Other

_SINGLE: list[KeyPress] = [
    character_press(chr(byte), raw=bytes([byte])) if 0x20 <= byte < 0x7F else control_press(byte)
    for byte in range(0x80)
]
_CSI = re.compile(
    rb"""\x1b\[ (?:
        \[[A-E]                              # Linux console
      | M[\x00-\xff]{3}                      # X10 mouse
      | [0-9]{1,2}\$                         # rxvt with shift; replies have a ';' there
      | (?!M)[\x30-\x3f]*[\x20-\x2f]*[\x40-\x7e]  # ECMA-48 5.4
    )""",
    re.DOTALL | re.VERBOSE,
)
_CSI_BEGINNING = re.compile(rb"\x1b\[(?:\[|M[\x00-\xff]{0,2}|[\x30-\x3f]*[\x20-\x2f]*)", re.DOTALL)
_SS3 = re.compile(rb"\x1bO[1-9]?[\x40-\x7e]")
_SS3_BEGINNING = re.compile(rb"\x1bO[1-9]?")
_STRING_BEGINNING = re.compile(rb"\x1b(?:\][0-9lL]|P[0-9>!=+$]|_G)")
_STRING_END = re.compile(rb"[\x00-\x1f]")
_UTF8_BEGINNING = re.compile(
    rb"[\xc2-\xdf] | \xe0[\xa0-\xbf]? | [\xe1-\xec\xee\xef][\x80-\xbf]? | \xed[\x80-\x9f]?"
    rb"| \xf0(?:[\x90-\xbf][\x80-\xbf]?)? | [\xf1-\xf3](?:[\x80-\xbf][\x80-\xbf]?)?"
    rb"| \xf4(?:[\x80-\x8f][\x80-\xbf]?)?",
    re.VERBOSE,
)


class InputDecoder:
    """Remembers what is unfinished between two reads. Never raises, whatever it is fed."""

    def __init__(self) -> None:
        self._rest = b""
        """Unfinished input that is neither inside a paste nor inside a string."""
        self._open: bytearray | None = None
        """The paste (its start included) or the string that hasn't ended yet."""
        self._in_paste = False

    @property
    def pending(self) -> bool:
        """Whether `flush` would give a token: the last bytes are a key of their own unless more follows at
        once.
        """
        return self._open is None and self._rest in _AMBIGUOUS

    def feed(self, data: bytes) -> list[Token]:
        """The tokens that `data` completes."""
        if self._open is None and not self._rest and len(data) == 1 and data[0] < 0x80 and data[0] != _ESC:
            return [_SINGLE[data[0]]]
        tokens: list[Token] = []
        if self._open is not None:
            data = self._feed_open(data, tokens)
        elif self._rest:
            data, self._rest = self._rest + data, b""
        while data:
            data = self._scan(data, tokens)
        return tokens

    def flush(self) -> list[Token]:
        """Call when nothing followed for the escape time: an ambiguous beginning was the key itself.

        Beginnings no person types (a mouse report, a reply, half a character: a slow line) go on waiting.
        """
        if not self.pending:
            return []
        press, self._rest = _AMBIGUOUS[self._rest], b""
        return [press]

    def finish(self) -> list[Token]:
        """The input has ended: gives everything that is left."""
        tokens = self.flush()
        if self._rest:
            tokens.append(KeyPress("", raw=self._rest))
            self._rest = b""
        if self._open is not None:
            raw = bytes(self._open)
            tokens.append(Paste(raw[len(PASTE_START) :], closed=False) if self._in_paste else Other(raw))
            self._open = None
        return tokens

    def _scan(self, data: bytes, tokens: list[Token]) -> bytes:
        """Takes tokens from `data` up to the next opening of a paste or string; returns what is left for
        another.
        """
        position, end = 0, len(data)
        while position < end:
            byte = data[position]
            if byte < 0x80 and byte != _ESC:
                tokens.append(_SINGLE[byte])
                position += 1
                continue
            token, size = _sequence(data, position) if byte == _ESC else _utf8(data, position)
            if size == 0:
                self._rest = data[position:]
                break
            position += size
            if token is None:
                self._in_paste = data.startswith(PASTE_START, position - size)
                self._open = bytearray(data[position - size : position])
                return self._feed_open(data[position:], tokens)
            tokens.append(token)
        return b""

    def _feed_open(self, data: bytes, tokens: list[Token]) -> bytes:
        """Adds to the open paste or string; returns what follows its end."""
        assert self._open is not None
        return (
            self._feed_paste(self._open, data, tokens) if self._in_paste else self._feed_string(data, tokens)
        )

    def _feed_paste(self, paste: bytearray, data: bytes, tokens: list[Token]) -> bytes:
        searched = max(len(PASTE_START), len(paste) - len(PASTE_END) + 1)
        paste += data
        end = paste.find(PASTE_END, searched)
        if end < 0:
            return b""
        tokens.append(Paste(bytes(memoryview(paste)[len(PASTE_START) : end])))
        self._open = None
        return bytes(memoryview(paste)[end + len(PASTE_END) :])

    def _feed_string(self, data: bytes, tokens: list[Token]) -> bytes:
        """A reply ends with ST, or BEL; a control character that can't be in one breaks it off."""
        string = self._open
        assert string is not None
        if string[-1] == _ESC:
            ends = data[:1] == b"\\"
            if not data:
                return b""
            size = 1 if ends else 0
            raw = bytes(string) + data[:size] if ends else bytes(string[:-1])
            rest = data[size:] if ends else b"\x1b" + data
            return self._close_string(raw, rest, tokens)
        match = _STRING_END.search(data)
        room = STRING_LIMIT_BYTES - len(string)
        size = match.start() if match else len(data)
        if size >= room:
            return self._close_string(bytes(string) + data[:room], data[room:], tokens)
        string += data[:size]
        if match is None:
            return b""
        if data[size] == _ESC:
            string.append(_ESC)
            return self._feed_string(data[size + 1 :], tokens)
        if data[size] == 0x07:
            size += 1
            string.append(0x07)
        return self._close_string(bytes(string), data[size:], tokens)

    def _close_string(self, raw: bytes, rest: bytes, tokens: list[Token]) -> bytes:
        tokens.append(Other(raw))
        self._open = None
        return rest


def _sequence(data: bytes, start: int) -> tuple[Token | None, int]:
    """The token that the ESC at `start` begins, and its size. Size 0: more is needed; None: a paste or
    string opens.
    """
    follower = data[start + 1 : start + 2]
    if not follower:
        return None, 0
    if follower == b"[":
        return _csi(data, start)
    if follower == b"O":
        match = _SS3.match(data, start)
        if match:
            return ss3_press(match[0]), len(match[0])
        beginning = _SS3_BEGINNING.match(data, start)
        return _unfinished(data, start, beginning[0] if beginning else b"")
    if follower == b"\x1b":
        return _escape_escape(data, start)
    if follower in (b"]", b"P", b"_"):
        if _STRING_BEGINNING.match(data, start):
            return None, 3
        return _unfinished(data, start, data[start : start + 2])
    if follower[0] < 0x80:
        return with_alt(_SINGLE[follower[0]]), 2
    token, size = _utf8(data, start + 1)
    if size == 0:
        return None, 0
    if not token.key:
        return _SINGLE[_ESC], 1
    return with_alt(token), size + 1


_CONSOLE_BEGINNING = b"\x1b[["
"""The Linux console's F1 to F5 go on with a letter, though the second bracket could end a sequence."""


def _csi(data: bytes, start: int) -> tuple[Token | None, int]:
    limit = min(len(data), start + SEQUENCE_LIMIT_BYTES)
    match = _CSI.match(data, start, limit)
    if match is None:
        beginning = _CSI_BEGINNING.match(data, start, limit)
        return _unfinished(data, start, beginning[0] if beginning else b"")
    raw = match[0]
    if raw == _CONSOLE_BEGINNING and match.end() == len(data):
        return None, 0
    if raw == PASTE_START:
        return None, len(raw)
    return csi_press(raw) or Other(raw), len(raw)


def _unfinished(data: bytes, start: int, beginning: bytes) -> tuple[Token | None, int]:
    """A sequence that hasn't ended: waits at the end of the input, else the next byte breaks it off."""
    size = len(beginning)
    if start + size == len(data) and size < SEQUENCE_LIMIT_BYTES:
        return None, 0
    return _AMBIGUOUS.get(beginning) or KeyPress("", raw=beginning), size


def _escape_escape(data: bytes, start: int) -> tuple[Token | None, int]:
    """`ESC ESC [ A` is alt+up (rxvt, iTerm); before anything but a key the first is an escape of its own."""
    if data[start + 2 : start + 3] in (b"[", b"O"):
        token, size = _sequence(data, start + 1)
        if size == 0:
            return None, 0
        if isinstance(token, KeyPress) and token.key and size > 2:
            return with_alt(token), size + 1
    elif start + 2 == len(data):
        return None, 0
    return _SINGLE[_ESC], 1


def _utf8(data: bytes, start: int) -> tuple[KeyPress, int]:
    """The character at `start` and its size, 0 when its end is missing. A byte that is no UTF-8 has no key."""
    lead = data[start]
    size = 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
    raw = data[start : start + size]
    try:
        return character_press(raw.decode(), raw=raw), size
    except UnicodeDecodeError:
        if len(raw) < size and _UTF8_BEGINNING.fullmatch(raw):
            return _SINGLE[0], 0
        return KeyPress("", raw=raw[:1]), 1


_AMBIGUOUS: dict[bytes, KeyPress] = {
    b"\x1b": _SINGLE[_ESC],
    b"\x1b\x1b": with_alt(_SINGLE[_ESC]),
    **{b"\x1b" + c: with_alt(_SINGLE[c[0]]) for c in (b"[", b"O", b"]", b"P", b"_")},
    **{b"\x1b\x1b" + c: KeyPress("", raw=b"\x1b\x1b" + c) for c in (b"[", b"O")},
}
"""Beginnings of sequences that are also keys."""

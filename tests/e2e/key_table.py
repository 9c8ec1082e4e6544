"""Keys as a terminal sends them, and as it sends them to a program that asked for another mode.

Sources: xterm's ctlseqs (PC-style function keys, modifyOtherKeys) and the kitty keyboard protocol's first flag.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

MODIFIERS = {
    "shift": 2,
    "alt": 3,
    "alt+shift": 4,
    "ctrl": 5,
    "ctrl+shift": 6,
    "ctrl+alt": 7,
    "ctrl+alt+shift": 8,
}
LEADER = 0x02
"""ctrl+b is cockpit's own; typed twice it is sent."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key: the bytes a plain terminal sends, by the mode the program asked for (none: not tested)."""

    name: str
    typed: bytes
    """What the outer terminal sends."""
    normal: bytes
    application: bytes | None = None
    kitty: bytes | None = None

    @property
    def plain(self) -> bytes:
        """What a terminal without the kitty protocol sends for the key."""
        return self.normal or self.typed


def table() -> list[Key]:
    """Every key of the test, each name once."""
    keys = [
        *_printable(),
        *_control(),
        *_alt(),
        *_cursor(),
        *_tilde(),
        *_function(),
        *_single(),
        *_extended(),
    ]
    names = [key.name for key in keys]
    assert len(names) == len(set(names))
    return keys


def _plain(name: str, typed: bytes, kitty: bytes | None = None) -> Key:
    return Key(name, typed, typed, typed, kitty)


def _printable() -> Iterator[Key]:
    for code in range(32, 127):
        yield _plain(chr(code), bytes([code]), bytes([code]))
    for text in "äßéÅñ€日한😀":
        yield _plain(text, text.encode(), text.encode())


def _control() -> Iterator[Key]:
    for code in range(1, 27):
        letter = chr(code + 96)
        if code == LEADER:
            yield _plain("ctrl+b twice", b"\x02\x02")
        elif letter not in "hijm":  # as bytes these are backspace, tab, line feed and enter
            yield _plain(f"ctrl+{letter}", bytes([code]), b"\x1b[%d;5u" % (code + 96))
    for name, code in {
        "ctrl+h": 8,
        "ctrl+j": 10,
        "ctrl+space": 0,
        "ctrl+\\": 28,
        "ctrl+]": 29,
        "ctrl+_": 31,
    }.items():
        yield _plain(name, bytes([code]))


def _alt() -> Iterator[Key]:
    for character in "abcdefghijklmnopqrstuvwxyz0123456789.,/;'-=":
        yield _plain(f"alt+{character}", b"\x1b" + character.encode(), b"\x1b[%d;3u" % ord(character))
    for character in "ABX<>?":
        yield _plain(f"alt+{character}", b"\x1b" + character.encode())
    for name, code in {"ctrl+alt+a": 1, "ctrl+alt+x": 24}.items():
        yield _plain(name, b"\x1b" + bytes([code]), b"\x1b[%d;7u" % (code + 96))
    yield _plain("alt+backspace", b"\x1b\x7f", b"\x1b[127;3u")
    yield _plain("alt+enter", b"\x1b\r", b"\x1b[13;3u")


def _cursor() -> Iterator[Key]:
    for name, final in {
        "up": b"A",
        "down": b"B",
        "right": b"C",
        "left": b"D",
        "home": b"H",
        "end": b"F",
    }.items():
        yield Key(name, b"\x1b[" + final, b"\x1b[" + final, b"\x1bO" + final, b"\x1b[" + final)
        for modifier, number in MODIFIERS.items():
            sent = b"\x1b[1;%d%s" % (number, final)
            yield _plain(f"{modifier}+{name}", sent, sent)


SCROLLS = "shift+pageup"
"""Scrolls the pane's own view, as it does in terminals."""


def _tilde() -> Iterator[Key]:
    numbers = {"insert": 2, "delete": 3, "pageup": 5, "pagedown": 6}
    numbers |= {"f5": 15, "f6": 17, "f7": 18, "f8": 19, "f9": 20, "f10": 21, "f11": 23, "f12": 24}
    for name, number in numbers.items():
        sent = b"\x1b[%d~" % number
        yield _plain(name, sent, sent)
        for modifier, code in MODIFIERS.items():
            if f"{modifier}+{name}" == SCROLLS:
                continue
            sent = b"\x1b[%d;%d~" % (number, code)
            yield _plain(f"{modifier}+{name}", sent, sent)


def _function() -> Iterator[Key]:
    for name, final in {"f1": b"P", "f2": b"Q", "f3": b"R", "f4": b"S"}.items():
        yield _plain(name, b"\x1bO" + final)
        for modifier, number in MODIFIERS.items():
            yield _plain(f"{modifier}+{name}", b"\x1b[1;%d%s" % (number, final))


def _single() -> Iterator[Key]:
    yield _plain("enter", b"\r", b"\r")
    yield _plain("tab", b"\t", b"\t")
    yield _plain("backspace", b"\x7f", b"\x7f")
    yield _plain("escape", b"\x1b", b"\x1b[27u")
    yield _plain("shift+tab", b"\x1b[Z", b"\x1b[9;2u")


def _extended() -> Iterator[Key]:
    """What an outer terminal with the kitty protocol sends, and what a program without it must get."""
    letters = {
        "ctrl+a": (97, 5, b"\x01"),
        "ctrl+i": (105, 5, b"\t"),
        "ctrl+m": (109, 5, b"\r"),
        "alt+x": (120, 3, b"\x1bx"),
    }
    for name, (code, modifier, legacy) in letters.items():
        sent = b"\x1b[%d;%du" % (code, modifier)
        yield Key(f"{name} (extended)", sent, legacy, legacy, sent)
    yield Key("escape (extended)", b"\x1b[27u", b"\x1b", b"\x1b", b"\x1b[27u")
    yield Key("shift+tab (extended)", b"\x1b[9;2u", b"\x1b[Z", b"\x1b[Z", b"\x1b[9;2u")
    legacy_bytes = {"enter": (13, b""), "tab": (9, b""), "backspace": (127, b"\x08"), "space": (32, b"\0")}
    for name, (code, legacy) in legacy_bytes.items():
        for held in ("ctrl", "ctrl+shift"):
            sent = b"\x1b[%d;%du" % (code, MODIFIERS[held])
            yield Key(f"{held}+{name} (extended)", sent, legacy, legacy or None, sent)
    yield Key("shift+enter (extended)", b"\x1b[13;2u", b"", None, b"\x1b[13;2u")

"""The bytes a plain xterm sends for a key, without any extended keyboard protocol. Pure.

Sources: xterm's ctlseqs ("PC-Style Function Keys", "VT220-Style Function Keys"), the terminfo entry
`xterm-256color` (F13 and up), XLookupString(3) for control with a character.
"""

from __future__ import annotations

from cockpit.terminal.input.key_names import (
    CURSOR_FINALS,
    FUNCTION_FINALS,
    KEYPAD_CHARACTERS,
    KEYPAD_SS3,
    TILDE_NUMBERS,
    US_SHIFTED,
)
from cockpit.terminal.input.keys import KeyPress, Modifiers

_TEXT_MODIFIERS = Modifiers.SHIFT | Modifiers.ALT | Modifiers.CTRL
_FUNCTION_MODIFIERS = int(_TEXT_MODIFIERS | Modifiers.SUPER)
_CONTROL_DIGITS = {
    "2": 0x00,
    "3": 0x1B,
    "4": 0x1C,
    "5": 0x1D,
    "6": 0x1E,
    "7": 0x1F,
    "8": 0x7F,
    "/": 0x1F,
    "?": 0x7F,
}
_NAMED_BYTES = {
    # plain, with control
    "enter": (b"\r", b"\r"),
    "tab": (b"\t", b"\t"),
    "escape": (b"\x1b", b"\x1b"),
    "backspace": (b"\x7f", b"\x08"),
    "space": (b" ", b"\x00"),
}
_KEYS_PER_ROW = 12
_ROW_MODIFIERS = (Modifiers(0), Modifiers.SHIFT, Modifiers.CTRL)
"""terminfo counts shift+F1 as F13 and control+F1 as F25, and programs look there."""


def legacy_bytes(press: KeyPress, *, application_cursor: bool, application_keypad: bool) -> bytes:
    """What xterm would send; empty for keys it sends nothing for (media keys, super with a letter)."""
    key, modifiers = press.key, press.modifiers
    if key in KEYPAD_SS3:
        if application_keypad and not modifiers:
            return b"\x1bO" + KEYPAD_SS3[key].encode()
        key = KEYPAD_CHARACTERS.get(key, "enter")
    elif key.startswith("kp_"):
        key = key[3:]
    if len(key) == 1 or key in _NAMED_BYTES:
        if modifiers & ~_TEXT_MODIFIERS:
            return b""
        return _named_bytes(key, modifiers) if len(key) > 1 else _character_bytes(key, modifiers, press.text)
    return _function_bytes(key, modifiers, application_cursor)


def tmux_bytes(press: KeyPress) -> bytes:
    """xterm's `CSI 27 ; modifiers ; code ~` for a chord whose plain bytes are another key's; else empty.

    Measured on tmux 3.3a and 3.7c. Both take this form in; the newer one gives the pane's program the plain
    bytes when it asked for nothing better, the older one gives it nothing. Backspace, shift+tab and alt
    chords stay plain: there tmux, and xterm itself, know no better.
    """
    key, modifiers = press.key, press.modifiers
    if not modifiers or press.text or modifiers & ~_TEXT_MODIFIERS:
        return b""
    if key in _CHORD_CODES:
        if (key, modifiers) in _PLAIN_CHORDS:
            return b""
        code = _CHORD_CODES[key]
    elif len(key) == 1 and modifiers & Modifiers.CTRL:
        character = _shifted(key, modifiers)
        if character in _PLAIN_CONTROLS:
            return b""
        code = ord(character)
    else:
        return b""
    return f"\x1b[27;{1 + int(modifiers)};{code}~".encode()


def cursor_bytes(raw: bytes, application_cursor: bool) -> bytes:
    """An unmodified cursor key's own bytes in the form that DECCKM asks for; anything else unchanged."""
    if len(raw) == 3 and raw[2] in _CURSOR_LETTERS and raw[1] in b"[O":
        return (b"\x1bO" if application_cursor else b"\x1b[") + raw[2:]
    return raw


def keypad_bytes(press: KeyPress, application_keypad: bool) -> bytes:
    """An application keypad key's own bytes, or what it types where the program didn't ask for that mode."""
    if press.key in KEYPAD_SS3 and not application_keypad and len(press.raw) == 3:
        return KEYPAD_CHARACTERS.get(press.key, "\r").encode()
    return press.raw


def _named_bytes(key: str, modifiers: Modifiers) -> bytes:
    if key == "tab" and modifiers & Modifiers.SHIFT:
        plain = b"\x1b[Z"
    else:
        plain = _NAMED_BYTES[key][1 if modifiers & Modifiers.CTRL else 0]
    return b"\x1b" + plain if modifiers & Modifiers.ALT else plain


def _character_bytes(key: str, modifiers: Modifiers, text: str) -> bytes:
    if not modifiers & ~Modifiers.SHIFT:
        return (text or _shifted(key, modifiers)).encode()
    character = _shifted(key, modifiers)
    if modifiers & Modifiers.CTRL:
        typed = _control_byte(character)
        typed = character.encode() if typed is None else typed
    else:
        typed = character.encode()
    return b"\x1b" + typed if modifiers & Modifiers.ALT else typed


def _shifted(key: str, modifiers: Modifiers) -> str:
    """The character the key makes; where the terminal told only key and shift, as on a US keyboard."""
    if not modifiers & Modifiers.SHIFT:
        return key
    upper = key.upper()
    return US_SHIFTED.get(key, upper if len(upper) == 1 else key)


def _control_byte(character: str) -> bytes | None:
    code = ord(character)
    if character in _CONTROL_DIGITS:
        return bytes([_CONTROL_DIGITS[character]])
    if 0x40 <= code < 0x7F:
        return bytes([code & 0x1F])
    return None


def _function_bytes(key: str, modifiers: Modifiers, application_cursor: bool) -> bytes:
    if key[:1] == "f" and key[1:].isdigit() and int(key[1:]) > _KEYS_PER_ROW:
        row, column = divmod(int(key[1:]) - 1, _KEYS_PER_ROW)
        key, modifiers = f"f{column + 1}", modifiers | _ROW_MODIFIERS[row]
    parameter = 1 + (int(modifiers) & _FUNCTION_MODIFIERS)
    final = CURSOR_FINALS.get(key)
    if final is not None and parameter == 1:
        return f"\x1b{'O' if application_cursor else '['}{final}".encode()
    final = final or FUNCTION_FINALS.get(key)
    if final is not None:
        return (f"\x1b[1;{parameter}{final}" if parameter > 1 else f"\x1bO{final}").encode()
    number = TILDE_NUMBERS.get(key)
    if number is None:
        return b""
    return (f"\x1b[{number};{parameter}~" if parameter > 1 else f"\x1b[{number}~").encode()


_CHORD_CODES = {"enter": 13, "tab": 9, "escape": 27}
_PLAIN_CHORDS = frozenset(
    (
        ("enter", Modifiers.ALT),
        ("tab", Modifiers.SHIFT),
        ("tab", Modifiers.ALT),
        ("escape", Modifiers.ALT),
    )
)
"""Chords that a plain terminal has bytes of its own for."""
_PLAIN_CONTROLS = frozenset("abcdefghjklnopqrstuvwxyz@\\]^_/")
"""Characters whose control character is no other key's."""
_CURSOR_LETTERS = frozenset(letter.encode()[0] for letter in CURSOR_FINALS.values())

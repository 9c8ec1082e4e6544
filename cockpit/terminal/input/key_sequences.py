"""What one complete escape sequence from the outer terminal means: a key press, or nothing a person typed.
Pure.

Sources: xterm's ctlseqs, the kitty keyboard protocol, rxvt-unicode(7) and the Linux console's keymap.
"""

from __future__ import annotations

import functools
import re

from cockpit.terminal.input.key_names import (
    CURSOR_FINALS,
    FUNCTION_FINALS,
    KEYPAD_SS3,
    KITTY_FUNCTIONAL,
    KITTY_MODIFIER_KEYS,
    TILDE_KEYS,
)
from cockpit.terminal.input.keys import NONE, KeyPress, Modifiers, character_press

_PARTS = re.compile(rb"\x1b\[([\x30-\x3f]*)([\x20-\x2f]*)([\x40-\x7e])", re.DOTALL)
_FINAL_KEYS = {letter: name for name, letter in (CURSOR_FINALS | FUNCTION_FINALS).items() if name != "begin"}
_FINAL_KEYS["E"] = "kp_begin"
_RXVT_ARROWS = {"a": "up", "b": "down", "c": "right", "d": "left"}
_RXVT_MODIFIERS = {"$": Modifiers.SHIFT, "^": Modifiers.CTRL, "@": Modifiers.CTRL | Modifiers.SHIFT}
_CONSOLE_KEYS = {"A": "f1", "B": "f2", "C": "f3", "D": "f4", "E": "f5"}
_SS3_KEYPAD = {letter: name for name, letter in KEYPAD_SS3.items()}
_RELEASE = 3
_LOCK_BITS = 64 | 128
_MODIFIER_BITS = 63
_REPLY_FINALS = frozenset("cnty")
_HIGHEST_MODIFIER_PARAMETER = 16
"""Of xterm's own: all of shift, alt, control and meta."""


@functools.lru_cache(maxsize=2048)
def csi_press(raw: bytes) -> KeyPress | None:
    """The press behind a complete `CSI …` sequence, `key` empty when nobody knows it.

    None for what nobody typed: replies, mouse, focus, releases, modifier keys alone.
    """
    if raw.startswith(b"\x1b[["):
        return _named(_CONSOLE_KEYS.get(raw[3:].decode("latin-1"), ""), NONE, raw)
    if raw.startswith(b"\x1b[M"):  # X10 mouse: three bytes follow
        return None
    match = _PARTS.fullmatch(raw)
    if match is None:
        return _rxvt_press(raw)
    parameters, intermediates, final = (part.decode("latin-1") for part in match.groups())
    if parameters[:1] in ("<", "=", ">", "?"):
        return None
    if intermediates:
        return None if final == "y" else KeyPress("", raw=raw)
    if final == "M" or (final in "IO" and not parameters):
        return None
    try:
        fields = [[int(n) if n else None for n in field.split(":")] for field in parameters.split(";")]
    except ValueError:  # a '<' or the like in the middle
        return KeyPress("", raw=raw)
    return _press(fields, bool(parameters), final, raw)


@functools.lru_cache(maxsize=256)
def ss3_press(raw: bytes) -> KeyPress:
    """The press behind a complete `SS3 …` sequence, with the modifier digit some terminals put in."""
    final = raw[-1:].decode("latin-1")
    modifiers = Modifiers(raw[2] - 0x31 & _MODIFIER_BITS) if len(raw) == 4 else NONE
    if final in _FINAL_KEYS:
        return _named(_FINAL_KEYS[final], modifiers, raw)
    if final in _RXVT_ARROWS:
        return _named(_RXVT_ARROWS[final], modifiers | Modifiers.CTRL, raw)
    return _named(_SS3_KEYPAD.get(final, ""), modifiers, raw)


@functools.lru_cache(maxsize=1024)
def with_alt(press: KeyPress) -> KeyPress:
    """The same press behind an ESC."""
    raw = b"\x1b" + press.raw
    if not press.key:
        return KeyPress("", raw=raw)
    return KeyPress(press.key, press.modifiers | Modifiers.ALT, "", raw, press.extended)


def control_press(byte: int) -> KeyPress:
    """The press behind a C0 control or DEL, as terminals of today have it (DEL is backspace)."""
    raw = bytes([byte])
    named = {0x00: "space", 0x09: "tab", 0x0D: "enter", 0x1B: "escape", 0x7F: "backspace"}.get(byte)
    if named is not None:
        return KeyPress(named, Modifiers.CTRL if byte == 0 else NONE, "", raw)
    return KeyPress(chr(byte | 0x40).lower(), Modifiers.CTRL, "", raw)


def _press(fields: list[list[int | None]], any_parameter: bool, final: str, raw: bytes) -> KeyPress | None:
    code = fields[0][0]
    parameter, event, extended = _modifier_field(fields, 1)
    if final == "u" and any_parameter:
        return _kitty_press(fields, raw)
    if final == "~" and code == 27 and len(fields) == 3:
        modifiers = _modifiers(parameter)
        return _code_press(fields[2][0] or 0, modifiers, "", raw)
    if final == "~":
        key = TILDE_KEYS.get(code or 0, "")
        extended = extended or code == 13  # kitty's F3; others have SS3 R
    elif final in _FINAL_KEYS:
        if len(fields) == 1 and code is not None and code > 1:  # CSI 5 A, as konsole and old tmux have it
            parameter, event, extended = _modifier_field(fields, 0)
        elif final == "R" and not _is_modified_f3(fields):
            return None
        key = _FINAL_KEYS[final]
        extended = extended or (final in "PQS" and not any_parameter)  # kitty's F1, F2, F4
    elif final == "Z":
        return _named("tab", _modifiers(parameter) | Modifiers.SHIFT, raw)
    elif final in _RXVT_ARROWS and not any_parameter:
        return _named(_RXVT_ARROWS[final], Modifiers.SHIFT, raw)
    elif final in "^@" and len(fields) == 1:
        return _named(TILDE_KEYS.get(code or 0, ""), _RXVT_MODIFIERS[final], raw)
    elif final in _REPLY_FINALS and not (final in "ty" and len(fields) == 2 and code == 1):
        return None
    else:
        return KeyPress("", raw=raw)
    if event == _RELEASE:
        return None
    return _named(key, _modifiers(parameter), raw, extended)


def _modifier_field(fields: list[list[int | None]], index: int) -> tuple[int, int, bool]:
    """The modifier parameter, the event type and whether either is of the kitty protocol's kind."""
    field = fields[index] if index < len(fields) else [1]
    parameter = field[0] or 1
    event = (field[1] or 1) if len(field) > 1 else 1
    return parameter, event, len(field) > 1 or parameter > _HIGHEST_MODIFIER_PARAMETER


def _modifiers(parameter: int) -> Modifiers:
    return Modifiers((parameter - 1) & _MODIFIER_BITS)


def _is_modified_f3(fields: list[list[int | None]]) -> bool:
    """`CSI 1 ; 5 R` is control+F3; `CSI 7 ; 5 R` says where the cursor is. Row 1 is taken for the key."""
    if len(fields) == 1:
        return fields[0][0] is None
    return len(fields) == 2 and fields[0][0] == 1 and 2 <= (fields[1][0] or 0) <= _HIGHEST_MODIFIER_PARAMETER


def _kitty_press(fields: list[list[int | None]], raw: bytes) -> KeyPress | None:
    code = fields[0][0] or 0
    parameter, event, _ = _modifier_field(fields, 1)
    if event == _RELEASE or code in KITTY_MODIFIER_KEYS:
        return None
    text = "".join(_character(n or 0) for n in fields[2]) if len(fields) > 2 else ""
    modifiers = _modifiers(parameter)
    shifted = fields[0][1] if len(fields[0]) > 1 else None
    if not text and shifted and not modifiers & ~Modifiers.SHIFT:
        text = _character(shifted)
    return _code_press(code, modifiers, text, raw)


def _code_press(code: int, modifiers: Modifiers, text: str, raw: bytes) -> KeyPress:
    name = KITTY_FUNCTIONAL.get(code)
    if name == "space":
        text = "" if modifiers & ~Modifiers.SHIFT else " "
    if name is not None:
        return KeyPress(name, modifiers, text, raw, True)
    character = _character(code)
    if not character.isprintable() or not character or 57344 <= code <= 63743:
        return KeyPress("", raw=raw, extended=True)
    press = character_press(character, modifiers, raw=raw, extended=True)
    return KeyPress(press.key, press.modifiers, text, raw, True) if text else press


def _character(code: int) -> str:
    return chr(code) if 0x20 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else ""


def _rxvt_press(raw: bytes) -> KeyPress:
    """`CSI number $`, which has no final byte by the standard."""
    number = raw[2:-1]
    key = TILDE_KEYS.get(int(number), "") if raw.endswith(b"$") and number.isdigit() else ""
    return _named(key, Modifiers.SHIFT, raw)


def _named(key: str, modifiers: Modifiers, raw: bytes, extended: bool = False) -> KeyPress:
    return KeyPress(key, modifiers, "", raw, extended) if key else KeyPress("", raw=raw)

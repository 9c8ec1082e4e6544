"""Key presses in the protocols a program can ask for beyond plain xterm's. Owns libghostty-vt's key encoder.

That is the kitty keyboard protocol with all its flags, and xterm's modifyOtherKeys 2 for the keys that type
text.
"""

from __future__ import annotations

import functools
import weakref
from typing import Any

from cockpit.terminal.emulator.native_free import release
from cockpit.terminal.input.key_names import US_SHIFTED
from cockpit.terminal.input.keys import KeyPress, Modifiers

_GHOSTTY_NAMES = {
    **{letter: letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"},
    **{digit: f"DIGIT_{digit}" for digit in "0123456789"},
    "`": "BACKQUOTE", "\\": "BACKSLASH", "[": "BRACKET_LEFT", "]": "BRACKET_RIGHT", ",": "COMMA",
    "=": "EQUAL", "-": "MINUS", ".": "PERIOD", "'": "QUOTE", ";": "SEMICOLON", "/": "SLASH",
    "enter": "ENTER", "tab": "TAB", "escape": "ESCAPE", "backspace": "BACKSPACE", "space": "SPACE",
    "up": "ARROW_UP", "down": "ARROW_DOWN", "left": "ARROW_LEFT", "right": "ARROW_RIGHT", "home": "HOME",
    "end": "END", "insert": "INSERT", "delete": "DELETE", "pageup": "PAGE_UP", "pagedown": "PAGE_DOWN",
    "caps_lock": "CAPS_LOCK", "scroll_lock": "SCROLL_LOCK", "num_lock": "NUM_LOCK",
    "print_screen": "PRINT_SCREEN", "pause": "PAUSE",
    **{f"f{number}": f"F{number}" for number in range(1, 26)},
    **{f"kp_{digit}": f"NUMPAD_{digit}" for digit in range(10)},
    "kp_decimal": "NUMPAD_DECIMAL", "kp_divide": "NUMPAD_DIVIDE", "kp_multiply": "NUMPAD_MULTIPLY",
    "kp_subtract": "NUMPAD_SUBTRACT", "kp_add": "NUMPAD_ADD", "kp_enter": "NUMPAD_ENTER",
    "kp_equal": "NUMPAD_EQUAL", "kp_separator": "NUMPAD_SEPARATOR", "kp_left": "NUMPAD_LEFT",
    "kp_right": "NUMPAD_RIGHT", "kp_up": "NUMPAD_UP", "kp_down": "NUMPAD_DOWN", "kp_home": "NUMPAD_HOME",
    "kp_end": "NUMPAD_END", "kp_insert": "NUMPAD_INSERT", "kp_delete": "NUMPAD_DELETE",
    "kp_begin": "NUMPAD_BEGIN",
    "kp_pageup": "NUMPAD_PAGE_UP", "kp_pagedown": "NUMPAD_PAGE_DOWN",
}  # fmt: skip
_KNOWN_MODIFIERS = Modifiers.SHIFT | Modifiers.ALT | Modifiers.CTRL | Modifiers.SUPER
_SHIFT, _CTRL, _ALT, _SUPER = 1, 2, 4, 8
_BUFFER_BYTES = 128


class KittyKeyEncoder:
    """Encodes for one terminal, by its `GhosttyTerminal` handle."""

    def __init__(self, handle: Any) -> None:
        from cockpit.terminal.emulator.ghostty import check, ffi, lib  # late: it loads the library

        self._handle, self._lib, self._null = handle, lib, ffi.NULL
        encoder, event, probe = (
            ffi.new("GhosttyKeyEncoder*"),
            ffi.new("GhosttyKeyEvent*"),
            ffi.new("GhosttyKeyEvent*"),
        )
        check(lib.ghostty_key_encoder_new(ffi.NULL, encoder), "key_encoder_new")
        check(lib.ghostty_key_event_new(ffi.NULL, event), "key_event_new")
        check(lib.ghostty_key_event_new(ffi.NULL, probe), "key_event_new")
        self._encoder, self._event, self._probe = encoder[0], event[0], probe[0]
        self._free = weakref.finalize(
            self,
            release,
            (lib.ghostty_key_event_free, self._event),
            (lib.ghostty_key_event_free, self._probe),
            (lib.ghostty_key_encoder_free, self._encoder),
        )
        self._buffer = ffi.new("char[]", _BUFFER_BYTES)
        self._view = ffi.buffer(self._buffer)
        self._written = ffi.new("size_t*")
        lib.ghostty_key_event_set_action(self._event, lib.GHOSTTY_KEY_ACTION_PRESS)
        lib.ghostty_key_event_set_action(self._probe, lib.GHOSTTY_KEY_ACTION_PRESS)
        lib.ghostty_key_event_set_key(self._probe, lib.GHOSTTY_KEY_BACKSPACE)
        lib.ghostty_key_event_set_mods(self._probe, _SHIFT)

    def modify_other_keys(self) -> bool:
        """Whether the program asked for modifyOtherKeys 2. The library tells only through what it encodes."""
        self._lib.ghostty_key_encoder_setopt_from_terminal(self._encoder, self._handle)
        return len(self._encode(self._probe)) > 1

    def encode(self, press: KeyPress) -> bytes | None:
        """The bytes by the terminal's own modes, or None for a key or modifier the library doesn't know."""
        if press.modifiers & ~_KNOWN_MODIFIERS:
            return None
        number = _ghostty_key(press.key)
        if number is None:
            return None
        modifiers = press.modifiers
        held = (
            (_SHIFT if modifiers & Modifiers.SHIFT else 0)
            | (_CTRL if modifiers & Modifiers.CTRL else 0)
            | (_ALT if modifiers & Modifiers.ALT else 0)
            | (_SUPER if modifiers & Modifiers.SUPER else 0)
        )
        lib, event = self._lib, self._event
        text, unshifted = _text(press)
        utf8 = text.encode()
        lib.ghostty_key_event_set_key(event, number)
        lib.ghostty_key_event_set_mods(event, held)
        lib.ghostty_key_event_set_consumed_mods(event, _SHIFT if utf8 and held == _SHIFT else 0)
        lib.ghostty_key_event_set_utf8(event, utf8 or self._null, len(utf8))
        lib.ghostty_key_event_set_unshifted_codepoint(event, unshifted)
        lib.ghostty_key_encoder_setopt_from_terminal(self._encoder, self._handle)
        encoded = self._encode(event)
        lib.ghostty_key_event_set_utf8(event, self._null, 0)  # it borrowed our bytes
        return encoded

    def close(self) -> None:
        """Frees the native objects now."""
        self._free()

    def _encode(self, event: Any) -> bytes:
        result = self._lib.ghostty_key_encoder_encode(
            self._encoder, event, self._buffer, _BUFFER_BYTES, self._written
        )
        return bytes(self._view[: self._written[0]]) if result == 0 else b""


@functools.lru_cache(maxsize=1024)
def _ghostty_key(key: str) -> int | None:
    """The library's number of the key on a US keyboard, 0 for another character, None for a name it lacks."""
    from cockpit.terminal.emulator.ghostty import lib

    name = _GHOSTTY_NAMES.get(key)
    if name is None:
        return 0 if len(key) == 1 else None
    return int(getattr(lib, f"GHOSTTY_KEY_{name}"))


def _text(press: KeyPress) -> tuple[str, int]:
    """What the key types, were it not for control and alt, and its character without shift."""
    if press.key == "space":
        return " ", 0x20
    if len(press.key) != 1:
        return "", 0
    text = press.text
    if not text:
        upper = press.key.upper()
        shifted = US_SHIFTED.get(press.key, upper if len(upper) == 1 else press.key)
        text = shifted if press.modifiers & Modifiers.SHIFT else press.key
    return text, ord(press.key)

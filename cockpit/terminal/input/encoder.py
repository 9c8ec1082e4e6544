"""What a program in a terminal is sent for keys, pastes, mouse and focus: in the form its terminal's modes
ask for.
"""

from __future__ import annotations

from typing import Any, Protocol

from cockpit.terminal.input.decoder import PASTE_END, PASTE_START
from cockpit.terminal.input.keys import NONE, KeyPress, Modifiers
from cockpit.terminal.input.kitty_keys import KittyKeyEncoder
from cockpit.terminal.input.legacy_keys import cursor_bytes, keypad_bytes, legacy_bytes, tmux_bytes
from cockpit.terminal.input.mouse import MouseAction, MouseButton, MouseEncoder

_XTERM_REPLACES = bytes(
    [0x00, 0x03, 0x04, 0x05, 0x08, 0x0F, 0x11, 0x12, 0x13, 0x15, 0x16, 0x17, 0x1A, 0x1B, 0x1C, 0x7F]
)
"""Control characters xterm and Ghostty paste as a space: a paste must not press ESC or control+C."""
_PLAIN_PASTE = bytes.maketrans(_XTERM_REPLACES + b"\n", b" " * len(_XTERM_REPLACES) + b"\r")
_BRACKETED_PASTE = bytes.maketrans(_XTERM_REPLACES, b" " * len(_XTERM_REPLACES))


_OTHER_KEYS = frozenset(("enter", "tab", "escape", "backspace", "space"))
"""Keys besides the typing ones whose chords modifyOtherKeys tells apart."""


_KITTY_REPORT_ALL = 8
"""The flag with which text, too, comes as sequences."""


_STRIP_PASSES = 8
"""Taking out a marker may make another of what was around it. Nobody nests deeper by chance, and what is left can't
end the paste either: its ESC becomes a space.
"""


class ModesSource(Protocol):
    """The modes of the program's terminal, each read when it is needed."""

    @property
    def application_cursor(self) -> bool:
        """DECCKM."""
        ...

    @property
    def application_keypad(self) -> bool:
        """DECNKM / DECKPAM."""
        ...

    @property
    def bracketed_paste(self) -> bool:
        """Mode 2004."""
        ...

    @property
    def focus_reporting(self) -> bool:
        """Mode 1004."""
        ...

    @property
    def mouse_tracking(self) -> bool:
        """Any of the mouse modes."""
        ...

    @property
    def kitty_flags(self) -> int:
        """The kitty keyboard protocol's flags, 0 when it is off."""
        ...


class InputEncoder:
    """Encodes for one terminal. Built from its `GhosttyTerminal` handle, which must outlive it, and its
    modes.

    `raw_legacy` is for a tmux client: it asks for extended keys only to tell them apart and understands
    every plain form beside them, so what came plain is passed on plain.
    """

    def __init__(self, handle: Any, modes: ModesSource, *, raw_legacy: bool = False) -> None:
        self.plain_chords = False
        """For a tmux client: send chords plain that plain bytes can't tell apart. tmux before 3.5 drops them on
        their way to a program that didn't ask for extended keys.
        """
        self._modes = modes
        self._raw_legacy = raw_legacy
        self._kitty = KittyKeyEncoder(handle)
        self._mouse = MouseEncoder(handle)

    def key(self, press: KeyPress) -> bytes:
        """The bytes for one press; empty for a key the program can't be told of."""
        if not press.key:
            return press.raw or press.text.encode()
        if self._raw_legacy:
            return self._tmux_key(press)
        kitty_flags = self._modes.kitty_flags
        if kitty_flags:
            return self._kitty_key(press, kitty_flags)
        if press.modifiers and self._is_other_key(press) and self._kitty.modify_other_keys():
            return self._kitty.encode(press) or self._legacy_key(press)
        return self._legacy_key(press)

    def paste(self, text: bytes) -> bytes:
        """The bytes for a paste: between markers if the program asked for them, without any inside.

        Text, tabs and newlines stay as they are (newlines become returns where there are no markers, as in
        xterm); the control characters xterm replaces become spaces.
        """
        if not self._modes.bracketed_paste:
            return text.translate(_PLAIN_PASTE)
        for _ in range(_STRIP_PASSES):
            if PASTE_END not in text:
                break
            text = text.replace(PASTE_END, b"")
        return b"".join((PASTE_START, text.translate(_BRACKETED_PASTE), PASTE_END))

    def mouse(
        self, button: MouseButton, action: MouseAction, column: int, row: int, modifiers: Modifiers = NONE
    ) -> bytes:
        """The bytes for a mouse event in a cell counted from 0; empty when the program doesn't want it."""
        return self._mouse.encode(button, action, column, row, modifiers)

    def focus(self, focused: bool) -> bytes:
        """The bytes that tell of focus gained or lost; empty when the program didn't ask."""
        if not self._modes.focus_reporting:
            return b""
        return b"\x1b[I" if focused else b"\x1b[O"

    def close(self) -> None:
        """Frees the native objects now; garbage collection frees them otherwise."""
        self._kitty.close()
        self._mouse.close()

    @staticmethod
    def _is_other_key(press: KeyPress) -> bool:
        """Whether it is one of those modifyOtherKeys is about: no function key, no plain text."""
        return press.key in _OTHER_KEYS or (len(press.key) == 1 and not press.text)

    def _legacy_key(self, press: KeyPress) -> bytes:
        raw = press.raw
        if not raw or press.extended:
            return legacy_bytes(
                press,
                application_cursor=self._modes.application_cursor,
                application_keypad=self._modes.application_keypad,
            )
        if len(raw) != 3 or raw[0] != 0x1B:
            return raw
        if press.key.startswith("kp_") and press.key != "kp_begin":
            return keypad_bytes(press, self._modes.application_keypad)
        return cursor_bytes(raw, self._modes.application_cursor)

    def _kitty_key(self, press: KeyPress, flags: int) -> bytes:
        if press.text and not flags & _KITTY_REPORT_ALL:
            return press.text.encode()
        encoded = self._kitty.encode(press)
        if encoded is None:
            return press.raw if press.extended else self._legacy_key(press)
        return encoded

    def _tmux_key(self, press: KeyPress) -> bytes:
        if (press.raw and not press.extended) or self.plain_chords:
            return self._legacy_key(press)
        return tmux_bytes(press) or self._legacy_key(press)

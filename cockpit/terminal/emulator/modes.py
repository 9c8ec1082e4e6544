"""The modes a program has set in its terminal, read from libghostty-vt when asked."""

from __future__ import annotations

from typing import Any

from cockpit.terminal.emulator.ghostty import ffi, lib


class Modes:
    """The modes of a terminal that input encoding and the view ask for, each read when asked (about 1 µs)."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle
        self._config = ffi.new("GhosttyTerminalModeConfig*")
        self._flag = ffi.new("bool*")
        self._byte = ffi.new("uint8_t*")
        self._screen = ffi.new("GhosttyTerminalScreen*")

    def is_set(self, mode: int) -> bool:
        """Whether a DEC private mode is set (ctlseqs, "DEC Private Mode Set")."""
        self._config.mode = mode
        lib.ghostty_terminal_get(self._handle, lib.GHOSTTY_TERMINAL_DATA_MODE, self._config)
        return bool(self._config.value)

    @property
    def application_cursor(self) -> bool:
        """DECCKM: cursor keys send SS3."""
        return self.is_set(1)

    @property
    def application_keypad(self) -> bool:
        """DECNKM / DECKPAM: the keypad sends SS3."""
        return self.is_set(66)

    @property
    def bracketed_paste(self) -> bool:
        """Mode 2004."""
        return self.is_set(2004)

    @property
    def focus_reporting(self) -> bool:
        """Mode 1004."""
        return self.is_set(1004)

    @property
    def mouse_tracking(self) -> bool:
        """The program asked for mouse events in any protocol."""
        lib.ghostty_terminal_get(self._handle, lib.GHOSTTY_TERMINAL_DATA_MOUSE_TRACKING, self._flag)
        return bool(self._flag[0])

    @property
    def kitty_flags(self) -> int:
        """The progressive enhancement flags of the kitty keyboard protocol."""
        lib.ghostty_terminal_get(self._handle, lib.GHOSTTY_TERMINAL_DATA_KITTY_KEYBOARD_FLAGS, self._byte)
        return int(self._byte[0])

    @property
    def alternate_screen(self) -> bool:
        """The program uses the alternate screen."""
        lib.ghostty_terminal_get(self._handle, lib.GHOSTTY_TERMINAL_DATA_ACTIVE_SCREEN, self._screen)
        return bool(self._screen[0] == lib.GHOSTTY_TERMINAL_SCREEN_ALTERNATE)

    @property
    def pending_wrap(self) -> bool:
        """The cursor is past the last column: the next character goes to the next row."""
        lib.ghostty_terminal_get(self._handle, lib.GHOSTTY_TERMINAL_DATA_CURSOR_PENDING_WRAP, self._flag)
        return bool(self._flag[0])

"""Mouse events for the program in a terminal, in the protocol it asked for. Owns libghostty-vt's mouse
encoder.
"""

from __future__ import annotations

import weakref
from enum import IntEnum
from typing import Any

from cockpit.terminal.emulator.native_free import release
from cockpit.terminal.input.keys import NONE, Modifiers


class MouseButton(IntEnum):
    """Buttons, with libghostty-vt's numbers. The wheel's are pressed and never released."""

    NONE = 0
    LEFT = 1
    RIGHT = 2
    MIDDLE = 3
    WHEEL_UP = 4
    WHEEL_DOWN = 5
    WHEEL_LEFT = 6
    WHEEL_RIGHT = 7
    BACK = 8
    FORWARD = 9


class MouseAction(IntEnum):
    """What happened, with libghostty-vt's numbers."""

    PRESS = 0
    RELEASE = 1
    MOTION = 2


_WHEEL = frozenset(
    (MouseButton.WHEEL_UP, MouseButton.WHEEL_DOWN, MouseButton.WHEEL_LEFT, MouseButton.WHEEL_RIGHT)
)
_BUFFER_BYTES = 64
"""The longest report (SGR with pixel positions) takes less than half."""


class MouseEncoder:
    """Encodes for one terminal, by its `GhosttyTerminal` handle. Remembers the pressed buttons and the last
    cell.
    """

    def __init__(self, handle: Any) -> None:
        from cockpit.terminal.emulator.ghostty import check, ffi, lib  # late: it loads the library

        self._handle, self._lib = handle, lib
        encoder, event = ffi.new("GhosttyMouseEncoder*"), ffi.new("GhosttyMouseEvent*")
        check(lib.ghostty_mouse_encoder_new(ffi.NULL, encoder), "mouse_encoder_new")
        check(lib.ghostty_mouse_event_new(ffi.NULL, event), "mouse_event_new")
        self._encoder, self._event = encoder[0], event[0]
        self._free = weakref.finalize(
            self,
            release,
            (lib.ghostty_mouse_event_free, self._event),
            (lib.ghostty_mouse_encoder_free, self._encoder),
        )
        self._size = ffi.new("GhosttyMouseEncoderSize*")
        self._size.size = ffi.sizeof("GhosttyMouseEncoderSize")
        self._position = ffi.new("GhosttyMousePosition*")
        self._flag = ffi.new("bool*")
        self._buffer = ffi.new("char[]", _BUFFER_BYTES)
        self._view = ffi.buffer(self._buffer)
        self._written = ffi.new("size_t*")
        self._cells = (ffi.new("uint16_t*"), ffi.new("uint16_t*"))
        self._pixels = (ffi.new("uint32_t*"), ffi.new("uint32_t*"))
        self._known_size = (0, 0, 0, 0)
        self._pressed: set[MouseButton] = set()
        self._last_cell: tuple[int, int] | None = (
            None  # the library forgets its own with every look at the modes
        )

    def encode(
        self,
        button: MouseButton,
        action: MouseAction,
        column: int,
        row: int,
        modifiers: Modifiers = NONE,
    ) -> bytes:
        """The report of an event in a cell (counted from 0), empty when the program doesn't want this one."""
        lib, event = self._lib, self._event
        if action is MouseAction.MOTION and self._last_cell == (column, row):
            return b""
        if button in _WHEEL:
            if action is not MouseAction.PRESS:
                return b""
        elif action is MouseAction.PRESS:
            self._pressed.add(button)
        elif action is MouseAction.RELEASE:
            self._pressed.discard(button)
        lib.ghostty_mouse_encoder_setopt_from_terminal(self._encoder, self._handle)
        cell_width, cell_height = self._update_size()
        self._flag[0] = bool(self._pressed) or action is MouseAction.PRESS
        lib.ghostty_mouse_encoder_setopt(
            self._encoder, lib.GHOSTTY_MOUSE_ENCODER_OPT_ANY_BUTTON_PRESSED, self._flag
        )
        lib.ghostty_mouse_event_set_action(event, int(action))
        if button is MouseButton.NONE:
            lib.ghostty_mouse_event_clear_button(event)
        else:
            lib.ghostty_mouse_event_set_button(event, int(button))
        lib.ghostty_mouse_event_set_mods(event, _ghostty_modifiers(modifiers))
        self._position.x, self._position.y = (column + 0.5) * cell_width, (row + 0.5) * cell_height
        lib.ghostty_mouse_event_set_position(event, self._position[0])
        result = lib.ghostty_mouse_encoder_encode(
            self._encoder, event, self._buffer, _BUFFER_BYTES, self._written
        )
        report = bytes(self._view[: self._written[0]]) if result == 0 else b""
        self._last_cell = (column, row) if report else None
        return report

    def close(self) -> None:
        """Frees the native objects now."""
        self._free()

    def _update_size(self) -> tuple[int, int]:
        """Gives the encoder the terminal's size when that changed; returns the size of a cell in pixels."""
        lib = self._lib
        columns, rows, width, height = *self._cells, *self._pixels
        lib.ghostty_terminal_get(self._handle, lib.GHOSTTY_TERMINAL_DATA_COLS, columns)
        lib.ghostty_terminal_get(self._handle, lib.GHOSTTY_TERMINAL_DATA_ROWS, rows)
        lib.ghostty_terminal_get(self._handle, lib.GHOSTTY_TERMINAL_DATA_WIDTH_PX, width)
        lib.ghostty_terminal_get(self._handle, lib.GHOSTTY_TERMINAL_DATA_HEIGHT_PX, height)
        cell_width = max(1, width[0] // max(1, columns[0]))
        cell_height = max(1, height[0] // max(1, rows[0]))
        size = (columns[0], rows[0], cell_width, cell_height)
        if size != self._known_size:
            self._known_size = size
            self._size.cell_width, self._size.cell_height = cell_width, cell_height
            self._size.screen_width = columns[0] * cell_width
            self._size.screen_height = rows[0] * cell_height
            lib.ghostty_mouse_encoder_setopt(self._encoder, lib.GHOSTTY_MOUSE_ENCODER_OPT_SIZE, self._size)
        return cell_width, cell_height


def _ghostty_modifiers(modifiers: Modifiers) -> int:
    """libghostty-vt's bits: shift, control, alt."""
    return (
        bool(modifiers & Modifiers.SHIFT)
        | bool(modifiers & Modifiers.CTRL) << 1
        | bool(modifiers & Modifiers.ALT) << 2
    )

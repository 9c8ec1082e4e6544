"""What the mouse does to the pane while the program doesn't take it: scroll, select, follow a link."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from cockpit.app.core import Core
from cockpit.errors import CockpitError
from cockpit.model import Terminal
from cockpit.terminal.input.keys import KeyPress
from cockpit.terminal.wheel import WheelOwner, names_agent, wheel_owner

if TYPE_CHECKING:
    from cockpit.app.reading.reading import Reading
    from cockpit.app.reading.typing import ReadingTyping
    from cockpit.app.widgets.terminal_view import TerminalView
    from cockpit.terminal.scrollback.local_view import LocalView

AUTOSCROLL_INTERVAL_S = 0.04
"""How often a drag that is held outside the pane scrolls on."""

Pressed = tuple[int, int, int, bool]
"""Row, column, clicks (0 once it is a drag) and whether a block is wanted."""


class Gestures:
    """Belongs to the reading; implements the pane's `PaneGestures`."""

    def __init__(
        self,
        reading: Reading,
        typed: ReadingTyping,
        pane: TerminalView,
        core: Core,
        *,
        changed: Callable[[], None],
    ) -> None:
        self._reading = reading
        self._changed = changed
        self._owner_told = WheelOwner.HISTORY
        pane.painted = self._painted
        self._typed = typed
        self._pane = pane
        self._core = core
        self._pressed: Pressed | None = None
        self._autoscroll: asyncio.TimerHandle | None = None

    def forget(self) -> None:
        """The reading is over: no button counts as held any more."""
        self._pressed = None
        self._stop_autoscroll()

    # What is typed

    def key(self, press: KeyPress) -> bool:
        """Uses a key that scrolls or selects; every other key ends the reading and is the program's."""
        return self._typed.key(press)

    def pasted(self) -> None:
        """What is pasted is for the program."""
        self._typed.pasted()

    # The wheel

    @property
    def wheel_owner(self) -> WheelOwner:
        """Who gets the wheel at the live screen, as far as is known without asking tmux."""
        surface, terminal = self._pane.surface, self._core.focused_terminal
        if surface is None or terminal is None:
            return WheelOwner.HISTORY
        modes = surface.emulator.modes
        alternate = terminal.alternate_screen if self._reading.on_tmux else modes.alternate_screen
        return self._owner(terminal, alternate, tracks_mouse=modes.mouse_tracking)

    def _painted(self) -> None:
        owner = self.wheel_owner
        if owner is not self._owner_told:
            self._owner_told = owner
            self._changed()

    def wheel(self, lines: int) -> None:
        """Scrolls; a full-screen program that doesn't track the mouse and is no agent gets arrow keys instead."""
        reading = self._reading
        if reading.local is None and not reading.opening:
            surface, terminal = self._pane.surface, self._core.focused_terminal
            if surface is None or terminal is None:
                return
            if reading.on_tmux:
                reading.begin(self._wheel_on_tmux(lines, terminal, reading.left))
                return
            if self._owner(terminal, surface.emulator.modes.alternate_screen) is WheelOwner.ARROWS:
                self._arrows(lines)
                return
        self._scroll(lines)

    def _scroll(self, lines: int) -> None:
        if lines < 0 or self._reading.opening or self._reading.local is not None:
            self._reading.open(lambda local: local.scroll(lines))

    @staticmethod
    def _owner(terminal: Terminal, alternate_screen: bool, *, tracks_mouse: bool = False) -> WheelOwner:
        agent = names_agent(terminal.living_command)
        return wheel_owner(tracks_mouse=tracks_mouse, alternate_screen=alternate_screen, holds_agent=agent)

    async def _wheel_on_tmux(self, lines: int, terminal: Terminal, left: int) -> None:
        try:
            alternate = (await self._core.scrollback(capture=False)).alternate_screen
        except CockpitError as error:
            self._reading.tell(str(error), "error")
            return
        if self._core.focused_terminal is not terminal:
            return
        if self._owner(terminal, alternate) is WheelOwner.ARROWS:
            self._arrows(lines)
        elif left == self._reading.left:  # else something was typed since
            self._scroll(lines)

    def _arrows(self, lines: int) -> None:
        key = KeyPress("up" if lines < 0 else "down")
        for _ in range(abs(lines)):
            self._pane.typing.key(key)

    # The button

    def press(self, row: int, column: int, *, clicks: int, alt: bool, ctrl: bool) -> None:
        """Remembers where a drag would begin; two clicks select the word, three the line, ctrl follows a link."""
        local = self._reading.local
        if ctrl:
            self._pressed = None
            self._reading.open(lambda local: self._reading.copies.link(local, row, column))
        elif clicks > 1:
            self._reading.open(lambda local: local.press(row, column, clicks=clicks))
        elif local is not None and local.selection.is_active:
            local.selection.clear()
            self._reading.moved()
        if not ctrl:
            self._pressed = (row, column, clicks, alt)

    def drag(self, row: int, column: int) -> None:
        """Selects from where the button went down; outside the pane the view scrolls on."""
        if self._pressed is None:
            return
        pressed = self._pressed
        begins = pressed[2] == 1
        if begins:
            if (row, column) == pressed[:2]:
                return  # the pointer moved within the cell
            self._pressed = (*pressed[:2], 0, pressed[3])
        self._stop_autoscroll()
        # Begins and extends in one: a press alone is nothing to read, and the view would be given up.
        self._reading.open(lambda local: self._drag(local, row, column, pressed if begins else None))

    def release(self) -> None:
        """What is selected is copied."""
        self._stop_autoscroll()
        pressed, self._pressed = self._pressed, None
        if pressed is not None and pressed[2] != 1:
            self._reading.open(self._reading.copies.selection)

    def _drag(self, local: LocalView, row: int, column: int, begin: Pressed | None) -> None:
        if begin is not None:
            local.press(begin[0], begin[1], block=begin[3])
        if local.drag(row, column):
            loop = asyncio.get_running_loop()
            self._autoscroll = loop.call_later(AUTOSCROLL_INTERVAL_S, self.drag, row, column)

    def _stop_autoscroll(self) -> None:
        if self._autoscroll is not None:
            self._autoscroll.cancel()
            self._autoscroll = None

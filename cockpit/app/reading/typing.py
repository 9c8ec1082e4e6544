"""What is typed before and while a person reads: for the reading, or for the program behind it, and never lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.app.core import Core
from cockpit.app.reading.keys import ReadingKeys
from cockpit.errors import CockpitError
from cockpit.terminal.input.keys import KeyPress

if TYPE_CHECKING:
    from cockpit.app.reading.reading import Reading
    from cockpit.app.widgets.terminal_view import TerminalView

PAGE_UP = "shift+pageup"


class ReadingTyping:
    """Belongs to the reading. Keys are held while it isn't known yet what they are for."""

    def __init__(self, reading: Reading, pane: TerminalView, core: Core) -> None:
        self._reading = reading
        self._pane = pane
        self._core = core
        self._keys = ReadingKeys(reading)
        self._held: list[KeyPress] | None = None
        self._asking = False
        """The held keys begin with one that is the program's if that has the alternate screen."""

    def key(self, press: KeyPress) -> bool:
        """Uses a key that scrolls or selects; every other key ends the reading and is the program's."""
        reading, surface = self._reading, self._pane.surface
        if self._held is not None:
            self._held.append(press)
            return True
        if press.chord == PAGE_UP and reading.local is None and not reading.opening:
            if surface is None:
                return False
            if reading.on_tmux:
                self._held, self._asking = [press], True
                reading.begin(self._ask())
                return True
            if surface.emulator.modes.alternate_screen:
                return False
        return self._keys.take(press)

    @property
    def holding(self) -> bool:
        """Whether it isn't known yet what keys are for."""
        return self._held is not None

    def hold(self) -> None:
        """What is typed from now on is for what is about to be read."""
        if self._held is None:
            self._held = []

    def replay(self) -> None:
        """What is read is there: what was held is taken as if it were typed now."""
        keys, self._held = self._held or [], None
        for press in keys:
            if not self.key(press):
                self._pane.typing.key(press)

    def give_up(self) -> None:
        """There is nothing to read: what was held is for the program, but for a key that would have scrolled."""
        keys = (self._held or [])[self._asking :]
        self._held, self._asking = None, False
        for press in keys:
            self._pane.typing.key(press)

    def forget(self) -> None:
        """The reading is over. What was typed for its cursor is for nobody, anything else for the program."""
        if self._asking:
            self.give_up()
        self._held = None

    def pasted(self) -> None:
        """What is pasted is for the program, behind what was typed before."""
        self.give_up()
        self._reading.leave()

    async def _ask(self) -> None:
        """Scrolls, unless the program has the alternate screen, which has no history: then the key is its own."""
        alternate = True
        try:
            alternate = (await self._core.scrollback(capture=False)).alternate_screen
        except CockpitError as error:
            self._reading.tell(str(error), "error")
        finally:
            if self._asking and self._held:
                self._asking = False
                first = self._held.pop(0)
                if alternate or not self._keys.take(first):
                    self._pane.typing.key(first)
                self.replay()

"""Searches what the pane shows while a person types: joins the search bar with the reading."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cockpit.app.reading import Reading
from cockpit.app.widgets.search_bar import SearchBar

if TYPE_CHECKING:
    from cockpit.app.widgets.terminal_view import TerminalView
    from cockpit.terminal.local_view import LocalView


class Searching:
    """Belongs to the main screen, which passes the bar's messages on."""

    def __init__(self, reading: Reading, pane: TerminalView, bar: Callable[[], SearchBar]) -> None:
        self._reading = reading
        self._pane = pane
        self._bar = bar
        self._finding = 0
        self._confirmed = False

    def open(self) -> None:
        """Asks what to look for, at once: what is typed while the text is still fetched is for the bar."""
        if self._pane.surface is not None:
            self._confirmed = False
            self._bar().open()
            self._reading.open(self._reading.start_cursor)

    def wanted(self, pattern: str, regular: bool) -> None:
        """Looks for another pattern; the newest wins."""
        self._reading.open(lambda local: self._find(local, pattern, regular))

    def stepped(self, step: int) -> None:
        """Goes to the next match in a direction."""
        self._reading.open(lambda local: local.step_match(step))

    def confirmed(self) -> None:
        """The keyboard goes to the matches: n and N step, v selects, y copies, esc ends."""
        self._close()
        if self._reading.opening:
            self._reading.open(self._confirm_when_read)
        elif self._finding:
            self._confirmed = True
        else:
            self._settle()

    def _confirm_when_read(self, local: LocalView) -> None:
        if self._finding:
            self._confirmed = True
        else:
            local.cursor.turn_off()  # nothing was typed

    def _settle(self) -> None:
        local = self._reading.local
        if local is not None and local.search.result.count:
            self._reading.open(lambda local: local.cursor_to_match())
        else:
            self._reading.leave()

    def left(self) -> None:
        """The search was given up."""
        self._close()
        self._reading.leave()

    def _close(self) -> None:
        bar = self._bar()
        if bar.has_focus:
            bar.screen.set_focus(self._pane)
        bar.close()

    def _find(self, local: LocalView, pattern: str, regular: bool) -> None:
        self._finding += 1
        self._reading.begin(self._found(local, pattern, regular))

    async def _found(self, local: LocalView, pattern: str, regular: bool) -> None:
        try:
            await local.search.find(pattern, regular=regular)
        finally:
            self._finding -= 1
        if self._reading.local is local:
            self._reading.moved()
            if self._confirmed and not self._finding:
                self._confirmed = False
                self._settle()

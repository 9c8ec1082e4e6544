"""Searches what the pane shows while a person types: joins the search bar with the reading."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

from cockpit.app.reading.reading import Reading
from cockpit.app.widgets.search_bar import SearchBar

if TYPE_CHECKING:
    from cockpit.app.widgets.terminal_view import TerminalView
    from cockpit.terminal.scrollback.anchors import Point
    from cockpit.terminal.scrollback.local_view import LocalView


class Searching:
    """Belongs to the main screen, which passes the bar's messages on."""

    def __init__(self, reading: Reading, pane: TerminalView, bar: Callable[[], SearchBar]) -> None:
        self._reading = reading
        self._pane = pane
        self._bar = bar
        self._finding = 0
        self._confirmed = False
        self._confirming = False
        """Confirmed while the text to look in is still fetched."""
        reading.grown = self._grown

    @property
    def settling(self) -> bool:
        """The pattern is confirmed and still looked for: whether keys are for the matches isn't known yet."""
        return (self._confirmed and self._finding > 0) or (self._confirming and self._reading.opening)

    def open(self) -> None:
        """Asks what to look for, at once: what is typed while the text is still fetched is for the bar."""
        if self._pane.surface is not None:
            self._confirmed = self._confirming = False
            self._reading.searching = True
            self._bar().open()
            self._reading.open(self._reading.start_cursor)

    def answer(self, message: Message) -> None:
        """Does what a message of the bar asks for."""
        match message:
            case SearchBar.Wanted(pattern, regular):
                self.wanted(pattern, regular)
            case SearchBar.Stepped(step):
                self.stepped(step)
            case SearchBar.Confirmed():
                self.confirmed()
            case SearchBar.Left():
                self.left()

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
            self._confirming = True
            self._reading.open(self._confirm_when_read)
        elif self._finding:
            self._confirmed = True
        else:
            self._settle()

    def _confirm_when_read(self, local: LocalView) -> None:
        self._confirming = False
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
        self._reading.searching = False
        bar = self._bar()
        if bar.has_focus:
            bar.screen.set_focus(self._pane)
        bar.close()

    def _grown(self, local: LocalView, before: LocalView) -> None:
        """There is more text than was searched: searches again, from the match that is shown."""
        found, point = before.search.result, before.search.current_point
        if found.pattern:
            shift = local.grid.total - before.grid.total
            near = None if point is None else point._replace(row=point.row + shift)
            self._find(local, found.pattern, found.regular, near)

    def _find(self, local: LocalView, pattern: str, regular: bool, near: Point | None = None) -> None:
        self._finding += 1
        self._reading.begin(self._found(local, pattern, regular, near))

    async def _found(self, local: LocalView, pattern: str, regular: bool, near: Point | None) -> None:
        try:
            await local.search.find(pattern, regular=regular, near=near)
        finally:
            self._finding -= 1
        if self._reading.local is local:
            self._reading.moved()
            if self._confirmed and not self._finding:
                self._confirmed = False
                self._settle()

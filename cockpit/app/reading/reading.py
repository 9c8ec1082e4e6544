"""What a person does with the text of the shown terminal: scroll, search, select, copy. The program never notices.

Decides when the pane shows a local view and when it is live again; the view itself is `terminal.local_view`. Anything
typed for the program ends the reading first, so nothing typed is ever lost to it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any

from cockpit.app.core import Core
from cockpit.app.reading.captured_history import CapturedHistory
from cockpit.app.reading.copies import ReadingCopies
from cockpit.app.reading.gestures import Gestures
from cockpit.app.reading.new_output import NewOutput
from cockpit.app.reading.place import place_text
from cockpit.app.reading.typing import ReadingTyping
from cockpit.errors import CockpitError
from cockpit.model import BackendKind

if TYPE_CHECKING:
    from cockpit.app.clipboard.clipboard import CopyResult
    from cockpit.app.widgets.terminal_view import TerminalView
    from cockpit.model import Size
    from cockpit.terminal.emulator.emulator import Emulator
    from cockpit.terminal.scrollback.local_view import LocalView
    from cockpit.terminal.scrollback.screen_end import ScreenEnd
    from cockpit.terminal.wheel import WheelOwner

Then = Callable[["LocalView"], object]


class Reading:
    """Belongs to the main screen.

    `changed` is called when what `place` tells may be another text; `start` runs work in a worker of the screen.
    """

    def __init__(
        self,
        pane: TerminalView,
        core: Core,
        *,
        copy: Callable[[str], Awaitable[CopyResult]],
        open_link: Callable[[str], Awaitable[bool]],
        tell: Callable[[str, str], None],
        changed: Callable[[], None],
        start: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self._pane = pane
        self._core = core
        self.copies = ReadingCopies(copy=copy, open_link=open_link, tell=tell, start=start)
        self.tell = tell
        self._changed = changed
        self.begin = start
        """Starts work that belongs to the reading."""
        self.grown: Callable[[LocalView, LocalView], None] = lambda _local, _before: None
        """Called when all of the text is there, with the view that had only the newest; that one is freed next."""
        self.jumped: Callable[[LocalView, int], object] = lambda _local, _step: None
        """Goes to the prompt above (-1) or below (1)."""
        self.searching = False
        """The search bar has the keyboard."""
        self._history: CapturedHistory | None = None
        self._opening = False
        self._growing = False
        """The newest text is shown, the rest is still fetched."""
        self.left = 0
        """How often the live screen was wanted: what was begun before is given up."""
        self._queued: list[Then] = []
        self._for_everything: list[Then] = []
        self._typed = ReadingTyping(self, pane, core)
        self._news = NewOutput(ask=self._end_in_tmux, start=start, found=changed)
        self._gestures = Gestures(self, self._typed, pane, core, changed=changed)
        pane.use_gestures(self._gestures)
        pane.output_heard = self._news.heard

    @property
    def local(self) -> LocalView | None:
        """What is read, if anything."""
        return self._pane.local

    @property
    def opening(self) -> bool:
        """What is read is still fetched."""
        return self._opening

    @property
    def holding(self) -> bool:
        """Whether it isn't known yet what keys are for; the leader among them waits as well."""
        return self._typed.holding

    @property
    def selecting(self) -> bool:
        """The keyboard moves a cursor of its own."""
        return self.local is not None and self.local.cursor.is_on

    @property
    def place(self) -> str:
        """How far up a person reads, and whether there is news below; empty at the live screen."""
        local = self.local
        if local is None:
            return ""
        return place_text(local, growing=self._growing, news=self._news.is_there)

    @property
    def wheel(self) -> WheelOwner:
        """Who gets the wheel at the live screen."""
        return self._gestures.wheel_owner

    def select(self) -> None:
        """Gives the keyboard a cursor of its own: it moves, selects and copies."""
        self.open(self.start_cursor)
        if self._opening:
            self._typed.hold()

    def start_cursor(self, local: LocalView) -> None:
        """Puts the keyboard's cursor where the program's is: a captured history doesn't know that."""
        surface = self._pane.surface
        if self._history is not None and surface is not None and local.at_live:
            place = surface.emulator.cursor
            if place.visible and not local.cursor.is_on and local.selection.head is None:
                local.cursor.turn_on(local.point(place.row, place.column))
        local.start_cursor()

    # From and to the live screen

    def open(self, then: Then, *, everything: bool = False) -> None:
        """Begins to read, if that is not so already, and does `then` with the local view.

        `everything`: only once all of the text is there.
        """
        local = self.local
        if local is not None and not (everything and self._growing):
            then(local)
            self.moved()
        elif local is None and self._pane.surface is None:
            return
        else:
            (self._for_everything if everything else self._queued).append(then)
            if local is None and not self._opening:
                self._opening = True
                self._open()

    def _open(self) -> None:
        surface = self._pane.surface
        if self.on_tmux:
            self.begin(self._open_captured(self.left))
        elif surface is not None:
            self._show(surface.emulator, None)

    def leave(self) -> None:
        """Shows the live screen again."""
        local = self.local
        self.left += 1
        self._forget_opening()
        self._typed.forget()
        self._gestures.forget()
        self._news.forget()
        if local is not None:
            local.to_live()
            self._pane.show_local(None)
        self._drop_history()
        if local is not None:
            self._changed()

    def _forget_opening(self) -> None:
        self._opening = self._growing = False
        self._queued.clear()
        self._for_everything.clear()

    async def _open_captured(self, left: int) -> None:
        """tmux holds the text: takes a copy of it into an emulator of its own, the newest rows first."""
        history = None
        try:
            scrollback = await self._core.scrollback()
            history = CapturedHistory(scrollback, self._pane_size)
            await history.read_newest()
            if left != self.left or self._pane.surface is None:
                return
            self._history, self._growing = history, history.has_older
            self._show(history.emulator or self._pane.surface.emulator, scrollback.end)
            if left == self.left and self._growing:
                await self._grow(history, left)
        except CockpitError as error:
            self.tell(str(error), "error")
        finally:
            if history is not None and self._history is not history:
                history.close()
            if left == self.left and self._opening:
                self._forget_opening()
                self._typed.give_up()

    async def _grow(self, history: CapturedHistory, left: int) -> None:
        """Puts everything in the place of the newest text, without moving what is read."""
        emulator = None
        try:
            emulator = await history.read_everything()
        finally:
            if left == self.left and self.local is not None:
                self._growing = False
                self._show_everything(self.local, history, emulator)

    def _show_everything(
        self, before: LocalView, history: CapturedHistory, emulator: Emulator | None
    ) -> None:
        from cockpit.terminal.scrollback.local_view import LocalView

        local = before
        if emulator is not None:
            local = LocalView(emulator)
            local.take_over(before)
            self._pane.show_local(local)
            self.grown(local, before)
            history.keep(emulator)
        waiting, self._for_everything = self._for_everything, []
        for then in waiting:
            then(local)
        self.moved()

    def _show(self, emulator: Emulator, end: ScreenEnd | None) -> None:
        from cockpit.terminal.scrollback.local_view import LocalView

        local = LocalView(emulator)
        self._news.begin(local.grid, end)
        queued = self._queued.copy()
        if not self._growing:
            queued += self._for_everything
            self._for_everything.clear()
        self._opening = False
        self._queued.clear()
        for then in queued:
            then(local)
        if local.at_live and not self._holds_something(local):
            self._forget_opening()
            self._news.forget()
            self._drop_history()
        else:
            self._pane.show_local(local)
            self._changed()
        self._typed.replay()

    def _drop_history(self) -> None:
        history, self._history = self._history, None
        if history is not None:
            history.close()

    def moved(self) -> None:
        """The view may be another one; at the live screen with nothing marked the reading is over."""
        local = self.local
        if local is None:
            return
        if local.at_live and not self._holds_something(local):
            self.leave()
        else:
            self._pane.show_marks()
            self._changed()

    def _holds_something(self, local: LocalView) -> bool:
        marked = local.cursor.is_on or local.selection.is_active or local.search.result.pattern
        return bool(marked or self._for_everything)

    @property
    def on_tmux(self) -> bool:
        """Whether tmux holds the text of the shown terminal."""
        terminal = self._core.focused_terminal
        return terminal is not None and terminal.backend == BackendKind.TMUX

    def _pane_size(self) -> Size | None:
        surface = self._pane.surface
        return surface.size if surface is not None else None

    async def _end_in_tmux(self) -> ScreenEnd | None:
        return (await self._core.scrollback(capture=False)).end

    # Copying

    def copy(self) -> None:
        """Copies what is selected and shows the live screen again."""
        if self.local is not None:
            self.copies.selection(self.local)
            self.leave()

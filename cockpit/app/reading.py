"""What a person does with the text of the shown terminal: scroll, search, select, copy. The program never notices.

Decides when the pane shows a local view and when it is live again; the view itself is `terminal.local_view`. Anything
typed for the program ends the reading first, so nothing typed is ever lost to it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any

from cockpit.app.core import Core
from cockpit.app.reading_keys import ReadingKeys
from cockpit.errors import CockpitError
from cockpit.model import BackendKind
from cockpit.terminal.keys import KeyPress

if TYPE_CHECKING:
    from cockpit.app.clipboard import CopyResult
    from cockpit.app.widgets.terminal_view import TerminalView
    from cockpit.terminal.emulator import Emulator
    from cockpit.terminal.local_view import LocalView

AUTOSCROLL_INTERVAL_S = 0.04
"""How often a drag that is held outside the pane scrolls on."""

Then = Callable[["LocalView"], object]
Pressed = tuple[int, int, int, bool]
"""Row, column, clicks (0 once it is a drag) and whether a block is wanted."""


class Reading:
    """Belongs to the main screen; implements the pane's `PaneGestures`.

    `changed` is called when what `place` tells may be another text; `start` runs work in a worker of the screen.
    """

    def __init__(
        self,
        pane: TerminalView,
        core: Core,
        *,
        copy: Callable[[str], Awaitable[CopyResult]],
        tell: Callable[[str, str], None],
        changed: Callable[[], None],
        start: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self._pane = pane
        self._core = core
        self._copy = copy
        self._tell = tell
        self._changed = changed
        self._start = start
        self._keys = ReadingKeys(self)
        self._history: Emulator | None = None
        self._opening = False
        self._left = 0
        """How often the live screen was wanted: what was begun before is given up."""
        self._queued: list[Then] = []
        self._held_keys: list[KeyPress] | None = None
        """Typed for the keyboard's own cursor while what is read is still fetched."""
        self._pressed: Pressed | None = None
        self._autoscroll: asyncio.TimerHandle | None = None
        self._heard_output = False
        pane.use_gestures(self)
        pane.output_heard = self._output_heard

    @property
    def local(self) -> LocalView | None:
        """What is read, if anything."""
        return self._pane.local

    @property
    def opening(self) -> bool:
        """What is read is still fetched."""
        return self._opening

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
        position = local.position
        words = [f"↑ {position.above_live:,} of {position.total:,}"] if position.above_live else ["reading"]
        found = local.search.result
        if found.pattern:
            words.append(found.error or f"match {found.current:,} of {found.count:,}")
        if self._heard_output:
            words.append("new output below")
        return " · ".join(words)

    def select(self) -> None:
        """Gives the keyboard a cursor of its own: it moves, selects and copies."""
        self.open(self.start_cursor)
        if self._opening and self._held_keys is None:
            self._held_keys = []

    def start_cursor(self, local: LocalView) -> None:
        """Puts the keyboard's cursor where the program's is: a captured history doesn't know that."""
        surface = self._pane.surface
        if self._history is not None and surface is not None and local.at_live:
            place = surface.emulator.cursor
            if place.visible and not local.cursor.is_on and local.selection.head is None:
                local.cursor.turn_on(local.point(place.row, place.column))
        local.start_cursor()

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Starts work that belongs to the reading."""
        self._start(work)

    # From and to the live screen

    def open(self, then: Then) -> None:
        """Begins to read, if that is not so already, and does `then` with the local view."""
        if self.local is not None:
            then(self.local)
            self.moved()
        elif self._opening:
            self._queued.append(then)
        elif self._pane.surface is not None:
            self._opening = True
            self._queued.append(then)
            terminal = self._core.focused_terminal
            if terminal is not None and terminal.backend == BackendKind.TMUX:
                self.begin(self._open_captured(self._left))
            else:
                self._show(self._pane.surface.emulator)

    def leave(self) -> None:
        """Shows the live screen again."""
        local = self.local
        self._left += 1
        self._forget_opening()
        self._pressed = None
        self._stop_autoscroll()
        if local is None:
            self._drop_history()
            return
        local.to_live()
        self._pane.show_local(None)
        self._drop_history()
        self._changed()

    def _forget_opening(self) -> None:
        self._opening, self._held_keys = False, None
        self._queued.clear()

    async def _open_captured(self, left: int) -> None:
        """tmux holds the text: takes a copy of it into an emulator of its own."""
        from cockpit.terminal.history import build_history

        emulator = None
        try:
            scrollback = await self._core.scrollback()
            surface = self._pane.surface
            if surface is not None and scrollback.captured is not None:
                emulator = await build_history(scrollback.captured, surface.size)
            surface = self._pane.surface
            if left == self._left and surface is not None:
                self._history, emulator = emulator, None
                if self._history is not None and self._history.size != surface.size:
                    self._history.resize(surface.size)  # the pane was resized meanwhile
                self._show(self._history or surface.emulator)
        except CockpitError as error:
            self._tell(str(error), "error")
        finally:
            if emulator is not None:
                emulator.close()
            if left == self._left and self._opening:
                self._forget_opening()

    def _show(self, emulator: Emulator) -> None:
        from cockpit.terminal.local_view import LocalView

        self._heard_output = False
        local = LocalView(emulator)
        queued, keys = self._queued.copy(), self._held_keys or ()
        self._forget_opening()
        for then in queued:
            then(local)
        if local.at_live and not self._holds_something(local):
            self._drop_history()
        else:
            self._pane.show_local(local)
            self._changed()
        for press in keys:
            if not self.key(press):
                self._pane.typing.key(press)

    def _drop_history(self) -> None:
        if self._history is not None:
            self._history.close()
            self._history = None

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

    @staticmethod
    def _holds_something(local: LocalView) -> bool:
        return bool(local.cursor.is_on or local.selection.is_active or local.search.result.pattern)

    def _output_heard(self) -> None:
        if not self._heard_output:
            self._heard_output = True
            self._changed()

    # Gestures of the pane

    def key(self, press: KeyPress) -> bool:
        """Uses a key that scrolls or selects; every other key ends the reading and is the program's."""
        if self._held_keys is not None:
            self._held_keys.append(press)
            return True
        if press.chord == "shift+pageup" and self.local is None and self._full_screen():
            return False
        return self._keys.take(press)

    def _full_screen(self) -> bool:
        """Whether a full-screen program has the pane, as far as its own emulator tells."""
        surface, terminal = self._pane.surface, self._core.focused_terminal
        if surface is None or terminal is None or terminal.backend == BackendKind.TMUX:
            return False
        return surface.emulator.modes.alternate_screen

    def pasted(self) -> None:
        """What is pasted is for the program."""
        self.leave()

    def wheel(self, lines: int) -> None:
        """Scrolls; a full-screen program that doesn't track the mouse gets arrow keys instead."""
        if self.local is None and not self._opening:
            surface = self._pane.surface
            terminal = self._core.focused_terminal
            if surface is None or terminal is None:
                return
            if terminal.backend == BackendKind.TMUX:
                self.begin(self._wheel_on_tmux(lines, terminal.id, self._left))
                return
            if surface.emulator.modes.alternate_screen:
                self._arrows(lines)
                return
        self._scroll(lines)

    def _scroll(self, lines: int) -> None:
        if lines < 0 or self._opening or self.local is not None:
            self.open(lambda local: local.scroll(lines))

    async def _wheel_on_tmux(self, lines: int, terminal_id: str, left: int) -> None:
        try:
            alternate = (await self._core.scrollback(capture=False)).alternate_screen
        except CockpitError as error:
            self._tell(str(error), "error")
            return
        focused = self._core.focused_terminal
        if focused is None or focused.id != terminal_id:
            return
        if alternate:
            self._arrows(lines)
        elif left == self._left:  # else something was typed since
            self._scroll(lines)

    def _arrows(self, lines: int) -> None:
        key = KeyPress("up" if lines < 0 else "down")
        for _ in range(abs(lines)):
            self._pane.typing.key(key)

    def press(self, row: int, column: int, *, clicks: int, alt: bool, ctrl: bool) -> None:
        """Remembers where a drag would begin; two clicks select the word, three the line, ctrl follows a link."""
        if ctrl:
            self._pressed = None
            self.open(lambda local: self._follow(local, row, column))
        elif clicks > 1:
            self.open(lambda local: local.press(row, column, clicks=clicks))
        elif self.local is not None and self.local.selection.is_active:
            self.local.selection.clear()
            self.moved()
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
        self.open(lambda local: self._drag(local, row, column, pressed if begins else None))

    def release(self) -> None:
        """What is selected is copied."""
        self._stop_autoscroll()
        pressed, self._pressed = self._pressed, None
        if pressed is not None and pressed[2] != 1:
            self.open(self._copy_selection)

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

    def _follow(self, local: LocalView, row: int, column: int) -> None:
        link = local.link(row, column)
        if link is not None:
            self.begin(self._copy_text(link.target))

    # Copying

    def copy(self) -> None:
        """Copies what is selected and shows the live screen again."""
        if self.local is not None:
            self._copy_selection(self.local)
            self.leave()

    def copy_last_output(self) -> None:
        """Copies what the last command printed, where the shell marks its prompts."""
        self.open(self._copy_output)

    def _copy_output(self, local: LocalView) -> None:
        if local.select_last_output():
            self._copy_selection(local)
        else:
            self._tell(
                "The shell marks no prompts here (OSC 133), so its last output isn't known.", "warning"
            )

    def _copy_selection(self, local: LocalView) -> None:
        text = local.selection.text()
        if text:
            self.begin(self._copy_text(text))

    async def _copy_text(self, text: str) -> None:
        result = await self._copy(text)
        self._tell(result.message, "information" if result.confirmed else "warning")

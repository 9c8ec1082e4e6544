"""Turns what the control connection and the pidfds notice into facts about windows. Sends nothing by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from cockpit.errors import TmuxError
from cockpit.tmux.control.parser import ControlEvent, Notification, SubscriptionChanged
from cockpit.tmux.events import (
    BellRang,
    ClientDetached,
    ScreenSwitched,
    TitleChanged,
    TmuxListener,
    WindowAdded,
    WindowClosed,
    WindowExited,
    WindowRenamed,
)
from cockpit.tmux.listening.speakers import Speakers
from cockpit.tmux.quoting import clean_text
from cockpit.tmux.server.lifecycle import PaneWatches
from cockpit.tmux.windows.windows import WindowInfo, is_window_id, parse_pane_state

SUBSCRIPTION = "cockpit"
UNHEARD = -1
"""The bells of an adopted window are counted from the first push on: those before rang for somebody else."""

ReadExit = Callable[[str, int], Awaitable[WindowInfo | None]]
"""Asks tmux how the program `pid` of a window ended; None when the window is gone or runs something else by now."""


class WindowObserver:
    """Knows which windows exist and what was told of them already, so that each fact is told once."""

    def __init__(self, publish: TmuxListener, read_exit: ReadExit, speakers: Speakers) -> None:
        self._publish = publish
        self._read_exit = read_exit
        self._speakers = speakers
        self._watches = PaneWatches(self._pane_ended)
        self._known: set[str] = set()
        self._ended_pids: dict[str, int] = {}
        self._titles: dict[str, str] = {}
        self._alternate: dict[str, bool] = {}
        self._bells: dict[str, int] = {}
        self._readings: set[asyncio.Task[None]] = set()

    def adopt(self, windows: Iterable[WindowInfo]) -> None:
        """The windows found at start: how ended ones ended is in their rows, so it is not told again."""
        for window in windows:
            if window.dead:
                self._ended_pids[window.window_id] = window.pane_pid
            self._titles[window.window_id] = window.title
            self._bells[window.window_id] = UNHEARD
        self.listed(windows)

    def listed(self, windows: Iterable[WindowInfo]) -> None:
        """A complete listing: watches what runs, forgets what is gone."""
        windows = list(windows)
        for window in windows:
            self.started(window)
        for gone in self._known - {window.window_id for window in windows}:
            self.forget(gone)

    def resync(self, windows: Iterable[WindowInfo]) -> None:
        """A complete listing after a time without notices: tells what was missed."""
        windows = list(windows)
        for window in windows:
            if window.window_id not in self._known:
                self._publish(WindowAdded(window.window_id))
            if window.dead:
                self._pane_ended(window.window_id, window.pane_pid)
        for gone in sorted(self._known - {window.window_id for window in windows}):
            self._closed(gone)
        self.listed(windows)

    def started(self, window: WindowInfo) -> None:
        """A window that was made, found, or got a new program."""
        self._known.add(window.window_id)
        self._watches.watch(window)
        self._speakers.know(window)

    def forget(self, window_id: str) -> None:
        """Nothing more is told of this window."""
        self._known.discard(window_id)
        self._watches.forget(window_id)
        self._speakers.forget(window_id)
        for memory in (self._ended_pids, self._titles, self._alternate, self._bells):
            memory.pop(window_id, None)

    def close(self) -> None:
        """Ends every watch and every pending question."""
        self._watches.close()
        self._speakers.clear()
        for reading in self._readings:
            reading.cancel()
        self._known.clear()

    def notice(self, event: ControlEvent) -> None:
        """An event of the control connection."""
        if isinstance(event, SubscriptionChanged):
            self._state_pushed(event)
        elif isinstance(event, Notification):
            self._notified(event)

    def _notified(self, event: Notification) -> None:
        subject = event.first
        match event.name:
            case "window-add" | "unlinked-window-add" if subject not in self._known and is_window_id(subject):
                self._known.add(subject)
                self._publish(WindowAdded(subject))
            case "window-close" | "unlinked-window-close":
                self._closed(subject)
            case "window-renamed" | "unlinked-window-renamed" if subject in self._known:
                self._publish(WindowRenamed(subject, clean_text(event.text.partition(" ")[2])))
            case "client-detached":
                self._publish(ClientDetached(event.text))

    def _closed(self, window_id: str) -> None:
        """tmux tells once for every session the window was linked into."""
        if window_id in self._known:
            self.forget(window_id)
            self._publish(WindowClosed(window_id))

    def _state_pushed(self, event: SubscriptionChanged) -> None:
        state = parse_pane_state(event.value)
        window_id = event.window_id
        if event.name != SUBSCRIPTION or state is None or window_id not in self._known:
            return
        if self._alternate.get(window_id, False) != state.alternate_screen:
            self._alternate[window_id] = state.alternate_screen
            self._publish(ScreenSwitched(window_id, state.alternate_screen))
        if self._titles.get(window_id, "") != state.title:
            self._titles[window_id] = state.title
            self._publish(TitleChanged(window_id, state.title))
        heard, self._bells[window_id] = self._bells.get(window_id, 0), state.bells
        if UNHEARD < heard < state.bells:
            self._publish(BellRang(window_id))
        if state.dead:  # the pidfd told long ago, unless there is none here or tmux didn't answer then
            self._pane_ended(window_id, state.pid)

    def _pane_ended(self, window_id: str, pid: int) -> None:
        if self._ended_pids.get(window_id) == pid:
            return
        self._ended_pids[window_id] = pid
        reading = asyncio.get_running_loop().create_task(self._tell_exit(window_id, pid))
        self._readings.add(reading)
        reading.add_done_callback(self._readings.discard)

    async def _tell_exit(self, window_id: str, pid: int) -> None:
        try:
            window = await self._read_exit(window_id, pid)
        except TmuxError:  # hung or gone: the next push of the subscription, or the server's end, tells it
            if self._ended_pids.get(window_id) == pid:
                del self._ended_pids[window_id]
            return
        if window is not None and window_id in self._known:
            self._publish(WindowExited(window_id, window.exit_status, window.exit_signal))

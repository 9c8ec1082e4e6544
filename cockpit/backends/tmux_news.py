"""What tmux tells of windows and of the display client, turned into facts about terminals. Asks tmux nothing."""

from __future__ import annotations

from collections.abc import Callable

from cockpit.backends.base import (
    BackendAnswered,
    BackendEvent,
    BackendFailed,
    BackendListener,
    BackendNoticed,
    BackendSilent,
    BellRang,
    ScreenSwitched,
    StatusChanged,
    SurfaceLost,
    TitleChanged,
)
from cockpit.backends.tmux_voices import Voices
from cockpit.backends.tmux_windows import KnownWindows
from cockpit.model import BackendKind, TerminalState, TerminalStatus
from cockpit.tmux import events

SOCKET_RESTORED = "tmux's socket was removed by somebody. It was made again; nothing was lost."


class TmuxNews:
    """Keeps `windows` true and tells `listener`, until it is closed. `server_gone` is called after all was told."""

    def __init__(
        self,
        listener: BackendListener,
        windows: KnownWindows,
        voices: Voices,
        server_gone: Callable[[], None],
    ) -> None:
        self._listener = listener
        self._windows = windows
        self._voices = voices
        self._on_server_gone = server_gone
        self._closed = False

    def close(self) -> None:
        """Tells nothing more."""
        self._closed = True
        self._voices.close()

    def heard(self, event: events.TmuxEvent) -> None:
        """An event of the server."""
        if self._closed:
            return
        if isinstance(event, events.ServerGone):
            self.server_gone(event.reason)
            return
        if isinstance(event, events.ServerSilent):
            self._listener(BackendSilent(BackendKind.TMUX, event.reason))
            return
        if isinstance(event, events.ServerAnswered):
            self._listener(BackendAnswered(BackendKind.TMUX))
            return
        if isinstance(event, events.SocketRestored):
            self._listener(BackendNoticed(BackendKind.TMUX, SOCKET_RESTORED))
            return
        if isinstance(event, events.ClientDetached | events.WindowAdded | events.WindowRenamed):
            return
        terminal_id = self._windows.terminal_id(event.window_id)
        if terminal_id is None:
            return
        told: BackendEvent | None = None
        match event:
            case events.ProgramSpoke():
                self._voices.hear(terminal_id, event.payload)
            case events.WindowExited():
                self._windows.ended(event.window_id)
                self._voices.ended(terminal_id)
                status = TerminalStatus(TerminalState.EXITED, event.exit_code, event.signal)
                told = StatusChanged(terminal_id, status)
            case events.WindowClosed():
                self._window_closed(terminal_id)
            case events.TitleChanged():
                told = TitleChanged(terminal_id, event.title)
            case events.ScreenSwitched():
                told = ScreenSwitched(terminal_id, event.alternate)
            case events.BellRang() if terminal_id != self._windows.shown_id:
                told = BellRang(terminal_id)  # the shown one's has come through the display client
        if told is not None:
            self._listener(told)

    def display_lost(self) -> None:
        """The display client ended by itself: the last window closed, somebody detached it, or the server died."""
        self._windows.shown_id = None
        if not self._closed and self._windows:
            self._listener(SurfaceLost(BackendKind.TMUX))

    def display_rang(self) -> None:
        """The display client rang."""
        if self._windows.shown_id is not None:
            self._listener(BellRang(self._windows.shown_id))

    def _window_closed(self, terminal_id: str) -> None:
        """Somebody else ended the window; the display client shows another one by now."""
        was_shown = terminal_id == self._windows.shown_id
        self._windows.forget(terminal_id)
        self._voices.forget(terminal_id)
        reason = "its tmux window was closed from outside cockpit"
        self._listener(StatusChanged(terminal_id, TerminalStatus(TerminalState.EXITED, reason=reason)))
        if was_shown:
            self._windows.shown_id = None
            self._listener(SurfaceLost(BackendKind.TMUX))

    def server_gone(self, reason: str, *, by_person: bool = False) -> None:
        """The server is no more, and every window with it. `by_person`: as they wished, so there is nothing to say."""
        lost = self._windows.clear()
        self._voices.close()
        self._windows.shown_id = None
        text = f"the tmux server ended: {reason}"
        for terminal_id, had_ended in lost.items():
            if not had_ended:
                self._listener(
                    StatusChanged(terminal_id, TerminalStatus(TerminalState.EXITED, reason=text, lost=True))
                )
        if by_person:
            self._listener(SurfaceLost(BackendKind.TMUX))
            return
        self._listener(BackendFailed(BackendKind.TMUX, f"{text}. Its terminals can be started again."))
        self._on_server_gone()

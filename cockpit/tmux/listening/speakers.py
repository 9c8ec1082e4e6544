"""Whose words they are: what the listener heard in a pane becomes an event of the pane's window. Pure."""

from __future__ import annotations

from collections.abc import Callable

from cockpit.tmux.events import ProgramSpoke
from cockpit.tmux.windows.windows import WindowInfo

UNKNOWN_PANES = 64
KEPT_WORDS = 16
KEPT_BYTES = 8 * 1024


class Speakers:
    """The panes of the known windows. What a pane says before its window is known is kept for that moment."""

    def __init__(self, tell: Callable[[ProgramSpoke], None]) -> None:
        self._tell = tell
        self._window_ids: dict[str, str] = {}
        self._unknown: dict[str, list[bytes]] = {}

    def know(self, window: WindowInfo) -> None:
        """This window's pane is this one from now on."""
        if self._window_ids.get(window.pane_id) == window.window_id:
            return
        self.forget(window.window_id)
        self._window_ids[window.pane_id] = window.window_id
        for payload in self._unknown.pop(window.pane_id, ()):
            self._tell(ProgramSpoke(window.window_id, payload))

    def window_of(self, pane_id: str) -> str | None:
        """The window of a known pane."""
        return self._window_ids.get(pane_id)

    def pane_of(self, window_id: str) -> str | None:
        """The pane of a known window."""
        return next((pane for pane, window in self._window_ids.items() if window == window_id), None)

    def forget(self, window_id: str) -> None:
        """The window is gone."""
        for pane_id in [pane for pane, window in self._window_ids.items() if window == window_id]:
            del self._window_ids[pane_id]

    def clear(self) -> None:
        """All are gone."""
        self._window_ids.clear()
        self._unknown.clear()

    def heard(self, pane_id: str, payload: bytes) -> None:
        """A pane's program said this (see `osc.OscScanner`)."""
        window_id = self._window_ids.get(pane_id)
        if window_id is not None:
            self._tell(ProgramSpoke(window_id, payload))
            return
        if pane_id not in self._unknown and len(self._unknown) >= UNKNOWN_PANES:
            del self._unknown[next(iter(self._unknown))]
        words = self._unknown.setdefault(pane_id, [])
        if len(words) < KEPT_WORDS and len(payload) <= KEPT_BYTES:
            words.append(payload)

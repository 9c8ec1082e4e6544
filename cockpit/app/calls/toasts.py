"""What the person should read, in the corner: made safe to show, bounded, and quiet while notifications are muted."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from textual.notifications import Notification, Notify
from textual.screen import Screen
from textual.widget import Widget

from cockpit.app.core import Core
from cockpit.app.looks.text import safe_text
from cockpit.terminal.speech.voice import TokenBucket
from cockpit.workspace.events import Event, Noticed

MAX_LINES, MAX_CELLS = 8, 400
SPOKEN_RATE = (4, 2.0)
"""How many toasts of programs at once, all terminals together, and seconds for one more."""
REMEMBERED_TOASTS = 32
_TOAST_ID = "--textual-toast-"
"""Textual's id of a toast is this and the notification's identity."""


class Toasts:
    """Belongs to the main screen."""

    def __init__(
        self, screen: Screen[Any], core: Core, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._screen = screen
        self._core = core
        self._clock = clock
        self._spoken = TokenBucket(*SPOKEN_RATE)
        self._speakers: OrderedDict[str, str] = OrderedDict()
        """Terminal ids by the id of the toast that shows what was said."""

    def hear(self, event: Event) -> None:
        """Shows what the core wants to be read."""
        if isinstance(event, Noticed):
            self.tell(event.message, event.severity)

    def tell(self, message: str, severity: str = "information") -> None:
        """Shows a toast; information stays away while notifications are muted, the rest is always said."""
        if severity == "information" and self._muted:
            return
        known = severity if severity in ("information", "warning", "error") else "warning"
        self._screen.notify(_safe(message), severity=known, markup=False)  # type: ignore[arg-type]  # one of the three

    def speak(self, terminal_id: str, speaker: str, said: str) -> None:
        """Shows what a program says, under the name of its terminal; what comes too fast is left out."""
        if self._muted or not self._spoken.take(self._clock()):
            return
        app = self._screen.app
        toast = Notification(_safe(said), safe_text(speaker, MAX_CELLS), timeout=app.NOTIFICATION_TIMEOUT)
        self._speakers[_TOAST_ID + toast.identity] = terminal_id
        while len(self._speakers) > REMEMBERED_TOASTS:
            self._speakers.popitem(last=False)
        app.post_message(Notify(toast))

    def speaker(self, toast: Widget) -> str | None:
        """The id of the terminal that a toast speaks for, if it does."""
        ids = (widget.id or "" for widget in toast.ancestors_with_self)
        return next((self._speakers[i] for i in ids if i in self._speakers), None)

    @property
    def _muted(self) -> bool:
        return self._core.settings.values.notifications.muted


def _safe(message: str) -> str:
    return "\n".join(safe_text(line, MAX_CELLS) for line in message.splitlines()[:MAX_LINES])

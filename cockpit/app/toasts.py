"""What the person should read, in the corner: made safe to show, and quiet while notifications are muted."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen

from cockpit.app.core import Core
from cockpit.app.text import safe_text
from cockpit.workspace.events import Event, Noticed, TerminalNotified

MAX_LINES, MAX_CELLS = 8, 400


class Toasts:
    """Belongs to the main screen."""

    def __init__(self, screen: Screen[Any], core: Core) -> None:
        self._screen = screen
        self._core = core

    def hear(self, event: Event) -> None:
        """Shows what the core and the programs want to be read."""
        match event:
            case Noticed(message, severity):
                self.tell(message, severity)
            case TerminalNotified(session_id=session_id, title=title, body=body):
                session = next(
                    (s.name for s in self._core.sessions if s.id == session_id), "a closed session"
                )
                said = " · ".join(text for text in (title, body) if text)
                self.tell(f"{safe_text(session, 40)}: {said}")

    def tell(self, message: str, severity: str = "information") -> None:
        """Shows a toast; information stays away while notifications are muted, the rest is always said."""
        if severity == "information" and self._core.settings.values.notifications.muted:
            return
        known = severity if severity in ("information", "warning", "error") else "warning"
        text = "\n".join(safe_text(line, MAX_CELLS) for line in message.splitlines()[:MAX_LINES])
        self._screen.notify(text, severity=known, markup=False)  # type: ignore[arg-type]  # one of the three

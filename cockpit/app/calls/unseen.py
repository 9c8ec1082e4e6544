"""What happened in terminals that were not shown: notifications, bells and ended programs, until they are looked at.

Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from cockpit.model import Session, TerminalState
from cockpit.workspace.events import (
    Event,
    FocusChanged,
    TerminalBellRang,
    TerminalNotified,
    TerminalStatusChanged,
)


class Unseen:
    """The counts, by terminal id."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._shown: str | None = None
        self._called: dict[str, bool] = {}
        """The terminals that have a count, the newest call last; True for those that notified."""

    def hear(self, event: Event) -> bool:
        """Counts an event; tells whether a count changed."""
        match event:
            case FocusChanged(_, terminal_id):
                self._shown = terminal_id
                self._called.pop(terminal_id or "", None)
                return self._counts.pop(terminal_id or "", 0) > 0
            case TerminalNotified(terminal_id=terminal_id):
                return self._add(terminal_id, notified=True)
            case TerminalBellRang(_, terminal_id):
                return self._add(terminal_id)
            case TerminalStatusChanged(_, terminal_id, status) if status.state in (
                TerminalState.EXITED,
                TerminalState.FAILED,
            ):
                return self._add(terminal_id)
            case _:
                return False

    def of_terminal(self, terminal_id: str) -> int:
        """What one terminal did unseen."""
        return self._counts[terminal_id]

    def of_session(self, session: Session) -> int:
        """What the terminals of one session did unseen."""
        return sum(self._counts[terminal.id] for terminal in session.terminals)

    @property
    def newest(self) -> str | None:
        """The terminal to look at next: whose notification is the newest, else whatever else called last."""
        calls = list(self._called)
        notified = [i for i in calls if self._called[i]]
        return next(reversed(notified or calls), None)

    def keep_only(self, terminal_ids: Collection[str]) -> None:
        """Forgets terminals that are gone."""
        for gone in [i for i in self._counts if i not in terminal_ids]:
            del self._counts[gone]
            self._called.pop(gone, None)

    def _add(self, terminal_id: str, *, notified: bool = False) -> bool:
        if terminal_id == self._shown:
            return False
        self._counts[terminal_id] += 1
        self._called[terminal_id] = self._called.pop(terminal_id, False) or notified
        return True

"""What happened in terminals that were not shown: bells and ended programs, counted until they are looked at. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from cockpit.model import Session, TerminalState
from cockpit.workspace.events import Event, FocusChanged, TerminalBellRang, TerminalStatusChanged


class Unseen:
    """The counts, by terminal id."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._shown: str | None = None

    def hear(self, event: Event) -> bool:
        """Counts an event; tells whether a count changed."""
        match event:
            case FocusChanged(_, terminal_id):
                self._shown = terminal_id
                return self._counts.pop(terminal_id or "", 0) > 0
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

    def keep_only(self, terminal_ids: Collection[str]) -> None:
        """Forgets terminals that are gone."""
        for gone in [i for i in self._counts if i not in terminal_ids]:
            del self._counts[gone]

    def _add(self, terminal_id: str) -> bool:
        if terminal_id == self._shown:
            return False
        self._counts[terminal_id] += 1
        return True

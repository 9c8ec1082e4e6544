"""Finds the rows that callers mean among those of a workspace (see `targets`)."""

from __future__ import annotations

from cockpit.control.targets import Found, find_any, find_session, find_terminal
from cockpit.model import Session, Terminal
from cockpit.workspace.workspace import Workspace


class RowFinder:
    """Every method raises `ProtocolError` when there is no such row, or several."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def terminal(self, target: str | None) -> tuple[Session, Terminal]:
        """The terminal that is meant."""
        return find_terminal(self._workspace.sessions, self._focused, target)

    def session(self, target: str | None) -> Session:
        """The session that is meant."""
        return find_session(self._workspace.sessions, self._focused, target)

    def row(self, target: str, session: bool) -> Found:
        """The terminal or session that is meant; with `session`, a session for certain."""
        if session:
            return self.session(target), None
        return find_any(self._workspace.sessions, self._focused, target)

    @property
    def _focused(self) -> Found | None:
        session, terminal = self._workspace.focused_session, self._workspace.focused_terminal
        return None if session is None else (session, terminal)

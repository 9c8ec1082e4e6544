"""The sessions in their order and which terminal is focused. Bookkeeping: starts nothing, tells nobody."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from cockpit.errors import CommandError
from cockpit.model import Session, Terminal

Row = TypeVar("Row", Session, Terminal)


class Rows:
    """The rows of one workspace. The focus is always on a row that exists, or on none when there are none."""

    def __init__(self, sessions: Iterable[Session] = (), focused_session_id: str | None = None) -> None:
        self.sessions: list[Session] = list(sessions)
        self.focused_session: Session | None = next(
            (s for s in self.sessions if s.id == focused_session_id),
            self.sessions[0] if self.sessions else None,
        )

    @property
    def focused_terminal(self) -> Terminal | None:
        """The active terminal of the focused session."""
        return self.focused_session.active_terminal if self.focused_session else None

    def terminals(self) -> Iterator[Terminal]:
        """All terminals, session by session."""
        for session in self.sessions:
            yield from session.terminals

    def session(self, session_id: str | None) -> Session:
        """The session with this id, the focused one for None.

        Raises:
            CommandError: there is none.
        """
        if session_id is None:
            if self.focused_session is None:
                raise CommandError("there is no session; create one first")
            return self.focused_session
        for session in self.sessions:
            if session.id == session_id:
                return session
        raise CommandError(f"there is no session {session_id!r}; it may have been closed")

    def terminal(self, terminal_id: str | None) -> tuple[Session, Terminal]:
        """The terminal with this id and its session, the focused one for None.

        Raises:
            CommandError: there is none.
        """
        if terminal_id is None:
            session, terminal = self.focused_session, self.focused_terminal
            if session is None or terminal is None:
                raise CommandError("there is no terminal; create a session first")
            return session, terminal
        for session in self.sessions:
            terminal = session.terminal(terminal_id)
            if terminal is not None:
                return session, terminal
        raise CommandError(f"there is no terminal {terminal_id!r}; it may have been closed")

    def find(self, terminal_id: str) -> tuple[Session, Terminal] | None:
        """The terminal with this id and its session, or None: for facts that come after a row is gone."""
        for session in self.sessions:
            for terminal in session.terminals:
                if terminal.id == terminal_id:
                    return session, terminal
        return None

    def focus(self, session: Session, terminal: Terminal | None = None) -> None:
        """Focuses a session, and in it a terminal when one is given."""
        self.focused_session = session
        if terminal is not None:
            session.active_terminal_id = terminal.id

    def neighbour_session(self, step: int) -> Session:
        """The session `step` rows on, around the ends. Raises `CommandError` when there is none."""
        session = self.session(None)
        return self.sessions[(_position(self.sessions, session) + step) % len(self.sessions)]

    def neighbour_terminal(self, step: int) -> Terminal:
        """The terminal `step` tabs on, around the ends. Raises `CommandError` when there is none."""
        session, terminal = self.terminal(None)
        return session.terminals[(_position(session.terminals, terminal) + step) % len(session.terminals)]

    def remove_session(self, session: Session) -> None:
        """Takes a session out; the focus moves to the one that takes its place, or the last."""
        position = _position(self.sessions, session)
        del self.sessions[position]
        if self.focused_session is session:
            last = len(self.sessions) - 1
            self.focused_session = self.sessions[min(position, last)] if self.sessions else None

    def remove_terminal(self, session: Session, terminal: Terminal) -> None:
        """Takes a terminal out; if it was active the neighbour to the right is, or else to the left."""
        was_active = session.active_terminal is terminal
        position = _position(session.terminals, terminal)
        del session.terminals[position]
        if was_active:
            last = len(session.terminals) - 1
            remaining = session.terminals
            session.active_terminal_id = remaining[min(position, last)].id if remaining else None


def move(rows: list[Row], row: Row, offset: int) -> bool:
    """Moves a row by `offset` places, at most to the ends. True when its place changed."""
    before = _position(rows, row)
    after = max(0, min(len(rows) - 1, before + offset))
    rows.insert(after, rows.pop(before))
    return after != before


def new_id(prefix: str) -> str:
    """An id that no other row has: `s-` or `t-` and twelve hexadecimal digits."""
    return f"{prefix}-{secrets.token_hex(6)}"


def _position(rows: Sequence[Row], row: Row) -> int:
    """The place of this very row; `list.index` would compare whole rows by value."""
    return next(place for place, other in enumerate(rows) if other is row)

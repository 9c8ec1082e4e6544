"""Which row a caller means: by id, name, a beginning of either, `SESSION:TERMINAL`, or `current`. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from cockpit.control.codes import ErrorCode
from cockpit.control.protocol import ProtocolError
from cockpit.model import Session, Terminal
from cockpit.text import clean_text, did_you_mean

CURRENT = "current"
"""The focused terminal. Inside a terminal the client puts that terminal's id in its place."""

Found = tuple[Session, Terminal | None]
"""A terminal in its session, or a session as a whole."""


def find_terminal(
    sessions: Sequence[Session], focused: Found | None, target: str | None
) -> tuple[Session, Terminal]:
    """The terminal a caller means; a session stands for its active terminal.

    Raises:
        ProtocolError: there is none, or several.
    """
    found = _candidates(sessions, focused, target)
    terminals: dict[str, tuple[Session, Terminal]] = {}
    for session, terminal in found:
        terminal = terminal or session.active_terminal
        if terminal is not None:
            terminals[terminal.id] = (session, terminal)
    if len(terminals) > 1:
        raise _ambiguous(target, list(terminals.values()))
    if not terminals:
        raise _missing("terminal", target, sessions)
    return next(iter(terminals.values()))


def find_session(sessions: Sequence[Session], focused: Found | None, target: str | None) -> Session:
    """The session a caller means; a terminal stands for the session it is in. Raises `ProtocolError`."""
    found = _candidates(sessions, focused, target)
    whole = {session.id: session for session, terminal in found if terminal is None}
    wanted = whole or {session.id: session for session, _ in found}
    if len(wanted) > 1:
        raise _ambiguous(target, [(session, None) for session in wanted.values()])
    if not wanted:
        raise _missing("session", target, sessions)
    return next(iter(wanted.values()))


def find_any(sessions: Sequence[Session], focused: Found | None, target: str | None) -> Found:
    """The session or terminal a caller means. Raises `ProtocolError`."""
    found = _candidates(sessions, focused, target)
    if len(found) > 1:
        raise _ambiguous(target, found)
    if not found:
        raise _missing("session or terminal", target, sessions)
    return found[0]


def _candidates(sessions: Sequence[Session], focused: Found | None, target: str | None) -> list[Found]:
    if not _is_current(target):
        return _matches(sessions, target or "")
    return [] if focused is None else [focused]


def _matches(sessions: Sequence[Session], target: str) -> list[Found]:
    """What the target names, by the first rule that finds anything."""
    if not target:
        return []  # an unset variable of a script: a beginning of every name
    for session, terminal in _rows(sessions):  # what scripts use, request for request
        if (terminal or session).id == target:
            return [(session, terminal)]
    rows = list(_rows(sessions))
    rules: tuple[Callable[[str, str], bool], ...] = (
        lambda row_id, name: name == target,
        lambda row_id, name: (
            row_id.startswith(target) or row_id[2:].startswith(target) or name.startswith(target)
        ),
    )
    for rule in rules:
        found = [(s, t) for s, t in rows if rule(*((s.id, s.name) if t is None else (t.id, t.name)))]
        if found:
            return found
        if rule is rules[0] and (inside := _inside(sessions, target)):
            return inside
    return []


def _inside(sessions: Sequence[Session], target: str) -> list[Found]:
    """`SESSION:TERMINAL`, the terminal by name, id, or place counted from 1."""
    whole, colon, part = target.rpartition(":")
    if not colon:
        return []
    found: list[Found] = []
    for session in sessions:
        if whole not in (session.id, session.name):
            continue
        for place, terminal in enumerate(session.terminals, 1):
            if part in (terminal.id, terminal.name, str(place)):
                found.append((session, terminal))
    return found


def _rows(sessions: Sequence[Session]) -> Iterator[Found]:
    for session in sessions:
        yield session, None
        for terminal in session.terminals:
            yield session, terminal


def _is_current(target: str | None) -> bool:
    return target is None or target in (CURRENT, "focused")


def _missing(kind: str, target: str | None, sessions: Sequence[Session]) -> ProtocolError:
    if _is_current(target):
        return ProtocolError(ErrorCode.NOT_FOUND, f"there is no {kind}; make one: cockpit new")
    shown = clean_text(target or "", 80)
    names = [clean_text(name, 80) for s, t in _rows(sessions) for name in [t.name if t else s.name]]
    hint = did_you_mean(shown, names) or "; see: cockpit list"
    return ProtocolError(ErrorCode.NOT_FOUND, f"there is no {kind} {shown!r}{hint}")


def _ambiguous(target: str | None, found: Sequence[Found]) -> ProtocolError:
    names = [
        f"{terminal.id} ({session.name}: {terminal.name})" if terminal else f"{session.id} ({session.name})"
        for session, terminal in found[:6]
    ]
    shown = clean_text(target or "", 80)
    return ProtocolError(ErrorCode.AMBIGUOUS, f"{shown!r} can be {', '.join(names)}; take an id")

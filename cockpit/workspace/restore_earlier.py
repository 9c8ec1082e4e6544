"""Brings an earlier state back into a running workspace: what is gone returns, nothing that is there goes. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cockpit.model import Session, Terminal


@dataclass(frozen=True, slots=True)
class Earlier:
    """The rows as they are to be."""

    sessions: list[Session]
    """In their order; those of now are the very same objects."""
    returned: list[Terminal]
    """The terminals that were gone and are back. None of them runs."""


def bring_back(now: Sequence[Session], then: Sequence[Session]) -> Earlier:
    """Order, names and groups as they were then; sessions and terminals made since come after the old ones.

    A terminal that is in another session now stays there. The sessions of `now` are changed, those of `then` used up.
    """
    present = {session.id: session for session in now}
    living = {terminal.id for session in now for terminal in session.terminals}
    sessions: list[Session] = []
    returned: list[Terminal] = []
    for old in then:
        missing = [terminal for terminal in old.terminals if terminal.id not in living]
        for terminal in missing:
            terminal.binding = None  # its window was closed along with it
        returned += missing
        session = present.pop(old.id, None)
        if session is None:
            old.terminals = missing
            if missing:
                sessions.append(old)
            continue
        _rename(session, old)
        session.terminals[:] = _ordered(session.terminals, old.terminals, missing)
        sessions.append(session)
    return Earlier([*sessions, *present.values()], returned)


def _rename(session: Session, old: Session) -> None:
    session.name, session.group = old.name, old.group
    names = {terminal.id: terminal for terminal in old.terminals}
    for terminal in session.terminals:
        if (before := names.get(terminal.id)) is not None:
            terminal.name, terminal.named_by_user = before.name, before.named_by_user
            terminal.restore = before.restore


def _ordered(
    now: Sequence[Terminal], then: Sequence[Terminal], missing: Sequence[Terminal]
) -> list[Terminal]:
    here = {terminal.id: terminal for terminal in (*now, *missing)}
    old = [here[terminal.id] for terminal in then if terminal.id in here]
    placed = {terminal.id for terminal in old}
    return [*old, *(terminal for terminal in now if terminal.id not in placed)]

"""Rows made anew from what tmux windows say of them, for a store that was lost. Pure."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from cockpit.model import BackendKind, Session, Terminal
from cockpit.text import clean_name, clean_text
from cockpit.tmux.windows.windows import WindowInfo

LOST_SESSION = "found again"
"""Where a terminal goes whose window doesn't say which session it was in."""


def lost_sessions(windows: Sequence[WindowInfo], known: Collection[str]) -> list[Session]:
    """A session for every one that windows name, with the terminals in it that are not `known`, in tmux's order.

    A window that carries no id of ours is somebody else's. Of two windows with one id the living one counts.
    """
    sessions: dict[str, Session] = {}
    made: set[str] = set()
    for window in sorted(windows, key=lambda window: (window.dead, window.index)):
        terminal_id = window.options.get("@cockpit_terminal", "")
        if not terminal_id or terminal_id in known or terminal_id in made:
            continue
        made.add(terminal_id)
        row = _row(window)
        terminal = _terminal(terminal_id, row, window)
        session_id = window.options.get("@cockpit_session") or "s-found-again"
        session = sessions.get(session_id)
        if session is None:
            directory = _text(row, "directory") or terminal.cwd
            name = clean_name(_text(row, "session"), directory.rpartition("/")[2] or LOST_SESSION)
            group = clean_text(_text(row, "group")) or None
            session = sessions[session_id] = Session(session_id, name, directory, group=group)
        session.terminals.append(terminal)
    places = {window.options.get("@cockpit_terminal", ""): window.index for window in windows}
    for session in sessions.values():
        session.terminals.sort(key=lambda terminal: places[terminal.id])
    return sorted(sessions.values(), key=lambda session: places[session.terminals[0].id])


def _terminal(terminal_id: str, row: dict[str, Any], window: WindowInfo) -> Terminal:
    cwd = _text(row, "cwd")
    name = window.options.get("@cockpit_name") or _text(row, "name")
    return Terminal(
        terminal_id,
        clean_name(name, window.name),
        cwd if cwd.startswith("/") else window.cwd or "/",
        BackendKind.TMUX,
        _text(row, "command") or None,
        named_by_user=row.get("named_by_user") is True,
        restore=_text(row, "restore") or None,
    )


def _row(window: WindowInfo) -> dict[str, Any]:
    try:
        row = json.loads(window.options.get("@cockpit_row", ""))
    except ValueError:
        return {}
    return row if isinstance(row, dict) else {}


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) and "\0" not in value else ""

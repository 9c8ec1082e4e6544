"""Rows as JSON values. Their shapes are part of the protocol: keys are added, never renamed or removed."""

from __future__ import annotations

from typing import Any

from cockpit.model import Session, Terminal


def terminal_json(session: Session, terminal: Terminal, *, focused: Terminal | None) -> dict[str, Any]:
    """One terminal."""
    status = terminal.status
    return {
        "id": terminal.id,
        "session": session.id,
        "name": terminal.name,
        "title": terminal.title,
        "backend": str(terminal.backend),
        "cwd": terminal.cwd,
        "command": terminal.command,
        "command_state": str(terminal.run.state) if terminal.run else None,
        "command_exit_code": terminal.run.exit_code if terminal.run else None,
        "state": str(status.state),
        "exit_code": status.exit_code,
        "signal": status.signal,
        "reason": status.reason,
        "active": session.active_terminal is terminal,
        "focused": focused is terminal,
    }


def session_json(session: Session, *, focused: Terminal | None) -> dict[str, Any]:
    """One session with its terminals."""
    return {
        "id": session.id,
        "name": session.name,
        "directory": session.directory,
        "group": session.group,
        "focused": focused is not None and session.terminal(focused.id) is focused,
        "terminals": [terminal_json(session, terminal, focused=focused) for terminal in session.terminals],
    }

"""Workspace events as JSON values. Pure.

What is not in the table is not told: the clipboard's content is nobody's business, and the rest concerns only the
screen.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from cockpit.model import TerminalStatus
from cockpit.workspace import events
from cockpit.workspace.events import Event

EVENT_NAMES: dict[type, str] = {
    events.SessionsChanged: "sessions.changed",
    events.TerminalsChanged: "terminals.changed",
    events.FocusChanged: "focus.changed",
    events.TerminalStatusChanged: "terminal.status",
    events.TerminalTitleChanged: "terminal.title",
    events.TerminalBellRang: "terminal.bell",
    events.TerminalNotified: "terminal.notified",
    events.TerminalProgress: "terminal.progress",
    events.TerminalPromptMarked: "terminal.prompt",
    events.TerminalReady: "terminal.ready",
    events.TerminalCommandChanged: "terminal.command",
    events.TerminalDirectoryChanged: "terminal.directory",
    events.AgentHooked: "agent.hook",
    events.SettingsChanged: "settings.changed",
    events.Noticed: "notice",
}


def event_json(event: Event, sequence: int, now: float) -> dict[str, Any]:
    """An event that is told, with its number and time (seconds since the epoch)."""
    told: dict[str, Any] = {"event": EVENT_NAMES[type(event)], "sequence": sequence, "time": round(now, 3)}
    for field in fields(event):
        value = getattr(event, field.name)
        if isinstance(value, TerminalStatus):
            told |= {"state": str(value.state), "exit_code": value.exit_code}
            told |= {"signal": value.signal, "reason": value.reason}
        else:
            told[field.name.removesuffix("_id")] = str(value) if isinstance(value, str) else value
    return told

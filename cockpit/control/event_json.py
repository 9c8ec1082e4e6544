"""Workspace events as JSON values, and which of them a subscriber wants. Pure.

What is not in the table is not told: the clipboard's content is nobody's business, and the rest concerns only the
screen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
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


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events are wanted. Nothing given: all of them."""

    names: Sequence[str] = ()
    """Names, or beginnings of them that end in a dot: `terminal.`."""
    session_id: str | None = None
    terminal_id: str | None = None

    def wants(self, event: dict[str, Any]) -> bool:
        """Whether the subscriber gets this event (as `event_json` made it)."""
        name = event["event"]
        if self.names and not any(name == n or (n.endswith(".") and name.startswith(n)) for n in self.names):
            return False
        if self.terminal_id is not None and event.get("terminal") != self.terminal_id:
            return False
        return self.session_id is None or event.get("session") == self.session_id


def event_json(event: Event, sequence: int, now: float) -> dict[str, Any] | None:
    """The event with its number and time (seconds since the epoch); None for one that is not told."""
    name = EVENT_NAMES.get(type(event))
    if name is None:
        return None
    told: dict[str, Any] = {"event": name, "sequence": sequence, "time": round(now, 3)}
    for field in fields(event):
        value = getattr(event, field.name)
        if isinstance(value, TerminalStatus):
            told |= {"state": str(value.state), "exit_code": value.exit_code}
            told |= {"signal": value.signal, "reason": value.reason}
        else:
            told[field.name.removesuffix("_id")] = str(value) if isinstance(value, str) else value
    return told

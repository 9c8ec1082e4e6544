"""What the widgets around the pane ask for, as the commands that do it. Pure: messages in, commands out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from textual.message import Message

from cockpit.app.messages import CommandChosen
from cockpit.app.widgets.session_list import SessionList
from cockpit.app.widgets.terminal_tabs import TerminalTabs


@dataclass(frozen=True, slots=True)
class Wish:
    """A command to run. `to_pane`: the pane gets the keyboard with it."""

    command: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    to_pane: bool = False


def wish_of(message: Message) -> Wish | None:
    """The command behind a message; None for a message that asks for nothing."""
    match message:
        case CommandChosen(command, arguments):
            return Wish(command, arguments)
        case TerminalTabs.Chosen(terminal_id):
            return Wish("terminal.focus", {"terminal_id": terminal_id}, to_pane=True)
        case TerminalTabs.NewRequested():
            return Wish("terminal.new", to_pane=True)
        case TerminalTabs.CloseRequested(terminal_id):
            return Wish("view.close_terminal", {"terminal_id": terminal_id})
        case TerminalTabs.RenameRequested(terminal_id):
            return Wish("view.rename_terminal", {"terminal_id": terminal_id})
        case TerminalTabs.MoveRequested(terminal_id, offset):
            return Wish("terminal.move", {"terminal_id": terminal_id, "offset": offset})
        case SessionList.Chosen(session_id):
            return Wish("session.focus", {"session_id": session_id}, to_pane=True)
        case SessionList.NewRequested():
            return Wish("view.new_session")
        case SessionList.CloseRequested(session_ids):
            return Wish("view.close_sessions", {"session_ids": session_ids})
        case SessionList.RenameRequested(session_id):
            return Wish("view.rename_session", {"session_id": session_id})
        case SessionList.MoveRequested(session_id, offset):
            return Wish("session.move", {"session_id": session_id, "offset": offset})
        case SessionList.Left():
            return Wish("view.pane")
        case _:
            return None

"""The commands of the screen itself, `view.*`, in the one registry: what shows, asks or moves the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding

from cockpit.app.widgets.session_list import SessionList
from cockpit.app.widgets.sidebar import Sidebar
from cockpit.errors import CommandError
from cockpit.model import Session, Terminal
from cockpit.workspace.commands import Command, CommandRegistry, Parameter

if TYPE_CHECKING:
    from cockpit.app.dialogues import Dialogues
    from cockpit.app.screens.main import MainScreen

_SESSION = Parameter("session_id", description="the session; left out: the focused one")
_SESSIONS = Parameter("session_ids", list, required=True, description="the sessions")
_TERMINAL = Parameter("terminal_id", description="the terminal; left out: the focused one")
_TAB = Parameter("tab", description="general, automation, workspaces, notifications or experimental")
_ACTION = Parameter("action", required=True, description="an action of the list")
_OFFSET = Parameter("offset", int, required=True, description="rows down; negative: up")


class ViewCommands:
    """Belongs to the main screen. Every handler returns at once."""

    def __init__(self, screen: MainScreen, dialogues: Dialogues) -> None:
        self._screen = screen
        self._ask = dialogues

    def register(self, registry: CommandRegistry) -> None:
        """Adds the commands that are not there yet."""
        for command in (
            *self._of_the_screen(), *self._of_dialogues(), *self._of_rows(), *self._screen.calls.commands()
        ):  # fmt: skip
            if command.name not in registry:
                registry.add(command)

    def _of_the_screen(self) -> tuple[Command, ...]:
        place, leader, reading = self._screen.place, self._screen.leader, self._screen.reading
        prompts = self._screen.prompts
        act = "What a key does in the list."
        return (
            Command("view.sidebar", "Sidebar", "Show or hide the sidebar.", place.toggle),
            Command("view.sessions", "Go to sessions", "Give the list of sessions the keyboard.", place.show),
            Command("view.list", "Act on the list", act, self.list_action, (_ACTION,)),
            Command("view.filter", "Find session", "Filter the list of sessions.", self.filter_sessions),
            Command("view.pane", "Go to terminal pane", "Give the pane the keyboard.", self.focus_pane),
            Command("view.zoom", "Zoom pane", "Give the pane the whole screen, and back.", place.toggle_zoom),
            Command("view.hints", "Show keys", "Show what can follow the leader.", leader.press),
            Command("view.cancel", "Cancel", "Forget the pending leader.", leader.cancel),
            Command("view.mute", "Mute notifications", "Mute notifications, or hear them again.", self.mute),
            Command("view.read", "Scroll and select", "Move, select and copy by keyboard.", reading.select),
            Command(
                "view.search", "Search", "Search the terminal's whole text.", self._screen.searching.open
            ),
            Command("view.copy_selection", "Copy selection", "Copy what is selected.", reading.copy),
            Command("view.copy_output", "Copy output", "Copy the last output.", prompts.copy_output),
            Command("view.select_output", "Select output", "Select the last output.", prompts.select_output),
            Command("view.previous_prompt", "Prompt above", "Go to the prompt above.", prompts.previous),
            Command("view.next_prompt", "Prompt below", "Go to the prompt below.", prompts.next),
            Command("view.live", "Live screen", "Show the live screen again.", reading.leave),
            Command("view.select_mode", "Select sessions", "Mark several sessions.", self.select_mode),
        )

    def _of_dialogues(self) -> tuple[Command, ...]:
        ask = self._ask
        return (
            Command("view.palette", "Commands", "Search and run every command.", ask.open_palette),
            Command("view.settings", "Settings", "Open the settings.", ask.open_settings, (_TAB,)),
            Command("view.onboarding", "How to get tmux", "Say how tmux is installed.", ask.open_onboarding),
            Command("view.help", "Help", "Show every key and command.", ask.open_help),
            Command("view.new_session", "New session…", "Open a session in a directory.", ask.new_session),
        )

    def _of_rows(self) -> tuple[Command, ...]:
        """Those that act on one session or terminal, the focused one if none is named."""
        ends = "Say what ends, then close."
        rename, group = "Ask for a session's name.", "Ask for a session's group."
        move = (_OFFSET, _SESSION)
        return (
            Command("view.rename_session", "Rename session…", rename, self.rename_session, (_SESSION,)),
            Command("view.group_session", "Group session…", group, self.group_session, (_SESSION,)),
            Command("view.close_session", "Close session…", ends, self.close_session, (_SESSION,)),
            Command("view.close_sessions", "Close sessions…", ends, self.close_sessions, (_SESSIONS,)),
            Command("view.move_session", "Move session", "Move it in the sidebar.", self.move_session, move),
            Command(
                "view.rename_terminal", "Rename tab…", "Ask for a tab's name.", self.rename_terminal, (_TERMINAL,)
            ),
            Command("view.close_terminal", "Close tab…", ends, self.close_terminal, (_TERMINAL,)),
        )  # fmt: skip

    # Keyboard and sidebar

    def focus_pane(self) -> None:
        """Gives the pane the keyboard."""
        self._screen.pane.focus()

    def filter_sessions(self) -> None:
        """Shows the sidebar's filter."""
        self._screen.place.show()
        self._screen.query_one(Sidebar).start_filter()

    async def list_action(self, action: str) -> None:
        """Does what a key of the list does, for the mouse. Raises `CommandError` when no key does that."""
        actions = [binding.action for binding in SessionList.BINDINGS if isinstance(binding, Binding)]
        if action not in actions:
            raise CommandError(f"the list has no action {action!r:.80}; there are {', '.join(actions)}")
        await self._screen.query_one(SessionList).run_action(action)

    def select_mode(self) -> None:
        """Turns the sidebar's select mode on or off."""
        self._screen.place.show()
        self._screen.query_one(SessionList).action_toggle_marking()

    def mute(self) -> None:
        """Mutes notifications, or not any more."""
        muted = not self._screen.core.settings.values.notifications.muted
        self._screen.runner.start("settings.set", {"key": "notifications.muted", "value": muted})

    # Sessions and terminals

    def rename_session(self, session_id: str | None = None) -> None:
        """Asks for a session's name."""
        if session := self._session(session_id):
            self._ask.rename_session(session)

    def group_session(self, session_id: str | None = None) -> None:
        """Asks for a session's group."""
        if session := self._session(session_id):
            self._ask.group_session(session)

    def close_session(self, session_id: str | None = None) -> None:
        """Closes a session once the person agreed."""
        if session := self._session(session_id):
            self._ask.close_sessions([session])

    def close_sessions(self, session_ids: list[str]) -> None:
        """Closes several sessions once the person agreed."""
        self._ask.close_sessions([s for s in self._screen.core.sessions if s.id in session_ids])

    def move_session(self, offset: int, session_id: str | None = None) -> None:
        """Moves a session past its visible neighbour."""
        session = self._session(session_id)
        order = self._screen.query_one(SessionList).order
        target = order.neighbour(session.id, offset) if session else None
        if session and target and target != session.id:
            places = order.offset_between(session.id, target)
            self._screen.runner.start("session.move", {"session_id": session.id, "offset": places})

    def rename_terminal(self, terminal_id: str | None = None) -> None:
        """Asks for a tab's name."""
        if terminal := self._terminal(terminal_id):
            self._ask.rename_terminal(terminal)

    def close_terminal(self, terminal_id: str | None = None) -> None:
        """Closes a tab once the person agreed; an ended one at once."""
        if terminal := self._terminal(terminal_id):
            self._ask.close_terminal(terminal)

    def _session(self, session_id: str | None) -> Session | None:
        core = self._screen.core
        if session_id is None:
            return core.focused_session
        return next((s for s in core.sessions if s.id == session_id), None)

    def _terminal(self, terminal_id: str | None) -> Terminal | None:
        core = self._screen.core
        if terminal_id is None:
            return core.focused_terminal
        return next((t for s in core.sessions if (t := s.terminal(terminal_id))), None)

"""Who gets what is typed on the main screen: the pane, cockpit's own keys, or the widget that has the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import events
from textual.worker import Worker

from cockpit.app import presenter
from cockpit.app.command_runner import GROUP, OWN
from cockpit.app.keys.type_ahead import TypeAhead, Typed
from cockpit.app.status_line import StatusLine
from cockpit.terminal.input.decoder import Paste
from cockpit.terminal.input.keys import KeyPress, from_textual

if TYPE_CHECKING:
    from cockpit.app.screens.main import MainScreen


class Keyboard:
    """Belongs to the main screen. `typed` takes everything, in order."""

    def __init__(self, screen: MainScreen, status: StatusLine) -> None:
        self._screen = screen
        self._status = status
        self.typed = TypeAhead(
            screen,
            to_pane=self._give_pane,
            deciding=lambda: screen.dialogues.deciding,
            counts=self._moves_keyboard,
        )

    def filter_press(self, press: KeyPress) -> bool:
        """Sees what is typed into the pane first."""
        screen = self._screen
        self._status.forget_answer()
        ended = presenter.has_ended(screen.core.focused_terminal) and not screen.runner.switching
        return screen.leader.take(press.chord, "ended" if ended else "leader")

    def filter_event(self, event: events.Key) -> bool:
        """Sees what is typed into the sidebar first; the leader pressed twice is for nobody here."""
        leader = self._screen.leader
        was_pending = leader.keymap.pending
        return leader.take(from_textual(event.key, event.character).chord) or was_pending

    def _give_pane(self, typed: Typed) -> bool:
        """Gives what was typed to the pane while it, or nobody, has the keyboard."""
        screen = self._screen
        has_keyboard = screen.app.screen is screen and screen.focused in (screen.pane, None)
        if not has_keyboard and screen.watchdog.deaf:
            screen.watchdog.typed()
        elif not has_keyboard and not screen.pasting.unseen:
            return False
        if isinstance(typed, Paste):
            screen.pane.take_paste(typed.text)
        else:
            screen.pane.take_key(typed)
            if screen.reading.holding:
                self.typed.unsettle()
        return True

    def _moves_keyboard(self, worker: Worker[Any]) -> bool:
        """Whether a worker's end decides who gets the next key."""
        if worker.group == GROUP:
            return worker.name.startswith(OWN)
        return worker.group == "reading" and (self._screen.searching.settling or self._screen.reading.holding)

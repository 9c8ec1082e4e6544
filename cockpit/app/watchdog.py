"""Shows that tmux doesn't answer and what can be done: one question for each silence, gone when it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import Screen

from cockpit.app import closing
from cockpit.model import BackendKind, TerminalState
from cockpit.workspace.commands import Command, CommandRegistry
from cockpit.workspace.events import Event, TmuxHeard, TmuxSilent

if TYPE_CHECKING:
    from cockpit.app.screens.main import MainScreen
    from cockpit.app.screens.watchdog import WatchdogScreen
    from cockpit.app.status_line import StatusLine
    from cockpit.model import Terminal


class Watchdog:
    """Belongs to the main screen. Another dialogue on the screen is let alone: the question comes after it."""

    def __init__(self, screen: MainScreen, status: StatusLine) -> None:
        self._screen = screen
        self._status = status
        self._reason = ""
        self._question: WatchdogScreen | None = None
        self._answered = False

    @property
    def deaf(self) -> bool:
        """The question lies over the pane and isn't meant by what is typed yet."""
        question = self._question
        return question is not None and question.is_current and not question.awake

    def register(self, registry: CommandRegistry) -> None:
        """Adds the command, and begins to look which screen is on top."""
        what = "End the tmux server with every program in it, after asking, and bring its terminals back."
        if "view.restart_server" not in registry:
            registry.add(
                Command("view.restart_server", "Restart tmux server…", what, self.ask_before_restart)
            )
        self._screen.app.screen_change_signal.subscribe(self._screen, self._screen_changed)

    def hear(self, event: Event) -> None:
        """tmux fell silent, or was heard again."""
        if isinstance(event, TmuxSilent):
            self._reason, self._answered = event.reason, False
        elif isinstance(event, TmuxHeard):
            self._reason = ""
        else:
            return
        self._status.silent = bool(self._reason)
        self._screen.show_place()
        self._settle()

    def typed(self) -> None:
        """Something was typed while the question is deaf; it went to the pane."""
        if self._question is not None:
            self._question.typed()

    def ask_before_restart(self) -> None:
        """Names the programs that end."""
        from cockpit.app.screens.confirm import ConfirmScreen  # not needed for the first frame

        question = closing.of_server(self._terminals(), self._screen.glyphs)
        self._screen.app.push_screen(ConfirmScreen(question), self._agreed)

    def _agreed(self, agreed: bool | None) -> None:
        if agreed:
            self._screen.runner.start("tmux.restart_server")

    def _screen_changed(self, _screen: Screen[object]) -> None:
        self._screen.call_later(self._settle)

    def _settle(self) -> None:
        """Puts the question up, or takes it away, where the screen on top allows it."""
        top = self._screen.app.screen
        if not self._reason:
            if self._question is not None and top is self._question:
                self._question.dismiss(None)
        elif self._question is None and not self._answered and top is self._screen:
            from cockpit.app.screens.watchdog import WatchdogScreen  # not needed for the first frame

            running = [row for row in self._terminals() if row.status.state is TerminalState.RUNNING]
            self._question = WatchdogScreen(self._reason, len(running))
            self._screen.app.push_screen(self._question, self._decided)

    def _decided(self, answer: str | None) -> None:
        self._question = None
        if answer is None:
            return
        self._answered = True
        if answer == "restart":
            self._screen.runner.start("tmux.restart_server")
        else:
            self._screen.tell("tmux is left alone. “Restart tmux server…” is among the commands.")

    def _terminals(self) -> list[Terminal]:
        return [
            row
            for session in self._screen.core.sessions
            for row in session.terminals
            if row.backend == BackendKind.TMUX
        ]

"""What programs want of the person: to be noticed, to be looked at, to use the clipboard. Takes no key by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.widget import Widget

from cockpit.app.calls.speakers import speaker_name
from cockpit.app.calls.toasts import Toasts
from cockpit.app.clipboard.requests import ClipboardRequests
from cockpit.app.status_line import StatusLine
from cockpit.errors import CommandError
from cockpit.terminal.speech.voice import TokenBucket
from cockpit.workspace.commands import Command, Parameter
from cockpit.workspace.events import Event, FocusChanged, TerminalBellRang, TerminalNotified

if TYPE_CHECKING:
    from cockpit.app.screens.main import MainScreen

JUMP, ANSWER = "view.jump_to_notification", "view.answer_program"
"""The commands, which are also the ids of their keys."""
OUTER_BELL_RATE = (2, 1.0)
"""How often the person's own terminal rings at once, and seconds for one more."""


class Calls:
    """Belongs to the main screen."""

    def __init__(
        self,
        screen: MainScreen,
        toasts: Toasts,
        status: StatusLine,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._screen = screen
        self._core = screen.core
        self._toasts = toasts
        self._status = status
        self._requests = ClipboardRequests(
            screen.core,
            toasts=toasts,
            copy=screen.copying.copy,
            read=screen.copying.read,
            start=lambda work: screen.run_worker(work, group="clipboard", exit_on_error=False),
            shown_key=lambda: self._shown_key(ANSWER),
            changed=self._questions_changed,
        )
        self._clock = clock
        self._outer_bell = TokenBucket(*OUTER_BELL_RATE)

    def commands(self) -> tuple[Command, ...]:
        """What the registry gets."""
        terminal = Parameter("terminal_id", description="the terminal; left out: the one that called last")
        return (
            Command(
                JUMP, "Go to notification", "Show the terminal that called for you last.", self.jump, (terminal,)
            ),
            Command(
                ANSWER, "Answer program", "Allow or deny a program the clipboard it asks for.", self.answer
            ),
        )  # fmt: skip

    def hear(self, event: Event) -> None:
        """Shows what calls for the person."""
        match event:
            case TerminalNotified():
                self._notified(event)
            case TerminalBellRang(_, terminal_id):
                self._rang(terminal_id)
            case FocusChanged():
                self._status.forget_bell()
        self._requests.hear(event)

    def answer(self) -> None:
        """Asks the person what a program waits for."""
        if self._requests.oldest is None:
            raise CommandError("no program asks for anything")
        self._screen.dialogues.answer_program(self._requests)

    def jump(self, terminal_id: str | None = None) -> None:
        """Shows a terminal that called; without one, the one that did last and was not looked at since."""
        target = terminal_id or self._screen.chrome.unseen.newest
        known = {t.id for s in self._core.sessions for t in s.terminals}
        if target not in known:
            raise CommandError("no terminal has called for you since you last looked")
        self._screen.runner.start("terminal.focus", {"terminal_id": target})

    def toast_clicked(self, toast: Widget) -> None:
        """A click on what a program said shows its terminal; on what it asks, the question."""
        terminal_id = self._toasts.speaker(toast)
        if terminal_id is None:
            return
        if self._requests.asks(terminal_id):
            self._screen.runner.start(ANSWER)
        else:
            self._screen.runner.start(JUMP, {"terminal_id": terminal_id})

    def _notified(self, event: TerminalNotified) -> None:
        said = " · ".join(text for text in (event.title, event.body) if text)
        shown = self._core.focused_terminal
        key = self._shown_key(JUMP)
        if key and (shown is None or shown.id != event.terminal_id):
            said += f"\n{key} goes there"
        self._toasts.speak(
            event.terminal_id, speaker_name(self._core, event.session_id, event.terminal_id), said
        )

    def _rang(self, terminal_id: str) -> None:
        settings = self._core.settings.values.notifications
        if settings.bell == "off":
            return
        shown = self._core.focused_terminal
        if shown is not None and shown.id == terminal_id:
            self._status.mark_bell()
        if settings.bell == "outer" and not settings.muted and self._outer_bell.take(self._clock()):
            self._screen.copying.write("\a")

    def _questions_changed(self) -> None:
        self._status.asking = self._requests.waiting
        self._screen.show_place()

    def _shown_key(self, binding_id: str) -> str:
        return self._screen.leader.keymap.shown(binding_id)

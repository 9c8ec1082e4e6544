"""What is offered while tmux doesn't answer. Deaf at first: whoever types on means the program, not the question."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.timer import Timer
from textual.widgets import Button

from cockpit.app.looks.text import safe_text
from cockpit.app.screens.dialog import Dialog, Plain

QUIET_S = 1.0
"""So long nothing must have been typed before keys and clicks are for the question."""
_DEAF = "It listens once nothing was typed for a second; until then keys go to the terminal."
_AWAKE = "R restarts · c or esc continues · it goes by itself when tmux answers"


class WatchdogScreen(Dialog[str]):
    """Answers "restart" or "continue"; None when tmux answered first. No button has the keyboard."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "R", "answer('restart')", "Restart", id="watchdog.restart", tooltip="End tmux and start anew"
        ),
        Binding("c", "answer('continue')", "Continue", id="watchdog.continue", tooltip="Leave tmux alone"),
        Binding("left", "app.focus_previous", "Other button", show=False, id="watchdog.previous"),
        Binding("right", "app.focus_next", "Other button", show=False, id="watchdog.next"),
    ]

    def __init__(self, reason: str, ending: int) -> None:
        super().__init__()
        self._reason = reason
        self._count = ending
        self._quiet: Timer | None = None
        self.awake = False
        """Keys and clicks are for this question."""

    def compose(self) -> ComposeResult:
        """What is known, what each answer does, two buttons."""
        programs = "1 program" if self._count == 1 else f"{self._count} programs"
        with Vertical(classes="dialog"):
            yield Plain("tmux does not answer", classes="dialog-title")
            yield Plain(
                "Its programs may well go on: nothing was touched. Terminals that are not on tmux work.",
                classes="dialog-note",
            )
            yield Plain(f"Restarting ends tmux with {programs} in it.", classes="dialog-note -warning")
            yield Plain(safe_text(self._reason, 200), classes="field-hint")
            yield Plain(_DEAF, id="watchdog-hint", classes="field-hint")
            with Horizontal(classes="dialog-buttons"):
                yield Button("Continue without restart (c)", id="continue", compact=True, disabled=True)
                yield Button(
                    "Restart tmux server (R)", id="restart", variant="error", compact=True, disabled=True
                )

    def on_mount(self) -> None:
        """From now on the quiet counts."""
        self._quiet = self.set_timer(QUIET_S, self.wake)

    def typed(self) -> None:
        """Something was typed that is not for this question."""
        if self._quiet is not None and not self.awake:
            self._quiet.reset()

    def wake(self) -> None:
        """Listens from now on."""
        self.awake = True
        self.query_one("#watchdog-hint", Plain).say(_AWAKE)
        for button in self.query(Button):
            button.disabled = False

    def action_answer(self, answer: str) -> None:
        """Answers."""
        if self.awake:
            self.dismiss(answer)

    def action_leave(self) -> None:
        """Continues."""
        self.action_answer("continue")

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.action_answer(event.button.id or "continue")

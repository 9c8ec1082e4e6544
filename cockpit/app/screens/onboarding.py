"""What to do when tmux is wanted and missing or too old. Says what tmux adds, how to get it, and that pty works too."""

from __future__ import annotations

from typing import Literal

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button

from cockpit.app.installing import Installing
from cockpit.app.looks.text import safe_text
from cockpit.app.screens.dialog import Dialog, Plain

OnboardingAnswer = Literal["pty", "again"]
EXPLANATION = (
    "With tmux behind them, terminals outlive cockpit: programs keep running when cockpit quits, "
    "when an SSH connection drops, or when something crashes, and the next start shows them again."
)


class OnboardingScreen(Dialog[OnboardingAnswer]):
    """Answers `pty` to go on without tmux, `again` to look for it again, None to leave things as they are.

    `reason` is why tmux can't be used.
    """

    AUTO_FOCUS = "#copy, #pty"

    def __init__(self, reason: str, installing: Installing) -> None:
        super().__init__()
        self._reason = reason
        self._installing = installing

    def compose(self) -> ComposeResult:
        """Reason, what tmux adds, the command, the guide, what to do."""
        installing = self._installing
        with Vertical(classes="dialog dialog-fill"):
            yield Plain("tmux for terminals that last", classes="dialog-title")
            yield Plain(safe_text(self._reason, 400) or "tmux can't be used.", classes="-warning dialog-note")
            with VerticalScroll(classes="dialog-body", can_focus=False):
                yield Plain(EXPLANATION, classes="dialog-note")
                if installing.has_command:
                    yield Plain("Install it on this system:", classes="field-label")
                    with Horizontal(classes="dialog-line"):
                        yield Plain(installing.command, id="command", classes="dialog-code")
                        yield Button("Copy", id="copy", compact=True, tooltip="Copy the command")
                yield Plain("Guide:", classes="field-label")
                yield Plain(installing.guide_url, id="guide", classes="dialog-code")
                yield Plain(
                    "Without it everything works too; programs then end with cockpit.", classes="dialog-note"
                )
            with Horizontal(classes="dialog-buttons"):
                yield Button(
                    "Continue with pty",
                    id="pty",
                    variant="primary",
                    compact=True,
                    tooltip="Run terminals in cockpit",
                )
                yield Button("Look again", id="again", compact=True, tooltip="Look for tmux once more")

    @on(Button.Pressed, "#copy")
    def _copied(self) -> None:
        self.app.copy_to_clipboard(self._installing.command)
        self.query_one("#copy", Button).label = "Copied"

    @on(Button.Pressed, "#pty")
    def _pty(self) -> None:
        self.dismiss("pty")

    @on(Button.Pressed, "#again")
    def _again(self) -> None:
        self.dismiss("again")

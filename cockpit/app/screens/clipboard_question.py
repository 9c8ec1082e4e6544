"""The question whether a program may use the clipboard. Opened by the person only; the safe answer has the keyboard."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button

from cockpit.app.clipboard.requests import Answer, Request
from cockpit.app.screens.dialog import Dialog, Plain
from cockpit.app.screens.excerpt import excerpt, size_of
from cockpit.workspace.events import ClipboardWanted


class ClipboardQuestionScreen(Dialog[Answer]):
    """Answers once, always or deny; None when it was left, and the program goes on waiting."""

    AUTO_FOCUS = "#deny"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer('once')", "Allow once", id="clipboard.once", tooltip="Allow it this time"),
        Binding(
            "a", "answer('always')", "Always", id="clipboard.always", tooltip="Allow it to every program"
        ),
        Binding("n", "answer('deny')", "Deny", id="clipboard.deny", tooltip="Deny it this time"),
        Binding("left", "app.focus_previous", "Other button", show=False, id="clipboard.previous"),
        Binding("right", "app.focus_next", "Other button", show=False, id="clipboard.next"),
    ]

    def __init__(self, request: Request, speaker: str) -> None:
        super().__init__()
        self._request = request
        self._speaker = speaker

    def compose(self) -> ComposeResult:
        """Who asks, for what, three buttons."""
        request = self._request
        with Vertical(classes="dialog dialog-narrow"):
            if isinstance(request, ClipboardWanted):
                yield Plain("Copy to your clipboard?", classes="dialog-title")
                yield Plain(f"{self._speaker} wants to put {size_of(request.text)} there:")
                yield Plain(excerpt(request.text), id="excerpt", classes="dialog-list")
            else:
                yield Plain("Show your clipboard?", classes="dialog-title")
                yield Plain(f"{self._speaker} wants to see what is in it.")
            with Horizontal(classes="dialog-buttons"):
                yield Button("Allow once (y)", id="once", compact=True)
                yield Button("Always (a)", id="always", compact=True)
                yield Button("Deny (n)", id="deny", compact=True)

    def action_answer(self, answer: Answer) -> None:
        """Answers."""
        self.dismiss(answer)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        answers: dict[str | None, Answer] = {"once": "once", "always": "always", "deny": "deny"}
        self.dismiss(answers[event.button.id])

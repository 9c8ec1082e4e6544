"""A question with one line of text for an answer."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.suggester import SuggestFromList
from textual.widgets import Button, Input

from cockpit.app.screens.dialog import Dialog, Plain
from cockpit.app.widgets.safe_input import SafeInput

MAX_ANSWER = 200


class PromptScreen(Dialog[str]):
    """Answers the text, or None when it was left."""

    AUTO_FOCUS = "#answer"

    def __init__(
        self,
        title: str,
        *,
        value: str = "",
        label: str = "",
        hint: str = "",
        suggestions: Sequence[str] = (),
        may_be_empty: bool = False,
    ) -> None:
        super().__init__()
        self._title = title
        self._value = value
        self._label = label
        self._hint = hint
        self._suggestions = suggestions
        self._may_be_empty = may_be_empty

    def compose(self) -> ComposeResult:
        """Title, the line, what is wrong with it, two buttons."""
        suggester = SuggestFromList(self._suggestions, case_sensitive=False) if self._suggestions else None
        with Vertical(classes="dialog dialog-narrow"):
            yield Plain(self._title, classes="dialog-title")
            yield Plain(self._label, classes="field-label")
            yield SafeInput(
                self._value,
                id="answer",
                compact=True,
                max_length=MAX_ANSWER,
                suggester=suggester,
                tooltip=f"{self._title}: {self._hint or 'type the name'}",
            )
            yield Plain(self._hint, id="hint", classes="field-hint")
            with Horizontal(classes="dialog-buttons"):
                yield Button("Save", id="save", variant="primary", compact=True, tooltip="Use this text")
                yield Button("Cancel", id="cancel", compact=True, tooltip="Leave everything as it is")

    @on(Input.Submitted, "#answer")
    @on(Button.Pressed, "#save")
    def _answered(self) -> None:
        answer = self.query_one("#answer", Input).value.strip()
        if answer or self._may_be_empty:
            self.dismiss(answer)
            return
        hint = self.query_one("#hint", Plain)
        hint.say("Type at least one character, or leave with esc.")
        hint.add_class("-error")

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.dismiss(None)

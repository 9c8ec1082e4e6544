"""The question before programs end. Names each of them; the safe answer has the keyboard."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Button

from cockpit.app.closing import Question
from cockpit.app.screens.dialog import Dialog, Plain


class ConfirmScreen(Dialog[bool]):
    """Answers True only for `y` or the button that names the deed."""

    AUTO_FOCUS = "#keep"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "agree", "Yes", id="confirm.yes", tooltip="Do it"),
        Binding("n", "leave", "No", id="confirm.no", tooltip="Leave everything as it is"),
        Binding("left,right", "app.focus_next", "Other button", show=False, id="confirm.other"),
    ]

    def __init__(self, question: Question) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """Title, what ends, two buttons."""
        question = self._question
        with Vertical(
            classes="dialog dialog-narrow dialog-fill" if len(question.ending) > 4 else "dialog dialog-narrow"
        ):
            yield Plain(question.title, classes="dialog-title")
            if question.note:
                yield Plain(question.note, classes="dialog-note")
            with VerticalScroll(classes="dialog-body", can_focus=False):
                if question.ending:
                    many = len(question.ending) > 1
                    yield Plain(f"{'These programs end' if many else 'This program ends'}:")
                    yield Plain("\n".join(question.ending), classes="dialog-list")
            with Horizontal(classes="dialog-buttons"):
                yield Button(
                    f"{question.verb} (y)",
                    id="agree",
                    variant="error",
                    compact=True,
                    tooltip="End these programs",
                )
                yield Button("Keep (n)", id="keep", compact=True, tooltip="Leave everything as it is")

    def action_agree(self) -> None:
        """Answers yes."""
        self.dismiss(True)

    @on(Button.Pressed, "#agree")
    def _agreed(self) -> None:
        self.dismiss(True)

    @on(Button.Pressed, "#keep")
    def _kept(self) -> None:
        self.dismiss(False)

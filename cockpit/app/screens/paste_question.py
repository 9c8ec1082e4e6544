"""The question before pasted lines run one by one. No button has the keyboard: enter alone answers nothing."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button

from cockpit.app.clipboard.pasting import PasteAnswer
from cockpit.app.screens.dialog import Dialog, Plain
from cockpit.app.screens.excerpt import excerpt, size_of


class PasteQuestionScreen(Dialog[PasteAnswer]):
    """Answers how to paste; None when it shall not be."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "answer('paste')", "Paste", id="paste.paste", tooltip="Paste it as it is"),
        Binding("o", "answer('line')", "One line", id="paste.line", tooltip="Paste it as one line"),
        Binding("left", "app.focus_previous", "Other button", show=False, id="paste.previous"),
        Binding("right", "app.focus_next", "Other button", show=False, id="paste.next"),
    ]

    def __init__(self, text: str, name: str) -> None:
        super().__init__()
        self._text = text
        self._name_of_target = name
        self.seen = False
        """It has been drawn: a key that comes now may be meant for it."""

    def compose(self) -> ComposeResult:
        """What would happen, the first lines, three buttons."""
        lines = len(self._text.splitlines())
        with Vertical(classes="dialog dialog-narrow"):
            yield Plain(f"Paste {lines:,} line{'s' * (lines != 1)}?", classes="dialog-title")
            yield Plain(
                f"{self._name_of_target} takes pasted lines for typed ones and would run each at once:",
                classes="dialog-note",
            )
            yield Plain(excerpt(self._text), id="excerpt", classes="dialog-list")
            yield Plain(f"{size_of(self._text)} · clipboard.confirm_paste asks this", classes="field-hint")
            with Horizontal(classes="dialog-buttons"):
                yield Button("Paste (p)", id="paste", compact=True)
                yield Button("As one line (o)", id="line", compact=True)
                yield Button("Cancel (esc)", id="cancel", compact=True)

    def on_mount(self) -> None:
        """From the first frame on keys are for the question."""
        self.call_after_refresh(self._drawn)

    def _drawn(self) -> None:
        self.seen = True

    def action_answer(self, answer: PasteAnswer) -> None:
        """Answers."""
        self.dismiss(answer)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        answers: dict[str | None, PasteAnswer | None] = {"paste": "paste", "line": "line"}
        self.dismiss(answers.get(event.button.id))

"""A question whose answer is one of a few."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from cockpit.app.looks.text import safe_text
from cockpit.app.screens.dialog import Dialog, Plain


class ChoiceScreen(Dialog[str]):
    """Answers the name of what was chosen. Choices are (name, text); one without a name can't be chosen."""

    AUTO_FOCUS = "#choices"
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(
        self, title: str, note: str, choices: Sequence[tuple[str, str]], *, chosen: str = ""
    ) -> None:
        super().__init__()
        self._title = title
        self._note = note
        self._choices = list(choices) or [("", "There is none yet.")]
        self._chosen = chosen

    def compose(self) -> ComposeResult:
        """Title, what it is about, the choices."""
        options = [
            Option(Content(safe_text(text, 300)), id=name or None, disabled=not name)
            for name, text in self._choices
        ]
        with Vertical(classes="dialog"):
            yield Plain(self._title, classes="dialog-title")
            yield Plain(self._note, classes="dialog-note")
            yield OptionList(*options, id="choices", compact=True)
            yield Plain("enter chooses · esc leaves everything as it is", classes="field-hint")

    def on_mount(self) -> None:
        """Begins at what holds now."""
        names = [name for name, _ in self._choices]
        if self._chosen in names:
            self.query_one("#choices", OptionList).highlighted = names.index(self._chosen)

    @on(OptionList.OptionSelected, "#choices")
    def _answered(self, event: OptionList.OptionSelected) -> None:
        if event.option_id is not None:
            self.dismiss(event.option_id)

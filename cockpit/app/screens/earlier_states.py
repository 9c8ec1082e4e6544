"""The earlier states of the sessions, to choose one that is brought back."""

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

from cockpit.app.screens.dialog import Dialog, Plain
from cockpit.app.text import safe_text
from cockpit.workspace.store import Generation
from cockpit.workspace.store_cli import line


class EarlierStatesScreen(Dialog[int]):
    """Answers the number of the chosen state."""

    AUTO_FOCUS = "#states"
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, generations: Sequence[Generation]) -> None:
        super().__init__()
        self._earlier = [generation for generation in generations if generation.number]

    def compose(self) -> ComposeResult:
        """Title, what it does, the states."""
        options = [
            Option(Content(safe_text(line(one), 300)), id=str(one.number), disabled=one.state is None)
            for one in self._earlier
        ]
        with Vertical(classes="dialog"):
            yield Plain("Restore an earlier state", classes="dialog-title")
            yield Plain(
                "Sessions and tabs that are gone come back, order and names are as they were. Nothing that runs ends.",
                classes="dialog-note",
            )
            yield OptionList(
                *(options or [Option("There is none yet.", disabled=True)]), id="states", compact=True
            )
            yield Plain("enter brings it back · esc leaves everything as it is", classes="field-hint")

    @on(OptionList.OptionSelected, "#states")
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        if event.option_id is not None:
            self.dismiss(int(event.option_id))

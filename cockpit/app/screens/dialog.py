"""What all dialogues share: a titled box in the middle, keys that always work, plain text."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

Answer = TypeVar("Answer")
SLIM_COLUMNS = 70
SHORT_ROWS = 26
"""Below this a dialogue takes all rows there are."""
TINY_ROWS = 16
"""Below this what only explains is left out."""


class Dialog(ModalScreen[Answer], Generic[Answer]):
    """A modal that escape leaves without an answer. Classes tell how little room there is: -slim, -short, -tiny."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", id="dialog.leave", tooltip="Leave without doing anything"),
        Binding("ctrl+n,down", "app.focus_next", "Next", show=False, id="dialog.next"),
        Binding("ctrl+p,up", "app.focus_previous", "Previous", show=False, id="dialog.previous"),
    ]

    def on_resize(self, event: events.Resize) -> None:
        """Tells the stylesheet how much room there is."""
        self.set_class(event.size.width < SLIM_COLUMNS, "-slim")
        self.set_class(event.size.height < SHORT_ROWS, "-short")
        self.set_class(event.size.height < TINY_ROWS, "-tiny")

    def action_leave(self) -> None:
        """Answers nothing."""
        self.dismiss(None)


class Plain(Static):
    """Text that is never read as markup."""

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(Content(text), id=id, classes=classes, markup=False)

    def say(self, text: str) -> None:
        """Shows another text; takes no room when it is empty."""
        self.update(Content(text))
        self.display = bool(text)

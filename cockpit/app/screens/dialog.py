"""What all dialogues share: a titled box in the middle, keys that always work, plain text."""

from __future__ import annotations

from functools import partial
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from cockpit.app.catalogue import Entry
from cockpit.app.help_texts import topic_of
from cockpit.app.keys.chords import show_chord

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
        Binding(
            "f1,question_mark", "help", "Help", id="dialog.help", tooltip="Explain what has the keyboard"
        ),
    ]

    def on_resize(self, event: events.Resize) -> None:
        """Tells the stylesheet how much room there is."""
        self.set_class(event.size.width < SLIM_COLUMNS, "-slim")
        self.set_class(event.size.height < SHORT_ROWS, "-short")
        self.set_class(event.size.height < TINY_ROWS, "-tiny")

    def action_help(self) -> None:
        """Explains what has the keyboard."""
        from cockpit.app.screens.help import HelpScreen  # late, and itself a dialogue

        topic = topic_of(self.focused, partial(show_chord, ascii_only=True)) if self.focused else None
        if topic is not None:
            self.app.push_screen(HelpScreen((), topic=topic), self._press)

    def _press(self, chosen: Entry | None) -> None:
        """Presses a key for the person, who found it in the help."""
        if chosen is not None and chosen.press:
            self.app.simulate_key(chosen.press)

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

"""The one line in which a person types what to look for in the pane. Searches nothing itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from cockpit.app.widgets.safe_input import SafeInput

REGULAR_PREFIX = "/"
"""A pattern that begins with it is a regular expression, as in `/err(or)?`."""


class SearchBar(SafeInput):
    """Lies over the last row of the pane while it is open."""

    HELP = """
    # The search
    Matches are marked as you type, over the terminal's whole text. Capitals count once you type one; a leading /
    makes it a regular expression. Enter gives the keyboard to the matches.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Cancel", id="search.cancel", tooltip="End the search"),
        Binding("up", "step(-1)", "Above", id="search.above", tooltip="The match above"),
        Binding("down", "step(1)", "Below", id="search.below", tooltip="The match below"),
    ]

    @dataclass
    class Wanted(Message):
        """Another pattern was typed."""

        pattern: str
        regular: bool

    @dataclass
    class Stepped(Message):
        """The next match in this direction: 1 below, -1 above."""

        step: int

    class Confirmed(Message):
        """The pattern is right: the keyboard goes to the matches."""

    class Left(Message):
        """The search was given up."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(
            placeholder="search · a leading / makes it a regular expression", compact=True, id=id
        )

    def open(self) -> None:
        """Shows the bar, empty, with the keyboard."""
        self.value = ""
        self.display = True
        self.screen.set_focus(self)  # at once: `focus` would leave the next key to the pane

    def close(self) -> None:
        """Takes the bar away."""
        self.display = False

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        regular = event.value.startswith(REGULAR_PREFIX)
        if self.display:
            self.post_message(self.Wanted(event.value[regular:], regular))

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Confirmed())

    def on_blur(self, event: events.Blur) -> None:
        """The keyboard went elsewhere by mouse; a window switch or a dialogue isn't meant."""
        if self.display and self.app.app_focus and self.screen.is_current:
            self.post_message(self.Confirmed())

    def action_leave(self) -> None:
        """Gives the search up."""
        self.post_message(self.Left())

    def action_step(self, step: int) -> None:
        """Another match, while the pattern is still being typed."""
        self.post_message(self.Stepped(step))

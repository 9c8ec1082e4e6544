"""A row of small buttons, one or a few cells each: the sidebar's toolbar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from cockpit.app.messages import CommandChosen
from cockpit.app.widgets.line import Line


@dataclass(frozen=True, slots=True)
class SmallButton:
    """One button: what it shows, what it runs, and whether what it stands for is on."""

    label: str
    command: str
    tooltip: str
    on: bool = False


class ButtonRow(Widget):
    """Shows a title on the left and buttons on the right; tells which was pressed with `CommandChosen`."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "buttons--title",
        "buttons--button",
        "buttons--on",
        "buttons--hover",
    }

    title_text: reactive[str] = reactive("")
    buttons: reactive[Sequence[SmallButton]] = reactive(())
    hovered: reactive[str] = reactive("")

    def _line(self) -> Line[SmallButton]:
        buttons: Line[SmallButton] = Line()
        for button in self.buttons:
            state = "buttons--on" if button.on else "buttons--button"
            hover = ("buttons--hover",) if button.command == self.hovered else ()
            buttons.add(f" {button.label} ", state, *hover, target=button)
        line: Line[SmallButton] = Line()
        line.add(f" {self.title_text}", "buttons--title")
        line.fill(self.size.width - buttons.width)
        line.extend(buttons)
        return line

    def render_line(self, y: int) -> Strip:
        """The one line."""
        return self._line().strip(self, self.size.width) if y == 0 else Strip.blank(self.size.width)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Marks and explains the button under the mouse."""
        button = self._line().target_at(event.x)
        self.hovered = button.command if button else ""
        self.tooltip = Text(button.tooltip) if button else None

    def on_leave(self) -> None:
        """The mouse left."""
        self.hovered = ""

    def on_click(self, event: events.Click) -> None:
        """Tells which button was pressed."""
        button = self._line().target_at(event.x)
        if button is not None:
            event.stop()
            self.post_message(CommandChosen(button.command))

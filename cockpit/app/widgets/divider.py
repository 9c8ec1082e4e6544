"""The quiet line between the sidebar and the pane. Dragging it tells how wide the sidebar shall be."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from cockpit.app.looks.glyphs import UNICODE, Glyphs


class Divider(Widget):
    """One column."""

    ALLOW_SELECT = False

    @dataclass
    class Dragged(Message):
        """The divider was drawn to this column of the screen. `final` when the mouse let go."""

        column: int
        final: bool

    def __init__(self, glyphs: Glyphs = UNICODE, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs
        self._dragging = False

    def render_line(self, y: int) -> Strip:
        """The same character on every row."""
        from rich.segment import Segment

        return Strip([Segment(self.glyphs.divider, self.visual_style.rich_style)], 1)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begins a drag."""
        event.stop()
        self._dragging = True
        self.capture_mouse()
        self.add_class("-dragging")

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Tells where the mouse is."""
        if self._dragging:
            self.post_message(self.Dragged(event.screen_x, final=False))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Ends a drag."""
        if self._dragging:
            self._dragging = False
            self.release_mouse()
            self.remove_class("-dragging")
            self.post_message(self.Dragged(event.screen_x, final=True))

"""What is said in the middle of the pane while there is no terminal to show."""

from __future__ import annotations

from textual.widgets import Static


class PaneNotice(Static):
    """Plain text, centred over the pane; away while a terminal is shown."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", markup=False, id=id)
        self.display = False

    def explain(self, text: str) -> None:
        """Shows the text, or nothing when it is empty."""
        self.display = bool(text)
        if text:
            self.update(text)

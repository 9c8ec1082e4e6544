"""What is said in place of everything when the terminal is too small."""

from __future__ import annotations

from textual.geometry import Size
from textual.widgets import Static

MIN_COLUMNS, MIN_ROWS = 40, 12


class TooSmall(Static):
    """Plain text over the whole screen; away while there is room."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)

    def measure(self, size: Size) -> None:
        """The screen has this size."""
        self.display = size.width < MIN_COLUMNS or size.height < MIN_ROWS
        if self.display:
            self.update(f"cockpit needs {MIN_COLUMNS}×{MIN_ROWS} cells, here are {size.width}×{size.height}")

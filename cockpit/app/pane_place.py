"""How big the pane will be, for programs that start before the screen has been laid out. Pure."""

from __future__ import annotations

from cockpit.model import Size
from cockpit.settings import General

NARROW_COLUMNS = 100
"""With fewer the sidebar lies over the pane: beside it, it would leave programs much less than 80."""
_DIVIDER_COLUMNS = 1
_TABS_AND_STATUS_ROWS = 2


def expected_pane(terminal: Size, general: General) -> Size:
    """The pane's size in a terminal of this size. A wrong guess is made good by the first layout."""
    beside = general.sidebar and terminal.columns >= NARROW_COLUMNS
    sidebar = general.sidebar_width + _DIVIDER_COLUMNS if beside else 0
    return Size(max(1, terminal.columns - sidebar), max(1, terminal.rows - _TABS_AND_STATUS_ROWS))

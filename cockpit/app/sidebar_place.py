"""Where the sidebar is: beside the pane, over it where there is little room, or away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from cockpit.app.pane_place import NARROW_COLUMNS
from cockpit.app.widgets.session_list import SessionList
from cockpit.app.widgets.sidebar import Sidebar
from cockpit.app.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from cockpit.app.screens.main import MainScreen

ZOOM_NOTICE_S = 4.0
"""How long the way back is told, unless a key is typed before."""
MIN_WIDTH, MAX_WIDTH = 24, 40


class SidebarPlace:
    """Belongs to the main screen, and expresses everything as classes of it."""

    def __init__(self, screen: MainScreen, say: Callable[[str], None]) -> None:
        self._screen = screen
        self._say = say
        self._narrow = False

    @property
    def visible(self) -> bool:
        """Whether the sidebar can be seen now."""
        if self._screen.has_class("-zoomed"):
            return False
        return self._screen.has_class("-overlay" if self._narrow else "-sidebar")

    def apply_settings(self) -> None:
        """Follows the settings."""
        values = self._screen.core.settings.values
        self._screen.set_class(values.general.sidebar, "-sidebar")
        sidebar = self._screen.query_one(Sidebar)
        sidebar.styles.width = values.general.sidebar_width
        sidebar.muted = values.notifications.muted

    def resized(self, width: int) -> None:
        """The screen has another width."""
        self._narrow = width < NARROW_COLUMNS
        self._screen.set_class(self._narrow, "-narrow")
        if not self._narrow:
            self._screen.remove_class("-overlay")
        if not self.visible and self._screen.query_one(Sidebar).has_focus_within:
            self._screen.pane.focus()

    def toggle(self) -> None:
        """Shows or hides the sidebar: for good beside the pane, for the moment over it."""
        screen = self._screen
        if screen.has_class("-zoomed"):
            screen.remove_class("-zoomed")
            return
        if self._narrow:
            if screen.has_class("-overlay"):
                screen.pane.focus()
            else:
                self.show()
            return
        shown = not screen.has_class("-sidebar")
        if not shown and screen.query_one(Sidebar).has_focus_within:
            screen.pane.focus()
        screen.set_class(shown, "-sidebar")
        screen.runner.start("settings.set", {"key": "general.sidebar", "value": shown})

    def show(self) -> None:
        """Makes sure the sidebar can be seen and gives its list the keyboard."""
        screen = self._screen
        screen.remove_class("-zoomed")
        screen.add_class("-overlay" if self._narrow else "-sidebar")
        screen.query_one(SessionList).focus()

    def close_overlay(self) -> None:
        """The pane has the keyboard again."""
        self._screen.remove_class("-overlay")

    def toggle_zoom(self) -> None:
        """Gives the pane the whole screen, and back."""
        screen = self._screen
        screen.toggle_class("-zoomed")
        screen.pane.focus()
        if not screen.has_class("-zoomed"):
            self._say("")
            return
        key = screen.leader.keymap.shown("view.zoom")
        way_back = f"zoomed; {key or 'the palette'} brings the rest back"
        self._say(way_back)
        screen.set_timer(ZOOM_NOTICE_S, partial(self._forget, way_back))

    def _forget(self, notice: str) -> None:
        if self._screen.query_one(StatusBar).notice == notice:
            self._say("")

    def drag(self, column: int, *, final: bool) -> None:
        """The divider was drawn to a column."""
        width = min(max(column, MIN_WIDTH), MAX_WIDTH)
        self._screen.query_one(Sidebar).styles.width = width
        if final:
            self._screen.runner.start("settings.set", {"key": "general.sidebar_width", "value": width})

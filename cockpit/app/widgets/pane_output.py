"""How changes of the pane reach the terminal: straight, or through the compositor while something lies over it."""

from __future__ import annotations

from textual.geometry import Offset, Region
from textual.widget import Widget

from cockpit.app.driver import CockpitDriver
from cockpit.app.painter import Painter
from cockpit.app.widgets.pane_picture import Changes
from cockpit.terminal.emulator_types import HIDDEN_CURSOR, Cursor


class PaneOutput:
    """Belongs to the pane, whose place on the screen and focus it reads. Never decides what is shown."""

    def __init__(self, pane: Widget) -> None:
        self.covered = True
        """Something lies over the pane, so that frames must go through the compositor."""
        self._pane = pane
        self._painter = Painter()
        self._writes_seen = -1

    @property
    def driver(self) -> CockpitDriver | None:
        """The terminal cockpit runs in; None where there is only a picture of one."""
        driver = self._pane.app._driver
        return driver if isinstance(driver, CockpitDriver) else None

    def write(self, changes: Changes, cursor: Cursor) -> None:
        """Puts changed rows on the screen, then the cursor."""
        pane = self._pane
        driver = pane.app._driver
        if self.covered or not isinstance(driver, CockpitDriver) or not pane.screen.is_current:
            if changes:
                width = pane.size.width
                pane.refresh(*[Region(0, y, width, 1) for y, _ in changes])
            self.show_cursor(cursor)
            return
        if driver.output.writes != self._writes_seen:
            self._painter.forget_position()
        self._place_painter(cursor)
        shown = cursor if pane.has_focus else HIDDEN_CURSOR
        driver.write(self._painter.frame(changes, shown, synchronized=pane.app._sync_available))
        self._writes_seen = driver.output.writes
        driver.frame_written()

    def show_cursor(self, cursor: Cursor) -> None:
        """Puts the real cursor where the program has it, now and after everything the compositor paints."""
        pane = self._pane
        if not pane.has_focus:
            return
        self._place_painter(cursor)
        driver = pane.app._driver
        if isinstance(driver, CockpitDriver) and pane.screen.is_current:
            self._painter.forget_position()
            driver.write(self._painter.show_cursor(cursor))
            self._writes_seen = driver.output.writes

    def give_up_cursor(self) -> None:
        """Another screen lies over this one: the real cursor is its affair."""
        driver = self._pane.app._driver
        if isinstance(driver, CockpitDriver):
            driver.write(self._painter.hide_cursor())

    def find_cover(self) -> None:
        """Finds out whether anything lies over the pane now (a toast, a panel, a tooltip)."""
        pane = self._pane
        ancestors = set(pane.ancestors_with_self)
        region = pane.region
        self.covered = not region or any(
            widget not in ancestors and bool(place.intersection(clip).intersection(region))
            for widget, (place, clip) in pane.screen._compositor.visible_widgets.items()
        )

    def forget_position(self) -> None:
        """Something else will be painted before the next frame."""
        self._painter.forget_position()

    def _place_painter(self, cursor: Cursor) -> None:
        region = self._pane.content_region
        self._painter.left, self._painter.top = region.x, region.y
        if self._pane.has_focus:
            self._pane.app.cursor_position = Offset(region.x + cursor.column, region.y + cursor.row)

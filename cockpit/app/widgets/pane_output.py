"""How changes of the pane reach the terminal: straight, or through the compositor while something lies over it."""

from __future__ import annotations

from textual.geometry import Offset, Region
from textual.widget import Widget

from cockpit.app.looks.painter import Painter
from cockpit.app.outer.driver import CockpitDriver
from cockpit.app.widgets.pane_picture import Frame, PanePicture
from cockpit.terminal.emulator.types import HIDDEN_CURSOR, Cursor


class PaneOutput:
    """Belongs to the pane, whose place on the screen and focus it reads. Never decides what is shown."""

    def __init__(self, pane: Widget, picture: PanePicture) -> None:
        self.covered = True
        """Something lies over the pane, so that frames must go through the compositor."""
        self._pane = pane
        self._picture = picture
        self._painter = Painter()
        self._all_ours = False
        """Every cell of the pane was written by us since anybody else may have, so that rows can be shifted."""
        self._writes_seen = -1

    @property
    def driver(self) -> CockpitDriver | None:
        """The terminal cockpit runs in; None where there is only a picture of one."""
        driver = self._pane.app._driver
        return driver if isinstance(driver, CockpitDriver) else None

    @property
    def scrolls(self) -> bool:
        """Whether the next frame may shift rows where they stand."""
        return self._all_ours and self._painter.scrolls and self._direct

    @property
    def _direct(self) -> bool:
        return not self.covered and self.driver is not None and self._pane.screen.is_current

    def write(self, frame: Frame, cursor: Cursor) -> None:
        """Puts changed rows on the screen, then the cursor."""
        pane = self._pane
        driver = self.driver
        if driver is None or not self._direct:
            self.distrust()
            if frame.changes:
                width = pane.size.width
                pane.refresh(*[Region(0, y, width, 1) for y, _ in frame.changes])
            self.show_cursor(cursor)
            return
        if driver.output.writes != self._writes_seen:
            self._painter.forget_position()
        self._place_painter(cursor)
        if not self._all_ours and len(frame.changes) > pane.size.height // 2 and self._painter.scrolls:
            frame = Frame(self._picture.whole(pane.size.width))
            self._all_ours = True
        shown = cursor if pane.has_focus else HIDDEN_CURSOR
        written = self._painter.frame(
            frame.changes, shown, synchronized=pane.app._sync_available, shift=frame.shift
        )
        driver.write(written)
        self._writes_seen = driver.output.writes
        driver.frame_written()

    def distrust(self) -> None:
        """Others paint where the pane is, now or soon: what stands there may not be what the picture says.

        Rows are only shifted again once we have written all of them: the compositor paints later than it is asked
        to, and would mend a wrong row where it was, not where it was shifted to.
        """
        self._all_ours = False

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
        self.distrust()
        driver = self._pane.app._driver
        if isinstance(driver, CockpitDriver):
            driver.write(self._painter.hide_cursor())

    def find_cover(self) -> None:
        """Finds out whether anything lies over the pane now (a toast, a panel, a tooltip)."""
        self.distrust()
        pane = self._pane
        ancestors = set(pane.ancestors_with_self)
        region = pane.region
        self.covered = not region or any(
            widget not in ancestors and bool(place.intersection(clip).intersection(region))
            for widget, (place, clip) in pane.screen._compositor.visible_widgets.items()
        )

    def forget_position(self) -> None:
        """Something else will be painted before the next frame."""
        self.distrust()
        self._painter.forget_position()

    def _place_painter(self, cursor: Cursor) -> None:
        region = self._pane.content_region
        self._painter.left, self._painter.top = region.x, region.y
        self._painter.columns = region.width
        self._painter.beside = region.width != self._pane.app.size.width
        if self._pane.has_focus:
            self._pane.app.cursor_position = Offset(region.x + cursor.column, region.y + cursor.row)

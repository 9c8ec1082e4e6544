"""Paints tabs, sidebar and status line as soon as they are drawn anew. Decides nothing of what they show."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from textual.screen import Screen
from textual.widget import Widget

from cockpit.app.widgets.frame_pacer import FRAME_INTERVAL_S


class LinePainter:
    """Belongs to the main screen.

    Textual gathers what changed and paints it with the next tick of a 60 Hz timer, as one rectangle around everything:
    tabs and status line make that the whole screen, with every row of the pane. Here each is painted by itself and at
    once, but no more often than that timer would; what comes faster is left to it.
    """

    def __init__(self, screen: Screen[Any], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._screen = screen
        self._clock = clock
        self._painted_at = -FRAME_INTERVAL_S

    def paint(self, *widgets: Widget) -> None:
        """Puts what changed in these widgets on the terminal."""
        screen, app, now = self._screen, self._screen.app, self._clock()
        waits = screen._layout_required or screen._scroll_required or app._batch_count
        if waits or not screen.is_current or now - self._painted_at < FRAME_INTERVAL_S:
            return
        self._painted_at = now
        compositor = screen._compositor  # Textual has no public way to paint
        for widget in widgets:
            compositor.update_widgets({widget})
            app._display(screen, compositor.render_update(screen_stack=app._background_screens))

"""When the pane paints: the first output after a quiet moment at once, a flood at the frame rate or the link's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

FRAME_INTERVAL_S = 1 / 60
IMMEDIATE_FRAMES = 3
"""How many frames may be painted at once within one interval; further output waits for the next."""
HOLD_DEADLINE_S = 0.2
"""A synchronized update that doesn't end is shown after this long."""


class Link(Protocol):
    """What takes the frames to the terminal."""

    on_free: Callable[[], None] | None
    """Called once when a frame may be written again."""

    @property
    def busy(self) -> bool:
        """Whether the next frame should wait for `on_free`."""
        ...


class FramePacer:
    """Calls `paint` for damage, never more often than the eye needs and never later than it must.

    While `link` is busy nothing is painted; what came meanwhile is one frame then, and never an old one.
    """

    def __init__(self, paint: Callable[[], None]) -> None:
        self.link: Link | None = None
        self._paint = paint
        self._timer: asyncio.TimerHandle | None = None
        self._held = False
        self._waits = False
        """A frame is due and the link is busy."""
        self._window_start = 0.0
        self._window_frames = 0

    def damaged(self, *, holding: bool) -> None:
        """Something changed; `holding` while the program is inside a synchronized update."""
        if holding:
            if not self._held:
                self.stop()  # a frame that was to come would show half an update
                self._held = True
                self._schedule(HOLD_DEADLINE_S)
            return
        if self._held:
            self.stop()
        elif self._timer is not None or self._waits:
            return
        now = self._loop.time()
        if now - self._window_start >= FRAME_INTERVAL_S:
            self._window_start, self._window_frames = now, 0
        if self._window_frames < IMMEDIATE_FRAMES:
            self._window_frames += 1
            self._paint_when_free()
        else:
            self._schedule(self._window_start + FRAME_INTERVAL_S - now)

    def at_once(self) -> None:
        """Something else is shown: paints it now, or as soon as the link is free."""
        self.stop()
        self._paint_when_free()

    def stop(self) -> None:
        """Forgets a frame that was to come."""
        self._held = self._waits = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    @property
    def _loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    def _schedule(self, delay_s: float) -> None:
        self._timer = self._loop.call_later(delay_s, self._due)

    def _due(self) -> None:
        self._timer = None
        self._held = False
        self._window_start, self._window_frames = self._loop.time(), 1
        self._paint_when_free()

    def _paint_when_free(self) -> None:
        if self.link is None or not self.link.busy:
            self._paint()
        else:
            self._waits = True
            self.link.on_free = self._freed

    def _freed(self) -> None:
        if self._waits:
            self._waits = False
            self._window_start, self._window_frames = self._loop.time(), 1
            self._paint()

"""When the pane paints: the first output after a quiet moment at once, a flood at the frame rate."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

FRAME_INTERVAL_S = 1 / 60
IMMEDIATE_FRAMES = 3
"""How many frames may be painted at once within one interval; further output waits for the next."""
HOLD_DEADLINE_S = 0.2
"""A synchronized update that doesn't end is shown after this long."""


class FramePacer:
    """Calls `paint` for damage, never more often than the eye needs and never later than it must."""

    def __init__(self, paint: Callable[[], None]) -> None:
        self._paint = paint
        self._timer: asyncio.TimerHandle | None = None
        self._held = False
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
        elif self._timer is not None:
            return
        now = self._loop.time()
        if now - self._window_start >= FRAME_INTERVAL_S:
            self._window_start, self._window_frames = now, 0
        if self._window_frames < IMMEDIATE_FRAMES:
            self._window_frames += 1
            self._paint()
        else:
            self._schedule(self._window_start + FRAME_INTERVAL_S - now)

    def stop(self) -> None:
        """Forgets a frame that was to come."""
        self._held = False
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
        self._paint()

"""What subscribers still have to be told. Bounded: one that doesn't keep up loses the oldest, and is told how many."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from cockpit.control.event_json import EventFilter
from cockpit.control.protocol import encode

QUEUE_LIMIT = 1000
BATCH = 100
"""Events that are written at once."""


class Subscription:
    """One subscriber's events, in order."""

    def __init__(self, wanted: EventFilter) -> None:
        self._wanted = wanted
        self._queue: deque[dict[str, Any]] = deque()
        self._lost = 0
        self._filled = asyncio.Event()

    def offer(self, event: dict[str, Any]) -> None:
        """Queues an event if it is wanted."""
        if not self._wanted.wants(event):
            return
        if len(self._queue) >= QUEUE_LIMIT:
            self._queue.popleft()
            self._lost += 1
        self._queue.append(event)
        self._filled.set()

    async def frames(self) -> bytes:
        """The next frames, once there are any."""
        await self._filled.wait()
        frames = []
        if self._lost:
            frames.append(encode({"event": "lost", "count": self._lost}))
            self._lost = 0
        frames += [encode(self._queue.popleft()) for _ in range(min(BATCH, len(self._queue)))]
        if not self._queue:
            self._filled.clear()
        return b"".join(frames)

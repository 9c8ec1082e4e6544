"""Who is told of events, and what each still has to be told. Bounded: one that doesn't keep up loses the oldest.

An event costs its publisher no more than a look where nobody wants it; it is written down once, for all who do.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

from cockpit.control.event_json import EVENT_NAMES
from cockpit.control.protocol import encode

QUEUE_LIMIT = 1000
QUEUE_LIMIT_BYTES = 1024 * 1024
"""What may wait for one subscriber; at least one event does, however long."""
BATCH_BYTES = 64 * 1024
"""About what is written at once."""


class Subscribers:
    """All subscriptions, by the names of the events they want."""

    def __init__(self) -> None:
        self._by_name: dict[str, dict[Subscription, None]] = {name: {} for name in EVENT_NAMES.values()}

    def add(
        self, names: Sequence[str] = (), session_id: str | None = None, terminal_id: str | None = None
    ) -> Subscription:
        """A subscription, until it is closed.

        Args:
            names: of events, or beginnings of names that end in a dot: `terminal.`. None given: all.
            session_id, terminal_id: only events of these.
        """
        subscription = Subscription(self, session_id, terminal_id)
        for name, wanting in self._by_name.items():
            if not names or any(name == n or (n.endswith(".") and name.startswith(n)) for n in names):
                wanting[subscription] = None
        return subscription

    def remove(self, subscription: Subscription) -> None:
        """Tells it nothing more."""
        for wanting in self._by_name.values():
            wanting.pop(subscription, None)

    def want(self, name: str | None) -> bool:
        """Whether anybody may want an event of this name."""
        return name is not None and bool(self._by_name[name])

    def tell(self, event: Mapping[str, Any]) -> None:
        """Queues an event (as `event_json` made it) for all who want it."""
        frame = b""
        for subscription in self._by_name[event["event"]]:
            if subscription.wants(event):
                frame = frame or encode(event)
                subscription.offer(frame)


class Subscription:
    """One subscriber's events, in order, each a frame."""

    def __init__(self, all_: Subscribers, session_id: str | None, terminal_id: str | None) -> None:
        self._all = all_
        self._session_id = session_id
        self._terminal_id = terminal_id
        self._queue: deque[bytes] = deque()
        self._lost = 0
        self._filled = asyncio.Event()
        self.waiting_bytes = 0
        """What its frames take that were not fetched yet."""

    def wants(self, event: Mapping[str, Any]) -> bool:
        """Whether it is about what the subscriber asked for."""
        if self._terminal_id is not None and event.get("terminal") != self._terminal_id:
            return False
        return self._session_id is None or event.get("session") == self._session_id

    def offer(self, frame: bytes) -> None:
        """Queues an event."""
        self._queue.append(frame)
        self.waiting_bytes += len(frame)
        while len(self._queue) > QUEUE_LIMIT or (
            self.waiting_bytes > QUEUE_LIMIT_BYTES and len(self._queue) > 1
        ):
            self.waiting_bytes -= len(self._queue.popleft())
            self._lost += 1
        self._filled.set()

    async def frames(self) -> bytes:
        """The next frames, once there are any."""
        await self._filled.wait()
        frames = []
        if self._lost:
            frames.append(encode({"event": "lost", "count": self._lost}))
            self._lost = 0
        size = 0
        while self._queue and size < BATCH_BYTES:
            frames.append(self._queue.popleft())
            size += len(frames[-1])
        self.waiting_bytes -= size
        if not self._queue:
            self._filled.clear()
        return b"".join(frames)

    def close(self) -> None:
        """Wants nothing more. Idempotent."""
        self._all.remove(self)

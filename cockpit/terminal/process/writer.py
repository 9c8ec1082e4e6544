"""Bytes on their way into a terminal: written as fast as it takes them, queued meanwhile. Knows nothing of
processes.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections import deque

log = logging.getLogger(__name__)

WRITE_BOUND_BYTES = 65536
"""What one turn of the loop writes at most."""


class PtyWriter:
    """The way into the non-blocking master side `fd`, which stays its owner's to close (after `close`)."""

    def __init__(self, loop: asyncio.AbstractEventLoop, fd: int) -> None:
        self._loop = loop
        self._fd = fd
        self._queue: deque[memoryview] = deque()
        self.pending_bytes = 0
        """Bytes given to `write` which the terminal has not taken yet."""
        self._written = asyncio.Event()
        self._written.set()

    def write(self, data: bytes) -> None:
        """Sends `data` after what was sent before, without waiting and without copying it."""
        view = memoryview(data)
        if not self._queue:
            taken = self._offer(view)
            if taken == len(view):
                return
            view = view[taken:]
            self._written.clear()
            self._loop.add_writer(self._fd, self._write_queued)
        self._queue.append(view)
        self.pending_bytes += len(view)

    async def drain(self) -> None:
        """Returns when everything was taken, or nobody is left to take it."""
        await self._written.wait()

    def close(self) -> None:
        """Forgets what is queued and stops watching the terminal."""
        if self._queue:
            self._loop.remove_writer(self._fd)
            self._queue.clear()
            self.pending_bytes = 0
        self._written.set()

    def _offer(self, view: memoryview) -> int:
        """Writes what the terminal takes now, up to the bound; returns how much that was."""
        try:
            return os.write(self._fd, view[:WRITE_BOUND_BYTES])
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError as error:  # nobody has it open any more: the program's end will say so
            log.debug("writing to a terminal failed: %s", error)
            return len(view)

    def _write_queued(self) -> None:
        first = self._queue[0]
        taken = self._offer(first)
        self.pending_bytes -= taken
        if taken < len(first):
            self._queue[0] = first[taken:]
            return
        self._queue.popleft()
        if not self._queue:
            self._loop.remove_writer(self._fd)
            self._written.set()

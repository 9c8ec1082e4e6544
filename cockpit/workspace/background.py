"""Work that nobody waits for: its tasks until they end, and that a failure is told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

log = logging.getLogger(__name__)


class Background:
    """Belongs to the workspace. `tell` gets a failure's message."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._tasks: set[asyncio.Task[Any]] = set()
        self._to_finish: set[asyncio.Task[Any]] = set()

    def run(self, work: Coroutine[Any, Any, Any], *, to_the_end: bool = False) -> asyncio.Task[Any]:
        """Runs `work` until it ends or cockpit leaves, which waits for what has to run `to_the_end`."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        if to_the_end:
            self._to_finish.add(task)
        task.add_done_callback(self._ended)
        return task

    async def settle(self) -> None:
        """Returns when the work that there is now has ended."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        """cockpit leaves: nothing new is finished, what has to end is waited for."""
        for task in self._tasks - self._to_finish:
            task.cancel()
        await self.settle()

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        self._to_finish.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("work in the background failed", exc_info=error)
            self._tell(str(error) or type(error).__name__)

"""Ends what must be ended even while the task that does it is being cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine


async def to_the_end(work: Coroutine[object, object, None]) -> None:
    """Runs `work`, which must be bounded, to its end; a cancellation that comes meanwhile is raised afterwards.

    For closing processes and pipes: half closed they would outlive the loop.
    """
    task = asyncio.get_running_loop().create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError as error:
            cancelled = error
    task.result()
    if cancelled is not None:
        raise cancelled

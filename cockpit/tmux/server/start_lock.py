"""The lock that makes a server's start race-safe: one process at a time per socket, across processes and tasks."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path

from cockpit.errors import TmuxError, TmuxTimeoutError
from cockpit.files import lock_file, remove_lock_file


class StartLock:
    """An exclusive flock(2) on a file beside the socket, taken in a thread of its own so that the loop never waits.

    Not tmux's own `<socket>.lock`: the tmux client takes that one itself while it starts a server.
    """

    def __init__(self, socket_path: Path, deadline_s: float) -> None:
        self._path = socket_path.with_name(socket_path.name + ".starting")
        self._deadline_s = deadline_s
        self._descriptor = -1

    async def __aenter__(self) -> StartLock:
        loop = asyncio.get_running_loop()
        taken: asyncio.Future[int] = loop.create_future()

        def deliver(descriptor: int, error: OSError | None) -> None:
            if taken.done():
                _release(descriptor)
            elif error is not None:
                taken.set_exception(error)
            else:
                taken.set_result(descriptor)

        def take() -> None:
            descriptor, failure = -1, None
            try:
                descriptor = lock_file(self._path, wait=True)
            except OSError as error:
                failure = error
            try:
                loop.call_soon_threadsafe(deliver, descriptor, failure)
            except RuntimeError:  # the loop was closed meanwhile
                _release(descriptor)

        threading.Thread(target=take, name="cockpit-start-lock", daemon=True).start()
        try:
            async with asyncio.timeout(self._deadline_s):
                self._descriptor = await taken
        except TimeoutError:
            raise TmuxTimeoutError(
                f"another cockpit has been starting tmux for {self._deadline_s:g} s ({self._path} is locked)"
            ) from None
        except OSError as error:
            raise TmuxError(f"{self._path} can't be locked: {error.strerror}") from error
        return self

    async def __aexit__(self, *_: object) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        remove_lock_file(self._path, descriptor)


def _release(descriptor: int) -> None:
    if descriptor >= 0:
        os.close(descriptor)

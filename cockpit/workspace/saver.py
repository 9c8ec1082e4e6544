"""When the store is written: soon after a change, many changes at once, off the event loop's thread."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from cockpit.workspace.store import Store

log = logging.getLogger(__name__)

SAVE_DELAY_S = 0.1


class Saver:
    """Writes the newest document after changes. `snapshot` is called on the loop and must not share state."""

    def __init__(
        self, store: Store, snapshot: Callable[[], dict[str, Any]], on_error: Callable[[str], None]
    ) -> None:
        self._store = store
        self._snapshot = snapshot
        self._on_error = on_error
        self._dirty = False
        self._failed = False
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None

    def changed(self) -> None:
        """Something worth keeping changed. Cheap; needs the running loop."""
        self._dirty = True
        if self._timer is None and self._writing is None:
            self._timer = asyncio.get_running_loop().call_later(SAVE_DELAY_S, self._begin)

    async def flush(self) -> None:
        """Returns when every change until now is on disk, or could not be written and was told."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._writing is None and self._dirty:
            self._begin()
        if self._writing is not None:
            await asyncio.shield(self._writing)

    def _begin(self) -> None:
        self._timer = None
        self._writing = asyncio.get_running_loop().create_task(self._write(), name="store")

    async def _write(self) -> None:
        try:
            while self._dirty:
                self._dirty = False
                document = self._snapshot()
                try:
                    await asyncio.to_thread(self._store.save, document)
                except (OSError, ValueError) as error:
                    self._tell(error)
                    self._dirty = True  # the next change or flush tries again
                    return
                self._failed = False
        finally:
            self._writing = None

    def _tell(self, error: Exception) -> None:
        log.error("the store can't be written", exc_info=error)
        if not self._failed:  # once until it works again
            self._failed = True
            reason = getattr(error, "strerror", None) or str(error)
            self._on_error(f"{self._store.path} can't be written: {reason}. Changes to sessions may be lost.")

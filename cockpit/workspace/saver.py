"""When the store is written: soon after a change, many changes at once, off the event loop's thread."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from cockpit.workspace.store import Store

log = logging.getLogger(__name__)

SAVE_DELAY_S = 0.1
RETRY_DELAYS_S = (1.0, 2.0, 5.0, 10.0, 30.0)
"""After a failure; the last one again and again. A full disk tells nobody when there is room again."""


class Saver:
    """Writes the newest document after changes. `snapshot` is called on the loop and must not share state.

    `tell` gets a message and its severity: once when writing begins to fail, once when it works again.
    """

    def __init__(
        self, store: Store, snapshot: Callable[[], dict[str, Any]], tell: Callable[[str, str], None]
    ) -> None:
        self._store = store
        self._snapshot = snapshot
        self._tell = tell
        self._dirty = False
        self._failures = 0
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None

    def changed(self) -> None:
        """Something worth keeping changed. Cheap; needs the running loop."""
        self._dirty = True
        if self._timer is None and self._writing is None:
            self._timer = asyncio.get_running_loop().call_later(SAVE_DELAY_S, self._begin)

    async def flush(self) -> None:
        """Returns when every change until now is on disk, or could not be written and was told."""
        self._stop_timer()
        if self._writing is None and self._dirty:
            self._begin()
        if self._writing is not None:
            await asyncio.shield(self._writing)

    async def close(self) -> str:
        """Writes for the last time; what can't be written goes to the rescue copy.

        Answers what the person must know after cockpit has left the screen; empty when all is saved.
        """
        await self.flush()
        self._stop_timer()
        if not self._dirty:
            return ""
        self._dirty = False
        try:
            kept = await asyncio.to_thread(self._store.rescue, self._snapshot())
        except (OSError, ValueError) as error:
            log.error("there is no rescue copy either", exc_info=error)
            return (
                f"The last changes to sessions could not be saved to {self._store.path} ({_reason(error)}). "
                "Terminals on tmux live on and are found again."
            )
        return f"{self._store.path} could not be written. The sessions are kept in {kept} for the next start."

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
                    self._dirty = True
                    self._failed(error)
                    return
                if self._failures:
                    self._failures = 0
                    self._tell(
                        f"{self._store.path} can be written again: everything is saved.", "information"
                    )
        finally:
            self._writing = None

    def _failed(self, error: Exception) -> None:
        log.error("the store can't be written", exc_info=error)
        if not self._failures:  # once until it works again
            self._tell(
                f"{self._store.path} can't be written: {_reason(error)}. Nothing that runs is affected; "
                "cockpit keeps trying.",
                "error",
            )
        delay_s = RETRY_DELAYS_S[min(self._failures, len(RETRY_DELAYS_S) - 1)]
        self._failures += 1
        self._stop_timer()
        self._timer = asyncio.get_running_loop().call_later(delay_s, self._begin)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)

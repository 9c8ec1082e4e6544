"""Whether the server answers. Learned from calls that ran out of time; asks by itself only while somebody waits.

A server that doesn't answer is silent, never dead: it may be stopped, swapped out or busy, and its programs live.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from cockpit.errors import TmuxError, TmuxTimeoutError

INTERVAL_S = 1.0
"""At most one question in this time."""


class Liveness:
    """Of one server. `ping` asks something and raises `TmuxTimeoutError` when no answer came in time.

    `fell_silent` is called once with a reason when it stops answering, `answered` once when it does again.
    """

    def __init__(
        self,
        ping: Callable[[], Awaitable[object]],
        *,
        fell_silent: Callable[[str], None],
        answered: Callable[[], None],
    ) -> None:
        self._ping = ping
        self._fell_silent = fell_silent
        self._answered = answered
        self._asking: asyncio.Task[None] | None = None
        self._asked_at = -math.inf
        self._due: asyncio.TimerHandle | None = None
        self.silent = False
        """A call got no answer, and none came since."""

    def doubt(self, error: TmuxTimeoutError) -> None:
        """A call ran out of time: the server is silent from now on, and is asked until it answers."""
        if not self.silent:
            self.silent = True
            self._fell_silent(str(error))
            self._begin(self._until_answered())

    def pulse(self) -> None:
        """Somebody waits for the server without having asked it anything, as one who types does: asks for them."""
        if self.silent or self._due is not None:
            return
        loop = asyncio.get_running_loop()
        self._due = loop.call_at(max(loop.time(), self._asked_at + INTERVAL_S), self._ask)

    def forget(self) -> None:
        """The server is gone, let go of, or another one: nothing is asked or told about it any more."""
        self.silent = False
        if self._due is not None:
            self._due.cancel()
            self._due = None
        if self._asking is not None and self._asking is not asyncio.current_task():
            self._asking.cancel()
        self._asking = None

    def _ask(self) -> None:
        self._due = None
        if not self.silent and (self._asking is None or self._asking.done()):
            self._asked_at = asyncio.get_running_loop().time()
            self._begin(self._once())

    def _begin(self, asking: Coroutine[Any, Any, None]) -> None:
        self._asking = asyncio.get_running_loop().create_task(asking)

    async def _once(self) -> None:
        try:
            await self._ping()
        except TmuxTimeoutError as error:
            self.doubt(error)
        except TmuxError:
            return  # a refusal is an answer, and who holds the connection tells its end

    async def _until_answered(self) -> None:
        loop = asyncio.get_running_loop()
        while self.silent:
            began = loop.time()
            try:
                await self._ping()
                break
            except (
                TmuxTimeoutError
            ):  # a question usually waits as long as its deadline; where it failed at once:
                await asyncio.sleep(max(0.0, began + INTERVAL_S - loop.time()))
            except TmuxError:
                break
        if self.silent:
            self.silent = False
            self._answered()

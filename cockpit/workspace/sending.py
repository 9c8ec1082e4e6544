"""Text on its way into terminals: a queue for each, emptied in order, in pieces, as fast as the program reads."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from cockpit.backends.router import Router
from cockpit.errors import CockpitError, PartlySentError, TmuxGoneError, TmuxTimeoutError
from cockpit.model import Terminal

SEND_TIMEOUT_S = 30.0
JOINED_LIMIT = 256
"""Texts that share a piece: their senders are all answered in one turn of the loop, and that must stay short."""


class Sender:
    """Keeps what is sent to one terminal in the order in which it was asked for, from any number of clients.

    A text under way goes on without its sender: what is with it in a piece must not suffer.
    """

    def __init__(self, router: Router, in_background: Callable[[Coroutine[Any, Any, None]], object]) -> None:
        self._router = router
        self._in_background = in_background
        self._queues: dict[str, deque[_Text]] = {}

    async def send(self, terminal: Terminal, data: bytes, timeout_s: float = SEND_TIMEOUT_S) -> None:
        """Returns when the terminal has taken all of `data`; nobody else's comes in between.

        Raises:
            TerminalGoneError: the program has ended; nothing was sent.
            PartlySentError: it ended, didn't read on for `timeout_s`, or was busy with others' texts for so long;
                says how much went.
            CockpitError: it can't be reached; nothing was sent.
        """
        queue = self._queues.get(terminal.id)
        if queue is None:
            queue = self._queues[terminal.id] = deque()
            self._in_background(self._empty(terminal, queue))
        try:
            async with asyncio.timeout(timeout_s) as turn:
                text = _Text(data, timeout_s, turn, asyncio.get_running_loop().create_future())
                queue.append(text)
                await text.taken
        except TimeoutError:
            reason = f"{terminal.name} was busy with other texts for {timeout_s:g} s"
            raise PartlySentError(reason, sent=0, total=len(data), timed_out=True) from None

    async def _empty(self, terminal: Terminal, queue: deque[_Text]) -> None:
        try:
            while queue:
                await self._carry(terminal, queue)
                await asyncio.sleep(0)  # a terminal that takes all at once leaves room for keys and frames
        finally:
            del self._queues[terminal.id]
            for text in queue:
                text.end(_CLOSING)

    async def _carry(self, terminal: Terminal, queue: deque[_Text]) -> None:
        """Takes the next text to its end, and with its last piece those behind it that can share that one."""
        first = queue.popleft()
        if not first.begin():
            return
        together = [first]
        failure: _Failure | None = _CLOSING
        try:
            failure = await self._offer_all(terminal, queue, together)
        finally:
            for text in together:
                text.end(failure)

    async def _offer_all(
        self, terminal: Terminal, queue: deque[_Text], together: list[_Text]
    ) -> _Failure | None:
        (first,) = together
        size = self._router.piece_bytes(terminal)
        while first.sent < len(first.data) and not first.taken.cancelled():
            end = min(first.sent + size, len(first.data))
            piece = first.data[first.sent : end]
            if end == len(first.data) and self._router.takes_pieces_whole(terminal):
                together += _fitting(queue, size - len(piece), first.timeout_s)
                piece += b"".join(text.data for text in together[1:])
            failure = await self._offer(terminal, piece, first.timeout_s)
            if failure is not None:
                return failure
            first.sent = end
        return None

    async def _offer(self, terminal: Terminal, piece: bytes, timeout_s: float) -> _Failure | None:
        begun = False
        try:
            async with asyncio.timeout(timeout_s):
                await self._router.send(terminal, piece)
                begun = True
                await self._router.drained(terminal)
        except TimeoutError:
            reason = f"{terminal.name} did not read on for {timeout_s:g} s"
            return _Failure(CockpitError(reason), begun=True, timed_out=True)
        except (TmuxTimeoutError, TmuxGoneError) as error:
            return _Failure(error, begun=True, timed_out=isinstance(error, TmuxTimeoutError))
        except CockpitError as error:
            return _Failure(error, begun=begun)
        return None


@dataclass(slots=True, eq=False)
class _Text:
    """What one call sends."""

    data: bytes
    timeout_s: float
    turn: asyncio.Timeout
    """Ends the wait for its turn."""
    taken: asyncio.Future[None]
    sent: int = 0
    """How much of it was taken, in whole pieces."""

    def begin(self) -> bool:
        """Its turn has come; False when nobody waits for that any more."""
        if self.taken.done() or self.turn.expired():
            return False
        self.turn.reschedule(None)
        return True

    def end(self, failure: _Failure | None) -> None:
        """All of it was taken, or what was under way of it was not."""
        if self.taken.done():
            return
        if failure is None:
            self.taken.set_result(None)
        elif not self.sent and not failure.begun:
            self.taken.set_exception(failure.error)
        else:
            reason, timed_out = str(failure.error), failure.timed_out
            error = PartlySentError(reason, sent=self.sent, total=len(self.data), timed_out=timed_out)
            self.taken.set_exception(error)


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why a piece was not taken. `begun`: something of it may have been."""

    error: CockpitError
    begun: bool
    timed_out: bool = False


_CLOSING = _Failure(CockpitError("cockpit is closing"), begun=True)


def _fitting(queue: deque[_Text], room: int, timeout_s: float) -> list[_Text]:
    """Takes the next texts off the queue that fit whole into `room` bytes and have the same deadline."""
    found: list[_Text] = []
    while queue and len(found) < JOINED_LIMIT - 1 and queue[0].timeout_s == timeout_s:
        room -= len(queue[0].data)
        if room < 0:
            break
        text = queue.popleft()
        if text.begin():
            found.append(text)
    return found

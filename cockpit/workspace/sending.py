"""Long text on its way into terminals: one sender at a time for each, in pieces, as fast as the program reads."""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary

from cockpit.backends.router import Router
from cockpit.errors import CockpitError, PartlySentError
from cockpit.model import Terminal

SEND_TIMEOUT_S = 30.0


class Sender:
    """Keeps what is sent to one terminal in the order in which it was asked for, from any number of clients."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def send(self, terminal: Terminal, data: bytes, timeout_s: float = SEND_TIMEOUT_S) -> None:
        """Returns when the terminal has taken all of `data`; nobody else's comes in between.

        Raises:
            TerminalGoneError: the program has ended; nothing was sent.
            PartlySentError: it ended, or didn't read on for `timeout_s`; says how much went.
            CockpitError: it can't be reached; nothing was sent.
        """
        turn = self._turns.get(terminal.id)
        if turn is None:
            turn = self._turns[terminal.id] = asyncio.Lock()
        size = self._router.piece_bytes(terminal)
        async with turn:
            for start in range(0, len(data), size):
                began = start > 0
                try:
                    async with asyncio.timeout(timeout_s):
                        await self._router.send(terminal, data[start : start + size])
                        began = True
                        await self._router.drained(terminal)
                except TimeoutError:
                    reason = f"{terminal.name} did not read on for {timeout_s:g} s"
                    raise PartlySentError(reason, sent=start, total=len(data), timed_out=True) from None
                except CockpitError as error:
                    if not began:
                        raise
                    raise PartlySentError(str(error), sent=start, total=len(data)) from error

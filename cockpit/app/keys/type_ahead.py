"""What is typed goes to whoever has the keyboard when its turn comes: in order, nothing lost, nothing to the wrong one.

A key for a program is given at once. A key that may move the keyboard (one that runs a command, one for a dialogue, a
click) is followed only when it has taken effect: the dialogue is there and has its field, the search has found.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from textual import events
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.worker import Worker, WorkerError

from cockpit.app.keys.textual_keys import event_for
from cockpit.terminal.input.decoder import Paste
from cockpit.terminal.input.keys import KeyPress

Typed = KeyPress | Paste

SETTLE_DEADLINE_S = 3.0
"""So long keys wait for one before them. What takes longer hangs, and a person wants to get out of it."""


class TypeAhead:
    """Belongs to the main screen.

    `to_pane` gives to the pane, or answers False while that hasn't the keyboard; `deciding` tells that the keyboard is
    about to move with nothing awaited but the next turns of the event loop; `counts` tells of which unfinished workers
    the next key must see the end.
    """

    def __init__(
        self,
        screen: Screen[Any],
        *,
        to_pane: Callable[[Typed], bool],
        deciding: Callable[[], bool],
        counts: Callable[[Worker[Any]], bool],
    ) -> None:
        self._screen = screen
        self._to_pane = to_pane
        self._deciding = deciding
        self._counts = counts
        self._waiting: deque[Typed | Callable[[], None]] = deque()
        self._settled = False
        self._delivering = False
        self._hanging: set[Worker[Any]] = set()
        """Workers that were waited for long enough."""

    def unsettle(self) -> None:
        """The keyboard may move: what is typed from now on waits until it has."""
        self._settled = False

    def take(self, typed: Typed) -> None:
        """Gives a key or pasted text to whoever has the keyboard, or will have it after what came before."""
        if self._settled and not self._delivering:
            self._give(typed)
            return
        self._waiting.append(typed)
        if not self._delivering:
            self._delivering = True
            self._screen.app.run_worker(self._deliver(), group="typed", exit_on_error=False)

    def take_mouse(self, event: events.MouseEvent, give: Callable[[events.MouseEvent], None]) -> None:
        """Gives a mouse event, behind the keys that wait; but for mere motion it may move the keyboard."""
        if self._delivering:
            self._waiting.append(partial(self._give_mouse, event, give))
        else:
            self._give_mouse(event, give)

    def _give_mouse(self, event: events.MouseEvent, give: Callable[[events.MouseEvent], None]) -> None:
        if not isinstance(event, events.MouseMove):
            self._settled = False
        give(event)

    async def _deliver(self) -> None:
        try:
            while self._waiting:
                if not self._settled:
                    await self._settle()
                next_in_line = self._waiting.popleft()
                if isinstance(next_in_line, KeyPress | Paste):
                    self._give(next_in_line)
                else:
                    next_in_line()
        finally:
            self._delivering = False

    def _give(self, typed: Typed) -> None:
        if self._to_pane(typed):
            return
        event = event_for(typed)
        if event is not None:
            self._settled = False
            event.set_sender(self._screen.app)
            self._screen.app.post_message(event)

    # Until what was done has taken effect

    async def _settle(self) -> None:
        """Returns when no consequence of the last key is under way; at the deadline in any case."""
        self._settled = True  # whatever is done meanwhile unsettles it again
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SETTLE_DEADLINE_S):
                while True:
                    before = self._place()
                    for pump in self._line():
                        await _passed(pump)
                    awaited = self._awaited()
                    if awaited:
                        await self._end_of(awaited)
                    elif self._place() == before and not self._deciding() and not any(self._busy()):
                        return
        self._hanging.update(self._awaited())

    def _place(self) -> tuple[object, object]:
        """Where the keyboard is."""
        return self._screen.app.screen, self._screen.app.focused

    def _line(self) -> list[MessagePump]:
        """Whom a key and its consequences pass, in their order: the app, the widget, what it is in, the app again."""
        app = self._screen.app
        top = app.screen
        inner = list((app.focused or top).ancestors_with_self)
        return [app, *(node for node in inner if node is not app), *self._busy(), app]

    def _busy(self) -> Iterator[MessagePump]:
        """The widgets with messages to come."""
        for node in self._screen.app.screen.walk_children(with_self=True):
            if node.message_queue_size:
                yield node

    def _awaited(self) -> list[Worker[Any]]:
        """Unfinished work that may move the keyboard."""
        app, top = self._screen.app, self._screen.app.screen
        self._hanging = {worker for worker in self._hanging if not worker.is_finished}
        return [
            worker
            for worker in app.workers
            if not worker.is_finished
            and worker not in self._hanging
            and (self._counts(worker) if top is self._screen else top in worker.node.ancestors_with_self)
        ]

    async def _end_of(self, workers: list[Worker[Any]]) -> None:
        for worker in workers:
            with contextlib.suppress(WorkerError):  # who started it hears of its errors
                await asyncio.shield(worker.wait())  # our deadline isn't its end


async def _passed(pump: MessagePump) -> None:
    """Returns when `pump` has done all that was to be done until now; at once if it takes nothing any more."""
    done = asyncio.Event()
    if pump.call_later(done.set):
        await done.wait()

"""When the shells of terminals are ready for a command. An event, never a sleep; starts and types nothing itself.

A wrapped shell (see `backends.shell`) tells it twice: by its first prompt mark (OSC 133;A), and by a file that it makes
where something on the way keeps the mark from us, or the person's own marks are of another kind.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cockpit.file_watch import FileWatch
from cockpit.model import TerminalState
from cockpit.terminal.speech.events import PromptMark
from cockpit.workspace.events import (
    Event,
    EventBus,
    TerminalPromptMarked,
    TerminalReady,
    TerminalStatusChanged,
)

READY_BUDGET_S = 30.0
"""A wrapped shell that has told nothing by then counts as ready."""
FALLBACK_INTERVAL_S = 0.1
"""How often the file is looked for where the system doesn't tell of it: inotify's instances can be used up."""


@dataclass(slots=True)
class _Start:
    """A shell on its way to its first prompt."""

    session_id: str
    began: float
    sentinel: Path | None
    over: asyncio.Event = field(default_factory=asyncio.Event)
    watch: FileWatch | None = None
    timers: list[asyncio.TimerHandle] = field(default_factory=list)

    def end(self) -> None:
        """Lets go of everything and of whoever waits."""
        if self.watch is not None:
            self.watch.close()
        for timer in self.timers:
            timer.cancel()
        if self.sentinel is not None:
            with contextlib.suppress(OSError):
                self.sentinel.unlink(missing_ok=True)
        self.over.set()


class Readiness:
    """Belongs to the workspace. `wrapped()` says whether a shell that starts now will tell.

    `sentinel_of` names the file of a terminal; `measured` is told the seconds it took, None for a timeout.
    """

    def __init__(
        self,
        events: EventBus,
        sentinel_of: Callable[[str], Path],
        *,
        wrapped: Callable[[], bool],
        measured: Callable[[float | None], None],
    ) -> None:
        self._events = events
        self._sentinel_of = sentinel_of
        self.wrapped = wrapped
        self._measured = measured
        self._starts: dict[str, _Start] = {}
        events.subscribe(self._hear)

    def starting(self, session_id: str, terminal_id: str, *, is_shell: bool) -> str:
        """A terminal's program is about to start. The path its shell is to make when ready; empty: it won't tell.

        The directory of that path exists. A program that won't tell counts as ready at once, and is still timed
        when it marks a prompt by itself.
        """
        self.forget(terminal_id)
        sentinel = self._sentinel_of(terminal_id) if is_shell and self.wrapped() else None
        start = self._starts[terminal_id] = _Start(session_id, time.monotonic(), sentinel)
        if sentinel is None:
            start.over.set()
            return ""
        loop = asyncio.get_running_loop()
        start.timers.append(loop.call_later(READY_BUDGET_S, self._end, terminal_id, True))
        start.watch = FileWatch(sentinel, lambda: self._look(terminal_id))
        if not start.watch.watching:
            self._look_again(terminal_id)
        return str(sentinel)

    async def wait(self, terminal_id: str) -> bool:
        """Returns when the terminal's shell is ready, counts as ready, or has ended; False when it was so before."""
        start = self._starts.get(terminal_id)
        if start is None or start.over.is_set():
            return False
        await start.over.wait()
        return True

    def forget(self, terminal_id: str) -> None:
        """The program has ended or never started: nobody waits for it any more."""
        start = self._starts.pop(terminal_id, None)
        if start is not None:
            start.end()

    def close(self) -> None:
        """cockpit leaves."""
        for terminal_id in tuple(self._starts):
            self.forget(terminal_id)

    def _hear(self, event: Event) -> None:
        if isinstance(event, TerminalPromptMarked):
            if event.mark is PromptMark.PROMPT:
                self._end(event.terminal_id, False)
        elif isinstance(event, TerminalStatusChanged) and event.status.state is not TerminalState.RUNNING:
            self.forget(event.terminal_id)

    def _look(self, terminal_id: str) -> None:
        start = self._starts.get(terminal_id)
        if start is not None and start.sentinel is not None and start.sentinel.exists():
            self._end(terminal_id, False)

    def _look_again(self, terminal_id: str) -> None:
        self._look(terminal_id)
        start = self._starts.get(terminal_id)
        if start is not None:
            timer = asyncio.get_running_loop().call_later(FALLBACK_INTERVAL_S, self._look_again, terminal_id)
            start.timers[1:] = [timer]

    def _end(self, terminal_id: str, timed_out: bool) -> None:
        start = self._starts.pop(terminal_id, None)
        if start is None:
            return
        start.end()
        took_s = time.monotonic() - start.began
        self._measured(None if timed_out or took_s > READY_BUDGET_S else took_s)
        self._events.publish(TerminalReady(start.session_id, terminal_id, timed_out))

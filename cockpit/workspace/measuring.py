"""Measures what the core sees, and flushes the telemetry now and then. Never wakes up while nothing happens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cockpit.model import Terminal, TerminalState
from cockpit.telemetry import Event as Measured
from cockpit.telemetry import Telemetry
from cockpit.terminal.program_events import PromptMark
from cockpit.workspace.events import Event, EventBus, SettingsChanged, TerminalPromptMarked

FLUSH_INTERVAL_S = 60.0
"""What was noted is in the file at most this much later."""
FIRST_PROMPT_LIMIT_S = 30.0
"""A shell that marks its prompts and takes longer than this counts as a timeout."""


class Measuring:
    """Belongs to the workspace. `wanted` is the person's setting."""

    def __init__(self, telemetry: Telemetry, events: EventBus, *, wanted: Callable[[], bool]) -> None:
        self.telemetry = telemetry
        self._wanted = wanted
        self._started: dict[str, float] = {}
        """When terminals were started whose shell has marked no prompt yet, in seconds of `time.monotonic`."""
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Future[None] | None = None
        telemetry.enabled = wanted()
        telemetry.on_noted = self._flush_later
        events.subscribe(self._hear)

    def starting(self, terminal_id: str) -> None:
        """A terminal's program is being started."""
        self._started[terminal_id] = time.monotonic()

    @contextmanager
    def switching(self, terminal: Terminal | None) -> Iterator[None]:
        """Times the way of a running terminal into the pane."""
        runs = terminal is not None and terminal.status.state is TerminalState.RUNNING
        start = time.monotonic()
        yield
        if runs:
            self.telemetry.time(Measured.TAB_SWITCH_MS, (time.monotonic() - start) * 1000)

    def close(self) -> None:
        """Writes what is left."""
        if self._timer is not None:
            self._timer.cancel()
        self.telemetry.on_noted = None
        self.telemetry.flush()

    def _hear(self, event: Event) -> None:
        if isinstance(event, SettingsChanged):
            self.telemetry.enabled = self._wanted()
        elif isinstance(event, TerminalPromptMarked) and event.mark is PromptMark.PROMPT:
            self._prompted(event.terminal_id)

    def _prompted(self, terminal_id: str) -> None:
        started = self._started.pop(terminal_id, None)
        if started is None:
            return
        took_s = time.monotonic() - started
        if took_s > FIRST_PROMPT_LIMIT_S:
            self.telemetry.count(Measured.FIRST_PROMPT_TIMEOUT)
        else:
            self.telemetry.time(Measured.FIRST_PROMPT_MS, took_s * 1000)

    def _flush_later(self) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return  # before the loop runs; `close` writes it
        self._timer = loop.call_later(FLUSH_INTERVAL_S, self._flush)

    def _flush(self) -> None:
        """In a thread: a disk can be slow, and keys don't wait for it."""
        self._timer = None
        lines = self.telemetry.take_lines()
        self._writing = asyncio.get_running_loop().run_in_executor(None, self.telemetry.write, lines)

"""Measures what the core sees, and flushes the telemetry now and then. Never wakes up while nothing happens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from cockpit.model import Terminal, TerminalState
from cockpit.telemetry import Event as Measured
from cockpit.telemetry import Telemetry
from cockpit.workspace.events import Event, EventBus, SettingsChanged

FLUSH_INTERVAL_S = 60.0
"""What was noted is in the file at most this much later."""


class Measuring:
    """Belongs to the workspace. `wanted` is the person's setting."""

    def __init__(self, telemetry: Telemetry, events: EventBus, *, wanted: Callable[[], bool]) -> None:
        self.telemetry = telemetry
        self._wanted = wanted
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Future[None] | None = None
        telemetry.enabled = wanted()
        telemetry.on_noted = self._flush_later
        events.subscribe(self._hear)

    def first_prompt(self, took_s: float | None) -> None:
        """A shell was ready after so many seconds; None: it did not say so in time."""
        if took_s is None:
            self.telemetry.count(Measured.FIRST_PROMPT_TIMEOUT)
        else:
            self.telemetry.time(Measured.FIRST_PROMPT_MS, took_s * 1000)

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

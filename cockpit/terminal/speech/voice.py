"""What one terminal's program may say, and how often. Above that, single facts are dropped, states are delayed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from cockpit.terminal.speech.events import (
    ClipboardWrite,
    DirectoryChanged,
    ProgramEvent,
    Progress,
    PromptMarked,
)
from cockpit.terminal.speech.osc_reader import OscReader


class TokenBucket:
    """Allows `burst` at once and then one every `interval_s`. Pure: the caller tells the time."""

    __slots__ = ("_burst", "_interval_s", "_tokens", "_updated_at")

    def __init__(self, burst: int, interval_s: float) -> None:
        self._burst = burst
        self._interval_s = interval_s
        self._tokens = float(burst)
        self._updated_at: float | None = None

    def take(self, now: float) -> bool:
        """Whether one more is allowed at `now`; counts it if so."""
        self._refill(now)
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def wait_s(self, now: float) -> float:
        """How long until one more is allowed."""
        self._refill(now)
        return max(0.0, (1 - self._tokens) * self._interval_s)

    def _refill(self, now: float) -> None:
        if self._updated_at is not None:
            self._tokens = min(self._burst, self._tokens + (now - self._updated_at) / self._interval_s)
        self._updated_at = now


_STATES = (Progress, DirectoryChanged, ClipboardWrite, PromptMarked)
"""Of these only the latest counts: it is told late rather than never."""
_USUAL_RATE = (5, 1.0)
"""How many at once, and seconds for one more."""
_RATES: dict[type[ProgramEvent], tuple[int, float]] = {Progress: (20, 0.1), PromptMarked: (40, 0.05)}


class ProgramVoice:
    """One terminal's. `tell` gets each event that is let through. Close it, or a delayed state is told too late."""

    def __init__(
        self, tell: Callable[[ProgramEvent], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._tell = tell
        self._clock = clock
        self._reader = OscReader()
        self._buckets: dict[type[ProgramEvent], TokenBucket] = {}
        self._told: dict[type[ProgramEvent], ProgramEvent] = {}
        self._delayed: dict[type[ProgramEvent], ProgramEvent] = {}
        self._timer: asyncio.TimerHandle | None = None

    def hear(self, payload: bytes) -> None:
        """One OSC string of the program (see `osc.OscScanner`)."""
        event = self._reader.read(payload)
        if event is not None:
            self.say(event)

    def say(self, event: ProgramEvent) -> None:
        """Tells the event now, later, or never."""
        kind = type(event)
        if kind in (Progress, DirectoryChanged) and self._told.get(kind) == event:
            self._delayed.pop(kind, None)
            return
        if self._bucket(kind).take(self._clock()):
            self._delayed.pop(kind, None)
            self._pass_on(event)
        elif kind in _STATES:
            self._delayed[kind] = event
            self._arm()

    def close(self) -> None:
        """Nothing more is told."""
        self._delayed.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _bucket(self, kind: type[ProgramEvent]) -> TokenBucket:
        bucket = self._buckets.get(kind)
        if bucket is None:
            bucket = self._buckets[kind] = TokenBucket(*_RATES.get(kind, _USUAL_RATE))
        return bucket

    def _pass_on(self, event: ProgramEvent) -> None:
        if isinstance(event, Progress | DirectoryChanged):
            self._told[type(event)] = event
        self._tell(event)

    def _arm(self) -> None:
        if self._timer is None and self._delayed:
            now = self._clock()
            delay_s = min(self._bucket(kind).wait_s(now) for kind in self._delayed)
            self._timer = asyncio.get_running_loop().call_later(delay_s, self._tell_delayed)

    def _tell_delayed(self) -> None:
        self._timer = None
        for kind in tuple(self._delayed):
            if self._bucket(kind).take(self._clock()):
                self._pass_on(self._delayed.pop(kind))
        self._arm()

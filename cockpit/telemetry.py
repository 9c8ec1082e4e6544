"""What cockpit measures of itself, kept on this machine: counters and times in one small log of `key=value` lines.

Holds no text that was typed, printed or named: names of events are those of `Event`, values are numbers and words of
`Outcome`. Noting something touches memory only; the file is written by whoever owns the clock (`flush`).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

log = logging.getLogger(__name__)

LIMIT_BYTES = 256_000
"""The file is moved to `.1` when it is larger, so that at most twice this is kept."""
KEPT_TIMES = 4_096
"""More than this between two flushes are counted, but only these are looked at for the percentiles."""


class Event(StrEnum):
    """Everything there is to note."""

    FIRST_PROMPT_MS = "first_prompt_ms"
    FIRST_PROMPT_TIMEOUT = "first_prompt_timeout"
    TAB_SWITCH_MS = "tab_switch_ms"
    KEY_ECHO_MS = "key_echo_ms"
    SERVER_UNRESPONSIVE = "server_unresponsive"
    SERVER_RESTART_BY_USER = "server_restart_by_user"
    SERVER_SHUTDOWN = "server_shutdown"
    ORPHAN_REAPED = "orphan_reaped"
    RESTORE = "restore"


class Outcome(StrEnum):
    """What a launch does with a row."""

    ADOPTED = "adopted"
    RECREATED = "recreated"
    RELAUNCHED = "relaunched"
    FELL_BACK = "fell_back"
    FAILED = "failed"
    WAITS = "waits"
    LEFT = "left"
    UNREACHABLE = "unreachable"


class Telemetry:
    """Counts and times since the last flush.

    `on_noted` is called when something is noted for the first time after a flush: the owner then flushes within its
    interval, so that nothing wakes up while nothing happens. A file that can't be written ends it with one line in
    cockpit's log.
    """

    def __init__(self, file: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.enabled = True
        """The person's choice. What is noted while it is off is gone."""
        self.on_noted: Callable[[], None] | None = None
        self._file = file
        self._now = now
        self._times: dict[Event, list[float]] = {}
        self._counts: dict[tuple[Event, Outcome | None], int] = {}
        self._broken = False

    @property
    def pending(self) -> bool:
        """Something was noted since the last flush."""
        return bool(self._counts or self._times)

    def time(self, event: Event, milliseconds: float) -> None:
        """Notes how long something took."""
        if not self.enabled or self._broken:
            return
        first = not self.pending
        times = self._times.setdefault(event, [])
        if len(times) < KEPT_TIMES:
            times.append(milliseconds)
        key = (event, None)
        self._counts[key] = self._counts.get(key, 0) + 1
        if first:
            self._noted()

    def count(self, event: Event, outcome: Outcome | None = None, number: int = 1) -> None:
        """Notes that something happened, so many times."""
        if not self.enabled or self._broken or number < 1:
            return
        first = not self.pending
        key = (event, outcome)
        self._counts[key] = self._counts.get(key, 0) + number
        if first:
            self._noted()

    def take_lines(self) -> str:
        """What was noted since the last time, as the file has it; empty when that is nothing."""
        stamp = self._now().strftime("%Y-%m-%dT%H:%M:%SZ")
        counts, times = self._counts, self._times
        self._counts, self._times = {}, {}
        if not self.enabled:
            return ""
        return "".join(
            f"time={stamp} " + " ".join(_fields(event, outcome, number, times.get(event))) + "\n"
            for (event, outcome), number in counts.items()
        )

    def write(self, lines: str) -> None:
        """Appends to the file, which only its owner may read. Blocking; safe in a thread of its own.

        Never raises: without room or rights telemetry is off from now on.
        """
        if not lines or self._broken:
            return
        try:
            self._rotate()
            descriptor = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                data = lines.encode()
                if os.write(descriptor, data) < len(data):
                    raise OSError("no room for the whole of it")
            finally:
                os.close(descriptor)
        except OSError as error:
            self._broken = True
            log.warning("telemetry is off until the next start: %s", error)

    def flush(self) -> None:
        """Writes what was noted, here and now."""
        self.write(self.take_lines())

    def _noted(self) -> None:
        if self.on_noted is not None:
            self.on_noted()

    def _rotate(self) -> None:
        try:
            size = self._file.stat().st_size
        except FileNotFoundError:
            return
        if size > LIMIT_BYTES:
            self._file.replace(self._file.with_name(self._file.name + ".1"))


def percentile(ordered: list[float], percent: int) -> float:
    """The nearest-rank percentile of sorted values."""
    return ordered[max(0, -(-percent * len(ordered) // 100) - 1)]


def _fields(event: Event, outcome: Outcome | None, number: int, times: list[float] | None) -> Iterator[str]:
    yield f"event={event.value}"
    if outcome is not None:
        yield f"outcome={outcome.value}"
    yield f"count={number}"
    if times:
        ordered = sorted(times)
        for name, value in (
            ("min", ordered[0]),
            ("p50", percentile(ordered, 50)),
            ("p95", percentile(ordered, 95)),
            ("max", ordered[-1]),
        ):
            yield f"{name}={value:.2f}"

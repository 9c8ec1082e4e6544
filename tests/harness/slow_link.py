"""A slow line between a program and its terminal: so many bytes a second, and a delay each way."""

from __future__ import annotations

import contextlib
import os
import select
import time
from collections import deque
from collections.abc import Callable

from tests.harness.pty_program import PtyProgram
from tests.harness.replies import QueryResponder
from tests.harness.screen import Screen

PACKET_BYTES = 1_400
"""What the line takes at a time."""


class SlowLink:
    """Reads a program as the far end of a slow line would, and shows it on `screen`.

    What it counts are bytes, so that a busy machine makes no difference. `hidden_bytes` is what the near end (sshd, the
    network) takes from the program before the line has room for it. `answers` is False for a terminal that never
    answers a query.
    """

    def __init__(
        self,
        program: PtyProgram,
        *,
        bytes_per_s: float,
        delay_s: float,
        hidden_bytes: int = 0,
        answers: bool = True,
    ) -> None:
        self.screen = Screen(program.columns, program.rows)
        self.passed = 0
        """Bytes the line has taken so far."""
        self._program = program
        self._bytes_per_s = bytes_per_s
        self._delay_s = delay_s
        self._hidden_bytes = max(hidden_bytes, PACKET_BYTES)
        self._responder = QueryResponder(program.columns, program.rows) if answers else None
        self._near = bytearray()
        self._there: deque[tuple[float, bytes]] = deque()
        self._back: deque[tuple[float, bytes]] = deque()
        self._free_at = 0.0

    def type(self, data: bytes) -> None:
        """Types; it arrives after the delay."""
        self._back.append((time.monotonic() + self._delay_s, data))

    def wait_screen(self, wanted: Callable[[str], object], what: str, deadline_s: float = 40.0) -> None:
        """Lets the line work until the screen's text is as wanted."""
        end = time.monotonic() + deadline_s
        while not wanted(self.screen.text):
            assert time.monotonic() < end, (
                f"waited {deadline_s} s for {what}; the screen:\n{self.screen.text}"
            )
            self._turn(end)

    def _turn(self, end: float) -> None:
        """Does what is due, or waits for the next thing that will be."""
        now = time.monotonic()
        self._deliver(now)
        self._send(now)
        due = [queue[0][0] for queue in (self._there, self._back) if queue]
        if self._near:
            due.append(self._free_at)
        room = self._hidden_bytes - len(self._near)
        reading = [self._program.fd] if room > 0 else []
        if select.select(reading, [], [], max(0.0, min([*due, end]) - now))[0]:
            with contextlib.suppress(BlockingIOError):
                self._near += os.read(self._program.fd, room)

    def _send(self, now: float) -> None:
        if not self._near or now < self._free_at:
            return
        data = bytes(self._near[:PACKET_BYTES])
        del self._near[:PACKET_BYTES]
        self.passed += len(data)
        self._free_at = now + len(data) / self._bytes_per_s
        self._there.append((self._free_at + self._delay_s, data))

    def _deliver(self, now: float) -> None:
        while self._there and self._there[0][0] <= now:
            data = self._there.popleft()[1]
            self.screen.feed(data)
            if self._responder is not None and (reply := self._responder.feed(data)):
                self.type(reply)
        while self._back and self._back[0][0] <= now:
            os.write(self._program.fd, self._back.popleft()[1])

"""What is written to the terminal cockpit runs in: in order, without blocking, and no more than the link takes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import sys
import time
from collections.abc import Callable

from cockpit.app.outer.link_window import MARK_BYTES, STATUS_REPLIES, LinkWindow

FLUSH_DEADLINE_S = 1.0
LAST_ANSWERS_S = 1.0
"""How long the terminal's outstanding answers are read away when it is given back: the shell would show them."""
WRITE_BYTES = READ_BYTES = 65_536


class TerminalOutput:
    """A descriptor of our terminal with a queue. Frames ask `busy` first and wait for `on_free`, so that none is
    queued which is older than what could be shown when its turn comes.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.writes = 0
        """How many times anything was written; the pane uses it to know that the cursor is where it left it."""
        self.on_free: Callable[[], None] | None = None
        """Called once, and then forgotten, when a frame may be written again."""
        self.descriptor = _open_output()
        self._loop = loop
        self._buffer = bytearray()
        self._window = LinkWindow()
        self._overdue: asyncio.TimerHandle | None = None

    @property
    def busy(self) -> bool:
        """Whether the next frame should wait for `on_free`."""
        if self._buffer:
            return True
        if not self._window.full():
            return False
        if self._overdue is None:
            delay_s = self._window.overdue_s(self._loop.time())
            self._overdue = self._loop.call_later(delay_s, self._answer_lost)
        return True

    def start(self, data: str) -> None:
        """Writes what takes the terminal over, and asks it for its first answer."""
        self._window = LinkWindow()
        self.write(data)
        self._write(self._window.query_at_start(self._loop.time()))

    def write(self, data: str) -> None:
        """Writes as much as the terminal takes now and queues the rest, in order."""
        self.writes += 1
        encoded = data.encode("utf-8", "replace")
        size, now = len(encoded), self._loop.time()
        before = self._window.before(size, now) if size >= MARK_BYTES else b""
        behind = self._window.behind(size, now)
        self._write(before + encoded + behind if behind else encoded)

    def take_reply(self, raw: bytes) -> bool:
        """Uses the terminal's answer to our query; False when `raw` is something else."""
        if raw not in STATUS_REPLIES:
            return False
        self._window.answered(self._loop.time())
        self._freed()
        return True

    def finish(self, data: str, answers: int) -> None:
        """Writes the last words and waits for them; then reads away what the terminal still answers, at `answers`."""
        self.write(data)
        self._stop_waiting()
        self._loop.remove_writer(self.descriptor)
        while self._buffer:
            _, ready, _ = select.select([], [self.descriptor], [], FLUSH_DEADLINE_S)
            if not ready:
                return
            self._take(self._write_now(bytes(self._buffer[:WRITE_BYTES])))
        if self._window.answers:
            self._read_last_answers(answers)

    def close(self) -> None:
        """Forgets the queue; the descriptor stays for a resume and ends with the process."""
        self._stop_waiting()
        self._loop.remove_writer(self.descriptor)
        self._buffer.clear()

    def _write(self, data: bytes) -> None:
        if self._buffer:
            self._buffer += data
            return
        written = self._write_now(data)
        if written < len(data):
            self._buffer += data[written:]
            self._loop.add_writer(self.descriptor, self._write_more)

    def _write_now(self, data: bytes) -> int:
        try:
            return os.write(self.descriptor, data)
        except BlockingIOError:
            return 0
        except OSError:
            return len(data)  # the terminal is gone; reading it fails too, and cockpit leaves

    def _write_more(self) -> None:
        self._take(self._write_now(bytes(self._buffer[:WRITE_BYTES])))
        if not self._buffer:
            self._loop.remove_writer(self.descriptor)
            self._freed()

    def _take(self, written: int) -> None:
        del self._buffer[:written]

    def _freed(self) -> None:
        if self.on_free is None or self.busy:
            return
        waiting = self.on_free
        self._stop_waiting()
        waiting()

    def _stop_waiting(self) -> None:
        self.on_free = None
        if self._overdue is not None:
            self._overdue.cancel()
            self._overdue = None

    def _answer_lost(self) -> None:
        """The oldest answer is overdue, or others came since the timer was set."""
        self._overdue = None
        if not self._window.overdue_s(self._loop.time()):
            self._window.give_up()
        self._freed()

    def _read_last_answers(self, answers: int) -> None:
        deadline = time.monotonic() + LAST_ANSWERS_S
        tail = b""
        while self._window.unanswered and (left := deadline - time.monotonic()) > 0:
            if not select.select([answers], [], [], left)[0]:
                return
            try:
                data = os.read(answers, READ_BYTES)
            except OSError:
                return
            if not data:
                return
            tail += data
            for _ in range(sum(tail.count(reply) for reply in STATUS_REPLIES)):
                self._window.answered(self._loop.time())
            tail = tail[-len(STATUS_REPLIES[0]) + 1 :]


def _open_output() -> int:
    """A non-blocking descriptor of our terminal. Its flags are its own: the shell's descriptors stay blocking."""
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is None:
            continue
        with contextlib.suppress(OSError):
            return os.open(os.ttyname(stream.fileno()), os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
    return os.dup(1)

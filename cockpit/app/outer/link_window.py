"""How much may be on its way to the terminal before the next frame waits. Pure: sizes and times in, decisions out.

A slow link (SSH over a bad line) has buffers of its own, in the kernel, in sshd and on the way, and none of them can be
asked: Linux says 0 for TIOCOUTQ of a PTY. So the terminal is asked for its status now and then (DSR, ECMA-48 8.3.35),
behind what was written; its answer tells that everything before was taken, and how long that took. No key sends
what it answers. A terminal that doesn't answer is never waited for.
"""

from __future__ import annotations

from collections import deque

STATUS_QUERY = b"\x1b[5n"
STATUS_REPLIES = (b"\x1b[0n", b"\x1b[3n")
"""Ready, and (so ECMA-48 has it) a malfunction: both came after everything before them was taken."""
MARK_BYTES = 2_048
"""A query follows when this much was written since the last one: an echoed key brings none."""
LEAST_BYTES, MOST_BYTES = 4_096, 1 << 18
"""Bounds of the window: what a line of 30 kB/s takes in 0.14 s, and what a fast one far away needs for 60 frames/s."""
STANDING_S = 0.05
"""A link whose answers take this much longer than its shortest has a queue: what is typed would wait behind it."""
LOST_S = 5.0
"""An answer that takes longer is not waited for."""
LOST_LIMIT = 2
"""After so many lost answers in a row the terminal is not asked any more."""


class LinkWindow:
    """Follows what was written and what was answered. Times are seconds of one steady clock."""

    def __init__(self) -> None:
        self.limit_bytes = LEAST_BYTES
        self.shortest_s: float | None = None
        """The quickest answer so far: the way there and back without a queue."""
        self._written = 0
        self._taken = 0
        self._marked = 0
        self._marks: deque[tuple[int, float, bool]] = deque()
        """Queries without an answer yet: what was written until then, when, and whether something was on its way."""
        self._limited = False
        """A frame waited since the window was last changed."""
        self._lost = 0
        self._answers = False

    @property
    def answers(self) -> bool:
        """The terminal has answered at least once, and still does."""
        return self._answers and self._lost < LOST_LIMIT

    @property
    def in_flight(self) -> int:
        """Bytes written that aren't known to have been taken."""
        return self._written - self._taken

    @property
    def unanswered(self) -> int:
        """Queries whose answer is still to come."""
        return len(self._marks)

    def query_at_start(self, now: float) -> bytes:
        """The first query: finds out whether the terminal answers."""
        return self._mark(now, loaded=False)

    def before(self, size: int, now: float) -> bytes:
        """The query to write before so many bytes, mostly none.

        With nothing on the way its answer comes as quickly as the link allows: the measure for all others.
        """
        return (
            self._mark(now, loaded=False) if size >= MARK_BYTES and not self._marks and self.answers else b""
        )

    def behind(self, size: int, now: float) -> bytes:
        """Counts what is written; answers with the query to write behind it, mostly none."""
        self._written += size
        if self._written - self._marked < MARK_BYTES or not self.answers:
            return b""
        return self._mark(now, loaded=True)

    def answered(self, now: float) -> None:
        """The terminal answered the oldest query."""
        if not self._marks:
            return
        self._lost = 0
        self._taken, asked, loaded = self._marks.popleft()
        if not self._answers:
            self._answers = True
            return  # cockpit was busy starting: the time says nothing about the link
        took = now - asked
        if self.shortest_s is None or took < self.shortest_s:
            self.shortest_s = took
        if not loaded:
            return
        if took - self.shortest_s > STANDING_S:
            self.limit_bytes = max(LEAST_BYTES, self.limit_bytes // 2)
        elif self._limited:
            self.limit_bytes = min(MOST_BYTES, self.limit_bytes * 2)
        self._limited = False

    def full(self) -> bool:
        """Whether the next frame has to wait for an answer; asking means that there is one."""
        if not self._marks or not self.answers or self.in_flight < self.limit_bytes:
            return False
        self._limited = True
        return True

    def overdue_s(self, now: float) -> float:
        """How long the oldest query may still take; 0 when it is lost or there is none."""
        return max(0.0, self._marks[0][1] + LOST_S - now) if self._marks else 0.0

    def give_up(self) -> None:
        """The answers are lost: what was written counts as taken."""
        self._marks.clear()
        self._taken = self._marked = self._written
        self._lost += 1

    def _mark(self, now: float, *, loaded: bool) -> bytes:
        self._written += len(STATUS_QUERY)
        self._marked = self._written
        self._marks.append((self._written, now, loaded))
        return STATUS_QUERY

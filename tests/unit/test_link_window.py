"""What is on its way to the terminal stays little on a slow link, is no limit on a fast one, and is never waited for
where nothing answers. The links here are arithmetic: no clock is read.
"""

from __future__ import annotations

from collections import deque

import pytest

from cockpit.app.outer.link_window import (
    LEAST_BYTES,
    LOST_LIMIT,
    LOST_S,
    MARK_BYTES,
    STATUS_QUERY,
    LinkWindow,
)

FRAME_S = 1 / 60


class Link:
    """Writes frames as the pacer does, over a line of `rate` bytes/s with `delay_s` each way."""

    def __init__(self, rate: float, delay_s: float, *, first_answer_s: float = 0.0) -> None:
        self.window = LinkWindow()
        self.now = 0.0
        self.frames = 0
        self.in_flight: list[int] = []
        self._rate, self._delay_s = rate, delay_s
        self._free_at = 0.0
        self._answers: deque[float] = deque()
        self._send(len(self.window.query_at_start(0.0)))
        self._answers.append(2 * delay_s + first_answer_s)
        self.now = self._answers[0]

    def flood(self, frame_bytes: int, seconds: float) -> None:
        """A frame is due 60 times a second for so long."""
        end = self.now + seconds
        while self.now < end:
            while self._answers and self._answers[0] <= self.now:
                self.window.answered(self._answers.popleft())
            if not self.window.full():
                self.frames += 1
                self._ask(self.window.before(frame_bytes, self.now))
                self._send(frame_bytes)
                self._ask(self.window.behind(frame_bytes, self.now))
                self.in_flight.append(int((self._free_at - self.now) * self._rate))
            self.now += FRAME_S

    def _ask(self, query: bytes) -> None:
        if query:
            self._send(len(query))
            self._answers.append(self._free_at + 2 * self._delay_s)

    def _send(self, size: int) -> None:
        self._free_at = max(self.now, self._free_at) + size / self._rate


@pytest.mark.parametrize("frame_bytes", [300, 3_400, 12_000])
@pytest.mark.parametrize("first_answer_s", [0.0, 1.0])
def test_little_waits_on_a_slow_link(frame_bytes: int, first_answer_s: float) -> None:
    link = Link(30_000, 0.1, first_answer_s=first_answer_s)
    link.flood(frame_bytes, 60)
    # What is on its way is the window and the frame that went past it; the delay holds 6 kB by itself.
    assert max(link.in_flight) <= LEAST_BYTES + 6_000 + frame_bytes
    assert link.frames * frame_bytes >= 0.4 * 60 * 30_000, "the link was mostly idle"


def test_a_fast_link_far_away_shows_every_frame() -> None:
    link = Link(10_000_000, 0.1)
    link.flood(10_000, 5)
    link.frames = 0
    link.flood(10_000, 10)
    assert link.frames >= 0.95 * 10 / FRAME_S


def test_a_terminal_nearby_shows_every_frame() -> None:
    link = Link(100_000_000, 0.001)
    link.flood(20_000, 1)
    assert link.frames >= 0.95 / FRAME_S


def test_typing_brings_no_query() -> None:
    window = LinkWindow()
    assert window.query_at_start(0.0) == STATUS_QUERY
    window.answered(0.1)
    assert [window.behind(1, 1.0) for _ in range(1_000)] == [b""] * 1_000
    assert not window.full()


def test_a_terminal_that_never_answers_is_not_waited_for() -> None:
    window = LinkWindow()
    window.query_at_start(0.0)
    for number in range(100):
        assert window.behind(10_000, float(number)) == b""
        assert not window.full()


def test_lost_answers_are_waited_for_only_so_often() -> None:
    window = LinkWindow()
    window.query_at_start(0.0)
    window.answered(0.1)
    for number in range(LOST_LIMIT):
        now = 10.0 * (number + 1)
        assert window.behind(10_000, now) == STATUS_QUERY
        assert window.full()
        assert window.overdue_s(now) == LOST_S
        assert not window.overdue_s(now + LOST_S)
        window.give_up()
        assert not window.full()
    assert window.behind(10_000, 100.0) == b""
    assert not window.full()


def test_an_answer_nobody_asked_for_changes_nothing() -> None:
    window = LinkWindow()
    window.answered(1.0)
    assert not window.answers
    window.query_at_start(2.0)
    window.answered(2.1)
    window.behind(MARK_BYTES - 1, 3.0)
    window.answered(3.1)
    assert window.in_flight == MARK_BYTES - 1

"""The pane paints what comes after a quiet moment at once, a flood at the frame rate, and no half update."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from cockpit.app.widgets import frame_pacer
from cockpit.app.widgets.frame_pacer import FRAME_INTERVAL_S, IMMEDIATE_FRAMES, FramePacer

DEADLINE_S = 5.0


class Frames:
    """Counts what a pacer paints."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.painted = asyncio.Event()
        self.pacer = FramePacer(self._paint)

    def _paint(self) -> None:
        self.times.append(asyncio.get_running_loop().time())
        self.painted.set()

    async def next(self) -> None:
        """The next frame that a timer brings."""
        self.painted.clear()
        async with asyncio.timeout(DEADLINE_S):
            await self.painted.wait()


async def test_the_first_output_is_painted_at_once() -> None:
    frames = Frames()
    frames.pacer.damaged(holding=False)
    assert len(frames.times) == 1


async def test_a_flood_waits_for_the_next_frame_and_is_then_painted_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(frame_pacer, "FRAME_INTERVAL_S", 0.2)
    frames = Frames()
    for _ in range(100):
        frames.pacer.damaged(holding=False)
    assert len(frames.times) == IMMEDIATE_FRAMES
    await frames.next()
    assert len(frames.times) == IMMEDIATE_FRAMES + 1
    assert frames.times[-1] - frames.times[0] >= 0.19


async def test_a_paced_frame_counts_for_its_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame_pacer, "FRAME_INTERVAL_S", 0.2)
    frames = Frames()
    for _ in range(IMMEDIATE_FRAMES + 1):
        frames.pacer.damaged(holding=False)
    await frames.next()
    for _ in range(100):
        frames.pacer.damaged(holding=False)
    assert len(frames.times) == 2 * IMMEDIATE_FRAMES
    frames.pacer.stop()


async def test_a_synchronized_update_is_painted_when_it_ends() -> None:
    frames = Frames()
    frames.pacer.damaged(holding=True)
    frames.pacer.damaged(holding=True)
    assert not frames.times
    frames.pacer.damaged(holding=False)
    assert len(frames.times) == 1


async def test_an_update_that_does_not_end_is_shown_by_its_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame_pacer, "HOLD_DEADLINE_S", 0.05)
    frames = Frames()
    started = asyncio.get_running_loop().time()
    frames.pacer.damaged(holding=True)
    await frames.next()
    assert frames.times[0] - started >= 0.04
    frames.pacer.damaged(holding=True)
    await frames.next()  # the next one has its own deadline
    assert len(frames.times) == 2


async def test_a_frame_that_was_to_come_does_not_show_half_an_update(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame_pacer, "HOLD_DEADLINE_S", 60.0)
    frames = Frames()
    for _ in range(IMMEDIATE_FRAMES + 1):
        frames.pacer.damaged(holding=False)
    frames.pacer.damaged(holding=True)
    later = asyncio.Event()
    asyncio.get_running_loop().call_later(2 * FRAME_INTERVAL_S, later.set)
    await later.wait()  # longer than the frame would have waited
    assert len(frames.times) == IMMEDIATE_FRAMES
    frames.pacer.damaged(holding=False)
    assert len(frames.times) == IMMEDIATE_FRAMES + 1


async def test_nothing_is_painted_after_it_was_stopped() -> None:
    frames = Frames()
    for _ in range(IMMEDIATE_FRAMES + 1):
        frames.pacer.damaged(holding=False)
    frames.pacer.stop()
    later = asyncio.Event()
    asyncio.get_running_loop().call_later(2 * FRAME_INTERVAL_S, later.set)
    await later.wait()
    assert len(frames.times) == IMMEDIATE_FRAMES


class BusyLink:
    """A link that takes frames when the test says so."""

    def __init__(self) -> None:
        self.on_free: Callable[[], None] | None = None
        self.busy = True

    def free(self) -> None:
        self.busy = False
        waiting, self.on_free = self.on_free, None
        if waiting is not None:
            waiting()


async def test_what_came_while_the_link_was_busy_is_one_frame() -> None:
    frames = Frames()
    frames.pacer.link = link = BusyLink()
    for _ in range(100):
        frames.pacer.damaged(holding=False)
    frames.pacer.at_once()
    assert not frames.times
    link.free()
    assert len(frames.times) == 1
    frames.pacer.damaged(holding=False)
    assert len(frames.times) == 2


async def test_a_synchronized_update_that_begins_while_the_link_is_busy_is_not_shown_by_half() -> None:
    frames = Frames()
    frames.pacer.link = link = BusyLink()
    frames.pacer.damaged(holding=False)
    frames.pacer.damaged(holding=True)
    link.free()
    assert not frames.times
    frames.pacer.damaged(holding=False)
    assert len(frames.times) == 1


async def test_nothing_is_painted_when_a_link_is_free_after_the_pane_is_gone() -> None:
    frames = Frames()
    frames.pacer.link = link = BusyLink()
    frames.pacer.damaged(holding=False)
    frames.pacer.stop()
    link.free()
    assert not frames.times

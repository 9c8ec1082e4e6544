"""How often a program is listened to: facts are dropped when they come too fast, states arrive late."""

from __future__ import annotations

import asyncio

from cockpit.terminal.speech.events import (
    ClipboardWrite,
    Notification,
    ProgramEvent,
    Progress,
    ProgressState,
    PromptMark,
    PromptMarked,
)
from cockpit.terminal.speech.voice import ProgramVoice, TokenBucket


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_allowed_and_then_a_steady_rate() -> None:
    bucket = TokenBucket(5, 1.0)
    assert [bucket.take(10.0) for _ in range(7)] == [True] * 5 + [False] * 2
    assert bucket.wait_s(10.25) == 0.75
    assert [bucket.take(11.0), bucket.take(11.0)] == [True, False]
    assert [bucket.take(1000.0) for _ in range(6)] == [True] * 5 + [False]


def test_a_flood_of_notifications_is_cut() -> None:
    told: list[ProgramEvent] = []
    clock = Clock()
    voice = ProgramVoice(told.append, clock)
    for _ in range(1000):
        voice.hear(b"9;look at me")
    assert len(told) == 5
    clock.now += 1
    voice.hear(b"9;later")
    assert told[-1] == Notification("", "later")


def test_other_kinds_are_heard_beside_a_flood() -> None:
    told: list[ProgramEvent] = []
    voice = ProgramVoice(told.append, Clock())
    for _ in range(100):
        voice.hear(b"9;look at me")
    voice.hear(b"9;4;1;5")
    assert told[-1] == Progress(ProgressState.RUNNING, 5)


def test_what_is_known_already_is_not_told_again() -> None:
    told: list[ProgramEvent] = []
    voice = ProgramVoice(told.append, Clock())
    for _ in range(50):
        voice.hear(b"9;4;1;5")
        voice.hear(b"7;file:///tmp")
    assert len(told) == 2


async def test_the_last_state_arrives_however_fast_it_changed() -> None:
    told: list[ProgramEvent] = []
    arrived = asyncio.Event()

    def tell(event: ProgramEvent) -> None:
        told.append(event)
        if event == Progress(ProgressState.NONE):
            arrived.set()

    voice = ProgramVoice(tell)
    for percent in range(101):
        voice.hear(b"9;4;1;%d" % percent)
    voice.hear(b"9;4;0")
    assert len(told) < 30
    await asyncio.wait_for(arrived.wait(), 5)
    voice.close()


async def test_the_last_text_for_the_clipboard_arrives() -> None:
    told: list[ProgramEvent] = []
    arrived = asyncio.Event()

    def tell(event: ProgramEvent) -> None:
        told.append(event)
        if event == ClipboardWrite("last"):
            arrived.set()

    voice = ProgramVoice(tell)
    for _ in range(20):
        voice.hear(b"52;c;eA==")
    voice.hear(b"52;c;bGFzdA==")
    await asyncio.wait_for(arrived.wait(), 5)
    assert len(told) == 6
    voice.close()


async def test_nothing_is_told_once_it_is_closed() -> None:
    told: list[ProgramEvent] = []
    voice = ProgramVoice(told.append)
    for percent in range(101):
        voice.hear(b"9;4;1;%d" % percent)
    count = len(told)
    voice.close()
    assert voice._timer is None
    assert len(told) == count


async def test_after_a_flood_of_prompt_marks_the_last_one_is_known() -> None:
    told: list[ProgramEvent] = []
    heard = asyncio.Event()
    last = PromptMarked(PromptMark.COMMAND)

    def tell(event: ProgramEvent) -> None:
        told.append(event)
        if event == last:
            heard.set()

    voice = ProgramVoice(tell)
    for _ in range(200):
        voice.say(PromptMarked(PromptMark.OUTPUT))
    voice.say(last)
    await asyncio.wait_for(heard.wait(), 5)
    assert told[-1] == last
    assert len(told) < 60
    voice.close()

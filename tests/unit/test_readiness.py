"""When a shell counts as ready: by its mark, by its file, by the budget; and what is measured of that."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from cockpit.file_watch import FileWatch
from cockpit.model import TerminalState, TerminalStatus
from cockpit.terminal.speech.events import PromptMark
from cockpit.workspace import readiness as readiness_module
from cockpit.workspace.events import (
    Event,
    EventBus,
    TerminalPromptMarked,
    TerminalReady,
    TerminalStatusChanged,
)
from cockpit.workspace.readiness import Readiness

DEADLINE_S = 10.0


class World:
    def __init__(self, directory: Path, *, wrapped: bool = True) -> None:
        self.directory = directory
        self.bus = EventBus()
        self.ready: list[TerminalReady] = []
        self.measured: list[float | None] = []
        self.bus.subscribe(self._hear)
        self.readiness = Readiness(
            self.bus,
            lambda terminal_id: directory / f"{terminal_id}.ready",
            wrapped=lambda: wrapped,
            measured=self.measured.append,
        )

    def _hear(self, event: Event) -> None:
        if isinstance(event, TerminalReady):
            self.ready.append(event)

    def start(self, terminal_id: str = "t1", *, is_shell: bool = True) -> str:
        return self.readiness.starting("s1", terminal_id, is_shell=is_shell)

    def mark(self, mark: PromptMark = PromptMark.PROMPT) -> None:
        self.bus.publish(TerminalPromptMarked("s1", "t1", mark, None))

    async def wait(self) -> None:
        async with asyncio.timeout(DEADLINE_S):
            await self.readiness.wait("t1")


def make(file: str) -> None:
    Path(file).touch()


def exists(file: str) -> bool:
    return Path(file).exists()


async def test_the_first_prompt_mark_makes_it_ready_once(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert world.start() == str(tmp_path / "t1.ready")
    waiting = asyncio.create_task(world.wait())
    world.mark(PromptMark.DONE)
    assert world.ready == []
    world.mark()
    world.mark()
    await waiting
    assert world.ready == [TerminalReady("s1", "t1", timed_out=False)]
    assert [took is not None and took >= 0 for took in world.measured] == [True]


async def test_the_file_makes_it_ready_and_goes(tmp_path: Path) -> None:
    world = World(tmp_path)
    file = world.start()
    make(file)
    await world.wait()
    assert [event.timed_out for event in world.ready] == [False]
    assert not exists(file)


async def test_the_file_is_looked_for_where_nothing_can_be_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: FileWatch, *_: object) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(FileWatch, "_watch", refuse)
    monkeypatch.setattr(readiness_module, "FALLBACK_INTERVAL_S", 0.001)
    world = World(tmp_path)
    file = world.start()
    await asyncio.sleep(0)
    make(file)
    await world.wait()
    assert [event.timed_out for event in world.ready] == [False]


async def test_a_silent_shell_counts_as_ready_after_the_budget(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness_module, "READY_BUDGET_S", 0.01)
    world = World(tmp_path)
    world.start()
    await world.wait()
    world.mark()
    assert [event.timed_out for event in world.ready] == [True]
    assert world.measured == [None]


async def test_a_shell_that_ended_keeps_nobody_waiting(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.start()
    waiting = asyncio.create_task(world.wait())
    await asyncio.sleep(0)
    world.bus.publish(TerminalStatusChanged("s1", "t1", TerminalStatus(TerminalState.EXITED, 1)))
    await waiting
    assert (world.ready, world.measured) == ([], [])


@pytest.mark.parametrize(("wrapped", "is_shell"), [(False, True), (True, False)])
async def test_what_will_not_tell_is_waited_for_by_nobody_and_still_timed(
    tmp_path: Path, wrapped: bool, is_shell: bool
) -> None:
    world = World(tmp_path, wrapped=wrapped)
    world.mark()  # an adopted window: nobody knows when it was started
    assert world.start(is_shell=is_shell) == ""
    await world.wait()
    assert world.measured == []
    world.mark()
    assert len(world.measured) == 1


async def test_a_start_that_failed_leaves_nothing_behind(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.start()
    world.readiness.close()
    world.mark()
    assert world.ready == []

"""What the core measures of itself goes to the telemetry, and to the disk only now and then or at the end."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from cockpit.model import Terminal, TerminalState, TerminalStatus
from cockpit.telemetry import Event as Measured
from cockpit.telemetry import Telemetry
from cockpit.terminal.program_events import PromptMark
from cockpit.workspace import measuring
from cockpit.workspace.events import EventBus, SettingsChanged, TerminalPromptMarked
from cockpit.workspace.measuring import Measuring


class World:
    def __init__(self, path: Path) -> None:
        self.file = path / "telemetry.log"
        self.events = EventBus()
        self.wanted = True
        self.measuring = Measuring(Telemetry(self.file), self.events, wanted=lambda: self.wanted)

    def lines(self) -> list[str]:
        self.measuring.close()
        return self.file.read_text().splitlines() if self.file.exists() else []


def prompt(mark: PromptMark = PromptMark.PROMPT) -> TerminalPromptMarked:
    return TerminalPromptMarked("s1", "t1", mark, None)


def test_a_switch_to_a_running_terminal_is_timed(tmp_path: Path) -> None:
    world = World(tmp_path)
    terminal = Terminal("t1", "shell", cwd="/")
    with world.measuring.switching(terminal):  # its program starts: no switch
        pass
    terminal.status = TerminalStatus(TerminalState.RUNNING)
    with world.measuring.switching(terminal):
        pass
    (line,) = world.lines()
    assert "event=tab_switch_ms count=1 " in line


def test_the_first_prompt_after_a_start_is_timed_once(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.events.publish(prompt())  # an adopted window: nobody knows when it was started
    world.measuring.starting("t1")
    world.events.publish(prompt(PromptMark.DONE))
    world.events.publish(prompt())
    world.events.publish(prompt())
    (line,) = world.lines()
    assert "event=first_prompt_ms count=1 " in line


def test_a_prompt_that_took_too_long_is_a_timeout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measuring, "FIRST_PROMPT_LIMIT_S", -1.0)
    world = World(tmp_path)
    world.measuring.starting("t1")
    world.events.publish(prompt())
    (line,) = world.lines()
    assert "event=first_prompt_timeout count=1" in line


def test_the_setting_counts_at_once(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.wanted = False
    world.events.publish(SettingsChanged())
    world.measuring.telemetry.time(Measured.KEY_ECHO_MS, 1.0)
    assert world.lines() == []


async def test_what_is_noted_is_written_by_a_timer_that_only_then_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "FLUSH_INTERVAL_S", 0.01)
    world = World(tmp_path)
    telemetry = world.measuring.telemetry
    written = asyncio.Event()
    loop = asyncio.get_running_loop()
    write = telemetry.write

    def tell(lines: str) -> None:
        write(lines)
        loop.call_soon_threadsafe(written.set)

    monkeypatch.setattr(telemetry, "write", tell)
    assert world.measuring._timer is None
    telemetry.count(Measured.ORPHAN_REAPED)
    async with asyncio.timeout(10):
        await written.wait()
    assert "event=orphan_reaped count=1" in world.file.read_text()
    assert world.measuring._timer is None
    world.measuring.close()

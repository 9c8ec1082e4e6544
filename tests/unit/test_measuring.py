"""What the core measures of itself goes to the telemetry, and to the disk only now and then or at the end."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from cockpit.model import Terminal, TerminalState, TerminalStatus
from cockpit.telemetry import Event as Measured
from cockpit.telemetry import Telemetry
from cockpit.workspace import measuring
from cockpit.workspace.events import EventBus, SettingsChanged
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


def test_the_time_to_the_first_prompt_and_timeouts_are_noted(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.measuring.first_prompt(0.25)
    world.measuring.first_prompt(None)
    lines = world.lines()
    assert "event=first_prompt_ms count=1 min=250.00 " in lines[0]
    assert lines[1].endswith("event=first_prompt_timeout count=1")


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

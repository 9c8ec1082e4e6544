"""The local log: greppable lines, private, bounded, off when the person or the disk says so, and silent otherwise."""

from __future__ import annotations

import logging
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cockpit import telemetry
from cockpit.telemetry import Event, Outcome, Telemetry

LINE = re.compile(r"time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ event=[a-z_]+( [a-z0-9]+=[a-z_0-9.]+)+")


def made(path: Path) -> Telemetry:
    return Telemetry(path / "telemetry.log", now=lambda: datetime(2026, 3, 1, 12, 30, tzinfo=UTC))


def test_times_and_counts_are_lines_that_can_be_grepped(tmp_path: Path) -> None:
    noted = made(tmp_path)
    for number in range(1, 101):
        noted.time(Event.KEY_ECHO_MS, number / 10)
    noted.count(Event.RESTORE, Outcome.ADOPTED, 3)
    noted.count(Event.RESTORE, Outcome.FAILED)
    noted.count(Event.SERVER_SHUTDOWN)
    noted.flush()
    text = (tmp_path / "telemetry.log").read_text()
    assert text.splitlines() == [
        "time=2026-03-01T12:30:00Z event=key_echo_ms count=100 min=0.10 p50=5.00 p95=9.50 max=10.00",
        "time=2026-03-01T12:30:00Z event=restore outcome=adopted count=3",
        "time=2026-03-01T12:30:00Z event=restore outcome=failed count=1",
        "time=2026-03-01T12:30:00Z event=server_shutdown count=1",
    ]
    assert all(LINE.fullmatch(line) for line in text.splitlines())


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        noted = made(tmp_path)
        noted.count(Event.ORPHAN_REAPED)
        noted.flush()
    finally:
        os.umask(before)
    assert (tmp_path / "telemetry.log").stat().st_mode & 0o777 == 0o600


def test_noting_touches_no_file_and_tells_its_owner_once(tmp_path: Path) -> None:
    noted = made(tmp_path)
    told: list[str] = []
    noted.on_noted = lambda: told.append("noted")
    for _ in range(1_000):
        noted.time(Event.TAB_SWITCH_MS, 1.0)
        noted.count(Event.ORPHAN_REAPED)
    assert told == ["noted"]
    assert not list(tmp_path.iterdir())
    noted.flush()
    assert not noted.pending
    noted.flush()
    assert (tmp_path / "telemetry.log").read_text().count("\n") == 2
    noted.count(Event.ORPHAN_REAPED)
    assert told == ["noted", "noted"]


def test_memory_is_bounded_and_the_count_is_true(tmp_path: Path) -> None:
    noted = made(tmp_path)
    for _ in range(telemetry.KEPT_TIMES + 10):
        noted.time(Event.KEY_ECHO_MS, 1.0)
    assert f"count={telemetry.KEPT_TIMES + 10} " in noted.take_lines()


def test_the_file_rotates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telemetry, "LIMIT_BYTES", 200)
    noted = made(tmp_path)
    for _ in range(30):
        noted.count(Event.ORPHAN_REAPED)
        noted.flush()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["telemetry.log", "telemetry.log.1"]
    assert all(path.stat().st_size < 300 for path in tmp_path.iterdir())


def test_switched_off_it_notes_and_writes_nothing(tmp_path: Path) -> None:
    noted = made(tmp_path)
    noted.count(Event.ORPHAN_REAPED)
    noted.enabled = False
    noted.time(Event.KEY_ECHO_MS, 1.0)
    noted.flush()
    assert not list(tmp_path.iterdir())
    assert not noted.pending


@pytest.mark.parametrize("device", ["/dev/full", "directory", "missing/telemetry.log"])
def test_without_room_or_rights_it_is_off_with_one_line(
    tmp_path: Path, device: str, caplog: pytest.LogCaptureFixture
) -> None:
    if device == "/dev/full" and not Path(device).exists():
        pytest.skip("this system has no full device")
    target = tmp_path if device == "directory" else tmp_path / device  # an absolute path stays as it is
    noted = Telemetry(target)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            noted.count(Event.ORPHAN_REAPED)
            noted.flush()
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert not noted.pending

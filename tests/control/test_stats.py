"""`cockpit stats` sums up the log that telemetry writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cockpit.control.verbs.calling import main
from cockpit.control.verbs.measured import summary
from cockpit.paths import resolve
from cockpit.telemetry import Event, Outcome, Telemetry


def test_counts_add_up_and_percentiles_weigh() -> None:
    found = summary(
        [
            "time=2026-11-21T10:00:00Z event=key_echo_ms count=30 min=1.00 p50=2.00 p95=4.00 max=9.00",
            "time=2026-11-21T11:00:00Z event=key_echo_ms count=10 min=0.50 p50=4.00 p95=8.00 max=8.00",
            "time=2026-11-21T11:00:00Z event=restore outcome=adopted count=2",
            "time=2026-11-21T12:00:00Z event=restore outcome=adopted count=3",
            "time=2026-11-21T12:00:00Z event=server_shutdown count=1",
            "torn li",
            "",
        ]
    )
    assert found == {
        "key_echo_ms": {"count": 40, "p50": 2.5, "p95": 5.0, "min": 0.5, "max": 9.0},
        "restore adopted": {"count": 5},
        "server_shutdown": {"count": 1},
    }


def test_what_telemetry_writes_is_summed_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path))
    assert main(["stats"], None) == 0
    captured = capsys.readouterr()
    assert captured.out == "" and "nothing was measured yet" in captured.err
    paths = resolve()
    paths.prepare()
    telemetry = Telemetry(paths.telemetry_file)
    for milliseconds in (1.0, 2.0, 3.0):
        telemetry.time(Event.TAB_SWITCH_MS, milliseconds)
    telemetry.count(Event.RESTORE, Outcome.ADOPTED, 2)
    telemetry.flush()
    assert main(["stats"], None) == 0
    assert capsys.readouterr().out.splitlines() == [
        "restore adopted  count 2",
        "tab_switch_ms    count 3  min 1  p50 2  p95 3  max 3",
    ]
    assert main(["stats", "--json"], None) == 0
    assert json.loads(capsys.readouterr().out)["tab_switch_ms"]["p95"] == 3

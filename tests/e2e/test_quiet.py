"""An idle cockpit does nothing: no wake-up, no subprocess, however many terminals it has, shown or hidden."""

from __future__ import annotations

import time
from pathlib import Path

import psutil
import pytest

from cockpit.control.client import Client
from tests.app.live_app import both_backends
from tests.harness.cockpit_app import CockpitApp

TERMINALS = 30
WINDOW_S = 3.0
WAKE_UPS = 9
"""In one window: three a second. The aim is the liveness ping's one; none were seen without it."""
DEADLINE_S = 30.0
_SETTINGS: dict[str, dict[str, object]] = {
    "general": {"show_tmux_hint": False},
    "automation": {"socket_access": "automation"},
}


def wake_ups(pid: int) -> int:
    """How often the threads of a process slept and were woken so far (proc(5), `status`)."""
    lines = [
        line
        for status in Path(f"/proc/{pid}/task").glob("*/status")
        for line in status.read_text().splitlines()
        if line.startswith("voluntary_ctxt_switches")
    ]
    return sum(int(line.split()[1]) for line in lines)


def faults_of_ended_children(pid: int) -> int:
    """Grows with every child that was waited for (proc(5), `stat`, field 11)."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[8])


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="counts are read from Linux's /proc")
@both_backends
def test_idle_terminals_cost_no_wake_up_and_no_subprocess(backend: str) -> None:
    with CockpitApp(backend, settings=_SETTINGS) as app:
        with Client(environment=app.home.environment) as client:
            session = client.request("list")["sessions"][0]["id"]
            for _ in range(TERMINALS - 1):
                client.request("new", {"session": session, "command": "printf quiet; exec sleep 100000"})
        app.outer.wait_text("quiet")
        pid = app.outer.pid
        end = time.monotonic() + DEADLINE_S
        counts: list[int] = []
        while not counts or counts[-1] > WAKE_UPS:  # what the launch left to do may still be done
            assert time.monotonic() < end, f"wake-ups in each {WINDOW_S:g} s: {counts}"
            children = {child.pid for child in psutil.Process(pid).children(recursive=True)}
            before, ended = wake_ups(pid), faults_of_ended_children(pid)
            time.sleep(WINDOW_S)
            counts.append(wake_ups(pid) - before)
        print(f"{backend}: {TERMINALS} terminals, wake-ups in each {WINDOW_S:g} s: {counts}")
        assert faults_of_ended_children(pid) == ended, "a subprocess ran"
        assert {child.pid for child in psutil.Process(pid).children(recursive=True)} == children

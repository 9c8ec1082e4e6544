"""However cockpit ends, its tmux terminals go on: the next start shows the same programs with what they know."""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.harness.cockpit_app import ROOT
from tests.harness.cockpit_home import PROMPT, CockpitHome
from tests.harness.outer import OuterTerminal

pytestmark = pytest.mark.tmux
DEADLINE_S = 20.0
_SETTINGS: dict[str, dict[str, object]] = {"general": {"sidebar": False, "show_tmux_hint": False}}

_CRASHING = """
import sys
from cockpit.app.app import CockpitApp
from cockpit.cli import main

def leave(self):
    self.call_later(lambda: 1 / 0)  # a defect of ours, in a callback of the screen

CockpitApp.leave = leave
sys.exit(main([]))
"""


@contextmanager
def started(home: CockpitHome, argv: list[str] | None = None) -> Iterator[OuterTerminal]:
    """cockpit in a terminal of its own, at a shell's prompt."""
    environment = {**home.environment, "PYTHONPATH": str(ROOT)}
    with OuterTerminal(
        argv or home.argv, columns=90, rows=24, environment=environment, cwd=str(home.home)
    ) as outer:
        outer.wait_text(PROMPT.strip())
        yield outer


@contextmanager
def ending(pid: int) -> Iterator[None]:
    """Waits at the end until this process, which lives now, is gone."""
    handle = os.pidfd_open(pid)
    try:
        yield
        assert select.select([handle], [], [], DEADLINE_S)[0], f"cockpit ({pid}) still runs"
    finally:
        os.close(handle)


def pids(home: CockpitHome) -> list[str]:
    return home.command("list-panes", "-s", "-t", "=cockpit", "-F", "#{window_id} #{pane_pid} #{pane_dead}")


def say(outer: OuterTerminal, command: str, shows: str) -> None:
    outer.type_text(command)
    outer.keys("Enter")
    outer.wait_text(shows)


def leave(outer: OuterTerminal) -> None:
    outer.keys("C-b")
    outer.keys("d")


def test_the_same_programs_are_there_after_every_way_cockpit_can_end() -> None:
    with CockpitHome("tmux", settings=_SETTINGS) as home:
        with started(home) as outer, ending(outer.pid):
            say(outer, "kept=number-$((40+2)); echo set:$kept", "set:number-42")
            outer.keys("C-b")
            outer.keys("c")
            outer.wait_for(lambda _screen: len(pids(home)) == 2, "the second tab")
            before = pids(home)
            leave(outer)
        for way in (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, "closed terminal", "crash"):
            assert pids(home) == before, f"before {way}"
            argv = [sys.executable, "-c", _CRASHING] if way == "crash" else None
            with started(home, argv) as outer, ending(outer.pid):
                assert pids(home) == before
                outer.wait_for(lambda _screen: len(home.display_clients()) == 1, "one display client")
                if isinstance(way, signal.Signals):
                    os.kill(outer.pid, way)
                elif way == "crash":
                    leave(outer)
                    outer.wait_text("cockpit crashed: ZeroDivisionError")
                else:
                    outer.close()
        with started(home) as outer:
            outer.keys("C-b")
            outer.keys("1")
            say(outer, "echo still:$kept", "still:number-42")
            assert pids(home) == before
            assert not any("unreadable" in file.name for file in home.paths.state_dir.iterdir())


_FULL_DISK = """
import errno, pathlib, sys
from cockpit.cli import main
from cockpit.workspace import store

write, full = store.write_atomically, pathlib.Path(sys.argv[1])

def write_while_there_is_room(path, data):
    if full.exists() and path.name == "store.json":
        raise OSError(errno.ENOSPC, "No space left on device")
    write(path, data)

store.write_atomically = write_while_there_is_room
sys.exit(main([]))
"""


def test_a_full_disk_is_told_and_costs_no_row() -> None:
    settings = {"general": {**_SETTINGS["general"], "confirm_close": False}}
    with CockpitHome("pty", settings=settings) as home:
        full = home.directory / "full"
        home.paths.prepare()
        home.paths.log_file.symlink_to("/dev/full")
        with started(home, [sys.executable, "-c", _FULL_DISK, str(full)]) as outer:
            full.touch()
            outer.keys("C-b")
            outer.keys("c")
            outer.wait_text("can't be written")
            leave(outer)
            last = outer.wait_for(lambda screen: screen.find("store.rescue.json"), "where the rows are").text
            assert "for the next start" in last
            assert ".py" not in last, "that the log is full too is not the person's business"
        home.paths.log_file.unlink()
        with started(home) as outer:
            outer.wait_text("they were kept and are back")
            outer.wait_text("2 bash")
            leave(outer)
            outer.wait_for(lambda _screen: outer.ended, "the end")
            assert not (home.paths.runtime_dir / "store.rescue.json").exists()

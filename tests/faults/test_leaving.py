"""However cockpit is left, the terminal it ran in is as it was, and nothing of it stays that shouldn't."""

from __future__ import annotations

import os
import re
import select
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.harness.cockpit_app import ROOT
from tests.harness.cockpit_home import PROMPT, CockpitHome
from tests.harness.outer import OuterTerminal
from tests.harness.tmux_server import tmux_binary

DEADLINE_S = 20.0
_SETTINGS: dict[str, dict[str, object]] = {
    "general": {"sidebar": False, "show_tmux_hint": False, "confirm_close": False}
}
_MODES = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
_SET_AT_FIRST = (7, 25)
"""Wrapping, and the cursor."""
_KITTY_KEYS = re.compile(rb"\x1b\[([<>])[0-9;]*u")
_CRASHING = """
import sys
from cockpit.app.app import CockpitApp
from cockpit.cli import main

def leave(self):
    self.call_later(lambda: 1 / 0)  # a defect of ours, in a callback of the screen

CockpitApp.leave = leave
sys.exit(main([]))
"""


def changed_modes(written: bytes) -> tuple[set[int], int]:
    """The modes that are not as they were, and how many kitty keyboard flags are left."""
    modes = dict.fromkeys(_SET_AT_FIRST, True)
    for numbers, letter in _MODES.findall(written):
        for number in numbers.split(b";"):
            modes[int(number)] = letter == b"h"
    pushed = sum(1 if sign == b">" else -1 for sign in _KITTY_KEYS.findall(written))
    return {number for number, is_set in modes.items() if is_set != (number in _SET_AT_FIRST)}, pushed


def quit_by_key(outer: OuterTerminal) -> None:
    outer.keys("C-b", "d")


def by_signal(number: signal.Signals) -> Callable[[OuterTerminal], None]:
    return lambda outer: os.kill(outer.pid, number)


WAYS: dict[str, Callable[[OuterTerminal], None]] = {
    "quit": quit_by_key,
    "crash": quit_by_key,
    "SIGTERM": by_signal(signal.SIGTERM),
    "SIGHUP": by_signal(signal.SIGHUP),
}


@pytest.mark.parametrize("backend", ["pty", pytest.param("tmux", marks=pytest.mark.tmux)])
@pytest.mark.parametrize("way", WAYS)
def test_the_terminal_is_given_back_and_nothing_stays(backend: str, way: str) -> None:
    if not tmux_binary():
        pytest.skip("no tmux here")
    with CockpitHome(backend, settings=_SETTINGS) as home:
        argv = [sys.executable, "-c", _CRASHING] if way == "crash" else home.argv
        environment = {**home.environment, "PYTHONPATH": str(ROOT), "TMPDIR": str(_made(home, "tmp"))}
        written, go = home.directory / "written", home.directory / "go"
        os.mkfifo(go)
        # Nothing is written before all of it is kept.
        argv = ["/bin/sh", "-c", 'read _ < "$0"; exec "$@"', str(go), *argv]
        with OuterTerminal(argv, columns=90, rows=24, environment=environment, cwd=str(home.home)) as outer:
            outer.server.command("pipe-pane", "-O", "-t", outer.pane, f"cat > {written}")
            go.write_text("\n")
            outer.wait_text(PROMPT.strip())
            family = psutil.Process(outer.pid).children(recursive=True)
            handles = [os.pidfd_open(process.pid) for process in family]
            assert changed_modes(written.read_bytes())[0] >= {1049, 1006, 2004}
            WAYS[way](outer)
            outer.wait_for(lambda _screen: outer.ended, "the end")
            for handle, process in zip(handles, family, strict=True):
                assert select.select([handle], [], [], DEADLINE_S)[0], f"{process} still runs"
                os.close(handle)
            outer.wait_for(
                lambda _s: changed_modes(written.read_bytes()) == (set(), 0), "the modes", deadline_s=5.0
            )
        assert left_behind(home) == ({"tmux.sock"} if backend == "tmux" else set())
        assert list((home.directory / "tmp").iterdir()) == []
        assert bool(home.server_pid()) == (backend == "tmux")


def left_behind(home: CockpitHome) -> set[str]:
    """The sockets."""
    return {path.name for path in home.paths.runtime_dir.rglob("*") if path.is_socket()}


def _made(home: CockpitHome, name: str) -> Path:
    directory = home.directory / name
    directory.mkdir()
    return directory

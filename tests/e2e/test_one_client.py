"""However often terminals are made, switched and closed: one display client, matching windows, nothing left behind."""

from __future__ import annotations

import gc
import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from cockpit.workspace.workspace import Workspace
from tests.e2e.headless import answer, files_below, opened
from tests.harness.cockpit_home import CockpitHome
from tests.harness.tmux_server import tmux_binary

pytestmark = pytest.mark.skipif(not tmux_binary(), reason="tmux is not installed")

_STEPS = 200
_MOST_TERMINALS = 12


@pytest.fixture
def home() -> Iterator[CockpitHome]:
    with CockpitHome("tmux") as fresh:
        yield fresh


async def random_step(workspace: Workspace, chance: random.Random) -> None:
    """One thing a person may do with sessions and tabs."""
    terminals = [terminal for session in workspace.sessions for terminal in session.terminals]
    kind = chance.choices(["create", "session", "switch", "next", "close"], [3, 1, 8, 4, 3])[0]
    if kind == "close" and len(terminals) > 1:
        await workspace.run("terminal.close", terminal_id=chance.choice(terminals).id)
    elif kind == "create" and len(terminals) < _MOST_TERMINALS:
        await workspace.run("terminal.new", session_id=chance.choice(workspace.sessions).id)
    elif kind == "session" and len(terminals) < _MOST_TERMINALS:
        await workspace.run("session.new", directory="/")
    elif kind == "next":
        await workspace.run(chance.choice(["terminal.next", "terminal.previous", "session.next"]))
    else:
        await workspace.run("terminal.focus", terminal_id=chance.choice(terminals).id)


def stored_windows(home: CockpitHome) -> set[str]:
    """The window ids of the rows on disk."""
    document = json.loads(home.paths.store_file.read_text())
    return {
        terminal["binding"]["window_id"]
        for session in document["sessions"]
        for terminal in session["terminals"]
        if terminal.get("binding")
    }


def living_windows(home: CockpitHome) -> set[str]:
    """The window ids of the session that the display client shows."""
    return set(home.command("list-windows", "-t", "=cockpit:", "-F", "#{window_id}"))


def descriptors() -> int:
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


def processes(home: CockpitHome) -> set[int]:
    """Our children and everything the server runs."""
    server = psutil.Process(home.server_pid())
    family = [*psutil.Process(os.getpid()).children(recursive=True), *server.children(recursive=True)]
    return {process.pid for process in family if process.status() != psutil.STATUS_ZOMBIE}


@pytest.mark.parametrize("seed", [1, 2])
async def test_two_hundred_random_steps_leave_one_client_and_nothing_stray(
    seed: int, home: CockpitHome
) -> None:
    chance = random.Random(seed)
    async with opened(home) as workspace:
        await answer(workspace, home, "ready")
        await workspace.run("terminal.new")
        await workspace.run("terminal.close")
        await workspace.settle()
        first = workspace.focused_terminal
        assert first is not None
        before = (descriptors(), processes(home), files_below(home.paths.runtime_dir))
        for step in range(_STEPS):
            await random_step(workspace, chance)
            assert len(home.display_clients()) == 1, f"after step {step}"
        await workspace.settle()
        rows = {t.binding.window_id for s in workspace.sessions for t in s.terminals if t.binding}
        assert living_windows(home) == rows
        await workspace.saver.flush()
        assert stored_windows(home) == rows
        assert await answer(workspace, home, "$((40 + 2))") == b"42"

        await workspace.run("session.new", directory="/")
        last = workspace.focused_terminal
        assert last is not None
        for terminal in [t for session in workspace.sessions for t in session.terminals]:
            if terminal is not last:
                await workspace.run("terminal.close", terminal_id=terminal.id)
        await workspace.settle()
        assert len(living_windows(home)) == 1
        assert len(home.display_clients()) == 1
        after = (descriptors(), processes(home), files_below(home.paths.runtime_dir))
        assert after[0] <= before[0]
        assert len(after[1]) == len(before[1])
        assert {name.replace(last.id, first.id) for name in after[2]} == before[2]

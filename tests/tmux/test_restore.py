"""Launching while tmux is stopped, gone or too old, with and without living programs: on a real tmux of its own."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from cockpit.model import TerminalState
from cockpit.workspace.restore_report import Outcome
from tests.harness.cockpit_home import CockpitHome
from tests.harness.tmux_server import tmux_binary
from tests.tmux.test_tmux_backend import DEADLINE_S, Running, cockpit, home, pane_pids, tmux, windows

__all__ = ["home"]
pytestmark = [pytest.mark.tmux, pytest.mark.skipif(not tmux_binary(), reason="no tmux here")]


def outcomes(running: Running) -> list[Outcome]:
    return [entry.outcome for entry in running.workspace.restorer.report]


def end_server(home: CockpitHome) -> None:
    """Ends the server and waits for that: it still listens for a moment after it said yes."""
    server = os.pidfd_open(home.server_pid())
    tmux(home, "kill-server")
    assert select.select([server], [], [], DEADLINE_S)[0], "the server still runs"
    os.close(server)


@pytest.fixture
def too_old(tmp_path: Path) -> Iterator[str]:
    program = tmp_path / "tmux"
    program.write_text("#!/bin/sh\necho tmux 3.1\n")
    program.chmod(0o755)
    yield str(program)


async def test_a_stopped_server_is_out_of_reach_and_comes_back_with_its_program(home: CockpitHome) -> None:
    home.environment["COCKPIT_TMUX_TIMEOUT_SECONDS"] = "0.3"
    async with cockpit(home):
        before = pane_pids(home)
    server = home.server_pid()
    os.kill(server, signal.SIGSTOP)
    try:
        async with cockpit(home) as running:
            assert outcomes(running) == [Outcome.UNREACHABLE]
            assert running.focused.status.state is TerminalState.UNAVAILABLE
            assert running.focused.backend == "tmux"
            assert any("out of reach" in notice for notice in running.notices)
            os.kill(server, signal.SIGCONT)
            await running.workspace.run("terminal.restart")
            await running.until(lambda: running.focused.status.state is TerminalState.RUNNING)
            assert pane_pids(home) == before
    finally:
        os.kill(server, signal.SIGCONT)


@pytest.mark.parametrize("gone", [True, False])
async def test_without_a_usable_tmux_what_lives_is_left_and_found_again(
    home: CockpitHome, too_old: str, gone: bool
) -> None:
    async with cockpit(home) as running:
        bound, before = running.focused.binding, pane_pids(home)
    usable = home.environment.get("COCKPIT_TMUX")
    home.environment["COCKPIT_TMUX"] = "/nowhere/tmux" if gone else too_old
    async with cockpit(home) as running:
        assert outcomes(running) == [Outcome.UNREACHABLE]
        assert (running.focused.backend, running.focused.binding) == ("tmux", bound)
        assert running.workspace.surface is None
    del home.environment["COCKPIT_TMUX"]
    if usable:
        home.environment["COCKPIT_TMUX"] = usable
    async with cockpit(home) as running:
        assert outcomes(running) == [Outcome.ADOPTED]
        assert running.notices == []
        assert pane_pids(home) == before


@pytest.mark.parametrize("gone", [True, False])
async def test_without_a_usable_tmux_and_without_a_server_the_shown_row_falls_back_for_good(
    home: CockpitHome, too_old: str, gone: bool
) -> None:
    async with cockpit(home) as running:
        await running.workspace.run("terminal.new")
    end_server(home)
    usable = home.environment.get("COCKPIT_TMUX")
    home.environment["COCKPIT_TMUX"] = "/nowhere/tmux" if gone else too_old
    async with cockpit(home) as running:
        await running.shows("ready$")
        assert outcomes(running) == [Outcome.FELL_BACK, Outcome.FELL_BACK]
        assert [entry.pending for entry in running.workspace.restorer.report] == [True, False]
        assert [row.backend for row in running.workspace.rows.terminals()] == ["tmux", "pty"]
    del home.environment["COCKPIT_TMUX"]
    if usable:
        home.environment["COCKPIT_TMUX"] = usable
    async with cockpit(home) as running:
        assert [row.backend for row in running.workspace.rows.terminals()] == ["tmux", "pty"]
        await running.workspace.run("terminal.select", index=0)
        assert len(windows(home)) == 1


async def test_agents_and_commands_come_back_as_the_plan_says(home: CockpitHome, tmp_path: Path) -> None:
    agent = tmp_path / "claude"
    agent.write_text('#!/bin/sh\necho "agent $*"\nexec sleep 1000\n')
    agent.chmod(0o755)
    async with cockpit(home) as running:
        await running.workspace.run("terminal.new", command="echo ran-$((40+2)); exec sleep 1000")
        await running.workspace.run("terminal.new", command=f"{agent} --model opus")
        await running.shows("agent --model opus")
    end_server(home)
    async with cockpit(home) as running:
        await running.shows("agent --continue")
        assert outcomes(running) == [Outcome.RECREATED, Outcome.WAITS, Outcome.RELAUNCHED]
        assert len(windows(home)) == 1, "only what is shown was started"
        await running.workspace.run("terminal.select", index=1)
        assert running.focused.status.state is TerminalState.HELD
        await running.workspace.run("terminal.restart")
        await running.shows("ran-42")
    async with cockpit(home) as running:
        assert outcomes(running) == [Outcome.RECREATED, Outcome.ADOPTED, Outcome.ADOPTED]

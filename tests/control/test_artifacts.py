"""The heartbeat and done files of terminals: there before the program is, gone with the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from cockpit.errors import TerminalError
from cockpit.model import TerminalState
from tests.unit.workspaces import World


async def test_a_terminal_starts_with_a_heartbeat_file_and_without_a_done_file(tmp_path: Path) -> None:
    world = World(tmp_path)
    async with world.running() as workspace:
        terminal = workspace.focused_terminal
        assert terminal is not None
        environment = world.pty[0].specs[terminal.id].environment
        heartbeat, done = (Path(environment[f"COCKPIT_{name}_FILE"]) for name in ("HEARTBEAT", "DONE"))
        assert heartbeat.stat().st_mode & 0o777 == 0o600
        assert not done.exists()
        done.write_text("finished")
        await workspace.run("terminal.restart")
        assert not done.exists()
        await workspace.run("terminal.new")
        await workspace.run("terminal.close", terminal_id=terminal.id)
        await workspace.settle()
        assert not heartbeat.exists()


@pytest.mark.parametrize(("backend", "kept"), [("pty", False), ("tmux", True)])
async def test_the_files_go_with_cockpit_where_the_program_does(
    tmp_path: Path, backend: str, kept: bool
) -> None:
    world = World(tmp_path, environment={"COCKPIT_TMUX_BACKEND": "1" if backend == "tmux" else "0"})
    async with world.running() as workspace:
        terminal = workspace.focused_terminal
        assert terminal is not None
        heartbeat = workspace.paths.heartbeat_file(terminal.id)
        assert heartbeat.exists()
    assert heartbeat.exists() is kept


async def test_nothing_starts_when_the_heartbeat_file_can_not_be_prepared(tmp_path: Path) -> None:
    world = World(tmp_path)
    async with world.running() as workspace:
        directory = workspace.paths.heartbeat_file("x").parent
        for file in directory.iterdir():
            file.unlink()
        directory.rmdir()
        directory.write_text("in the way")
        started = len([call for call in world.pty[0].calls if call[0] == "create"])
        terminal = await workspace.run("terminal.new")
        assert terminal.status.state is TerminalState.FAILED
        assert "heartbeat" in terminal.status.reason
        assert len([call for call in world.pty[0].calls if call[0] == "create"]) == started
        with pytest.raises(TerminalError, match="heartbeat"):
            await workspace.run("terminal.restart", terminal_id=terminal.id)

"""What a living window says of its row stays true when the row changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cockpit.tmux.quoting import decode_option
from tests.harness.cockpit_home import CockpitHome
from tests.harness.tmux_server import tmux_binary
from tests.tmux.test_tmux_backend import cockpit, home, tmux

__all__ = ["home"]

pytestmark = [pytest.mark.tmux, pytest.mark.skipif(not tmux_binary(), reason="no tmux here")]
FORMAT = "#{window_name}\t#{@cockpit_name}\t#{@cockpit_row}"


async def test_renames_reach_the_windows_and_nothing_in_them_runs(home: CockpitHome, tmp_path: Path) -> None:
    name = f"#(touch {tmp_path}/ran) 'it' #{{pid}} ü"
    async with cockpit(home) as running:
        workspace = running.workspace
        await workspace.run("terminal.new", name="second", command="sleep 1000")
        renamed = running.focused
        await workspace.run("terminal.rename", name=name)
        await workspace.run("session.rename", name="other work")
        await workspace.settle()
        lines = tmux(home, "list-windows", "-t", "=cockpit", "-F", FORMAT)
        windows = [line.split("\t") for line in lines]
        assert [decode_option(stored) for _, stored, _ in windows][1] == name
        assert windows[1][0] == name
        rows = [json.loads(decode_option(row)) for _, _, row in windows]
        assert [row["session"] for row in rows] == ["other work"] * 2
        assert (rows[1]["name"], rows[1]["command"], rows[1]["named_by_user"]) == (name, "sleep 1000", True)
        assert renamed.name == name
    assert not (tmp_path / "ran").exists()

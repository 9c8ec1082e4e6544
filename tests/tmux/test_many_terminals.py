"""A launch over many living terminals asks tmux once for all of them; after that its notices are enough."""

from __future__ import annotations

import os
import time

import pytest

from cockpit.model import TerminalState
from cockpit.tmux.control.connection import ServerLink
from cockpit.tmux.server.discovery import TmuxBinary
from tests.e2e.headless import happened, opened
from tests.harness.cockpit_home import CockpitHome

TERMINALS = int(os.environ.get("COCKPIT_TEST_TERMINALS", "120"))
"""The figures for 500 are taken by hand: there the programs' start takes most of the time."""


class Asked:
    """The commands that went to tmux over the connection."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.commands: list[tuple[str, ...]] = []
        sequence = ServerLink.sequence

        async def noted(link: ServerLink, *commands, **options):  # type: ignore[no-untyped-def]  # as it is called
            self.commands += [tuple(command) for command in commands]
            return await sequence(link, *commands, **options)

        monkeypatch.setattr(ServerLink, "sequence", noted)

    def listings(self) -> list[str]:
        """Of which sessions all windows were listed."""
        return [command[2] for command in self.commands if command[0] == "list-windows"]


async def test_one_listing_at_launch_and_then_events(
    binary: TmuxBinary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COCKPIT_TMUX", binary.path)
    direct = {"workspaces": {"command_in_shell": False}}  # their starts are not what is looked at
    with CockpitHome("tmux", settings=direct) as home:
        async with opened(home) as workspace:
            for _ in range(TERMINALS - 1):
                await workspace.run("terminal.new", command="exec sleep 100000")
            pids = set(home.command("list-panes", "-s", "-t", "=cockpit", "-F", "#{pane_pid}"))
        assert len(pids) == TERMINALS

        asked = Asked(monkeypatch)
        began = time.monotonic()
        async with opened(home) as workspace:
            took_ms = (time.monotonic() - began) * 1000
            rows = list(workspace.rows.terminals())
            assert [row.status.state for row in rows] == [TerminalState.RUNNING] * TERMINALS
            print(f"{TERMINALS} terminals adopted in {took_ms:.0f} ms with {len(asked.commands)} commands")
            assert asked.listings() == ["=cockpit", "=_ctl"]
            assert len(asked.commands) < 30, "none for each terminal"

            asked.commands.clear()
            new = await workspace.run("terminal.new", command="exec sleep 100000")
            await workspace.run("terminal.rename", terminal_id=new.id, name="other")
            await workspace.run("terminal.focus", terminal_id=rows[7].id)
            await workspace.run("terminal.close", terminal_id=new.id)
            [pid] = home.command(
                "display-message",
                "-p",
                "-t",
                f"{rows[3].binding and rows[3].binding.window_id}",
                "#{pane_pid}",
            )
            os.kill(int(pid), 9)
            await happened(
                workspace, lambda: rows[3].status.state is TerminalState.EXITED, "the end of a program"
            )
            assert asked.listings() == []

"""A server that an earlier log-in left in another runtime directory is found, and its programs with it."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cockpit import paths
from cockpit.tmux.discovery import TmuxBinary
from cockpit.workspace.occupant import Occupant
from tests.e2e.headless import opened
from tests.harness.cockpit_home import CockpitHome
from tests.harness.reaping import end_server


@pytest.fixture
def other_temporary() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="ct-", dir="/tmp"))
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


async def test_after_a_log_in_with_another_runtime_directory_the_same_programs_are_there(
    binary: TmuxBinary, other_temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COCKPIT_TMUX", binary.path)
    with CockpitHome("tmux") as home:
        long_home = home.directory / (
            "long" * 25
        )  # no socket's path fits, so it is in the temporary directory
        home.environment["COCKPIT_HOME"] = str(long_home)
        home.paths = paths.resolve(environment=home.environment)
        try:
            async with opened(home) as workspace:
                pids = home.command("list-panes", "-s", "-t", "=cockpit", "-F", "#{pane_pid}")
                usual = workspace.paths.tmux_socket
            monkeypatch.setattr(tempfile, "tempdir", str(other_temporary))
            home.paths = paths.resolve(environment=home.environment)
            assert home.paths.tmux_socket != usual
            async with opened(home) as workspace:
                assert workspace.paths.tmux_socket == usual
                assert [row.status.state.value for row in workspace.rows.terminals()] == ["running"]
                assert (
                    home._run_tmux(
                        "-S", str(usual), "list-panes", "-s", "-t", "=cockpit", "-F", "#{pane_pid}"
                    ).stdout.split()
                    == pids
                )
            assert not home.paths.tmux_socket.exists(), "no second server"

            lock = usual.with_name("owner.lock")
            lock.write_text(json.dumps(Occupant.this_process(os.environ).encoded()))
            async with opened(home) as workspace:
                assert workspace.paths.tmux_socket == home.paths.tmux_socket, "that one is another cockpit's"
        finally:
            pid = home._run_tmux("-S", str(usual), "display-message", "-p", "#{pid}").stdout
            end_server(lambda *words: home._run_tmux("-S", str(usual), *words), int(pid))
            shutil.rmtree(usual.parent, ignore_errors=True)

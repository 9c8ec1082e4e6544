"""A server that an earlier log-in left in another runtime directory is found, and its programs with it."""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from cockpit import paths
from cockpit.errors import BackendUnavailableError
from cockpit.model import TerminalState
from cockpit.tmux.server.discovery import TmuxBinary
from cockpit.workspace.events import Noticed
from cockpit.workspace.owner import Owner
from tests.e2e.headless import opened
from tests.harness.cockpit_home import CockpitHome
from tests.harness.reaping import end_server


@pytest.fixture
def home(binary: TmuxBinary, monkeypatch: pytest.MonkeyPatch) -> Iterator[CockpitHome]:
    """A log-in; `log_in` has others, in one home."""
    monkeypatch.setenv("COCKPIT_TMUX", binary.path)
    with CockpitHome("tmux") as home:
        yield home


def pids(home: CockpitHome, socket: Path) -> list[str]:
    """The pids of the programs that the server on this socket runs in cockpit's session."""
    panes = home._run_tmux("-S", str(socket), "list-panes", "-s", "-t", "=cockpit", "-F", "#{pane_pid}")
    return panes.stdout.split()


def end(home: CockpitHome, socket: Path) -> None:
    pid = home._run_tmux("-S", str(socket), "display-message", "-p", "#{pid}").stdout
    if pid.strip():
        end_server(lambda *words: home._run_tmux("-S", str(socket), *words), int(pid))


def log_in(home: CockpitHome, name: str) -> None:
    """Another runtime directory than before, and one that nobody could guess."""
    config, state, _ = home.paths.bases or pytest.fail("these paths were not resolved")
    there = home.directory / name
    home.paths = dataclasses.replace(home.paths, runtime_dir=there, bases=(config, state, there))


async def test_after_a_log_in_with_another_runtime_directory_the_same_programs_are_there(
    home: CockpitHome, short_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_home = home.directory / ("long" * 25)  # no socket's path fits, so it is in the temporary directory
    home.environment["COCKPIT_HOME"] = str(long_home)
    home.paths = paths.resolve(environment=home.environment)
    usual = home.paths.tmux_socket
    try:
        async with opened(home):
            before = pids(home, usual)
        monkeypatch.setattr(tempfile, "tempdir", str(short_dir))
        home.paths = paths.resolve(environment=home.environment)
        assert home.paths.tmux_socket != usual
        async with opened(home) as workspace:
            assert workspace.paths.tmux_socket == usual
            assert [row.status.state.value for row in workspace.rows.terminals()] == ["running"]
            assert pids(home, usual) == before
        assert not home.paths.tmux_socket.exists(), "no second server"
    finally:
        end(home, usual)
        shutil.rmtree(usual.parent, ignore_errors=True)


async def test_the_rows_say_where_their_server_is_when_nobody_could_guess(home: CockpitHome) -> None:
    usual = home.paths.tmux_socket
    try:
        async with opened(home):
            before = pids(home, usual)
        log_in(home, "second")
        async with opened(home) as workspace:
            assert workspace.paths.tmux_socket == usual
            await workspace.run("terminal.new")
            assert pids(home, usual)[:1] == before, "adopted, and new ones beside it"
            assert len(pids(home, usual)) == 2
        assert not home.paths.tmux_socket.exists(), "no second server"
        log_in(home, "third")
        async with opened(home) as workspace:
            assert [row.status.state.value for row in workspace.rows.terminals()] == ["running"] * 2
    finally:
        end(home, usual)


async def test_what_another_cockpit_has_there_is_told_and_not_started_twice(home: CockpitHome) -> None:
    usual = home.paths.tmux_socket
    other_store = dataclasses.replace(home.paths, state_dir=home.directory / "other-state")
    try:
        async with opened(home):
            before = pids(home, usual)
        other_store.prepare()
        log_in(home, "second")
        owner = Owner.acquire(other_store)
        told: list[str] = []
        async with opened(home) as workspace:
            workspace.events.subscribe(
                lambda event: told.append(event.message) if isinstance(event, Noticed) else None
            )
            assert workspace.paths.tmux_socket != usual, "that one is another cockpit's"
            (row,) = workspace.rows.terminals()
            assert row.status.state is TerminalState.UNAVAILABLE
            assert str(usual) in row.status.reason
            assert str(usual) in "".join(str(entry) for entry in workspace.restorer.report)
            with pytest.raises(BackendUnavailableError, match="nothing is started in its place"):
                await workspace.run("terminal.restart", terminal_id=row.id)
            await workspace.toggle.look_again()
            await workspace.show_focused()
            assert row.status.state is TerminalState.UNAVAILABLE
            assert not home.paths.tmux_socket.exists(), "no second copy, so no second server"
            assert pids(home, usual) == before
            owner.release()
        async with opened(home) as workspace:
            assert workspace.paths.tmux_socket == usual
    finally:
        end(home, usual)

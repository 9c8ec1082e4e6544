"""A launch ends the tmux servers of cockpits that were killed and had not asked to keep them; no others."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from cockpit import paths
from cockpit.model import Size
from cockpit.tmux.server.discovery import TmuxBinary
from cockpit.tmux.server.lease import Lease, read_lease, write_lease
from cockpit.tmux.server.lifecycle import end_process, wait_ended
from cockpit.tmux.server.probe import probe_socket
from cockpit.workspace.process_mark import process_mark
from cockpit.workspace.workspace import Workspace
from tests.harness.tmux_server import plain_environment

_COCKPITS = """
import asyncio, os, sys
from cockpit import paths
from cockpit.model import Size
from cockpit.workspace.workspace import Workspace

async def main():
    opened = []
    for profile in sys.argv[1:]:
        workspace = Workspace.open(paths.resolve(profile))
        workspace.set_pane_size(Size(80, 24))
        await workspace.start("/")
        await workspace.settle()
        opened.append(workspace)
    print("open", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""
"""Several cockpits without screens in one process, one for each profile; killed by the test."""

_PROFILES = ("lost", "kept", "reused", "garbled", "stopped")


class Place:
    """One home with several profiles."""

    def __init__(self, directory: Path, binary: TmuxBinary) -> None:
        home = directory / "home"
        home.mkdir()
        self.environment = {
            **plain_environment(home),
            "COCKPIT_HOME": str(directory),
            "COCKPIT_TMUX_BACKEND": "1",
            "COCKPIT_TMUX": binary.path,
            "COCKPIT_TMUX_TIMEOUT_SECONDS": "2",
        }

    def paths(self, profile: str) -> paths.Paths:
        return paths.resolve(profile, self.environment)

    def settings(self, profile: str, *, keep: bool) -> None:
        file = self.paths(profile).settings_file
        file.parent.mkdir(parents=True)
        file.write_text(f"[experimental]\nkeep_server_alive = {str(keep).lower()}\n")

    def server_pid(self, profile: str) -> int | None:
        return probe_socket(self.paths(profile).tmux_socket)[1]

    @contextlib.asynccontextmanager
    async def open_cockpit(self, profile: str) -> AsyncIterator[Workspace]:
        """One without a screen, in this process."""
        workspace = Workspace.open(self.paths(profile), environment=self.environment)
        try:
            workspace.set_pane_size(Size(80, 24))
            await workspace.start("/")
            await workspace.settle()
            yield workspace
        finally:
            await workspace.close()

    async def killed_cockpits(self, *profiles: str) -> None:
        """Cockpits that had these profiles open, each with a shell on tmux, and were killed."""
        cockpits = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _COCKPITS, *profiles),
            stdout=asyncio.subprocess.PIPE,
            env={**self.environment, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        assert cockpits.stdout is not None
        async with asyncio.timeout(30):
            assert await cockpits.stdout.readline() == b"open\n"
        cockpits.kill()
        await cockpits.wait()

    async def end_everything(self) -> None:
        for profile in ("default", "peer", *_PROFILES):
            if pid := self.server_pid(profile):
                os.kill(pid, signal.SIGCONT)
                await end_process(pid, 0)


@pytest.fixture
def place(binary: TmuxBinary) -> Iterator[Place]:
    directory = Path(tempfile.mkdtemp(prefix="cr-", dir="/tmp"))
    made = Place(directory, binary)
    yield made
    asyncio.run(made.end_everything())
    shutil.rmtree(directory, ignore_errors=True)


async def test_only_servers_that_nobody_has_and_nobody_wanted_kept_are_ended(place: Place) -> None:
    for profile in (*_PROFILES, "peer"):
        place.settings(profile, keep=profile == "kept")
    async with place.open_cockpit("peer"):
        await _with_a_peer(place)
    assert not place.paths("peer").tmux_lease.exists(), "its server ended with it"


async def _with_a_peer(place: Place) -> None:
    await place.killed_cockpits(*_PROFILES)
    before = {profile: place.server_pid(profile) for profile in (*_PROFILES, "peer")}
    assert all(before.values()), before
    write_lease(place.paths("reused").tmux_lease, Lease(os.getpid(), "somebody else", keep=False))
    place.paths("garbled").tmux_lease.write_bytes(b"{")
    stopped = before["stopped"]
    assert stopped
    os.kill(stopped, signal.SIGSTOP)

    async with place.open_cockpit("default") as default:
        after = {profile: place.server_pid(profile) for profile in before}
        gone = {"lost", "reused", "stopped"}
        assert after == {profile: None if profile in gone else pid for profile, pid in before.items()}
        for profile in gone:
            pid = before[profile]
            assert pid
            assert await wait_ended(pid, 1.0)
            assert not place.paths(profile).tmux_socket.exists()
            assert not place.paths(profile).tmux_lease.exists()
        assert place.server_pid("default"), "our own"
        default.measuring.telemetry.flush()
        assert "event=orphan_reaped count=3" in place.paths("default").telemetry_file.read_text()
    kept = Lease(os.getpid(), process_mark(os.getpid()), keep=True)
    assert read_lease(place.paths("default").tmux_lease) == kept, "left in order"


async def test_a_server_that_this_cockpit_runs_in_is_left(place: Place) -> None:
    place.settings("lost", keep=False)
    await place.killed_cockpits("lost")
    pid = place.server_pid("lost")
    place.environment["TMUX"] = f"{place.paths('lost').tmux_socket},{pid},0"
    async with place.open_cockpit("default"):
        pass
    assert place.server_pid("lost") == pid

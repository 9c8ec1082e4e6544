# ruff: noqa: ASYNC240 - paths are looked at where nothing else runs
"""A server is talked to by a tmux of its own version, whatever was installed or removed since it started."""

from __future__ import annotations

import shutil
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from cockpit.tmux.server.client_path import client_path
from cockpit.tmux.server.discovery import TmuxBinary
from cockpit.tmux.server.server import TmuxServer
from tests.tmux.conftest import ServerFactory
from tests.tmux.support import sh


@pytest.fixture
def old_binary(binary: TmuxBinary, short_dir: Path) -> TmuxBinary:
    """The tmux a server is started with, which an upgrade then takes away."""
    path = short_dir / "old" / "tmux"
    path.parent.mkdir()
    shutil.copy(binary.path, path)
    return replace(binary, path=str(path))


@pytest.mark.parametrize("upgrade", ["replaced", "removed"])
async def test_a_server_outlives_the_tmux_it_was_started_with(
    upgrade: str, old_binary: TmuxBinary, socket_path: Path, make_server: ServerFactory
) -> None:
    first = TmuxServer(old_binary, socket_path, timeout_s=5.0)
    pid = (await first.start()).pid
    window = await first.new_window("kept", sh("exec sleep 60"))
    await first.shutdown(keep=True)
    installed = Path(old_binary.path)
    installed.unlink()
    if upgrade == "replaced":
        installed.write_text("#!/bin/sh\nsleep 60\n")  # a client that hangs without a word
        installed.chmod(0o755)
    second = TmuxServer(old_binary, socket_path, timeout_s=5.0)
    try:
        report = await second.start()
        assert (report.pid, [found.window_id for found in report.windows]) == (pid, [window.window_id])
        assert second.display_argv()[0][0] == f"/proc/{pid}/exe"
        assert await second.run(("display-message", "-p", "alive")) == [["alive"]]
    finally:
        await second.shutdown(keep=True)
    make_server()  # reaps what is left


async def test_the_installed_tmux_is_used_for_its_own_server_and_where_none_runs(
    binary: TmuxBinary, socket_path: Path, make_server: ServerFactory
) -> None:
    assert client_path(binary, socket_path) == binary.path
    await make_server().start()
    assert client_path(binary, socket_path) == binary.path


async def test_a_stranger_on_the_socket_is_never_run(old_binary: TmuxBinary, socket_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.bind(str(socket_path))
        stranger.listen()
        assert client_path(old_binary, socket_path) == old_binary.path

"""The control clients of a cockpit that was killed don't stay on the server."""

from __future__ import annotations

import asyncio
import os
import subprocess

import pytest

from cockpit.tmux.server.leftovers import is_unread
from tests.tmux.conftest import ServerFactory


def test_a_process_is_unread_once_nobody_has_the_other_end() -> None:
    with subprocess.Popen(["sleep", "100"], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert not is_unread(writer.pid)
        writer.stdout.close()
        assert is_unread(writer.pid)
        writer.kill()
    with subprocess.Popen(["sleep", "100"], stdout=subprocess.DEVNULL) as writer:
        assert not is_unread(writer.pid)
        writer.kill()


async def test_what_a_killed_cockpit_left_is_ended_at_the_next_start(make_server: ServerFactory) -> None:
    first, second = make_server(), make_server()
    await first.start()
    if first.version >= (3, 7):
        pytest.skip("this tmux lists no client that it wants to leave, so leftovers can't be found there")
    reading, writing = os.pipe()
    stdin, keep = os.pipe()
    argv = [first.setup.binary.path, "-S", str(first.socket_path), "-C", "attach-session", "-t", "=_ctl"]
    left = subprocess.Popen(argv, stdin=stdin, stdout=writing, env=dict(first.setup.environment))  # noqa: ASYNC220
    try:
        os.close(writing)
        await asyncio.get_running_loop().run_in_executor(None, os.read, reading, 1)  # it is in
        os.close(reading)
        await second.start()
        assert left.wait(5) == -9
        clients = (await second.run(("list-clients", "-t", "=_ctl", "-F", "#{client_pid}")))[0]
        assert len(clients) == 4, "both of each living server"
    finally:
        left.kill()
        left.wait()
        for descriptor in (stdin, keep):
            os.close(descriptor)

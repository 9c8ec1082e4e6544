"""Who is let in, with real processes on a real socket: a child of cockpit, an unrelated one, another user."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cockpit.control.access import AccessMode
from tests.control.serving import DEADLINE_S, Serving, serving

ASK = """
import socket, sys
client = socket.socket(socket.AF_UNIX)
try:
    client.connect(sys.argv[1])
    try:
        client.sendall(b'{"id":1,"method":"status"}\\n')
        client.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # it was turned away already; why can still be read
    answer = b""
    while piece := client.recv(65536):
        answer += piece
    print(answer.decode())
except PermissionError:
    print('{"ok":false,"error":{"code":"no_permission"}}')
except ConnectionResetError:
    print(answer.decode())
"""
DETACHED = (
    """
import os, select
parent = os.getpid()
watch = os.pidfd_open(parent)
if os.fork():
    os._exit(0)
select.select([watch], [], [])  # the parent has ended, so this process has another one
"""
    + ASK
)


async def asked(it: Serving, code: str, *prefix: str) -> str:
    """`ok`, or the code of the refusal, as a process of its own hears it."""
    python = "/usr/bin/python3" if prefix else sys.executable
    process = await asyncio.create_subprocess_exec(
        *prefix, python, "-I", "-c", code, it.path, stdout=asyncio.subprocess.PIPE, cwd="/"
    )
    assert process.stdout is not None
    async with asyncio.timeout(DEADLINE_S):
        answer = json.loads((await process.stdout.read()).split(b"\n")[0])
        await process.wait()
    return "ok" if answer["ok"] else str(answer["error"]["code"])


MATRIX = {
    AccessMode.COCKPIT_ONLY: ("ok", "access_denied"),
    AccessMode.AUTOMATION: ("ok", "ok"),
    AccessMode.PASSWORD: ("auth_required", "auth_required"),
    AccessMode.ALLOW_ALL: ("ok", "ok"),
}


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs pidfds")
async def test_a_child_and_an_unrelated_process_of_this_user(tmp_path: Path) -> None:
    async with serving(tmp_path) as it:
        for mode, expected in MATRIX.items():
            await it.access(mode)
            assert (await asked(it, ASK), await asked(it, DETACHED)) == expected, mode


@pytest.mark.skipif(
    os.getuid() != 0 or not shutil.which("runuser") or not Path("/usr/bin/python3").exists(),
    reason="only root can become another user",
)
async def test_another_user_is_let_in_only_when_everybody_is(
    tmp_path: Path,
) -> None:
    place = Path("/tmp") / f"ck-other-{os.getpid()}.sock"
    other = ("runuser", "-u", "nobody", "--")
    async with serving(tmp_path) as it:
        await it.access("off")
        it.workspace.paths = replace(it.workspace.paths, socket_path=place)
        for mode in MATRIX:
            await it.access(mode)
            expected = "ok" if mode is AccessMode.ALLOW_ALL else "no_permission"
            assert await asked(it, ASK, *other) == expected, mode
            place.chmod(0o666)  # the file's mode is one wall, the kernel's word the other
            expected = "ok" if mode is AccessMode.ALLOW_ALL else "access_denied"
            assert await asked(it, ASK, *other) == expected, mode
    assert not place.with_name(f"{place.name}.lock").exists(), "it leaves nothing in the directory of all"


async def test_a_refusal_is_logged_with_its_reason(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with serving(tmp_path, "cockpit-only") as it:
        assert await asked(it, ASK) == "ok"
        client = await it.client()  # this very process: cockpit itself is not in one of its terminals
        assert (await client.frame())["error"]["code"] == "access_denied"
        assert any(f"pid {os.getpid()}" in message and "refused" in message for message in caplog.messages)

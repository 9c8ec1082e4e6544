"""A thousand clients at once, and no descriptors left: the screen stays alive, and who can't be served is told."""

from __future__ import annotations

import asyncio
import contextlib
import json
import resource
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cockpit.control.server import CONNECTION_LIMIT
from tests.app.live_app import live
from tests.control.serving import RawClient
from tests.control.test_serve import BACKENDS, DEADLINE_S, Profile

AUTOMATION: dict[str, dict[str, object]] = {"automation": {"socket_access": "automation"}}
DEAF, HALF = 50, 50
"""How many never read, and how many leave a line unfinished; the rest say nothing."""
_QUESTION = b'{"id":1,"method":"commands"}\n'


class Crowd:
    """Clients that only sit there, on sockets that block. A context manager."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.sockets: list[socket.socket] = []

    def __enter__(self) -> Crowd:
        return self

    def __exit__(self, *_: object) -> None:
        while self.sockets:
            self.sockets.pop().close()

    def enter(self, count: int) -> list[socket.socket]:
        """Connects; waits wherever the backlog is full."""
        for _ in range(count):
            connected = socket.socket(socket.AF_UNIX)
            self.sockets.append(connected)
            connected.connect(self._path)
            connected.settimeout(DEADLINE_S)
        return self.sockets[-count:]


def fill(deaf: socket.socket) -> None:
    """Asks for more than anybody would keep, until the server takes no more."""
    deaf.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        for _ in range(1000):
            deaf.sendall(_QUESTION * 100)


def ask(connected: socket.socket, method: str = "status", **params: object) -> dict[str, object]:
    """The answer to one request."""
    connected.sendall(json.dumps({"id": 1, "method": method, "params": params}).encode() + b"\n")
    return answer(connected)


def answer(connected: socket.socket) -> dict[str, object]:
    line = bytearray()
    while not line.endswith(b"\n"):
        chunk = connected.recv(65_536)
        assert chunk, bytes(line)
        line += chunk
    told: dict[str, object] = json.loads(line)
    return told


def code(told: dict[str, object]) -> object:
    error = told["error"]
    assert isinstance(error, dict)
    return error["code"]


@contextlib.contextmanager
def descriptors(wanted: int) -> Iterator[None]:
    """This process may open so many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        pytest.skip(f"no more than {hard} descriptors can be had")
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def open_sockets() -> int:
    """This process's; files come and go with what the app does in its threads."""
    found = 0
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            found += str(descriptor.readlink()).startswith("socket:")
    return found


def control_tasks() -> set[str]:
    """What runs in the control room."""
    names = {task.get_coro().__qualname__ for task in asyncio.all_tasks()}  # type: ignore[union-attr] # coroutines
    return {name for name in names if name.startswith(("Connection.", "ControlServer."))}


async def test_a_thousand_clients_leave_the_screen_alive() -> None:
    with descriptors(4096):
        async with live(settings=AUTOMATION) as it:
            path = str(it.workspace.paths.control_socket)
            await it.until(Path(path).exists, "the control socket")
            client = RawClient(*await asyncio.open_unix_connection(path))
            await client.result("status")
            before, tasks = open_sockets(), control_tasks()
            with Crowd(path) as crowd:
                sitting = await asyncio.to_thread(crowd.enter, CONNECTION_LIMIT - 1)
                for half in sitting[:HALF]:
                    half.sendall(b'{"id":1,"method":"sta')
                for deaf in sitting[-DEAF:]:
                    fill(deaf)
                (late,) = await asyncio.to_thread(crowd.enter, 1)
                assert code(await asyncio.to_thread(answer, late)) == "busy"
                assert late.recv(1) == b""
                assert (await client.result("status"))["clients"] == CONNECTION_LIMIT

                began = time.perf_counter()
                await it.press(*"echo here-$((40+2))", "enter")
                await it.pane_shows("here-42")
                print(f"typed, run and shown in {time.perf_counter() - began:.2f} s")
                await client.result("send", target="current", text="echo sent-$((50+3))\r")
                await it.pane_shows("sent-53")
                assert await asyncio.to_thread(ask, sitting[HALF])
            while (await client.result("status"))["clients"] > 1:
                pass  # each answer is a turn in which the server hears of more of them
            assert open_sockets() == before
            assert control_tasks() <= tasks | {"Connection._serve"}
            client.writer.close()


@BACKENDS
def test_at_its_limit_of_descriptors_a_server_still_opens_terminals(backend: str) -> None:
    with (
        Profile(backend) as profile,
        profile.foreground("sh", "-c", 'ulimit -n 96; exec "$@"', "sh"),
        Crowd(str(profile.home.paths.control_socket)) as crowd,
    ):
        served = crowd.enter(48)
        assert all(ask(client)["ok"] for client in served)
        assert [code(answer(late)) for late in crowd.enter(20)] == ["busy"] * 20
        for client in served[:3]:
            made = ask(client, "new", directory=str(profile.home.home), command="echo here; exec sleep 99")
            result = made["result"]
            assert isinstance(result, dict) and result["backend"] == backend, made
            assert ask(client, "wait", target=result["id"], text="here")["ok"]
            assert ask(client, "send", target=result["id"], text="x" * 4000)["ok"]


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="another process's limits can't be changed here")
def test_without_a_descriptor_for_them_clients_wait_and_nothing_spins() -> None:
    with (
        Profile() as profile,
        profile.foreground() as server,
        Crowd(str(profile.home.paths.control_socket)) as crowd,
    ):
        (served,) = crowd.enter(1)
        assert ask(served)["ok"]
        limits = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (3, limits[1]))
        (waiting,) = crowd.enter(1)
        for _ in range(500):
            assert ask(served)["ok"]
        assert 1 <= profile.said.count("no client can be accepted") <= 100
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, limits)
        assert ask(waiting)["ok"]

"""How a client finds cockpit, and what it refuses to connect to."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from types import SimpleNamespace

import pytest

from cockpit.control import discovery, passwords
from cockpit.control.client import Client, RemoteError
from cockpit.control.discovery import NotRunningError, candidates, connect, likely_path, problem_with
from cockpit.control.passwords import find_password, make_password_file, read_password_file
from cockpit.errors import CockpitError, PathError
from cockpit.paths import resolve
from tests.control.serving import Serving, serving


def environment(it: Serving, **more: str) -> dict[str, str]:
    return {"COCKPIT_HOME": str(it.world.home / "cockpit"), **more}


def status(environment: dict[str, str], profile: str | None = None, password: str | None = None) -> str:
    with Client(profile, password=password, environment=environment) as client:
        assert client.request("status") == client.request("status")
        return str(client.request("status")["socket_access"])


async def test_it_finds_the_socket_by_each_of_its_names(tmp_path: Path) -> None:
    async with serving(tmp_path) as it:
        moved = it.workspace.paths.control_socket.with_name("moved.sock")
        for env in (
            environment(it),
            environment(it, COCKPIT_SOCKET_PATH=it.path),
            {"COCKPIT_SOCKET": it.path, "COCKPIT_HOME": "/nowhere"},
            environment(it, COCKPIT_SOCKET=str(moved)),
        ):
            assert await asyncio.to_thread(status, env) == "automation"
        with pytest.raises(NotRunningError, match=r"profile 'other'.* cockpit -L other"):
            await asyncio.to_thread(status, environment(it, COCKPIT_SOCKET=it.path), "other")
        it.workspace.paths.control_socket.rename(moved)
        it.workspace.paths.socket_marker.write_text(f"{moved}\n")
        assert await asyncio.to_thread(status, environment(it)) == "automation"
        with pytest.raises(NotRunningError):
            await asyncio.to_thread(status, environment(it, COCKPIT_SOCKET_PATH=it.path))
        for place in (b"/no\0thing", b"/" + b"long" * 100, b"\xff\xfe", str(tmp_path).encode(), b"/dev/null"):
            it.workspace.paths.socket_marker.write_bytes(place)
            with pytest.raises(NotRunningError):
                await asyncio.to_thread(status, environment(it))


@pytest.mark.parametrize("profile", ["default", "work"])
def test_the_quick_guess_is_what_the_paths_say(
    profile: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))  # platformdirs reads the real environment
    for env in ({"COCKPIT_HOME": "/h/x"}, {"COCKPIT_HOME": "~/x"}, {"XDG_RUNTIME_DIR": str(tmp_path)}):
        guess, said = likely_path(profile, env), str(resolve(profile, env).control_socket)
        assert guess == said or (sys.platform != "linux" and guess is None) or len(str(guess)) > 90
    assert likely_path("../x", {}) is None


def test_what_is_no_socket_of_this_user_is_not_connected_to(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.touch()
    assert problem_with(str(plain)) == f"{plain} is not a socket"
    link = tmp_path / "link"
    link.symlink_to(plain)
    assert problem_with(str(link)) == f"{link} is not a socket"
    assert problem_with(str(tmp_path / "nothing")) == ""
    with socket.socket(socket.AF_UNIX) as theirs:
        theirs.bind(str(tmp_path / "theirs"))
        assert problem_with(str(tmp_path / "theirs")) is None
        if os.getuid() == 0:
            os.chown(tmp_path / "theirs", 65534, 65534)
            assert "belongs to uid 65534" in str(problem_with(str(tmp_path / "theirs")))
    env = {"COCKPIT_SOCKET_PATH": str(plain)}
    assert list(candidates(None, env)) == [str(plain)]
    with pytest.raises(NotRunningError, match="is not a socket"):
        Client(environment=env).request("status")


def test_who_listens_must_be_this_user_wherever_the_kernel_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert discovery._is_ours(ours)
        monkeypatch.setattr(
            "sys.platform", "darwin"
        )  # whose option this kernel doesn't know: not told, not trusted
        assert not discovery._is_ours(ours)


async def test_a_stranger_on_the_socket_is_told_from_cockpit(tmp_path: Path) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"HTTP/1.1 400 Bad Request\n")
        writer.close()

    async with await asyncio.start_unix_server(answer, tmp_path / "s"):
        with pytest.raises(Exception, match="not cockpit"):
            await asyncio.to_thread(status, {"COCKPIT_SOCKET_PATH": str(tmp_path / "s")})


def test_it_waits_where_many_wait_to_be_let_in_and_never_takes_that_for_nobody(tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as listening, contextlib.ExitStack() as crowd:
        listening.bind(path)
        listening.listen(1)
        with contextlib.suppress(BlockingIOError):
            while True:
                waiting = crowd.enter_context(socket.socket(socket.AF_UNIX))
                waiting.setblocking(False)
                waiting.connect(path)
        env = {"COCKPIT_SOCKET_PATH": path}
        with pytest.raises(CockpitError, match="too many callers") as caught:
            connect(None, env, 0.05)
        assert not isinstance(caught.value, NotRunningError)
        with ThreadPoolExecutor() as threads:
            connecting = threads.submit(connect, None, env, 15.0)
            assert not wait([connecting], 0.1).done
            crowd.enter_context(listening.accept()[0])
            connecting.result().close()


async def test_the_password_is_found_in_each_of_its_places(tmp_path: Path) -> None:
    async with serving(tmp_path, "password") as it:
        file = it.workspace.paths.config_dir / "socket-password"
        password = file.read_text().strip()
        assert await asyncio.to_thread(status, environment(it)) == "password"
        file.unlink()
        with pytest.raises(RemoteError) as caught:
            await asyncio.to_thread(status, environment(it))
        assert caught.value.code == "auth_required"
        assert await asyncio.to_thread(status, environment(it), None, password) == "password"
        env = environment(it, COCKPIT_SOCKET_PASSWORD=password)
        assert await asyncio.to_thread(status, env) == "password"
        with pytest.raises(RemoteError) as caught:
            await asyncio.to_thread(status, environment(it), None, "wrong")
        assert caught.value.code == "access_denied"


def no_space(*_: object) -> int:
    """A write on a full disk."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_password_file_must_be_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COCKPIT_SOCKET_PASSWORD", raising=False)
    file = tmp_path / "p"
    assert find_password(str(file), "default") is None
    password = make_password_file(str(file))
    assert len(password) >= 32 and read_password_file(str(file)) == password
    with pytest.raises(PathError):
        make_password_file(str(file))
    empty = tmp_path / "empty"
    empty.touch(0o600)
    with pytest.raises(PathError, match="holds no password"):
        make_password_file(str(empty))
    with monkeypatch.context() as full, pytest.raises(PathError, match="No space"):
        full.setattr("os.write", no_space)
        make_password_file(str(tmp_path / "q"))
    assert not (tmp_path / "q").exists()
    file.chmod(0o640)
    with pytest.raises(PathError, match="chmod 600"):
        find_password(str(file), "default")
    link = tmp_path / "link"
    link.symlink_to(file)
    with pytest.raises(PathError):
        read_password_file(str(link))
    monkeypatch.setenv("COCKPIT_SOCKET_PASSWORD", "from outside")
    assert find_password(str(file), "default") == "from outside"
    assert find_password(str(file), "default", "given") == "given"


def test_a_keyring_that_waits_for_somebody_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    unlocked = threading.Event()

    def locked(service: str, profile: str) -> str:
        unlocked.wait()
        return f"{service} {profile}"

    monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_password=locked))
    monkeypatch.setattr(passwords, "KEYRING_DEADLINE_S", 0.05)
    try:
        assert passwords.keyring_password("work") is None
    finally:
        unlocked.set()
    monkeypatch.setattr(passwords, "KEYRING_DEADLINE_S", 30.0)
    assert passwords.keyring_password("work") == "cockpit work"


def test_in_a_terminal_of_another_profile_its_password_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COCKPIT_SOCKET_PASSWORD", raising=False)
    env = {"COCKPIT_HOME": str(tmp_path)}
    default, work = resolve("default", env), resolve("work", env)
    for paths in (default, work):
        paths.prepare()
        make_password_file(str(paths.config_dir / "socket-password"))
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(work.control_socket))
        listening.listen()
        client = Client(environment={**env, "COCKPIT_SOCKET": str(work.control_socket)})
        client._socket = discovery.connect(None, client._environment, 5.0)
        with client:
            assert client._find_password() == read_password_file(str(work.config_dir / "socket-password"))

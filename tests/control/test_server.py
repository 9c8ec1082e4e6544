"""The control server: what it answers, what it survives, whom it cuts off, how it ends."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import os
import random
import socket
import string
from pathlib import Path
from typing import Any

import pytest

from cockpit.control import connection, server
from cockpit.control.methods import Methods
from cockpit.workspace.events import TerminalNotified
from tests.control.serving import DEADLINE_S, serving


async def test_requests_of_both_forms_are_answered_in_their_form(tmp_path: Path) -> None:
    async with serving(tmp_path) as it:
        client = await it.client()
        greeting = await client.result("hello", versions=[7, 1], later="ignored")
        assert greeting["protocol"] == 1
        (session,) = (await client.result("list"))["sessions"]
        assert session["terminals"][0]["state"] == "running"
        client.send(b"send current 'plain text' enter=true\n\nrename current 'new name'\nnothing\n")
        assert (await client.line()).startswith(b'OK {"result":{"terminal":"t-')
        assert json.loads((await client.line()).removeprefix(b"OK "))["result"]["name"] == "new name"
        assert (await client.line()).startswith(b"ERROR unknown_method ")
        assert it.written == b"plain text\r"
        assert await client.refusal("sned") == "unknown_method"
        assert await client.refusal("send", text="x") == "invalid_params"
        assert await client.refusal("read", target="nobody") == "not_found"
        assert await client.refusal("read", lines="3") == "invalid_params"
        assert await client.refusal("keys", target="current", keys=["no_such_key"]) == "invalid_params"
        told = (await client.ask("keys", target="current", keys=["make test", "enter"]))["error"]["message"]
        assert "text is sent by send" in told
        assert await client.refusal("hook", name="a b") == "invalid_params"
        assert await client.result("terminal.rename", name="by command") is None
        names = {command["name"] for command in (await client.result("commands"))["commands"]}
        assert {"terminal.rename", "session.new"} <= names
        snapshot = await client.result("snapshot")
        assert snapshot["settings"]["automation"]["socket_access"] == "automation"
        assert await client.refusal("hello", versions=[99]) == "unsupported_version"
        assert await client.at_end()


async def test_rows_are_made_named_shown_and_closed(tmp_path: Path) -> None:
    async with serving(tmp_path) as it:
        client = await it.client()
        first = it.workspace.focused_terminal
        assert first is not None
        made = await client.result("new", directory=str(tmp_path), name="site")
        other = await client.result("new", session="site", command="sleep 9", name="server")
        assert it.workspace.focused_terminal is not None
        assert it.workspace.focused_terminal.id == other["id"]
        await client.result("focus", target=first.id)
        assert (await client.result("status", target=first.id))["focused"]
        await client.result("rename", target="site", name="web", session=True)
        assert (await client.result("status", target="web:1"))["id"] == made["id"]
        await client.result("close", target="server")
        await client.result("close", target="web", session=True)
        assert [session.id for session in it.workspace.sessions] == [
            first_session(it.workspace.sessions, first.id)
        ]
        assert await client.refusal("close", target="web") == "not_found"


def first_session(sessions: object, terminal_id: str) -> str:
    for session in sessions:  # type: ignore[attr-defined] # any rows
        if session.terminal(terminal_id) is not None:
            return str(session.id)
    raise AssertionError("the first session is gone")


async def test_notifications_are_cleaned_and_do_not_flood(tmp_path: Path) -> None:
    async with serving(tmp_path) as it:
        client = await it.client()
        await client.result("notify", body="\x1b[31mred\n" + "x" * 1000)
        (told,) = [notice for notice in it.world.notices if "red" in notice]
        assert told.startswith("[31mred x") and len(told) <= 400
        await client.result("notify", title="build", body="done", target="current")
        (event,) = [e for e in it.world.events if isinstance(e, TerminalNotified)]
        assert (event.title, event.body) == ("build", "done")
        assert await client.refusal("notify", body="\x07") == "invalid_params"
        answers = [await client.ask("notify", body="more") for _ in range(20)]
        assert [answer["ok"] for answer in answers] == [True] * 8 + [False] * 12
        assert answers[-1]["error"]["code"] == "busy"


async def test_a_client_without_its_password_does_not_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "AUTH_TIMEOUT_S", 0.1)
    async with serving(tmp_path, "password") as it:
        client = await it.client()
        assert (await client.frame())["error"]["code"] == "auth_required"
        assert await client.at_end()


async def test_half_lines_and_long_ones_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MAX_FRAME_BYTES", 1000)
    async with serving(tmp_path) as it:
        client = await it.client()
        client.send(b"x" * 5000 + b"\n")
        assert (await client.frame())["error"]["code"] == "too_large"
        client.send(b'{"id":1,"method":"sta')
        client.writer.write_eof()
        assert (await client.frame())["error"]["code"] == "invalid_frame"
        assert await client.at_end()


async def test_a_client_that_never_reads_is_cut_off_and_the_others_are_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "UNREAD_TIMEOUT_S", 0.2)
    monkeypatch.setattr(connection, "UNREAD_LIMIT_BYTES", 4096)
    async with serving(tmp_path) as it:
        with socket.socket(socket.AF_UNIX) as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            deaf.connect(it.path)
            deaf.setblocking(False)
            await asyncio.get_running_loop().sock_sendall(deaf, b'{"id":1,"method":"commands"}\n' * 2000)
            client = await it.client()
            assert await client.result("status")
            async with asyncio.timeout(DEADLINE_S):  # the connection is gone: writing is refused
                with pytest.raises(ConnectionError):
                    while True:
                        await asyncio.get_running_loop().sock_sendall(deaf, b"list\n" * 100)
                        await client.result("status")


async def test_too_many_clients_are_told_to_come_later(tmp_path: Path) -> None:
    async with serving(tmp_path) as it:
        it.server._limit = 40
        clients = []
        for _ in range(40):  # one by one: who is just coming in counts too
            clients.append(await it.client())
            assert await clients[-1].result("status")
        late = await it.client()
        assert (await late.frame())["error"]["code"] == "busy"
        assert await late.at_end()
        clients[0].writer.close()
        async with asyncio.timeout(DEADLINE_S):
            while True:  # ends as soon as the server has heard of it
                again = await it.client()
                if (await again.ask("status"))["ok"]:
                    break


async def test_whoever_is_being_let_in_takes_one_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(tmp_path) as it:
        it.server._limit = 2
        loop = asyncio.get_running_loop()
        real, entered, gate = loop.connect_accepted_socket, asyncio.Event(), asyncio.Event()

        async def slow(*arguments: Any, **options: Any) -> Any:
            entered.set()
            await gate.wait()
            return await real(*arguments, **options)

        monkeypatch.setattr(loop, "connect_accepted_socket", slow)
        clients = []
        async with asyncio.timeout(DEADLINE_S):
            for _ in range(2):
                entered.clear()
                clients.append(await it.client())
                await entered.wait()
        gate.set()
        for client in clients:
            assert await client.result("status")


async def test_accepting_goes_on_when_descriptors_are_free_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_FIRST_PAUSE_S", 0.01)
    async with serving(tmp_path) as it:
        loop = asyncio.get_running_loop()
        real, refused = loop.sock_accept, asyncio.Event()

        async def full(listening: socket.socket) -> tuple[socket.socket, object]:
            if not refused.is_set():
                refused.set()
                raise OSError(24, "Too many open files")
            return await real(listening)

        first = await it.client()
        monkeypatch.setattr(loop, "sock_accept", full)
        assert await first.result("status")
        await it.access("off")
        await it.access("automation")
        client = await it.client()
        assert await client.result("status")
        assert refused.is_set()


async def test_the_mode_changes_for_everybody_at_once(tmp_path: Path) -> None:
    async with serving(tmp_path) as it:
        client = await it.client()
        assert await client.result("status")
        await it.access("allow-all")
        assert it.socket_mode == 0o666
        await it.access("password")
        assert it.socket_mode == 0o600
        assert await client.refusal("status") == "auth_required"
        await it.access("cockpit-only")
        # This process is cockpit, not in its terminals. Asking would race with the end of the connection.
        assert b'"access_denied"' in await asyncio.wait_for(client.reader.read(), DEADLINE_S)
        await it.access("off")
        assert not it.socket_exists
        await it.access("automation")
        assert await (await it.client()).result("status")


async def test_nothing_is_served_before_the_password(tmp_path: Path) -> None:
    async with serving(tmp_path, "password") as it:
        file = it.workspace.paths.config_dir / "socket-password"
        assert file.stat().st_mode & 0o777 == 0o600
        password = file.read_text().strip()
        client = await it.client()
        for method in ("status", "list", "nonsense", "terminal.close", "hello"):
            assert await client.refusal(method) == "auth_required"
        client.send(b"list\n")
        assert (await client.line()).startswith(b"ERROR auth_required ")
        client.send(b"x" * 70_000 + b"\n")
        assert (await client.frame())["error"]["code"] == "too_large"
        assert await client.refusal("hello", password=password[:-1]) == "access_denied"
        assert (await client.result("hello", password=password))["protocol"] == 1
        assert await client.result("status")
        guesser = await it.client()
        for _ in range(3):
            guesser.post("hello", password="".join(random.choices(string.ascii_letters, k=8)))
        assert (await guesser.frame())["error"]["code"] == "access_denied"
        assert await guesser.at_end()


async def test_the_end_is_told_to_whoever_waits(tmp_path: Path) -> None:
    async with serving(tmp_path) as it:
        client = await it.client()
        assert await client.result("status")
        waiting = client.post("wait", target="current", exit=True, timeout=600)
        assert await (await it.client()).result("status")
        await it.server.close()
        answer = await client.frame()
        assert (answer["id"], answer["error"]["code"]) == (waiting, "closing")
        assert await client.at_end()
        assert not it.socket_exists


async def test_without_a_place_for_its_socket_cockpit_says_so_and_goes_on(tmp_path: Path) -> None:
    async with serving(tmp_path, "off") as it:
        place = it.workspace.paths.control_socket
        place.write_text("in the way")
        await it.access("automation")
        assert any("not a socket" in notice for notice in it.world.notices)
        assert not it.server.listening
        place.unlink()
        await it.access("off")
        await it.access("automation")
        assert it.server.listening


async def test_guesses_in_one_breath_are_no_more_than_three(tmp_path: Path) -> None:
    async with serving(tmp_path, "password") as it:
        password = (it.workspace.paths.config_dir / "socket-password").read_text().strip()
        guesser = await it.client()
        for guess in ("a", "b", "c", password):
            guesser.post("hello", password=guess)
        guesser.post("status")
        answers = [await guesser.frame() for _ in range(5)]
        assert not any(answer["ok"] for answer in answers)
        assert await guesser.at_end()


async def test_a_password_that_is_wanted_from_now_on_ends_what_was_under_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cockpit.control.server.AUTH_TIMEOUT_S", 0.2)
    async with serving(tmp_path) as it:
        waiting, hearing = await it.client(), await it.client()
        assert await waiting.result("status")
        await hearing.result("events", names=["notice"])
        wait = waiting.post("wait", exit=True, timeout=600)
        assert await (await it.client()).result("status")
        await it.access("password")
        it.workspace.notice("nobody's business")
        answer = await waiting.frame()
        assert (answer["id"], answer["error"]["code"]) == (wait, "auth_required")
        assert (await hearing.frame())["error"]["code"] == "auth_required"
        assert b"business" not in await hearing.reader.read(), "and it does not stay"


async def test_who_comes_in_while_the_mode_changes_is_judged_by_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    connect, coming, go_on = loop.connect_accepted_socket, asyncio.Event(), asyncio.Event()

    async def slowly(*arguments: Any, **more: Any) -> Any:
        coming.set()
        await go_on.wait()
        return await connect(*arguments, **more)

    async with serving(tmp_path) as it:
        monkeypatch.setattr(loop, "connect_accepted_socket", slowly)
        client = await it.client()
        await coming.wait()
        await it.access("cockpit-only")  # this process is in none of its terminals
        go_on.set()
        assert (await client.frame())["error"]["code"] == "access_denied"
        assert await client.at_end()


async def test_a_flood_of_refusals_is_counted_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(tmp_path, "cockpit-only") as it:
        for _ in range(30):
            assert (await (await it.client()).frame())["error"]["code"] == "access_denied"
    refusals = [message for message in caplog.messages if "refused" in message]
    assert 2 <= len(refusals) <= 10
    assert f"{30 - (len(refusals) - 1)} more refused" in refusals[-1]


async def test_a_text_that_names_something_is_no_longer_than_a_path(tmp_path: Path) -> None:
    async with serving(tmp_path) as it:
        client = await it.client()
        for method, name in (
            ("list", "target"),
            ("wait", "regex"),
            ("new", "directory"),
            ("focus", "target"),
        ):
            assert await client.refusal(method, **{name: "a|" * 3000}) == "too_large"
        assert await client.result("send", target="current", text="x" * 100_000)
        assert await client.refusal("wait", regex="(" * 1000 + ")" * 1000) == "invalid_params"


async def test_a_client_subscribes_only_so_often(tmp_path: Path) -> None:
    async with serving(tmp_path) as it:
        client = await it.client()
        for _ in range(connection.SUBSCRIPTION_LIMIT):
            answer = await client.result("events", names=["notice"] * 5000)
            assert answer["subscribed"] == ["notice"]
        assert await client.refusal("events") == "busy"


@pytest.mark.parametrize("method", ["close", "session.close", "terminal.close"])
async def test_what_agents_told_goes_with_their_terminal(tmp_path: Path, method: str) -> None:
    async with serving(tmp_path) as it:
        client = await it.client()
        first = (await client.result("new", directory="/"))["id"]
        await client.result("hook", name="Stop", target=first)
        assert len(it.server.hooks.of(first)) == 1
        await client.result(method, **({"target": first} if method == "close" else {}))
        assert it.workspace.rows.find(first) is None
        await client.result("hook", name="Stop", target="current")
        assert not it.server.hooks.of(first)


async def test_a_snapshot_of_many_screens_lets_others_have_their_turn(tmp_path: Path) -> None:
    async with serving(tmp_path) as it:
        client = await it.client()
        for _ in range(20):
            await client.result("new", directory="/")
        turns, going = 0, True

        def turn() -> None:
            nonlocal turns
            if going:
                turns += 1
                loop.call_soon(turn)

        loop = asyncio.get_running_loop()
        methods = Methods(it.workspace, it.server.marks, it.server.hooks, it.server.about)
        loop.call_soon(turn)
        screens = (await methods.do_snapshot())["screens"]
        going = False
        assert turns >= len(screens) > 20


async def test_what_a_terminal_shows_brings_no_controls_along(tmp_path: Path) -> None:
    async with serving(tmp_path) as it:
        client, terminal = await it.client(), it.workspace.focused_terminal
        assert terminal is not None
        it.world.pty[0].print(terminal.id, "a\x9b1m \x1b[31mb\x1b]8;;http://x\x1b\\c\x7f")  # as tmux 3.7 does
        assert (await client.result("read"))["text"] == "a1m [31mb]8;;http://x\\c"
        assert (await client.result("read", styled=True))["text"] == "a1m \x1b[31mbc"
        assert (await client.result("wait", regex="a.*c"))["match"] == "a1m [31mb]8;;http://x\\c"
        assert "\x1b" not in json.dumps(await client.result("snapshot"))


async def test_clients_that_come_in_hundreds_take_turns_with_the_screen(tmp_path: Path) -> None:
    async with serving(tmp_path) as it:
        with contextlib.ExitStack() as clients:
            for _ in range(100):
                clients.enter_context(socket.socket(socket.AF_UNIX)).connect(it.path)
            turns = 0
            while it.server.about()["clients"] < 100:
                await asyncio.sleep(0)
                turns += 1
            assert turns >= 100


@pytest.mark.parametrize("mode", ["cockpit-only", "allow-all"])
async def test_who_can_not_be_looked_at_and_a_file_that_can_not_be_changed_open_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    def no_more(*_: object, **__: object) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    async with serving(tmp_path) as it:
        client = await it.client()
        assert await client.result("status")
        with monkeypatch.context() as broken:
            broken.setattr("psutil.Process", no_more)
            broken.setattr(
                "cockpit.control.socket_file.SocketFile.set_mode", no_more
            ) if mode == "allow-all" else None
            await it.access(mode)
        assert (await client.frame())["error"]["code"] in ("access_denied", "closing")
        assert await client.at_end()


async def test_what_can_not_be_sent_or_waited_for_is_refused(tmp_path: Path) -> None:
    async with serving(tmp_path) as it:
        client = await it.client()
        half, rows = "\ud800", await client.result("list")
        assert await client.refusal("run", target="current", command=half) == "invalid_params"
        assert await client.refusal("new", directory="/", command=half) == "invalid_params"
        assert await client.refusal("terminal.new", command=half) == "invalid_params"
        assert await client.refusal("settings.set", key="automation.resume", value={"a": half}) == "failed"
        assert await client.refusal("settings.set", key=f"keys.{half}", value="f1") == "invalid_params"
        assert await client.result("list") == rows
        for timeout in (0, -1, 1e300, 10**400):
            assert await client.refusal("terminal.send", data="x", timeout=timeout) == "invalid_params"

"""Events on the control socket: who gets which, what those who don't read cost, and that the rest costs nothing."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest

from cockpit.control import connection, server, subscriptions
from cockpit.control.event_json import EVENT_NAMES, event_json
from cockpit.control.protocol import FrameSplitter, encode
from cockpit.control.subscriptions import QUEUE_LIMIT, QUEUE_LIMIT_BYTES
from cockpit.workspace.events import Noticed, TerminalBellRang, TerminalNotified, TerminalTitleChanged
from tests.control.serving import Serving, serving

PUBLISHED = 100_000


async def test_events_come_filtered_and_a_slow_reader_is_told_what_it_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subscriptions, "QUEUE_LIMIT", 10)
    async with serving(tmp_path) as it:
        client = await it.client()
        await client.result("events", names=["notice", "agent."])
        assert await client.refusal("events", names=["nonsense"]) == "invalid_params"
        await client.result("rename", target="current", name="not wanted")
        it.workspace.notice("first")
        assert (await client.frame())["message"] == "first"
        await client.result("hooks")
        client.post("hook", name="Stop", agent="claude", payload={"reason": "done"})
        told = [await client.frame(), await client.frame()]
        (event,) = [frame for frame in told if "event" in frame]
        assert (event["event"], event["agent"], event["name"]) == ("agent.hook", "claude", "Stop")
        assert event["payload"] == {"reason": "done"}
        for number in range(25):
            it.workspace.events.publish(Noticed(str(number)))
        frames = [await client.frame() for _ in range(11)]
        assert frames[0] == {"event": "lost", "count": 15}
        assert [frame["message"] for frame in frames[1:]] == [str(number) for number in range(15, 25)]
        (kept,) = (await client.result("hooks"))["hooks"]
        assert kept["payload"] == {"reason": "done"}


async def only_one_is_left(it: Serving) -> None:
    """Returns when the server knows of no client but a new one."""
    client = await it.client()
    while (await client.result("status"))["clients"] > 1:
        pass  # each answer is a turn in which it hears of the others
    client.writer.close()


async def publish_all(it: Serving) -> None:
    event = TerminalNotified("s-1", "t-1", "title", "x" * 1000)
    for number in range(PUBLISHED):
        it.workspace.events.publish(event)
        if number % 100 == 0:
            await asyncio.sleep(0)


class Deaf:
    """A subscriber that reads nothing until it is asked to."""

    def __init__(self, it: Serving) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(it.path)
        self.socket.sendall(b'{"id":1,"method":"events","params":{"names":["terminal."]}}\n')
        self.socket.setblocking(False)

    async def frames(self) -> AsyncIterator[dict[str, object]]:
        """What there is to read, up to the answer to one more question."""
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(self.socket, b'{"id":2,"method":"status"}\n')
        splitter = FrameSplitter()
        found: dict[str, object] = {}
        while found.get("id") != 2:
            for line in splitter.feed(await loop.sock_recv(self.socket, 65_536)):
                assert line is not None
                yield (found := json.loads(line))


async def test_a_subscriber_that_reads_late_learns_what_it_lost_and_costs_little(tmp_path: Path) -> None:
    async with serving(tmp_path) as it:
        deaf = Deaf(it)
        with deaf.socket:
            await (await it.client()).result("status")
            assert it.server.subscribers.want("terminal.notified")
            process = psutil.Process()
            before = process.memory_info().rss
            await publish_all(it)
            more = process.memory_info().rss - before
            print(f"{more:,} bytes of memory more")
            assert more < 16 * 1024 * 1024, "all of them would take more than 100 MB"
            sequence = heard = lost = 0
            async for frame in deaf.frames():
                if frame.get("event") == "lost":
                    lost += int(str(frame["count"]))
                elif "event" in frame:
                    assert int(str(frame["sequence"])) > sequence
                    sequence, heard = int(str(frame["sequence"])), heard + 1
            print(f"{heard:,} were heard, {lost:,} lost")
            assert heard + lost == PUBLISHED and heard >= QUEUE_LIMIT


async def test_long_events_are_bounded_by_their_bytes(tmp_path: Path) -> None:
    async with serving(tmp_path) as it:
        subscription = it.server.subscribers.add(["terminal."])
        event = TerminalNotified("s-1", "t-1", "title", "x" * 100_000)
        for _ in range(100):
            it.workspace.events.publish(event)
            assert subscription.waiting_bytes <= QUEUE_LIMIT_BYTES
        assert subscription.waiting_bytes > QUEUE_LIMIT_BYTES - 200_000
        it.workspace.events.publish(TerminalNotified("s-1", "t-1", "title", "x" * 2 * QUEUE_LIMIT_BYTES))
        first, last = (await subscription.frames()).splitlines()
        assert json.loads(first) == {"event": "lost", "count": 100}
        assert len(last) > 2 * QUEUE_LIMIT_BYTES and subscription.waiting_bytes == 0


async def test_a_subscriber_that_never_reads_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "UNREAD_TIMEOUT_S", 0.2)
    async with serving(tmp_path) as it:
        with Deaf(it).socket:
            await (await it.client()).result("status")
            await publish_all(it)
            it.close_clients()
            await only_one_is_left(it)
            assert not it.server.subscribers.want("terminal.notified")


async def test_what_two_hundred_subscribers_want_is_written_down_once_and_the_rest_never(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def counted(real: Callable[..., object], name: str) -> Callable[..., object]:
        def call(*arguments: object) -> object:
            made.append(name)
            return real(*arguments)

        return call

    async with serving(tmp_path) as it:
        terminal, session = it.workspace.focused_terminal, it.workspace.focused_session
        assert terminal is not None and session is not None
        for number in range(200):
            client = await it.client()
            wanted = (
                {"names": ["terminal.bell"], "session": session.id} if number % 2 else {"names": ["agent."]}
            )
            await client.result("events", **wanted)
        monkeypatch.setattr(server, "event_json", counted(event_json, "json"))
        monkeypatch.setattr(subscriptions, "encode", counted(encode, "frame"))
        it.workspace.events.publish(TerminalTitleChanged(session.id, terminal.id, "nobody wants it"))
        assert made == []
        it.workspace.events.publish(TerminalBellRang("s-of-others", terminal.id))
        assert made == ["json"]
        it.workspace.events.publish(TerminalBellRang(session.id, terminal.id))
        assert made == ["json", "json", "frame"]


async def test_whoever_leaves_while_subscribing_is_forgotten(tmp_path: Path) -> None:
    async with serving(tmp_path) as it:
        for kind in ("close", "write_eof", "abort"):
            for _ in range(20):
                client = await it.client()
                if kind == "close":  # an earlier request holds the subscription up until nobody is left
                    client.send(
                        b'{"method":"wait","params":{"target":"current","exit":true}}\n{"method":"events"}\n'
                    )
                else:
                    client.post("events")
                if kind == "abort":
                    client.writer.transport.abort()
                else:
                    getattr(client.writer, kind)()
        await only_one_is_left(it)
        assert not any(it.server.subscribers.want(name) for name in EVENT_NAMES.values())

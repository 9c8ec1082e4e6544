"""Silence is told once, ends with an answer, and nothing is asked unless somebody waits."""

from __future__ import annotations

import asyncio

import pytest

from cockpit.errors import TmuxError, TmuxTimeoutError
from cockpit.tmux.server import liveness
from cockpit.tmux.server.liveness import Liveness


class Server:
    """Answers when `up` is set; remembers how often it was asked, and what was told."""

    def __init__(self) -> None:
        self.up = asyncio.Event()
        self.pings = 0
        self.told: list[str] = []
        self.news = asyncio.Event()
        self.asked = asyncio.Event()
        self.refuses = False
        self.liveness = Liveness(self.ping, fell_silent=self._tell, answered=lambda: self._tell("answered"))

    async def ping(self) -> None:
        self.pings += 1
        self.asked.set()
        if self.refuses:
            raise TmuxError("no such session")
        try:
            await asyncio.wait_for(self.up.wait(), 0.01)
        except TimeoutError:
            raise TmuxTimeoutError("no answer") from None

    async def until_told(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.told) < count:
                self.news.clear()
                await self.news.wait()

    def _tell(self, what: str) -> None:
        self.told.append(what)
        self.news.set()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    monkeypatch.setattr(liveness, "INTERVAL_S", 0.02)
    return Server()


async def test_a_burst_of_timeouts_is_one_silence_until_there_is_an_answer(server: Server) -> None:
    for number in range(20):
        server.liveness.doubt(TmuxTimeoutError(f"call {number}"))
    assert server.told == ["call 0"]
    assert server.liveness.silent
    server.up.set()
    await server.until_told(2)
    assert server.told == ["call 0", "answered"]
    assert not server.liveness.silent
    server.liveness.doubt(TmuxTimeoutError("later"))
    await server.until_told(4)
    assert server.told[2:] == ["later", "answered"]


async def test_a_refusal_is_an_answer(server: Server) -> None:
    server.refuses = True
    server.liveness.doubt(TmuxTimeoutError("slow"))
    await server.until_told(2)
    assert server.told == ["slow", "answered"]


async def test_who_types_has_it_asked_and_is_told(server: Server) -> None:
    for _ in range(50):
        server.liveness.pulse()
    await server.until_told(1)
    assert server.told == ["no answer"]
    server.up.set()
    await server.until_told(2)


async def test_many_keys_are_one_question(server: Server) -> None:
    server.up.set()
    for _ in range(50):
        server.liveness.pulse()
    async with asyncio.timeout(10):
        await server.asked.wait()
    assert server.pings == 1
    server.liveness.forget()
    assert server.told == []


async def test_a_server_that_is_let_go_of_is_not_told_of_any_more(server: Server) -> None:
    server.liveness.doubt(TmuxTimeoutError("slow"))
    server.liveness.forget()
    server.up.set()
    await asyncio.sleep(0)
    assert server.told == ["slow"]
    assert not server.liveness.silent

"""Waits on a fake terminal: each condition, each end, and that none is without one."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from cockpit.backends.base import StatusChanged
from cockpit.model import TerminalState, TerminalStatus
from cockpit.terminal.speech.events import PromptMark
from cockpit.workspace.events import TerminalPromptMarked
from tests.control.serving import DEADLINE_S, Serving, serving


def ids(it: Serving) -> tuple[str, str]:
    session, terminal = it.workspace.focused_session, it.workspace.focused_terminal
    assert session is not None and terminal is not None
    return session.id, terminal.id


async def watched(it: Serving) -> None:
    """Returns once the server waits for output."""
    backend, (_, terminal_id) = it.world.pty[0], ids(it)
    client = await it.client()
    while not backend.watchers.get(terminal_id):
        await client.result("status")


async def test_text_is_found_on_the_screen_or_when_it_is_printed(tmp_path: Path) -> None:
    async with serving(tmp_path) as it:
        backend, (_, terminal_id) = it.world.pty[0], ids(it)
        client = await it.client()
        backend.print(terminal_id, "a line\nalready (here)")
        assert (await client.result("wait", target="current", text="(here)"))["match"] == "(here)"
        client.post("wait", target="current", regex="^done: (ok|bad)$")
        await watched(it)
        for number in range(300):
            backend.print(terminal_id, f"\n{number}")
        backend.print(terminal_id, "\ndone: ok\nmore")
        answer = (await client.frame())["result"]
        assert (answer["match"], answer["reason"], answer["terminal"]) == ("done: ok", "text", terminal_id)
        assert not backend.watchers[terminal_id]


async def test_quiet_is_counted_from_the_last_output(tmp_path: Path) -> None:
    async with serving(tmp_path) as it:
        backend, (_, terminal_id) = it.world.pty[0], ids(it)
        client = await it.client()
        client.post("wait", target="current", quiet=0.2)
        await watched(it)
        printing = asyncio.get_running_loop().time()
        backend.print(terminal_id, "x")
        assert (await client.frame())["result"]["reason"] == "quiet"
        assert asyncio.get_running_loop().time() - printing >= 0.2


async def test_a_prompt_and_an_end_are_heard(tmp_path: Path) -> None:
    async with serving(tmp_path) as it:
        backend, (session_id, terminal_id) = it.world.pty[0], ids(it)
        client = await it.client()

        def mark(mark: PromptMark) -> None:
            it.workspace.events.publish(TerminalPromptMarked(session_id, terminal_id, mark, None))

        assert (await client.result("status", target="current"))["at_prompt"] is None
        mark(PromptMark.OUTPUT)
        client.post("wait", target="current", prompt=True)
        assert (await (await it.client()).result("status", target="current"))["at_prompt"] is False
        mark(PromptMark.PROMPT)
        assert (await client.frame())["result"]["reason"] == "prompt"
        client.post("wait", target="current", exit=True)
        client.post("wait", target="current", text="never")
        await watched(it)
        backend.listener(StatusChanged(terminal_id, TerminalStatus(TerminalState.EXITED, 3)))
        answers = {answer["id"]: answer for answer in (await client.frame(), await client.frame())}
        exit_, text = (answers[number] for number in sorted(answers))
        assert exit_["result"]["exit_code"] == 3
        assert text["error"]["code"] == "ended" and "exit status 3" in text["error"]["message"]


@pytest.mark.parametrize("how", ["terminal.close", "session.close"])
async def test_closing_the_terminal_ends_every_wait(tmp_path: Path, how: str) -> None:
    async with serving(tmp_path) as it:
        client = await it.client()
        await client.result("new", session="current")
        posted = [
            client.post("wait", target="current", timeout=600, **condition)
            for condition in ({"text": "never"}, {"quiet": 500}, {"prompt": True}, {"regex": "x{3}"})
        ]
        await watched(it)
        other = await it.client()
        await other.result(how)
        answers = [await client.frame() for _ in posted]
        assert {answer["id"] for answer in answers} == set(posted)
        assert {answer["error"]["code"] for answer in answers} == {"ended"}


async def test_a_status_is_waited_for_also_beyond_an_end(tmp_path: Path) -> None:
    async with serving(tmp_path) as it:
        backend, (_, terminal_id) = it.world.pty[0], ids(it)
        client = await it.client()
        answer = await client.result("wait", target="current", status="running")
        assert (answer["reason"], answer["exit_code"]) == ("status", None)
        client.post("wait", target="current", status="exited")
        await (await it.client()).result("status")
        backend.listener(StatusChanged(terminal_id, TerminalStatus(TerminalState.EXITED, 3)))
        answer = (await client.frame())["result"]
        assert (answer["reason"], answer["exit_code"]) == ("status", 3)
        client.post("wait", target="current", status="running")
        await (await it.client()).result("restart", target="current")
        assert (await client.frame())["result"]["reason"] == "status"
        client.post("wait", target="current", status="held", timeout=600)
        await (await it.client()).result("terminal.close")
        assert (await client.frame())["error"]["code"] == "ended"


async def test_a_deadline_passes_and_nonsense_is_refused(tmp_path: Path) -> None:
    async with serving(tmp_path) as it:
        client = await it.client()
        assert await client.refusal("wait", target="current", prompt=True, timeout=0.05) == "timed_out"
        for nonsense in (
            {},
            {"text": "a", "exit": True},
            {"text": ""},
            {"regex": "("},
            {"quiet": -1},
            {"status": "asleep"},
            {"status": "running", "prompt": True},
            {"exit": True, "timeout": 0},
            {"exit": True, "timeout": 1e9},
        ):
            assert await client.refusal("wait", target="current", **nonsense) == "invalid_params", nonsense


async def test_an_expression_that_never_ends_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cockpit.control.waiting.MATCH_TIMEOUT_S", 0.1)
    async with serving(tmp_path) as it:
        backend, (_, terminal_id) = it.world.pty[0], ids(it)
        backend.print(terminal_id, "a" * 5000 + "b")
        client = await it.client()
        assert await client.refusal("wait", target="current", regex="(a|aa|a+)+[cd]") == "invalid_params"


async def test_a_wait_ends_with_its_client(tmp_path: Path) -> None:
    async with serving(tmp_path) as it:
        backend, (_, terminal_id) = it.world.pty[0], ids(it)
        client = await it.client()
        client.post("wait", target="current", text="never", timeout=600)
        await watched(it)
        client.writer.close()
        other = await it.client()
        while backend.watchers[terminal_id]:
            await other.result("status")


async def test_searches_that_take_long_keep_no_thread_from_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    class Slow:
        """An expression that searches until it is told."""

        def search(self, *_: object, **__: object) -> None:
            go_on.wait()

    monkeypatch.setattr("regex.compile", lambda *_: Slow())
    async with serving(tmp_path) as it:
        client = await it.client()
        for _ in range(32):
            client.post("wait", regex="(a+)+b", timeout=600)
        await watched(it)
        try:
            async with asyncio.timeout(DEADLINE_S):
                assert await asyncio.to_thread(lambda: "done") == "done"
        finally:
            go_on.set()

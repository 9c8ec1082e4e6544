from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from cockpit.errors import TmuxTimeoutError
from cockpit.tmux.commands import run_tmux
from cockpit.tmux.control.client import ControlConnection
from cockpit.tmux.control.parser import ControlEvent
from cockpit.tmux.events import ServerAnswered, ServerGone, ServerSilent, WindowExited
from cockpit.tmux.server.discovery import TmuxBinary
from cockpit.tmux.server.environment import curated_environment
from cockpit.tmux.server.inspection import inspect_server
from cockpit.tmux.server.server import TmuxServer
from tests.tmux.conftest import ServerFactory
from tests.tmux.support import DEADLINE_S, Recorder, sh

SLEEP = sh("exec sleep 60")
TIMEOUT_S = 0.8


@pytest.fixture
async def server(make_server: ServerFactory) -> TmuxServer:
    made = make_server(timeout_s=TIMEOUT_S)
    await made.start()
    return made


@contextlib.contextmanager
def stopped(server: TmuxServer) -> Iterator[int]:
    """The server's process doesn't run while this is held."""
    pid = server.pid
    assert pid
    os.kill(pid, signal.SIGSTOP)
    try:
        yield pid
    finally:
        os.kill(pid, signal.SIGCONT)


@contextlib.asynccontextmanager
async def loop_stays_free() -> AsyncIterator[None]:
    """Fails when the event loop was held for as long as a call waits for its answer."""
    longest = 0.0

    async def measure() -> None:
        nonlocal longest
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            longest = max(longest, time.perf_counter() - before)

    measuring = asyncio.create_task(measure())
    yield
    measuring.cancel()
    assert longest < TIMEOUT_S


async def _answers_again(server: TmuxServer) -> None:
    await server.run(("display-message", "-p", "x"), timeout_s=DEADLINE_S)


async def test_every_call_gives_up_and_the_loop_stays_free(server: TmuxServer) -> None:
    window = await server.new_window("one", SLEEP)
    calls = [
        server.list_windows(),
        server.select_window(window.window_id),
        server.kill_window("@99"),
        server.describe_window(window.window_id, "x", {"@cockpit_name": "x"}),
        server.new_window("two", SLEEP),
        server.respawn_window(window.window_id, SLEEP),
        server.send(window.window_id, b"x"),
    ]
    with stopped(server):
        async with loop_stays_free():
            started = time.perf_counter()
            results = await asyncio.gather(*calls, return_exceptions=True)
            assert time.perf_counter() - started < TIMEOUT_S * (len(calls) - 1), "one after the other"
    assert [type(result) for result in results] == [TmuxTimeoutError] * len(calls)
    first = results[1]
    assert isinstance(first, TmuxTimeoutError)
    assert first.tmux_args == ("select-window", "-t", f"=cockpit:{window.window_id}")
    assert (first.stdout, first.stderr) == ("", "")


async def test_things_go_on_afterwards_and_answers_meet_their_questions(server: TmuxServer) -> None:
    windows = [await server.new_window(f"w{n}", SLEEP) for n in range(3)]
    with stopped(server):
        for window in windows:
            with pytest.raises(TmuxTimeoutError):
                await server.select_window(window.window_id)
    await _answers_again(server)
    for number in range(20):
        assert await server.run(("display-message", "-p", f"answer {number}")) == [[f"answer {number}"]]
    assert [window.name for window in await server.list_windows()] == ["w0", "w1", "w2"]


async def test_what_had_to_wait_behind_a_hung_command_is_never_sent(server: TmuxServer) -> None:
    window = await server.new_window("one", SLEEP)
    with stopped(server):
        for name in ("first", "second"):
            with pytest.raises(TmuxTimeoutError):
                await server.describe_window(window.window_id, name, {})
    await _answers_again(server)
    assert [listed.name for listed in await server.list_windows()] == ["first"]


async def test_a_window_made_late_is_adopted_by_its_tag(server: TmuxServer) -> None:
    await server.new_window("other", SLEEP)
    with stopped(server), pytest.raises(TmuxTimeoutError):
        await server.new_window("ghost", SLEEP, tag="t1", options={"@cockpit_terminal": "t1"})
    await _answers_again(server)
    window = await server.new_window("ghost", SLEEP, tag="t1", options={"@cockpit_terminal": "t1"})
    assert [listed.name for listed in await server.list_windows()] == ["other", "ghost"]
    assert window.options["@cockpit_terminal"] == "t1"
    again = await server.new_window("second", SLEEP, tag="t1")
    assert again.window_id != window.window_id


async def test_a_program_that_ended_meanwhile_is_told_afterwards(make_server: ServerFactory) -> None:
    server, recorder = make_server(timeout_s=TIMEOUT_S), Recorder()
    server.subscribe(recorder)
    await server.start()
    window = await server.new_window("one", SLEEP)
    with stopped(server):
        os.kill(window.pane_pid, signal.SIGKILL)
        with pytest.raises(TmuxTimeoutError):
            await server.list_windows()
        assert not recorder.of(WindowExited)
    assert await recorder.wait_for(WindowExited) == WindowExited(window.window_id, None, 9)
    assert not recorder.of(ServerGone)


async def test_a_hung_server_is_not_called_gone(server: TmuxServer, events: Recorder) -> None:
    with stopped(server), pytest.raises(TmuxTimeoutError):
        await server.list_windows()
    await _answers_again(server)
    assert server.running
    assert not events.of(ServerGone)


async def test_a_start_on_a_hung_server_gives_up(make_server: ServerFactory, server: TmuxServer) -> None:
    other = make_server(timeout_s=TIMEOUT_S)
    with stopped(server):
        async with loop_stays_free():
            with pytest.raises(TmuxTimeoutError):
                await other.start()
            with pytest.raises(TmuxTimeoutError):
                await other.list_windows()
    await _answers_again(server)
    assert not (await other.start()).started


@pytest.mark.parametrize("was_started", [True, False])
async def test_a_hung_server_can_be_restarted(
    make_server: ServerFactory, server: TmuxServer, was_started: bool
) -> None:
    pid = server.pid
    assert pid
    await server.new_window("one", SLEEP)
    os.kill(pid, signal.SIGSTOP)
    ender = server if was_started else make_server(timeout_s=TIMEOUT_S)
    started = time.perf_counter()
    await ender.shutdown(keep=False)
    report = await ender.start()
    assert time.perf_counter() - started < DEADLINE_S
    assert report.started
    assert report.pid != pid
    assert report.windows == ()


async def test_leaving_a_hung_server_is_quick(server: TmuxServer) -> None:
    with stopped(server):
        async with loop_stays_free():
            started = time.perf_counter()
            await server.shutdown(keep=True)
            assert time.perf_counter() - started < DEADLINE_S


async def test_a_killed_control_client_of_a_hung_server_is_replaced_later(server: TmuxServer) -> None:
    format_ = "#{?#{m:*no-output*,#{client_flags}},#{client_pid},}"
    client = int("".join((await server.run(("list-clients", "-F", format_)))[0]))
    with stopped(server):
        os.kill(client, signal.SIGKILL)
        with pytest.raises(TmuxTimeoutError):
            await server.select_window("@1")
    window = await server.new_window("one", SLEEP)
    assert [listed.window_id for listed in await server.list_windows()] == [window.window_id]


async def test_a_bounded_run_carries_what_was_asked(
    server: TmuxServer, binary: TmuxBinary, socket_path: Path
) -> None:
    with stopped(server):
        async with loop_stays_free():
            with pytest.raises(TmuxTimeoutError) as caught:
                await run_tmux(binary, socket_path, "list-sessions", timeout_s=TIMEOUT_S)
    assert caught.value.tmux_args == (binary.path, "-u", "-S", str(socket_path), "list-sessions")
    assert (caught.value.stdout, caught.value.stderr) == ("", "")
    assert "list-sessions" in str(caught.value)


async def test_libtmux_gives_up_too(
    server: TmuxServer, binary: TmuxBinary, socket_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COCKPIT_TMUX_TIMEOUT_SECONDS", str(TIMEOUT_S))
    with stopped(server):
        async with loop_stays_free():
            with pytest.raises(TmuxTimeoutError) as caught:
                await inspect_server(binary, socket_path)
    assert "list-sessions" in caught.value.tmux_args


async def test_a_connection_keeps_its_place_after_a_timeout(
    server: TmuxServer, binary: TmuxBinary, socket_path: Path
) -> None:
    """Straight on the control connection, where timed-out commands do pile up: tombstones keep the order."""
    seen: list[ControlEvent] = []
    connection = await ControlConnection.open(
        binary,
        socket_path,
        session="_ctl",
        environment=curated_environment(),
        on_event=seen.append,
        on_closed=lambda _: None,
    )
    try:
        with stopped(server):
            for number in range(5):
                with pytest.raises(TmuxTimeoutError):
                    await connection.command("display-message", "-p", f"late {number}", timeout_s=0.02)
        for number in range(5):
            assert await connection.command("display-message", "-p", f"on time {number}") == [
                f"on time {number}"
            ]
        await connection.idle()
    finally:
        await connection.close()
    await connection.close()


async def test_silence_is_told_once_and_its_end_too(server: TmuxServer, events: Recorder) -> None:
    with stopped(server):
        calls = [server.list_windows() for _ in range(20)]
        await asyncio.gather(*calls, return_exceptions=True)
        assert server.silent
        assert len(events.of(ServerSilent)) == 1
        assert not events.of(ServerAnswered)
    await events.wait_for(ServerAnswered)
    assert not server.silent
    assert not events.of(ServerGone)


async def test_typing_into_a_stopped_server_is_noticed(server: TmuxServer, events: Recorder) -> None:
    with stopped(server):
        server.pulse()
        await events.wait_for(ServerSilent)
    await events.wait_for(ServerAnswered)

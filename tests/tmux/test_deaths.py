from __future__ import annotations

import asyncio
import os
import signal
import time

import pytest

from cockpit.errors import TmuxGoneError
from cockpit.tmux.events import ServerGone, SocketRestored, WindowAdded, WindowClosed, WindowExited
from cockpit.tmux.server.server import TmuxServer
from tests.tmux.conftest import ServerFactory
from tests.tmux.support import DEADLINE_S, Recorder, sh

SLEEP = sh("exec sleep 60")


@pytest.mark.parametrize(
    ("script", "exit_code", "killed_by"),
    [("exit 0", 0, None), ("exit 7", 7, None), ("kill -9 $$", None, 9), ("kill -TERM $$", None, 15)],
)
async def test_how_a_program_ended_is_told(
    server: TmuxServer, events: Recorder, script: str, exit_code: int | None, killed_by: int | None
) -> None:
    window = await server.new_window("one", sh(script))
    ended = await events.wait_for(WindowExited)
    assert ended == WindowExited(window.window_id, exit_code, killed_by)
    (listed,) = await server.list_windows()
    assert (listed.dead, listed.exit_status, listed.exit_signal) == (True, exit_code, killed_by)


async def test_sixty_deaths_are_told_once_each_with_their_codes(server: TmuxServer, events: Recorder) -> None:
    codes = {}
    for number in range(60):
        window = await server.new_window(f"w{number}", sh(f"read _; exit {number}"))
        codes[window.window_id] = number
    await asyncio.gather(*(server.send(window_id, b"\n") for window_id in codes))
    ended = await events.wait_count(WindowExited, 60)
    assert {event.window_id: event.exit_code for event in ended} == codes
    await server.list_windows()
    assert len(events.of(WindowExited)) == 60


async def test_a_death_is_told_long_before_a_subscription_would(server: TmuxServer, events: Recorder) -> None:
    delays = []
    for number in range(5):
        window = await server.new_window(f"w{number}", SLEEP)
        started = time.perf_counter()
        os.kill(window.pane_pid, signal.SIGKILL)
        await events.wait_count(WindowExited, number + 1)
        delays.append(time.perf_counter() - started)
    assert sorted(delays)[2] < 0.2


async def test_a_program_that_leaves_children_on_its_terminal_still_counts_as_ended(
    server: TmuxServer, events: Recorder
) -> None:
    await server.new_window("one", sh("sleep 60 & exit 5"))
    assert (await events.wait_for(WindowExited)).exit_code == 5


async def test_a_restarted_program_is_watched_again(server: TmuxServer, events: Recorder) -> None:
    window = await server.new_window("one", sh("exit 3"))
    await events.wait_for(WindowExited)
    await server.respawn_window(window.window_id, sh("exit 4"))
    assert [event.exit_code for event in await events.wait_count(WindowExited, 2)] == [3, 4]


async def test_an_adopted_program_is_watched_and_an_ended_one_not_told_again(
    make_server: ServerFactory,
) -> None:
    first, second = make_server(), make_server()
    recorder, told_first = Recorder(), Recorder()
    first.subscribe(told_first)
    second.subscribe(recorder)
    await first.start()
    await first.new_window("ended", sh("exit 3"))
    living = await first.new_window("living", SLEEP)
    await told_first.wait_for(WindowExited)
    await first.shutdown(keep=True)
    await second.start()
    os.kill(living.pane_pid, signal.SIGKILL)
    await recorder.wait_for(WindowExited)
    assert recorder.of(WindowExited) == [WindowExited(living.window_id, None, 9)]


async def test_without_pidfd_the_subscription_tells(
    make_server: ServerFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "pidfd_open")
    server, recorder = make_server(), Recorder()
    server.subscribe(recorder)
    report = await server.start()
    window = await server.new_window("one", sh("read _; exit 6"))
    await server.send(window.window_id, b"\n")
    assert await recorder.wait_for(WindowExited) == WindowExited(window.window_id, 6, None)
    os.kill(report.pid, signal.SIGKILL)
    assert (await recorder.wait_for(ServerGone)).pid == report.pid
    assert len(recorder.of(ServerGone)) == 1


@pytest.mark.parametrize(
    ("number", "reason"), [(signal.SIGKILL, "exited unexpectedly"), (signal.SIGTERM, "server exited")]
)
async def test_the_servers_end_is_told_once_with_its_reason(
    server: TmuxServer, events: Recorder, number: signal.Signals, reason: str
) -> None:
    for count in range(3):
        await server.new_window(f"w{count}", SLEEP)
    pid = server.pid
    assert pid
    started = time.perf_counter()
    os.kill(pid, number)
    gone = await events.wait_for(ServerGone)
    assert time.perf_counter() - started < 1
    assert gone.pid == pid
    assert reason in gone.reason
    assert not server.running
    assert server.pid is None
    with pytest.raises(TmuxGoneError):
        await server.select_window("@1")
    assert await server.list_windows() == []
    report = await server.start()
    assert report.started
    await server.new_window("again", SLEEP)
    assert len(events.of(ServerGone)) == 1
    assert not events.of(WindowExited)


async def test_a_command_under_way_when_the_server_dies_is_answered(server: TmuxServer) -> None:
    pid = server.pid
    assert pid
    os.kill(pid, signal.SIGSTOP)
    waiting = [asyncio.create_task(server.select_window("@1")) for _ in range(5)]
    await asyncio.wait(waiting, timeout=0.05)
    os.kill(pid, signal.SIGKILL)
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(result) for result in results] == [TmuxGoneError] * 5


async def _control_client(server: TmuxServer) -> int:
    format_ = "#{?#{m:*no-output*,#{client_flags}},#{client_pid},}"
    return int("".join((await server.run(("list-clients", "-F", format_)))[0]))


async def _replaced(server: TmuxServer, client: int) -> None:
    """The server knows another control client; it may not have noticed yet that the former one is gone."""
    format_ = "#{?#{m:*no-output*,#{client_flags}},#{client_pid},}"
    known: set[str] = set()
    async with asyncio.timeout(DEADLINE_S):
        while not known - {"", str(client)}:
            known = set((await server.run(("list-clients", "-F", format_)))[0])


async def test_a_killed_control_client_is_replaced_and_nothing_is_missed(
    server: TmuxServer, events: Recorder
) -> None:
    gone = await server.new_window("gone", SLEEP)
    ends = await server.new_window("ends", sh("read _; exit 8"))
    client = await _control_client(server)
    os.kill(client, signal.SIGKILL)
    await server.kill_window(gone.window_id)
    await _replaced(server, client)
    await server.send(ends.window_id, b"\n")
    await events.wait_for(WindowExited, lambda event: event.exit_code == 8)
    assert not events.of(ServerGone)


async def test_what_happened_while_the_link_was_down_is_told_after(
    server: TmuxServer, events: Recorder
) -> None:
    closed = await server.new_window("closed", SLEEP)
    kept = await server.new_window("kept", SLEEP)
    client = await _control_client(server)
    # Both are on the server's plate at once: the window goes while the control connection does.
    await server.run(("kill-window", "-t", closed.window_id), ("detach-client", "-s", "=_ctl"))
    await events.wait_for(WindowClosed, lambda event: event.window_id == closed.window_id)
    assert [window.window_id for window in await server.list_windows()] == [kept.window_id]
    await _replaced(server, client)
    added = await server.new_window("new", SLEEP)
    await events.wait_for(WindowAdded, lambda event: event.window_id == added.window_id)
    assert not events.of(ServerGone)


async def test_a_creation_whose_link_broke_is_not_doubled(server: TmuxServer) -> None:
    await server.new_window("first", SLEEP)
    for _ in range(5):
        os.kill(await _control_client(server), signal.SIGKILL)
        window = await server.new_window("second", SLEEP)
        names = [listed.name for listed in await server.list_windows()]
        assert names == ["first", "second"]
        await server.kill_window(window.window_id)


async def test_a_server_shut_down_on_purpose_is_not_told(server: TmuxServer, events: Recorder) -> None:
    await server.new_window("one", SLEEP)
    await server.shutdown(keep=False)
    await asyncio.sleep(0.2)  # the time an event would have had; there is nothing to wait for
    assert not events.of(ServerGone)
    assert not events.of(WindowExited)


async def test_sixty_kills_are_told_once_each_with_their_signals(
    server: TmuxServer, events: Recorder
) -> None:
    signals = {}
    for number in range(60):
        window = await server.new_window(f"w{number}", SLEEP)
        signals[window.window_id] = window.pane_pid, (9, 15, 1, 11)[number % 4]
    for pid, number in signals.values():
        os.kill(pid, number)
    ended = await events.wait_count(WindowExited, 60)
    assert {event.window_id: event.signal for event in ended} == {
        window_id: number for window_id, (_, number) in signals.items()
    }


async def test_a_removed_socket_comes_back_and_its_server_is_found(
    server: TmuxServer, events: Recorder, make_server: ServerFactory
) -> None:
    window = await server.new_window("lives", SLEEP)
    server.socket_path.unlink()
    await events.wait_for(SocketRestored)
    other = make_server()
    assert not (await other.start()).started
    assert [listed.pane_pid for listed in await other.list_windows()] == [window.pane_pid]
    await other.shutdown(keep=True)
    await server.shutdown(keep=False)
    assert not server.socket_path.exists()

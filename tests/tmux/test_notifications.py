from __future__ import annotations

import socket
import time

from cockpit.tmux.events import BellRang, TitleChanged, WindowAdded, WindowClosed, WindowRenamed
from cockpit.tmux.server.server import TmuxServer
from tests.tmux.conftest import ServerFactory
from tests.tmux.support import DisplayProcess, Recorder, sh

SLEEP = sh("exec sleep 60")
RINGS = sh("while read _; do printf '\\a'; done")


async def test_windows_are_told_once_when_added_renamed_and_closed(
    server: TmuxServer, events: Recorder
) -> None:
    window = await server.new_window("one", SLEEP)
    await events.wait_for(WindowAdded)
    await server.describe_window(window.window_id, "two words", {})
    await events.wait_for(WindowRenamed)
    await server.run(("kill-window", "-t", window.window_id))
    await events.wait_for(WindowClosed)
    assert events.of(WindowAdded) == [WindowAdded(window.window_id)]
    assert set(events.of(WindowRenamed)) == {WindowRenamed(window.window_id, "two words")}
    assert events.of(WindowClosed) == [WindowClosed(window.window_id)]


async def test_titles_of_hidden_terminals_are_told(server: TmuxServer, events: Recorder) -> None:
    await server.new_window("shown", SLEEP)
    script = "printf '\\033]2;first\\007'; read _; printf '\\033]2;second\\007'; read _"
    hidden = await server.new_window("hidden", sh(script))
    await events.wait_for(TitleChanged, lambda event: event.title == "first")
    await server.send(hidden.window_id, b"\n")
    await events.wait_for(TitleChanged, lambda event: event.title == "second")
    assert {event.window_id for event in events.of(TitleChanged)} == {hidden.window_id}


async def test_the_hosts_name_is_no_title(server: TmuxServer, events: Recorder) -> None:
    silent = await server.new_window("silent", SLEEP)
    assert silent.title == ""
    named = await server.new_window("named", sh("printf '\\033]2;x\\007'; read _"))
    await events.wait_for(TitleChanged, lambda event: event.window_id == named.window_id)
    assert not [event for event in events.of(TitleChanged) if event.window_id == silent.window_id]
    assert socket.gethostname() not in {event.title for event in events.of(TitleChanged)}


async def test_each_bell_of_a_hidden_terminal_is_told(server: TmuxServer, events: Recorder) -> None:
    await server.new_window("shown", SLEEP)
    hidden = await server.new_window("hidden", RINGS)
    for count in range(1, 4):
        await server.send(hidden.window_id, b"\n")
        await events.wait_count(BellRang, count)
    assert {event.window_id for event in events.of(BellRang)} == {hidden.window_id}


async def test_bells_from_before_an_adoption_are_not_told(make_server: ServerFactory) -> None:
    first, second, recorder, told_first = make_server(), make_server(), Recorder(), Recorder()
    first.subscribe(told_first)
    second.subscribe(recorder)
    await first.start()
    window = await first.new_window("one", RINGS)
    await first.send(window.window_id, b"\n")
    await told_first.wait_for(BellRang)
    await first.shutdown(keep=True)
    await second.start()
    later = await second.new_window("two", sh("printf '\\033]2;pushed\\007'; read _"))
    await recorder.wait_for(TitleChanged, lambda event: event.window_id == later.window_id)
    assert not recorder.of(BellRang)
    await second.send(window.window_id, b"\n")
    await recorder.wait_for(BellRang, lambda event: event.window_id == window.window_id)


async def test_only_the_shown_terminals_bell_rings_the_screen(server: TmuxServer, events: Recorder) -> None:
    shown = await server.new_window("shown", sh("echo ready; while read _; do printf '\\a'; done"))
    hidden = await server.new_window("hidden", RINGS)
    display = DisplayProcess(*server.display_argv())
    try:
        await display.wait_for(b"ready")
        await server.send(hidden.window_id, b"\n")
        await events.wait_for(BellRang, lambda event: event.window_id == hidden.window_id)
        assert b"\a" not in display.screen
        await server.send(shown.window_id, b"\n")
        await display.wait_for(b"\a")
    finally:
        display.close()


async def test_hidden_floods_cost_the_connection_nothing(server: TmuxServer, events: Recorder) -> None:
    """A tab switch stays quick while terminals print without end."""
    first = await server.new_window("one", SLEEP)
    for number in range(3):
        await server.new_window(
            f"flood{number}", sh("while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done")
        )
    second = await server.new_window("two", SLEEP)
    delays = []
    for number in range(40):
        started = time.perf_counter()
        await server.select_window((first, second)[number % 2].window_id)
        delays.append(time.perf_counter() - started)
    assert sorted(delays)[20] < 0.05

"""What programs tell is heard in every window, whatever else goes on, and hearing it never ends a server."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import Callable

from cockpit.tmux.control.parser import Notification, Output
from cockpit.tmux.events import ProgramSpoke, ServerGone
from cockpit.tmux.listening.listener import BURST_BYTES, BYTES_PER_SECOND, PaneListener, ReadBudget
from cockpit.tmux.listening.speakers import KEPT_WORDS, UNKNOWN_PANES, Speakers
from cockpit.tmux.server.lifecycle import wait_ended
from cockpit.tmux.server.server import TmuxServer
from cockpit.tmux.windows.windows import WindowInfo
from tests.tmux.conftest import ServerFactory
from tests.tmux.support import DEADLINE_S, DisplayProcess, Recorder, sh

SPEAKS = sh("while read word; do printf '\\033]9;%s\\033\\\\' \"$word\"; done")
FLOODS = sh("exec yes 'a line of the flood, as long as lines usually are, and it never ends'")


async def test_words_of_shown_and_hidden_programs_are_heard_once_and_in_order(
    server: TmuxServer, events: Recorder
) -> None:
    shown = await server.new_window("shown", sh("printf ready; " + SPEAKS.argv[-1]))
    hidden = await server.new_window("hidden", SPEAKS)
    display = DisplayProcess(*server.display_argv())
    try:
        await display.wait_for(b"ready")
        for number in range(3):
            for window in (shown, hidden):
                await server.send(window.window_id, b"%d\n" % number)
        await events.wait_count(ProgramSpoke, 6)
    finally:
        display.close()
    for window in (shown, hidden):
        said = [event.payload for event in events.of(ProgramSpoke) if event.window_id == window.window_id]
        assert said == [b"9;0", b"9;1", b"9;2"]


async def test_a_program_s_first_words_are_heard(server: TmuxServer, events: Recorder) -> None:
    """It may speak before anybody knows its window."""
    for number in range(5):
        window = await server.new_window("brief", sh(f"printf '\\033]9;{number}\\a'; read _"))
        spoke = await events.wait_for(ProgramSpoke, lambda event, n=number: event.payload == b"9;%d" % n)  # type: ignore[misc]  # the loop's number of now
        assert spoke.window_id == window.window_id


async def test_a_restarted_program_is_heard_in_its_window(server: TmuxServer, events: Recorder) -> None:
    window = await server.new_window("one", FLOODS)
    again = await server.respawn_window(window.window_id, sh("printf '\\033]777;notify;a;b\\a'; read _"))
    assert again.window_id == window.window_id
    spoke = await events.wait_for(ProgramSpoke)
    assert spoke == ProgramSpoke(window.window_id, b"777;notify;a;b")


async def test_floods_restarts_and_ends_leave_the_server_alive(make_server: ServerFactory) -> None:
    """tmux before 3.8 dies of a respawned pane that the listener lags behind on (5499), so none of ours ever is."""
    server, events, chance = make_server(timeout_s=DEADLINE_S), Recorder(), random.Random(5)
    server.subscribe(events)
    await server.start()
    pid = server.pid
    windows = [await server.new_window(f"flood {number}", FLOODS) for number in range(5)]
    speaker = await server.new_window("speaker", SPEAKS)
    for number in range(50):
        place = chance.randrange(5)
        window = windows[place]
        if number % 3 == 0:
            os.kill(window.pane_pid, signal.SIGKILL)
        if number % 3 < 2:
            windows[place] = await server.respawn_window(window.window_id, FLOODS)
        else:
            await server.kill_window(window.window_id)
            windows[place] = await server.new_window("flood", FLOODS)
        if number % 10 == 0:
            await server.send(speaker.window_id, b"%d\n" % number)
            await events.wait_for(ProgramSpoke, lambda event, n=number: event.payload == b"9;%d" % n)  # type: ignore[misc]  # the loop's number of now
    assert server.pid == pid
    assert not events.of(ServerGone)
    assert [window.dead for window in await server.list_windows()] == [False] * 6


async def test_a_program_is_heard_again_after_its_flood(server: TmuxServer, events: Recorder) -> None:
    """The pane was paused meanwhile, and what it says before it goes on is missed: so it says it until it is heard."""
    flood = "yes 'line after line after line of a flood' | head -n 300000"
    script = f"{flood}; while sleep 0.1; do printf '\\033]9;over\\a'; done"
    await server.new_window("floods", sh(script))
    assert (await events.wait_for(ProgramSpoke)).payload == b"9;over"


async def test_a_listener_that_was_ended_comes_back(server: TmuxServer, events: Recorder) -> None:
    window = await server.new_window("speaks", sh("while sleep 0.1; do printf '\\033]9;here\\a'; done"))
    await events.wait_for(ProgramSpoke)
    format_ = "#{?#{m:*pause-after*,#{client_flags}},#{client_pid},}"
    client = int("".join((await server.run(("list-clients", "-F", format_)))[0]))
    os.kill(client, signal.SIGKILL)
    assert await wait_ended(client, DEADLINE_S)
    events.events.clear()
    assert (await events.wait_for(ProgramSpoke)).window_id == window.window_id
    assert not events.of(ServerGone)


def test_the_budget_allows_a_burst_and_then_a_rate() -> None:
    budget = ReadBudget(0.0)
    assert budget.spend(BURST_BYTES - 1, 0.0)
    assert not budget.spend(1, 0.0)
    assert not budget.spend(BYTES_PER_SECOND // 10, 0.1)
    assert budget.spend(BYTES_PER_SECOND // 10, 0.3)
    assert budget.spend(BURST_BYTES - 1, 1000.0)
    assert not budget.spend(1, 1000.0)


PROMPT = r"printf '\033]133;A;aid=cockpit\a$ \033]133;B;aid=cockpit\a'"
COMMAND = (
    "printf '\\033]133;C;aid=cockpit\\a'; printf 'printed %s' \"$line\"; "
    f"printf '\\033]133;D;7;aid=cockpit\\033\\134'; {PROMPT}"
)
COMMANDS = f"{PROMPT}; while read line; do {COMMAND}; done"


async def printed(server: TmuxServer, window_id: str, line: bytes) -> list[tuple[bytes, int | None]]:
    """What is known of the commands in a window once one has run there."""
    heard = asyncio.Event()
    stop = server.watch_output(window_id, heard.set)
    try:
        outputs = await server.outputs(window_id)
        before = outputs.count
        await server.send(window_id, line + b"\n")
        async with asyncio.timeout(DEADLINE_S):
            while not (outputs.count > before and outputs.shell and outputs.shell.at_prompt):
                heard.clear()
                await heard.wait()
    finally:
        stop()
    return [(output.data, output.exit_code) for output in outputs.since(0)]


async def test_what_commands_print_is_kept_of_shown_and_hidden_windows(server: TmuxServer) -> None:
    shown = await server.new_window("shown", sh(COMMANDS))
    hidden = await server.new_window("hidden", sh(COMMANDS))
    display = DisplayProcess(*server.display_argv())
    try:
        for window in (shown, hidden):
            name = window.name.encode()
            assert await printed(server, window.window_id, name) == [(b"printed " + name, 7)]
            assert (await printed(server, window.window_id, b"\\\\"))[1:] == [(rb"printed \134", 7)]
    finally:
        display.close()
    again = await server.respawn_window(hidden.window_id, sh(COMMANDS))
    assert await printed(server, again.window_id, b"new") == [(b"printed new", 7)]


async def test_a_pane_that_was_paused_has_a_gap_and_one_listened_to_closely_is_not(
    server: TmuxServer,
) -> None:
    told: list[str] = []
    listener = PaneListener(server.setup, lambda pane_id, payload: told.append(pane_id), told.append)
    stop = listener.listen_closely("%1")
    for pane_id in ("%1", "%2", "%1"):
        listener._noticed(Output(pane_id, rb"\033]133;C;aid=cockpit\007"))
        listener._noticed(Output(pane_id, b"x" * BURST_BYTES, age_ms=500))
    assert (listener.outputs("%1").gaps, listener.outputs("%2").gaps) == (1, 2)
    stop()
    listener._noticed(Output("%1", b"x" * BURST_BYTES, age_ms=500))
    assert listener.outputs("%1").gaps == 2
    listener._noticed(Notification("pause", "%3"))
    assert listener.outputs("%3").gaps == 2, "tmux paused it, or it was heard from the middle on"
    kept = listener.outputs("%1")
    listener.forget("%1")
    assert kept.closed
    assert listener.outputs("%1") is not kept
    await listener.stop()


async def test_what_was_printed_in_another_server_is_nobody_s_here(make_server: ServerFactory) -> None:
    server = make_server()
    panes = []
    for _ in range(2):
        await server.start()
        window = await server.new_window("one", sh(COMMANDS))
        panes.append(window.pane_id)
        assert await printed(server, window.window_id, b"x") == [(b"printed x", 7)]
        await server.shutdown(keep=False)
    assert panes[0] == panes[1], "servers number their panes alike"


async def test_a_listener_that_comes_back_knows_that_it_missed_something(server: TmuxServer) -> None:
    window = await server.new_window("one", sh(f"{PROMPT}; yes again | while sleep 0.1; do {COMMAND}; done"))
    heard = asyncio.Event()
    stop = server.watch_output(window.window_id, heard.set)
    outputs = await server.outputs(window.window_id)

    async def until(true: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while not true():
                heard.clear()
                await heard.wait()

    await until(lambda: outputs.count > 0)
    format_ = "#{?#{m:*pause-after*,#{client_flags}},#{client_pid},}"
    client = int("".join((await server.run(("list-clients", "-F", format_)))[0]))
    os.kill(client, signal.SIGKILL)
    await until(lambda: outputs.gaps > 1)
    before = outputs.count
    await until(lambda: outputs.count > before + 1)
    stop()
    last = outputs.since(0)[-1]
    assert (last.data, last.gap, last.exit_code) == (b"printed ", False, 7)


def window(number: int) -> WindowInfo:
    return WindowInfo(f"@{number}", 0, "", f"%{number}", 1, False, None, None, {}, "", "")


def test_words_of_panes_nobody_knows_are_kept_in_bounds() -> None:
    told: list[ProgramSpoke] = []
    speakers = Speakers(told.append)
    for number in range(UNKNOWN_PANES + 1):
        for word in range(KEPT_WORDS + 1):
            speakers.heard(f"%{number}", b"9;%d" % word)
    speakers.know(window(0))
    assert told == [], "the oldest pane was given up"
    speakers.know(window(1))
    assert told == [ProgramSpoke("@1", b"9;%d" % word) for word in range(KEPT_WORDS)]
    speakers.forget("@1")
    speakers.heard("%1", b"9;x")
    assert len(told) == KEPT_WORDS

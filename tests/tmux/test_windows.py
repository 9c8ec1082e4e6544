from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

import pytest

from cockpit.errors import TerminalError, TmuxError, TmuxGoneError
from cockpit.model import Size
from cockpit.tmux.commands import is_missing_target
from cockpit.tmux.events import WindowClosed, WindowExited
from cockpit.tmux.server.lifecycle import wait_ended
from cockpit.tmux.server.server import TmuxServer
from cockpit.tmux.windows.creation import Program
from tests.tmux.conftest import ServerFactory
from tests.tmux.support import DEADLINE_S, DisplayProcess, Recorder, sh

SLEEP = sh("exec sleep 60")


async def _current(server: TmuxServer) -> str:
    format_ = "#{?window_active,#{window_id},}"
    rows = (await server.run(("list-windows", "-t", "=cockpit", "-F", format_)))[0]
    return "".join(rows)


async def test_a_window_is_made_listed_and_killed(server: TmuxServer) -> None:
    window = await server.new_window("one", SLEEP, options={"@cockpit_terminal": "t1"})
    (listed,) = await server.list_windows()
    assert listed == dataclasses.replace(window, cwd=listed.cwd)
    assert listed.cwd == "/tmp"
    assert listed.options["@cockpit_terminal"] == "t1"
    assert not listed.dead
    await server.kill_window(window.window_id)
    assert await server.list_windows() == []
    assert await wait_ended(window.pane_pid, DEADLINE_S)


async def test_the_server_outlives_its_last_window(server: TmuxServer) -> None:
    for round_ in range(3):
        window = await server.new_window(f"only {round_}", SLEEP)
        await server.kill_window(window.window_id)
    assert server.running
    assert await server.list_windows() == []


async def test_closing_everything_at_once_does_not_end_the_server(server: TmuxServer) -> None:
    """tmux crashes when a session is destroyed right after a selection in it (its issue 5243)."""
    pid = server.pid
    for _ in range(10):
        windows = [await server.new_window(f"w{n}", SLEEP) for n in range(3)]
        ids = [window.window_id for window in windows]
        await asyncio.gather(server.select_window(ids[1]), *(server.kill_window(one) for one in ids))
    assert await server.list_windows() == []
    assert server.running
    assert server.pid == pid


async def test_windows_keep_the_order_they_were_made_in(server: TmuxServer) -> None:
    made = [(await server.new_window(f"w{n}", SLEEP)).window_id for n in range(5)]
    await server.kill_window(made.pop(1))
    made.append((await server.new_window("last", SLEEP)).window_id)
    assert [window.window_id for window in await server.list_windows()] == made


async def test_many_at_once_are_all_made_with_their_own_tags(server: TmuxServer) -> None:
    windows = await asyncio.gather(
        *(server.new_window(f"w{n}", SLEEP, options={"@cockpit_terminal": f"t{n}"}) for n in range(20))
    )
    listed = {window.window_id: window for window in await server.list_windows()}
    assert len(listed) == 20
    for number, window in enumerate(windows):
        assert listed[window.window_id].options["@cockpit_terminal"] == f"t{number}"
        assert listed[window.window_id].name == f"w{number}"


async def test_every_window_is_linked_into_the_hidden_session_too(server: TmuxServer) -> None:
    windows = [await server.new_window(f"w{n}", SLEEP) for n in range(3)]
    hidden = (await server.run(("list-windows", "-t", "=_ctl", "-F", "#{window_id}")))[0]
    assert [window.window_id for window in windows] == hidden[1:]


async def test_selecting_changes_only_what_the_terminals_session_shows(server: TmuxServer) -> None:
    windows = [(await server.new_window(f"w{n}", SLEEP)).window_id for n in range(3)]
    for window_id in (windows[2], windows[0], windows[1]):
        await server.select_window(window_id)
        assert await _current(server) == window_id
    hidden = ("list-windows", "-t", "=_ctl", "-F", "#{window_active}")
    assert (await server.run(hidden))[0] == ["1", "0", "0", "0"]


async def test_a_window_that_is_missing_is_told(server: TmuxServer) -> None:
    await server.new_window("one", SLEEP)
    with pytest.raises(TmuxError, match="@99") as caught:
        await server.select_window("@99")
    assert is_missing_target(caught.value)
    assert caught.value.tmux_args == ("select-window", "-t", "=cockpit:@99")
    await server.kill_window("@99")


async def test_a_new_window_is_not_shown(server: TmuxServer) -> None:
    first = await server.new_window("one", SLEEP)
    await server.new_window("two", SLEEP)
    assert await _current(server) == first.window_id


async def test_the_size_is_taken_while_nobody_looks(server: TmuxServer) -> None:
    async def size(window_id: str) -> str:
        format_ = "#{window_width}x#{window_height}"
        return (await server.run(("display-message", "-p", "-t", window_id, format_)))[0][0]

    first = await server.new_window("one", SLEEP, size=Size(111, 33))
    second = await server.new_window("two", SLEEP, size=Size(99, 22))
    assert await size(first.window_id) == "111x33"
    assert await size(second.window_id) == "99x22"


@pytest.mark.parametrize("kind", ["login shell", "single program", "argument list"])
async def test_login_shells_single_programs_and_argument_lists_run(
    server: TmuxServer, events: Recorder, tmp_path: Path, kind: str
) -> None:
    out, script = tmp_path / "out", tmp_path / "program"
    script.write_text(f"#!/bin/sh\npwd >{out}\n")
    script.chmod(0o755)
    argv = {"single program": (str(script),), "argument list": ("/bin/sh", str(script))}.get(kind, ())
    window = await server.new_window("one", Program("/usr", argv))
    if not argv:
        await server.send(window.window_id, f"pwd >{out}; exit\n".encode())
    assert (await events.wait_for(WindowExited)).exit_code == 0
    assert out.read_text() == "/usr\n"


async def test_a_program_with_a_space_in_its_path_runs_as_it_is(
    server: TmuxServer, events: Recorder, tmp_path: Path
) -> None:
    program = tmp_path / "my prog; exit 9"
    program.write_text("#!/bin/sh\nexit 42\n")
    program.chmod(0o755)
    await server.new_window("one", Program("/", (str(program),)))
    assert (await events.wait_for(WindowExited)).exit_code == 42


@pytest.mark.parametrize(
    ("program", "message"),
    [
        (Program("/no/such/dir"), "does not exist"),
        (Program("/etc/passwd"), "does not exist"),
        (Program("relative"), "not an absolute"),
        (Program("/" + "x" * 10_000), "does not exist"),
        (Program("/tmp\0"), "not an absolute"),
        (Program("/tmp", environment={"A B": "x"}), "can't be set"),
        (Program("/tmp", environment={"A": "x\0"}), "can't be set"),
        (Program("/tmp", ("a", "b\0")), "NUL"),
        (Program("/tmp", ("a", "b" * 2_000_000)), "too long"),
    ],
)
async def test_what_cannot_start_is_refused_before_any_window_exists(
    server: TmuxServer, program: Program, message: str
) -> None:
    with pytest.raises(TerminalError, match=message):
        await server.new_window("one", program)
    assert await server.list_windows() == []


async def test_an_unknown_option_is_a_defect_of_the_caller(server: TmuxServer) -> None:
    with pytest.raises(ValueError, match="OPTION_NAMES"):
        await server.new_window("one", SLEEP, options={"status": "on"})
    assert await server.list_windows() == []


async def test_a_window_is_restarted_in_its_place(
    server: TmuxServer, events: Recorder, tmp_path: Path
) -> None:
    window = await server.new_window("one", sh("exit 1"), options={"@cockpit_terminal": "t1"})
    await events.wait_for(WindowExited)
    out = tmp_path / "out"
    program = sh(f'echo "$PWD $A" > {out}; exec sleep 60', "/usr", {"A": "again"})
    again = await server.respawn_window(window.window_id, program)
    assert (again.window_id, again.dead) == (window.window_id, False)
    assert again.pane_pid != window.pane_pid
    (listed,) = await server.list_windows()
    assert listed.pane_pid == again.pane_pid
    assert listed.options["@cockpit_terminal"] == "t1"


async def test_a_restart_without_a_program_is_a_login_shell(server: TmuxServer, events: Recorder) -> None:
    window = await server.new_window("one", sh("exit 1"))
    await events.wait_for(WindowExited)
    await server.respawn_window(window.window_id, Program("/usr"))
    await server.send(window.window_id, b"exit 17\n")
    await events.wait_for(WindowExited, lambda event: event.exit_code == 17)


async def test_restarting_a_living_program_ends_it(server: TmuxServer) -> None:
    window = await server.new_window("one", SLEEP)
    await server.respawn_window(window.window_id, SLEEP)
    assert await wait_ended(window.pane_pid, DEADLINE_S)


async def test_options_and_names_can_change(server: TmuxServer) -> None:
    window = await server.new_window("one", SLEEP)
    await server.describe_window(window.window_id, "-new", {"@cockpit_name": "näme\n#{pid}"})
    (listed,) = await server.list_windows()
    assert listed.options["@cockpit_name"] == "näme\n#{pid}"
    assert listed.name == "-new"


async def test_one_display_client_whatever_happens_to_the_windows(server: TmuxServer) -> None:
    windows = [(await server.new_window(f"w{n}", sh(f"echo here is {n}; exec sleep 60"))) for n in range(3)]
    argv, environment = server.display_argv()
    display = DisplayProcess(argv, environment)
    try:
        await display.wait_for(b"here is 0")
        await server.select_window(windows[2].window_id)
        await display.wait_for(b"here is 2")
        for window in windows[:2]:
            await server.kill_window(window.window_id)
        extra = await server.new_window("extra", sh("echo here is more; exec sleep 60"))
        await server.select_window(extra.window_id)
        await display.wait_for(b"here is more")
        format_ = "#{client_control_mode} #{client_pid} #{client_name} #{client_session}"
        (clients,) = await server.run(("list-clients", "-F", format_))
        assert [client for client in clients if client[0] == "0"] == [
            f"0 {display.pid} {display.tty} cockpit"
        ]
    finally:
        display.close()


async def test_every_key_reaches_the_program(server: TmuxServer, tmp_path: Path) -> None:
    """The default prefix, the copy-mode keys and the mouse wheel mean nothing to this tmux."""
    out = tmp_path / "typed"
    typed = b"\x02c\x02[\x02d" + b"\x1b[5~" + b"\x1bOP" + b"q"
    script = f"stty raw -echo; echo ready; dd bs=1 count={len(typed)} of={out} 2>/dev/null; echo taken"
    await server.new_window("one", sh(script))
    display = DisplayProcess(*server.display_argv())
    try:
        await display.wait_for(b"ready")
        display.type(typed)
        await display.wait_for(b"taken")
    finally:
        display.close()
    assert out.read_bytes() == typed


async def test_the_display_client_leaves_with_the_last_window(server: TmuxServer) -> None:
    window = await server.new_window("one", sh("echo ready; exec sleep 60"))
    display = DisplayProcess(*server.display_argv())
    try:
        await display.wait_for(b"ready")
        await server.kill_window(window.window_id)
        async with asyncio.timeout(DEADLINE_S):
            await display.ended.wait()
        assert b"[exited]" in display.screen
    finally:
        display.close()


async def test_killing_tells_no_event_but_a_stranger_s_kill_does(
    server: TmuxServer, events: Recorder
) -> None:
    ours = await server.new_window("ours", SLEEP)
    theirs = await server.new_window("theirs", SLEEP)
    await server.kill_window(ours.window_id)
    await server.run(("kill-window", "-t", theirs.window_id))
    await events.wait_for(WindowClosed)
    assert [event.window_id for event in events.of(WindowClosed)] == [theirs.window_id]


async def test_before_the_start_commands_are_refused(make_server: ServerFactory) -> None:
    server = make_server()
    with pytest.raises(TmuxGoneError, match="not started"):
        await server.select_window("@1")

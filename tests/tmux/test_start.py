# ruff: noqa: ASYNC240 - paths are looked at where nothing else runs
from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path
from unittest.mock import Mock

import psutil
import pytest

from cockpit.errors import TmuxError
from cockpit.tmux.server import socket_keeper
from cockpit.tmux.server.discovery import TmuxBinary
from cockpit.tmux.server.lifecycle import wait_ended
from cockpit.tmux.server.probe import SocketState, probe_socket
from cockpit.tmux.server.server import TmuxServer
from cockpit.tmux.server.startup import bundled_config
from tests.tmux.conftest import ServerFactory
from tests.tmux.support import DEADLINE_S, sh

STARTER = """
import asyncio, os, sys
from pathlib import Path
from cockpit.tmux.server.discovery import find_tmux
from cockpit.tmux.server.server import TmuxServer

async def main():
    binary = find_tmux({**os.environ, "COCKPIT_TMUX": sys.argv[1]})
    server = TmuxServer(binary, Path(sys.argv[2]), timeout_s=20)
    report = await server.start()
    print(report.pid, int(report.started))
    await server.shutdown(keep=True)

asyncio.run(main())
"""


async def _option(server: TmuxServer, *flags_and_name: str) -> str:
    return "\n".join((await server.run(("show-options", *flags_and_name)))[0])


async def test_a_server_is_started_with_the_bundled_settings(server: TmuxServer) -> None:
    assert server.running
    assert await _option(server, "-gv", "prefix") == "None"
    assert await _option(server, "-gv", "status") == "off"
    assert await _option(server, "-gv", "mouse") == "off"
    assert await _option(server, "-wgv", "remain-on-exit") == "on"
    assert await _option(server, "-sv", "exit-empty") == "off"
    assert await _option(server, "-gv", "history-limit") == "50000"
    assert await _option(server, "-gv", "set-titles") == "off"
    assert (await server.run(("list-keys", "-T", "root")))[0] == []


@pytest.mark.parametrize("table", ["prefix", "copy-mode", "copy-mode-vi"])
async def test_no_key_is_bound(server: TmuxServer, table: str) -> None:
    try:
        bound = (await server.run(("list-keys", "-T", table)))[0]
    except TmuxError as error:  # a table without keys may not exist at all
        bound = [] if "doesn't exist" in error.stderr else [error.stderr]
    assert bound == []


async def test_the_history_is_configurable(make_server: ServerFactory) -> None:
    server = make_server(history_lines=1234)
    await server.start()
    assert await _option(server, "-gv", "history-limit") == "1234"


async def test_starting_again_changes_nothing(server: TmuxServer) -> None:
    pid = server.pid
    report = await server.start()
    assert (report.pid, report.started) == (pid, False)


async def test_a_second_owner_adopts_the_living_server(make_server: ServerFactory) -> None:
    first, second = make_server(), make_server()
    pid = (await first.start()).pid
    window = await first.new_window("kept", sh("exec sleep 60"), options={"@cockpit_terminal": "t1"})
    await first.shutdown(keep=True)
    report = await second.start()
    assert (report.pid, report.started) == (pid, False)
    assert [found.window_id for found in report.windows] == [window.window_id]
    assert report.windows[0].pane_pid == window.pane_pid
    assert report.windows[0].options["@cockpit_terminal"] == "t1"


async def test_the_hidden_session_costs_no_process(server: TmuxServer) -> None:
    rows = (await server.run(("list-panes", "-a", "-F", "#{session_name} #{pane_pid}")))[0]
    assert rows == ["_ctl 0"]


async def test_a_missing_hidden_session_is_made_again(make_server: ServerFactory) -> None:
    first, second = make_server(), make_server()
    await first.start()
    window = await first.new_window("kept", sh("exec sleep 60"))
    await first.run(("kill-session", "-t", "=_ctl"))
    await first.shutdown(keep=True)
    await second.start()
    listed = (await second.run(("list-windows", "-t", "=_ctl", "-F", "#{window_id}")))[0]
    assert window.window_id in listed


async def test_a_stale_socket_is_replaced(make_server: ServerFactory, socket_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(socket_path))
    assert probe_socket(socket_path)[0] is SocketState.STALE
    assert (await make_server().start()).started


async def test_a_plain_file_in_its_place_is_left_and_told(
    make_server: ServerFactory, socket_path: Path
) -> None:
    socket_path.write_text("precious")
    with pytest.raises(TmuxError, match="not a socket"):
        await make_server().start()
    assert socket_path.read_text() == "precious"


async def test_a_socket_path_that_is_too_long_is_told(binary: TmuxBinary, tmp_path: Path) -> None:
    with pytest.raises(TmuxError, match="too long"):
        await TmuxServer(binary, tmp_path / ("x" * 110)).start()


async def test_twenty_starts_in_one_process_give_one_server(make_server: ServerFactory) -> None:
    servers = [make_server(timeout_s=20.0) for _ in range(20)]
    reports = await asyncio.gather(*(server.start() for server in servers))
    assert len({report.pid for report in reports}) == 1
    assert sum(report.started for report in reports) == 1


@pytest.mark.parametrize("stale", [False, True])
async def test_twenty_processes_give_one_server(
    make_server: ServerFactory, binary: TmuxBinary, socket_path: Path, stale: bool
) -> None:
    if stale:
        with socket.socket(socket.AF_UNIX) as old:
            old.bind(str(socket_path))
    starters = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", STARTER, binary.path, str(socket_path)),
            stdout=asyncio.subprocess.PIPE,
        )
        for _ in range(20)
    ]
    outputs = [(await starter.communicate())[0].split() for starter in starters]
    assert len({pid for pid, _ in outputs}) == 1
    assert [started for _, started in outputs].count(b"1") == 1
    assert probe_socket(socket_path) == (SocketState.LISTENING, int(outputs[0][0]))
    assert not list(socket_path.parent.glob("*.starting"))


async def test_the_persons_own_file_is_loaded_after_the_bundled_one(
    make_server: ServerFactory, short_dir: Path
) -> None:
    file = short_dir / "we[i]rd *;" / "tmux.conf"
    file.parent.mkdir()
    file.write_text("set -g status on\nset -s exit-empty on\nset -wg remain-on-exit off\n")
    server = make_server(config_files=[file, short_dir / "absent.conf"])
    report = await server.start()
    assert report.warnings == ()
    assert await _option(server, "-gv", "status") == "on"
    assert await _option(server, "-sv", "exit-empty") == "off"
    assert await _option(server, "-wgv", "remain-on-exit") == "on"


@pytest.mark.parametrize(
    "bad_line", ["frobnicate everything", "set -g no-such-option 1", "set -g status 'open"]
)
async def test_a_bad_file_is_told_by_line_and_left_out(
    make_server: ServerFactory, short_dir: Path, bad_line: str
) -> None:
    file = short_dir / "tmux.conf"
    file.write_text(f"set -g status on\n{bad_line}\n")
    server = make_server(config_files=[file])
    report = await server.start()
    assert report.started
    assert len(report.warnings) == 1
    assert f"{file}:2" in report.warnings[0]
    assert await _option(server, "-gv", "status") == "off"


async def test_dotfiles_are_never_read(make_server: ServerFactory, home: Path) -> None:
    (home / ".tmux.conf").write_text("set -g @touched yes\n")
    (home / ".config" / "tmux").mkdir(parents=True)
    (home / ".config" / "tmux" / "tmux.conf").write_text("set -g @touched yes\n")
    server = make_server()
    await server.start()
    assert await _option(server, "-gqv", "@touched") == ""


async def test_nothing_of_the_outer_tmux_or_terminal_leaks(
    make_server: ServerFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "TMUX": "/nowhere,1,0",
        "TMUX_PANE": "%9",
        "LINES": "7",
        "COLUMNS": "9",
        "MY_TOKEN": "secret",
        "LC_ALL": "C",
        "TERM": "dumb",
    }.items():
        monkeypatch.setenv(name, value)
    server = make_server()
    await server.start()
    shown = (await server.run(("show-environment", "-g")))[0]
    names = {line.partition("=")[0] for line in shown}
    assert not names & {"TMUX", "TMUX_PANE", "LINES", "COLUMNS", "MY_TOKEN"}
    window = await server.new_window("ünï ␞", sh("exec sleep 60"))
    assert (await server.list_windows())[0].name == "ünï ␞"
    assert window.name == "ünï ␞"


async def test_a_server_that_is_going_down_is_seen_off(make_server: ServerFactory) -> None:
    first, second = make_server(), make_server()
    pid = (await first.start()).pid
    os.kill(pid, signal.SIGTERM)
    report = await second.start()
    if report.pid == pid:  # it answered once more before it took the signal
        await wait_ended(pid, DEADLINE_S)
        report = await make_server().start()
    assert report.pid != pid
    assert psutil.pid_exists(report.pid)


def test_the_bundled_file_is_on_disk_and_explained() -> None:
    lines = bundled_config().read_text().splitlines()
    assert sum(line.startswith("#") for line in lines) >= 15


async def test_no_server_no_session_no_socket_is_an_empty_list(
    make_server: ServerFactory, socket_path: Path
) -> None:
    server = make_server()
    assert await server.list_windows() == []
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(socket_path))
    assert await server.list_windows() == []
    await server.start()
    assert await server.list_windows() == []
    assert await make_server().list_windows() == []


async def test_shutdown_ends_programs_and_removes_the_socket(
    make_server: ServerFactory, short_dir: Path, home: Path
) -> None:
    server = make_server()
    await server.start()
    window = await server.new_window("x", sh("exec sleep 60"))
    before_kill_ran: list[bool] = []

    async def before_kill() -> None:
        before_kill_ran.append(server.running)

    await server.shutdown(keep=False, before_kill=before_kill)
    assert before_kill_ran == [True]
    assert list(short_dir.iterdir()) == [home]
    assert await wait_ended(window.pane_pid, DEADLINE_S)
    await server.shutdown(keep=False)


async def test_shutdown_leaves_a_socket_that_is_not_its_own(
    make_server: ServerFactory, socket_path: Path
) -> None:
    server = make_server()
    await server.start()
    socket_path.rename(socket_path.with_name("moved"))
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(socket_path))
    pid = server.pid
    assert pid
    await server.shutdown(keep=False)
    assert socket_path.is_socket()
    assert await wait_ended(pid, DEADLINE_S)


async def test_shutdown_leaves_a_server_that_took_its_place(
    make_server: ServerFactory, socket_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket_keeper, "FileWatch", Mock())  # else the old one would have its socket back
    old, new = make_server(), make_server()
    await old.start()
    socket_path.unlink()
    successor = await new.start()
    assert successor.pid != old.pid
    await old.shutdown(keep=False)
    assert new.running
    assert await new.new_window("lives", sh("exec sleep 60"))


async def test_restart_gives_a_new_server(server: TmuxServer) -> None:
    pid = server.pid
    await server.shutdown(keep=False)
    report = await server.start()
    assert report.started
    assert report.pid != pid
    assert await server.new_window("x", sh("exec sleep 60"))

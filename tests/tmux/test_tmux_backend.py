"""The tmux backend below a real workspace, on a real tmux of its own."""

from __future__ import annotations

import asyncio
import json
import os
import random
import select
import signal
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeVar

import pytest

from cockpit.backends import tmux_display
from cockpit.errors import CommandError, TerminalGoneError
from cockpit.model import Session, Size, Terminal, TerminalState
from cockpit.terminal.outer import OUTER_COLORS
from cockpit.workspace.events import Event, Noticed
from cockpit.workspace.workspace import Workspace
from tests.harness.cockpit_home import PROMPT, CockpitHome
from tests.harness.tmux_server import tmux_binary

pytestmark = [pytest.mark.tmux, pytest.mark.skipif(not tmux_binary(), reason="no tmux here")]

DEADLINE_S = 10.0
SIZE = Size(80, 24)
E = TypeVar("E")


@pytest.fixture
def home() -> Iterator[CockpitHome]:
    with CockpitHome("tmux") as home:
        for name in (
            ".bashrc",
            ".bash_profile",
        ):  # without the harness' `cd`: where a program starts matters here
            (home.home / name).write_text(f"PS1='{PROMPT}'\nunset PROMPT_COMMAND HISTFILE\n")
        yield home
        tmux(home, "kill-server")


class Running:
    """A workspace with everything it told."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.events: list[Event] = []
        self._changed = asyncio.Event()
        workspace.events.subscribe(self._hear)

    @property
    def notices(self) -> list[str]:
        return [event.message for event in self.events if isinstance(event, Noticed)]

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def focused(self) -> Terminal:
        assert self.workspace.focused_terminal is not None
        return self.workspace.focused_terminal

    async def until(self, true: Callable[[], bool]) -> None:
        """Waits until `true()` after some event."""
        async with asyncio.timeout(DEADLINE_S):
            while not true():
                self._changed.clear()
                await self._changed.wait()

    async def shows(self, text: str) -> None:
        """Waits until the pane shows `text`."""
        damaged = asyncio.Event()
        async with asyncio.timeout(DEADLINE_S):
            while True:
                surface = self.workspace.surface
                if surface is None:
                    await self.until(lambda: self.workspace.surface is not None)
                    continue
                surface.on_damage = damaged.set
                if text in surface.emulator.text():
                    return
                damaged.clear()
                await damaged.wait()

    def _hear(self, event: Event) -> None:
        self.events.append(event)
        self._changed.set()


@asynccontextmanager
async def cockpit(home: CockpitHome, directory: str | None = None) -> AsyncIterator[Running]:
    workspace = Workspace.open(home.paths, environment=home.environment)
    running = Running(workspace)
    try:
        workspace.set_pane_size(SIZE)
        await workspace.start(directory or str(home.home))
        await workspace.runner.adopted.wait()
        yield running
    finally:
        await workspace.close()


def tmux(home: CockpitHome, *arguments: str) -> list[str]:
    argv = [tmux_binary(), "-u", "-S", str(home.paths.tmux_socket), *arguments]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=DEADLINE_S, check=False)
    return done.stdout.splitlines()


def display_clients(home: CockpitHome) -> list[str]:
    lines = tmux(home, "list-clients", "-F", "#{client_control_mode} #{client_pid}")
    return [line.split()[1] for line in lines if line.startswith("0 ")]


def windows(home: CockpitHome) -> list[str]:
    return tmux(home, "list-windows", "-t", "=cockpit", "-F", "#{window_id}")


def pane_pids(home: CockpitHome) -> dict[str, int]:
    lines = tmux(home, "list-panes", "-s", "-t", "=cockpit", "-F", "#{window_id} #{pane_pid}")
    return {line.split()[0]: int(line.split()[1]) for line in lines}


def bound(terminal: Terminal) -> str:
    assert terminal.binding is not None
    return terminal.binding.window_id


async def test_a_terminal_shows_what_its_program_prints(home: CockpitHome) -> None:
    async with cockpit(home) as running:
        assert running.focused.backend == "tmux"
        await running.shows("ready$")
        surface = running.workspace.surface
        assert surface is not None
        surface.write(b"echo $((40+2)) $COCKPIT_TERMINAL $PWD\r")
        await running.shows(f"42 {running.focused.id} {home.home}")
        assert len(display_clients(home)) == 1


async def test_programs_find_the_colours_of_the_person_s_terminal(
    home: CockpitHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OUTER_COLORS, "foreground", (10, 20, 30))
    async with cockpit(home) as running:
        if (await running.workspace.router.look_for_tmux()).version < "tmux 3.5":
            pytest.skip("tmux before 3.5 can't be told")
        first = running.focused
        await running.workspace.run("terminal.new")
        monkeypatch.setattr(OUTER_COLORS, "background", (250, 240, 230))  # it answered later
        await running.workspace.run("terminal.focus", terminal_id=first.id)
        for code, told in ((10, "0a0a/1414/1e1e"), (11, "fafa/f0f0/e6e6")):
            await running.shows("ready$")
            ask = rf"clear; printf '\033]{code};?\033\\'; IFS= read -rsd '\' said; echo ${{said:2:21}}"
            assert running.workspace.surface is not None
            running.workspace.surface.write(ask.encode() + b"\r")
            await running.shows(f"{code};rgb:{told}")


async def test_a_tab_switch_shows_the_other_terminal_on_the_same_surface(home: CockpitHome) -> None:
    async with cockpit(home) as running:
        first = running.focused
        surface = running.workspace.surface
        second = await running.workspace.run("terminal.new", command="echo other; sleep 1000")
        assert running.workspace.surface is surface
        await running.shows("other")
        await running.workspace.run("terminal.focus", terminal_id=first.id)
        await running.shows("ready$")
        assert surface is not None
        assert "other" not in surface.emulator.text()
        assert running.workspace.router.surface(second) is None
        assert len(display_clients(home)) == 1


async def test_a_surface_is_never_made_by_asking_for_it(home: CockpitHome) -> None:
    async with cockpit(home) as running:
        await running.workspace.run("terminal.new")
    async with cockpit(home) as running:
        workspace = running.workspace
        assert workspace.focused_terminal is not None
        other = next(t for t in workspace.rows.terminals() if t is not workspace.focused_terminal)
        assert workspace.router.surface(other) is None
        await running.shows("ready$")
        assert len(display_clients(home)) == 1


async def test_two_hundred_random_commands_leave_one_client_and_the_rows_windows(home: CockpitHome) -> None:
    pick = random.Random(3)
    async with cockpit(home) as running:
        workspace = running.workspace

        async def one() -> None:
            terminals = [terminal.id for terminal in workspace.rows.terminals()]
            action = pick.choice(["new", "focus", "focus", "close", "session", "next"])
            try:
                if action == "new" and len(terminals) < 12:
                    await workspace.run("terminal.new", command="sleep 1000")
                elif action == "session" and len(terminals) < 12:
                    await workspace.run("session.new", directory="/", command="sleep 1000")
                elif action == "close" and len(terminals) > 3:
                    await workspace.run("terminal.close", terminal_id=pick.choice(terminals))
                elif action == "next":
                    await workspace.run("session.next")
                else:
                    await workspace.run("terminal.focus", terminal_id=pick.choice(terminals))
            except CommandError:
                return  # another command closed the row first

        for _ in range(50):
            await asyncio.gather(*(one() for _ in range(4)))
        await workspace.settle()
        started = [t for t in workspace.rows.terminals() if t.status.state is not TerminalState.NEW]
        assert sorted(windows(home)) == sorted(bound(terminal) for terminal in started)
        assert len(display_clients(home)) == 1
        assert workspace.surface is not None
        shown = tmux(home, "display-message", "-p", "-t", "=cockpit:", "#{window_id}")
        assert shown == [bound(running.focused)]
        assert running.notices == []


async def test_programs_outlive_cockpit_and_are_adopted_with_the_same_pids(home: CockpitHome) -> None:
    async with cockpit(home) as running:
        second = await running.workspace.run("terminal.new", command="sleep 1000", name="mine")
        before = pane_pids(home)
        assert len(before) == 2
    assert pane_pids(home) == before
    assert display_clients(home) == []
    async with cockpit(home) as running:
        assert running.focused.id == second.id
        assert running.focused.status.state is TerminalState.RUNNING
        assert pane_pids(home) == before
        await running.workspace.run("terminal.select", index=0)
        await running.shows("ready$")
        assert pane_pids(home) == before


async def test_only_a_missing_window_is_made_anew(home: CockpitHome) -> None:
    async with cockpit(home) as running:
        first = running.focused
        second = await running.workspace.run("terminal.new")
        before = pane_pids(home)
    tmux(home, "kill-window", "-t", bound(second))
    async with cockpit(home) as running:
        assert running.focused.id == second.id
        assert running.focused.status.state is TerminalState.RUNNING
        after = pane_pids(home)
        assert after[bound(first)] == before[bound(first)]
        assert len(after) == 2
        assert bound(running.focused) != bound(second)


async def test_a_row_is_found_by_the_id_its_window_carries(home: CockpitHome) -> None:
    async with cockpit(home) as running:
        window = bound(running.focused)
    store = home.paths.store_file
    store.write_text(store.read_text().replace(f'"{window}"', '"@999"'))
    async with cockpit(home) as running:
        assert bound(running.focused) == window
        assert windows(home) == [window]


async def test_a_window_without_a_row_is_told_and_left_alone(home: CockpitHome) -> None:
    async with cockpit(home) as running:
        await running.workspace.run("terminal.new", name="left-over", command="sleep 1000")
    document = json.loads(home.paths.store_file.read_bytes())
    document["sessions"][0]["terminals"].pop()
    home.paths.store_file.write_text(json.dumps(document))
    async with cockpit(home) as running:
        assert len(windows(home)) == 2
        assert len(running.workspace.sessions[0].terminals) == 1
        assert any("left-over" in notice and "left alone" in notice for notice in running.notices)
        before = pane_pids(home)
        assert await running.workspace.run("terminal.recover") == 1
        row = running.workspace.sessions[0].terminals[1]
        assert (row.name, row.command, row.status.state) == ("left-over", "sleep 1000", TerminalState.RUNNING)
        assert pane_pids(home) == before


async def test_a_lost_store_is_rebuilt_with_the_same_programs(home: CockpitHome) -> None:
    name = "#(touch x) \u202e\u241e 'quoted'"
    async with cockpit(home) as running:
        await running.workspace.run("session.new", directory="/", name=name, group="work")
        await running.workspace.run("terminal.new", name="left-over", command="sleep 1000 # #{pid}")
        await running.workspace.run("terminal.move", offset=-1)
        before, rows = pane_pids(home), [stored(session) for session in running.workspace.sessions]
    for file in home.paths.state_dir.glob("store.json*"):
        file.unlink()
    async with cockpit(home) as running:
        assert pane_pids(home) == before
        rebuilt = [stored(session) for session in running.workspace.sessions]
        assert sorted(rebuilt[1].pop("terminals")) == sorted(rows[1].pop("terminals"))
        assert rebuilt == rows
        assert all(row.status.state is TerminalState.RUNNING for row in running.workspace.rows.terminals())
        assert any("made anew from its window" in notice for notice in running.notices)
    async with cockpit(home) as running:
        assert pane_pids(home) == before
        assert running.notices == []


def stored(session: Session) -> dict[str, Any]:
    """What the store keeps of a session, without where its windows are and what was shown."""
    rows = [(row.id, row.name, row.cwd, row.command or "", row.named_by_user) for row in session.terminals]
    return {
        "id": session.id,
        "name": session.name,
        "directory": session.directory,
        "group": session.group,
        "terminals": rows,
    }


async def test_off_kills_the_server_at_the_end(home: CockpitHome) -> None:
    async with cockpit(home) as running:
        await running.workspace.run("settings.set", key="experimental.keep_server_alive", value=False)
        (program,) = [os.pidfd_open(pid) for pid in pane_pids(home).values()]
    assert not home.paths.tmux_socket.exists()
    assert select.select([program], [], [], DEADLINE_S)[0], "the program has ended"
    os.close(program)


async def test_a_server_with_nothing_in_it_is_not_kept(home: CockpitHome) -> None:
    async with cockpit(home) as running:
        await running.workspace.run("session.close")
        await running.workspace.settle()
        assert windows(home) == []
    assert not home.paths.tmux_socket.exists()


async def test_turning_the_backend_off_and_on_keeps_the_program(home: CockpitHome) -> None:
    del home.environment["COCKPIT_TMUX_BACKEND"]
    async with cockpit(home) as running:
        workspace = running.workspace
        await workspace.run("settings.set", key="experimental.tmux_backend", value=True)
        terminal = await workspace.run("terminal.new")
        before = pane_pids(home)
        await workspace.run("settings.set", key="experimental.tmux_backend", value=False)
        assert terminal.status.state is TerminalState.DETACHED
        assert workspace.surface is None
        assert tmux(home, "list-clients") == []
        await workspace.run("settings.set", key="experimental.tmux_backend", value=True)
        assert workspace.focused_terminal is terminal
        await running.shows("ready$")
        assert pane_pids(home) == before


async def test_closing_a_detached_row_ends_its_window(home: CockpitHome) -> None:
    async with cockpit(home) as running:
        await running.workspace.run("terminal.new")
        assert len(windows(home)) == 2
    home.environment["COCKPIT_TMUX_BACKEND"] = "0"
    async with cockpit(home) as running:
        assert running.focused.status.state is TerminalState.DETACHED
        await running.workspace.run("terminal.close")
        await running.workspace.settle()
        assert len(windows(home)) == 1


@pytest.mark.parametrize(
    ("command", "exit_code", "signal_number"), [("exit 7", 7, None), ("exec sh -c 'kill -9 $$'", None, 9)]
)
async def test_an_ended_program_says_how_and_restarts_in_its_window(
    home: CockpitHome, command: str, exit_code: int | None, signal_number: int | None
) -> None:
    async with cockpit(home) as running:
        terminal = await running.workspace.run("terminal.new", command=f"echo last words; {command}")
        await running.until(lambda: terminal.status.state is TerminalState.EXITED)
        assert (terminal.status.exit_code, terminal.status.signal) == (exit_code, signal_number)
        await running.shows("last words")
        with pytest.raises(TerminalGoneError):
            await running.workspace.run("terminal.send", data=b"x")
        window = bound(terminal)
        terminal.command = None
        await running.workspace.run("terminal.restart")
        assert bound(terminal) == window
        await running.shows("ready$")
        assert terminal.status.state is TerminalState.RUNNING


async def test_an_exit_code_is_known_after_the_next_launch(home: CockpitHome) -> None:
    async with cockpit(home) as running:
        terminal = await running.workspace.run("terminal.new", command="exit 3")
        await running.until(lambda: terminal.status.state is TerminalState.EXITED)
    async with cockpit(home) as running:
        assert running.focused.id == terminal.id
        assert (running.focused.status.state, running.focused.status.exit_code) == (TerminalState.EXITED, 3)


async def test_a_killed_display_client_comes_back_at_once(
    home: CockpitHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tmux_display, "SHORTEST_LIFE_S", 0.0)
    async with cockpit(home) as running:
        await running.shows("ready$")
        before = running.workspace.surface
        (client,) = display_clients(home)
        os.kill(int(client), signal.SIGKILL)
        await running.until(lambda: running.workspace.surface not in (None, before))
        await running.shows("ready$")
        assert len(display_clients(home)) == 1


def _another_surface(running: Running, ended: object) -> bool:
    return running.workspace.surface not in (None, ended)


def _client(running: Running) -> int:
    surface = running.workspace.surface
    assert surface is not None
    assert surface.process is not None
    return surface.process.pid


async def test_a_display_client_that_always_ends_at_once_is_made_again_only_so_often(
    home: CockpitHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tmux_display, "SHORTEST_LIFE_S", 1000.0)
    monkeypatch.setattr(tmux_display, "FIRST_RETRY_S", 0.01)
    async with cockpit(home) as running:
        await running.shows("ready$")
        for _ in range(tmux_display.RETRIES):
            ended = running.workspace.surface
            os.kill(_client(running), signal.SIGKILL)
            await running.until(partial(_another_surface, running, ended))
        os.kill(_client(running), signal.SIGKILL)
        await running.until(lambda: any("display client ended" in notice for notice in running.notices))
        assert running.workspace.surface is None
        assert display_clients(home) == []
        await running.workspace.run("terminal.focus", terminal_id=running.focused.id)
        await running.shows("ready$")


async def test_a_killed_server_is_told_and_its_terminals_start_again(home: CockpitHome) -> None:
    async with cockpit(home) as running:
        await running.shows("ready$")
        terminal = running.focused
        (pid,) = tmux(home, "display-message", "-p", "#{pid}")
        os.kill(int(pid), signal.SIGKILL)
        await running.until(lambda: terminal.status.state is TerminalState.EXITED)
        assert "tmux server ended" in terminal.status.reason
        await running.until(lambda: running.workspace.surface is None)
        assert any("tmux server ended" in notice for notice in running.notices)
        await running.workspace.run("terminal.restart")
        await running.shows("ready$")
        assert terminal.status.state is TerminalState.RUNNING
        assert len(windows(home)) == 1


async def test_a_window_closed_from_outside_is_an_ended_terminal(home: CockpitHome) -> None:
    async with cockpit(home) as running:
        terminal = await running.workspace.run("terminal.new")
        tmux(home, "kill-window", "-t", bound(terminal))
        await running.until(lambda: terminal.status.state is TerminalState.EXITED)
        await running.until(lambda: running.workspace.surface is None)
        await running.workspace.run("terminal.restart")
        await running.shows("ready$")


async def test_bytes_reach_a_hidden_terminal_exactly(home: CockpitHome) -> None:
    target = home.home / "got"
    data = bytes(range(1, 256)).replace(b"\x04", b"") * 40
    async with cockpit(home) as running:
        command = f"stty raw -echo; echo raw; head -c {len(data)} > {target}; echo done; sleep 1000"
        hidden = await running.workspace.run("terminal.new", command=command)
        await running.shows("raw")
        await running.workspace.run("terminal.select", index=0)
        await running.workspace.run("terminal.send", terminal_id=hidden.id, data=data)
        await running.workspace.run("terminal.focus", terminal_id=hidden.id)
        await running.shows("done")
        assert target.read_bytes() == data
        tmux(home, "kill-window", "-t", bound(hidden))
        with pytest.raises(TerminalGoneError):
            await running.workspace.run("terminal.send", terminal_id=hidden.id, data=data)
        assert tmux(home, "list-buffers") == []


HOSTILE = [
    "#(touch {})",
    "#{{pid}}",
    "$(touch {})",
    "`touch {}`",
    'it\'s "q"; touch {}',
    "two\nlines",
    "\x1b[31mred",
    "␞",
    "\u202eabc",
]


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
async def test_nothing_in_a_name_or_directory_runs(home: CockpitHome, name: str) -> None:
    name = name.format("proof")
    directory = home.home / name
    directory.mkdir()
    async with cockpit(home) as running:
        session = await running.workspace.run(
            "session.new", directory=str(directory), name=name, command="pwd>p;cat"
        )
        await running.workspace.run("terminal.rename", name=name)
        await running.workspace.run("terminal.new", name=name)
        await running.shows("ready$")
        assert session.directory == str(directory)
    async with cockpit(home, str(directory)) as running:
        assert len(windows(home)) == 3
        assert running.notices == []
    assert (directory / "p").read_text() == f"{directory}\n"
    assert not list(home.directory.rglob("proof"))


async def test_missing_tmux_falls_back_and_says_so(home: CockpitHome) -> None:
    home.environment["COCKPIT_TMUX"] = "/no/such/tmux"
    async with cockpit(home) as running:
        assert running.focused.backend == "pty"
        assert running.focused.status.state is TerminalState.RUNNING
        assert sum("tmux" in notice for notice in running.notices) == 1
        assert not running.workspace.tmux.usable


async def test_nothing_is_left_behind(home: CockpitHome) -> None:
    async with cockpit(home) as running:
        await running.shows("ready$")
    before = sorted(os.listdir("/proc/self/fd"))  # noqa: PTH208
    tasks = len(asyncio.all_tasks())
    for _ in range(3):
        async with cockpit(home) as running:
            await running.workspace.run("terminal.new")
            await running.workspace.run("terminal.close")
            await running.shows("ready$")
    assert len(sorted(os.listdir("/proc/self/fd"))) == len(before)  # noqa: PTH208
    assert len(asyncio.all_tasks()) == tasks
    assert display_clients(home) == []

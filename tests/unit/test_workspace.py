"""The core on fake backends: launching, focus, starting, closing, persistence, toggling."""

from __future__ import annotations

import asyncio
import os
import random
from pathlib import Path

import pytest

from cockpit.backends.base import Availability, BackendFailed, BindingChanged, StatusChanged, SurfaceLost
from cockpit.backends.fake import FakeBackend
from cockpit.errors import (
    CommandError,
    ProfileInUseError,
    SettingsError,
    TerminalError,
    TerminalGoneError,
    TmuxError,
    UsageError,
)
from cockpit.model import Binding, Session, Size, TerminalState, TerminalStatus
from cockpit.workspace.events import (
    FocusChanged,
    SessionsChanged,
    SettingsChanged,
    SurfaceChanged,
    TerminalsChanged,
    TerminalStatusChanged,
)
from cockpit.workspace.store import Store
from cockpit.workspace.workspace import Workspace
from tests.unit.workspaces import SIZE, World, shown


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def a_tmux(**living: TerminalStatus) -> FakeBackend:
    backend = FakeBackend(lambda event: None, "tmux")
    backend.living = living
    return backend


def state_of(workspace: Workspace) -> TerminalState:
    assert workspace.focused_terminal is not None
    return workspace.focused_terminal.status.state


async def test_what_is_opened_unseen_starts_and_takes_no_focus(tmp_path: Path) -> None:
    world = World(tmp_path)
    async with world.running() as workspace:
        seen = workspace.focused_terminal
        assert seen is not None
        session = await workspace.run("session.new", directory="/", focus=False)
        await workspace.run("terminal.new", session_id=session.id, focus=False)
        assert workspace.focused_terminal is seen
        assert session.active_terminal is session.terminals[0]
        for terminal in session.terminals:
            assert terminal.status.state is TerminalState.RUNNING
            assert ("create", terminal.id) in world.pty[0].calls
        for one in list(workspace.sessions):
            await workspace.run("session.close", session_id=one.id)
        first = await workspace.run("session.new", directory="/", focus=False)
        assert workspace.focused_session is first, "where nothing is shown nobody is disturbed"


async def test_a_first_launch_goes_straight_into_a_shell_of_the_directory(world: World) -> None:
    async with world.running() as workspace:
        (session,) = workspace.sessions
        assert (session.name, session.directory) == (world.home.name, str(world.home))
        assert shown(workspace).terminal_id == session.terminals[0].id
        assert state_of(workspace) is TerminalState.RUNNING
        assert world.notices == []


async def test_the_sessions_are_as_they_were(world: World) -> None:
    async with world.running() as workspace:
        other = await workspace.run("session.new", directory="/", name="root", group="g")
        await workspace.run("terminal.new", session_id=other.id, command="htop")
        await workspace.run("session.move", session_id=other.id, offset=-1)
        await workspace.run("terminal.select", index=0)
        before = [(s.id, s.name, s.group, s.active_terminal_id) for s in workspace.sessions]
        commands = [[t.command for t in s.terminals] for s in workspace.sessions]
    async with world.running(directory="/") as workspace:
        assert [(s.id, s.name, s.group, s.active_terminal_id) for s in workspace.sessions] == before
        assert [[t.command for t in s.terminals] for s in workspace.sessions] == commands
        assert workspace.focused_session is workspace.sessions[0]
        assert len(world.pty[-1].specs) == 1, "only the terminal that is shown was started"


async def test_a_directory_with_a_session_is_focused_not_doubled(world: World) -> None:
    (world.home / "link").symlink_to(world.home)
    async with world.running() as workspace:
        await workspace.run("session.new", directory="/")
    async with world.running(directory=str(world.home / "link")) as workspace:
        assert len(workspace.sessions) == 2
        assert workspace.focused_session is workspace.sessions[0]


async def test_nothing_starts_before_the_size_of_the_pane_is_known(world: World) -> None:
    async with world.running(size=None) as workspace:
        assert workspace.surface is None
        assert world.pty == [] or world.pty[0].specs == {}
        workspace.set_pane_size(Size(100, 30))
        await workspace.settle()
        assert world.pty[0].specs[shown(workspace).terminal_id].size == Size(100, 30)


async def test_a_terminal_gets_its_own_environment(world: World) -> None:
    async with world.running() as workspace:
        session = await workspace.run(
            "session.new", directory="/", name="ro\not", command="claude --continue"
        )
        spec = world.pty[0].specs[session.terminals[0].id]
        assert spec.environment["COCKPIT_SESSION"] == session.id
        assert spec.environment["COCKPIT_SESSION_NAME"] == "ro ot"
        assert spec.environment["COCKPIT_TERMINAL"] == session.terminals[0].id
        assert spec.environment["COCKPIT_AGENT"] == "claude"
        assert spec.environment["COCKPIT_MODE"] == "command"
        assert len(spec.environment["COCKPIT_PROJECT_HASH"]) == 12
        assert spec.environment["COCKPIT_SOCKET"].endswith("cockpit.sock")
        assert (spec.cwd, spec.command) == ("/", "claude --continue")


async def test_closing_the_focused_terminal_moves_to_its_neighbour(world: World) -> None:
    async with world.running() as workspace:
        first = workspace.focused_terminal
        second = await workspace.run("terminal.new")
        third = await workspace.run("terminal.new")
        await workspace.run("terminal.focus", terminal_id=second.id)
        await workspace.run("terminal.close")
        assert workspace.focused_terminal is third
        await workspace.run("terminal.close")
        assert workspace.focused_terminal is first
        assert first is not None
        assert shown(workspace).terminal_id == first.id
        await workspace.settle()
        assert set(world.pty[0].surfaces) == {first.id}


async def test_nobody_waits_for_a_program_that_takes_its_time_to_end(world: World) -> None:
    async with world.running() as workspace:
        first = workspace.focused_terminal
        slow = await workspace.run("terminal.new")
        backend = world.pty[0]
        backend.close_gate = asyncio.Event()
        await workspace.run("terminal.close", terminal_id=slow.id)
        assert workspace.focused_terminal is first
        assert slow.id in backend.surfaces
        leaving = asyncio.create_task(workspace.close())
        await asyncio.sleep(0)
        backend.close_gate.set()
        await leaving
        assert slow.id not in backend.surfaces


async def test_closing_the_last_terminal_closes_its_session(world: World) -> None:
    async with world.running() as workspace:
        await workspace.run("session.new", directory="/")
        await workspace.run("terminal.close")
        assert [session.directory for session in workspace.sessions] == [str(world.home)]
        await workspace.run("session.close")
        assert workspace.sessions == []
        assert workspace.surface is None
        assert world.events[-1] == SurfaceChanged(None)
        assert FocusChanged(None, None) in world.events
        with pytest.raises(CommandError, match="create a session first"):
            await workspace.run("terminal.restart")


async def test_a_newer_focus_wins_over_one_that_is_still_starting(world: World) -> None:
    async with world.running() as workspace:
        backend = world.pty[0]
        first = workspace.focused_terminal
        assert first is not None
        backend.gate = asyncio.Event()
        starting = asyncio.create_task(workspace.run("terminal.new"))
        await asyncio.sleep(0)
        gate, backend.gate = backend.gate, None
        await workspace.run("terminal.focus", terminal_id=first.id)
        gate.set()
        new = await starting
        assert shown(workspace).terminal_id == first.id
        assert new.status.state is TerminalState.RUNNING


async def test_a_terminal_closed_while_it_starts_leaves_nothing(world: World) -> None:
    async with world.running() as workspace:
        backend = world.pty[0]
        backend.gate = asyncio.Event()
        starting = asyncio.create_task(workspace.run("terminal.new"))
        await asyncio.sleep(0)
        new = workspace.focused_terminal
        assert new is not None
        gate, backend.gate = backend.gate, None
        closing = asyncio.create_task(workspace.run("terminal.close", terminal_id=new.id))
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(starting, closing)
        await workspace.settle()
        assert new.id not in backend.surfaces
        assert shown(workspace).terminal_id != new.id


async def test_rapid_commands_leave_exactly_the_rows_that_exist(world: World) -> None:
    pick = random.Random(7)
    async with world.running() as workspace:

        async def one() -> None:
            terminals = [terminal.id for terminal in workspace.rows.terminals()]
            action = pick.choice(["new", "session", "focus", "focus", "close", "next", "move"])
            try:
                if action == "new":
                    await workspace.run("terminal.new")
                elif action == "session":
                    await workspace.run("session.new", directory="/")
                elif action == "focus":
                    await workspace.run("terminal.focus", terminal_id=pick.choice(terminals))
                elif action == "close" and len(terminals) > 1:
                    await workspace.run("terminal.close", terminal_id=pick.choice(terminals))
                elif action == "next":
                    await workspace.run("session.next")
                else:
                    await workspace.run("terminal.move", offset=1)
            except CommandError:
                return  # a row that another command closed first

        for _ in range(40):
            await asyncio.gather(*(one() for _ in range(5)))
        await workspace.settle()
        rows = {terminal.id for terminal in workspace.rows.terminals()}
        assert set(world.pty[0].surfaces) <= rows
        assert workspace.focused_terminal is not None
        assert shown(workspace).terminal_id == workspace.focused_terminal.id
        assert not shown(workspace).closed
        assert set(workspace.runner._slots) <= rows


async def test_a_program_that_ended_keeps_its_row_and_restarts_in_place(world: World) -> None:
    async with world.running() as workspace:
        terminal = workspace.focused_terminal
        assert terminal is not None
        world.pty[0].listener(StatusChanged(terminal.id, TerminalStatus(TerminalState.EXITED, 3)))
        assert terminal.status.exit_code == 3
        assert TerminalStatusChanged(workspace.sessions[0].id, terminal.id, terminal.status) in world.events
        before = shown(workspace)
        await workspace.run("terminal.restart")
        assert terminal.status.state is TerminalState.RUNNING
        assert shown(workspace) is not before
        assert workspace.focused_terminal is terminal


async def test_a_terminal_that_cannot_start_says_why_in_its_place(world: World) -> None:
    async with world.running() as workspace:
        world.pty[0].failures["create"] = TerminalError("the directory /gone does not exist")
        terminal = await workspace.run("terminal.new")
        assert terminal.status == TerminalStatus(
            TerminalState.FAILED, reason="the directory /gone does not exist"
        )
        assert workspace.surface is None
        assert any("/gone" in notice for notice in world.notices)
        del world.pty[0].failures["create"]
        await workspace.run("terminal.restart")
        assert shown(workspace).terminal_id == terminal.id


async def test_sending_reaches_a_hidden_terminal_and_refuses_a_gone_one(world: World) -> None:
    async with world.running() as workspace:
        first = workspace.focused_terminal
        assert first is not None
        await workspace.run("terminal.new")
        await workspace.run("terminal.send", terminal_id=first.id, data=b"hello")
        assert world.pty[0].surfaces[first.id].written == b"hello"
        world.pty[0].surfaces[first.id].closed = True
        with pytest.raises(TerminalGoneError):
            await workspace.run("terminal.send", terminal_id=first.id, data=b"hello")


async def test_names_are_cleaned_and_never_empty(world: World) -> None:
    async with world.running() as workspace:
        await workspace.run("session.rename", name="\x1b]0;x\x07 a\nb")
        assert workspace.sessions[0].name == "]0;x a b"
        await workspace.run("terminal.rename", name="#(touch x)")
        terminal = workspace.focused_terminal
        assert terminal is not None
        assert (terminal.name, terminal.named_by_user) == ("#(touch x)", True)
        for name in ("", " \n", "\x1b\u202e"):
            with pytest.raises(CommandError, match="at least one character"):
                await workspace.run("session.rename", name=name)


@pytest.mark.parametrize(
    "name", ["#(touch x)", "new\nline", "\x1b[31m", os.fsdecode(b"\xff"), "␞", "é" * 100, "~", "\u202e"]
)
async def test_a_directory_of_any_name_is_kept_exactly(world: World, name: str) -> None:
    directory = world.home / name
    directory.mkdir()
    async with world.running() as workspace:
        session: Session = await workspace.run("session.new", directory=str(directory))
        assert session.directory == str(directory)
        assert session.name
        assert session.name.isprintable()
        assert world.pty[0].specs[session.terminals[0].id].cwd == str(directory)
    async with world.running(directory=str(directory)) as workspace:
        assert workspace.focused_session is not None
        assert workspace.focused_session.directory == str(directory)
        assert len(workspace.sessions) == 2


@pytest.mark.parametrize("directory", ["/no/such", "", "a\0b", "x" * 100_000, "~nobody-at-all/x"])
async def test_a_directory_that_is_none_is_refused(world: World, directory: str) -> None:
    async with world.running() as workspace:
        with pytest.raises(CommandError):
            await workspace.run("session.new", directory=directory)
        assert len(workspace.sessions) == 1


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("sesion.new", {}, r"did you mean session\.new"),
        ("session.rename", {}, "needs 'name'"),
        ("session.rename", {"name": 3}, "must be text, not 3"),
        ("session.rename", {"name": "n", "colour": "red"}, "takes no 'colour'"),
        ("session.rename", {"name": "n", "session_id": "s-nope"}, "may have been closed"),
        ("terminal.move", {"offset": True}, "a whole number"),
        ("terminal.select", {"index": 7}, "no tab 8; this session has tab 1 only"),
        ("terminal.send", {"data": "text"}, "must be bytes"),
        ("terminal.close", {"terminal_id": "t-nope"}, "may have been closed"),
        ("terminal.new", {"command": "a\0b"}, "NUL"),
    ],
)
async def test_a_wrong_command_is_refused_with_what_to_do(
    world: World, name: str, arguments: dict[str, object], message: str
) -> None:
    async with world.running() as workspace:
        with pytest.raises(CommandError, match=message):
            await workspace.run(name, **arguments)


async def test_a_second_cockpit_is_refused_and_the_profile_free_afterwards(world: World) -> None:
    async with world.running():
        with pytest.raises(ProfileInUseError):
            world.open()
    async with world.running():
        pass


@pytest.mark.parametrize(
    ("environment", "settings", "error"),
    [({"COCKPIT_TMUX_BACKEND": "maybe"}, "", UsageError), ({}, "[general", SettingsError)],
)
async def test_a_launch_that_is_refused_lets_go_of_the_profile(
    world: World, environment: dict[str, str], settings: str, error: type[Exception]
) -> None:
    world.environment = environment
    world.paths.prepare()
    world.paths.settings_file.write_text(settings)
    for _ in range(2):
        with pytest.raises(error):
            world.open()


async def test_an_unreadable_store_is_told(world: World) -> None:
    world.paths.prepare()
    world.paths.store_file.write_text("{")
    async with world.running() as workspace:
        assert len(workspace.sessions) == 1
        assert "is kept as" in world.notices[0]


# The tmux backend and its toggle.


async def test_the_toggle_takes_effect_at_once_for_new_terminals(world: World) -> None:
    async with world.running() as workspace:
        await workspace.run("settings.set", key="experimental.tmux_backend", value=True)
        new = await workspace.run("terminal.new")
        assert new.backend == "tmux"
        assert new.binding is not None
        assert [t.backend for t in workspace.sessions[0].terminals] == ["pty", "tmux"]
        assert workspace.sessions[0].has_tmux_terminal
        assert SettingsChanged() in world.events


async def test_turning_it_off_detaches_and_on_adopts_again(world: World) -> None:
    async with world.running() as workspace:
        first = workspace.focused_terminal
        await workspace.run("settings.set", key="experimental.tmux_backend", value=True)
        new = await workspace.run("terminal.new")
        binding = new.binding
        await workspace.run("settings.set", key="experimental.tmux_backend", value=False)
        assert (new.backend, new.binding, new.status.state) == ("tmux", binding, TerminalState.DETACHED)
        assert workspace.surface is None
        assert world.tmux[0].kept_programs is True
        with pytest.raises(TerminalGoneError, match="settings"):
            await workspace.run("terminal.send", data=b"x")
        assert (await workspace.run("terminal.new")).backend == "pty"
        assert first is not None
        assert first.status.state is TerminalState.RUNNING
        world.prepared_tmux = a_tmux(**{new.id: TerminalStatus(TerminalState.RUNNING)})
        await workspace.run("settings.set", key="experimental.tmux_backend", value=True)
        await workspace.run("terminal.focus", terminal_id=new.id)
        assert shown(workspace).terminal_id == new.id
        assert ("create", new.id) not in world.prepared_tmux.calls


async def test_an_edit_of_the_settings_file_takes_effect_too(world: World) -> None:
    async with world.running() as workspace:
        changed = asyncio.Event()
        workspace.events.subscribe(
            lambda event: changed.set() if isinstance(event, SettingsChanged) else None
        )
        workspace.paths.settings_file.write_text("[experimental]\ntmux_backend = true\n")
        await asyncio.wait_for(changed.wait(), 5)
        assert (await workspace.run("terminal.new")).backend == "tmux"


@pytest.mark.parametrize(("word", "setting", "backend"), [("1", False, "tmux"), ("0", True, "pty")])
async def test_the_environment_wins_over_the_setting(
    world: World, word: str, setting: bool, backend: str
) -> None:
    world.environment = {"COCKPIT_TMUX_BACKEND": word}
    async with world.running() as workspace:
        await workspace.run("settings.set", key="experimental.tmux_backend", value=setting)
        assert (await workspace.run("terminal.new")).backend == backend
        assert workspace.overridden is (word == "1")


async def test_living_windows_are_adopted_and_only_missing_ones_created(world: World) -> None:
    world.environment = {"COCKPIT_TMUX_BACKEND": "1"}
    async with world.running() as workspace:
        first = workspace.focused_terminal
        second = await workspace.run("terminal.new")
        assert first is not None
    assert world.tmux[0].kept_programs is True
    world.prepared_tmux = a_tmux(**{first.id: TerminalStatus(TerminalState.RUNNING)})
    async with world.running(directory=str(world.home)) as workspace:
        await workspace.run("terminal.focus", terminal_id=first.id)
        await workspace.run("terminal.focus", terminal_id=second.id)
        created = [terminal_id for name, terminal_id in world.prepared_tmux.calls if name == "create"]
        assert created == [second.id]


async def test_a_probe_that_fails_means_unknown_and_starts_nothing(world: World) -> None:
    world.environment = {"COCKPIT_TMUX_BACKEND": "1"}
    async with world.running():
        pass
    world.prepared_tmux = a_tmux()
    world.prepared_tmux.failures["survey"] = TmuxError("no answer in 2 s")
    async with world.running() as workspace:
        terminal = workspace.focused_terminal
        assert terminal is not None
        assert terminal.status == TerminalStatus(TerminalState.UNAVAILABLE, reason="no answer in 2 s")
        assert ("create", terminal.id) not in world.prepared_tmux.calls
        del world.prepared_tmux.failures["survey"]
        world.prepared_tmux.living = {terminal.id: TerminalStatus(TerminalState.RUNNING)}
        await workspace.run("terminal.restart")
        assert shown(workspace).terminal_id == terminal.id
        assert ("restart", terminal.id) not in world.prepared_tmux.calls


async def test_wanted_but_unusable_tmux_falls_back_and_says_so_once(world: World) -> None:
    world.environment = {"COCKPIT_TMUX_BACKEND": "1"}
    world.prepared_tmux = a_tmux()
    world.prepared_tmux.available = Availability(False, "", "tmux is not installed.")
    async with world.running() as workspace:
        new = await workspace.run("terminal.new")
        assert [t.backend for t in workspace.sessions[0].terminals] == ["pty", "pty"]
        assert new.status.state is TerminalState.RUNNING
        assert sum("tmux is not installed" in notice for notice in world.notices) == 1


async def test_a_row_that_tmux_refuses_becomes_a_pty_row_for_good(world: World) -> None:
    world.environment = {"COCKPIT_TMUX_BACKEND": "1"}
    world.prepared_tmux = a_tmux()
    world.prepared_tmux.failures["create"] = TmuxError("no space for a new window")
    async with world.running() as workspace:
        terminal = workspace.focused_terminal
        assert terminal is not None
        assert (terminal.backend, terminal.binding) == ("pty", None)
        assert TerminalsChanged(workspace.sessions[0].id) in world.events
        assert any("no space" in notice for notice in world.notices)
    async with world.running() as workspace:
        assert workspace.focused_terminal is not None
        assert workspace.focused_terminal.backend == "pty"


async def test_a_row_of_an_unknown_backend_is_kept_and_unavailable(world: World) -> None:
    async with world.running() as workspace:
        (await workspace.run("terminal.new")).backend = "zellij"
    async with world.running() as workspace:
        terminal = workspace.focused_terminal
        assert terminal is not None
        assert terminal.status.state is TerminalState.UNAVAILABLE
        assert "zellij" in terminal.status.reason
        with pytest.raises(TerminalGoneError):
            await workspace.run("terminal.send", data=b"x")
    async with world.running() as workspace:
        assert workspace.focused_terminal is not None
        assert workspace.focused_terminal.backend == "zellij"
        await workspace.run("terminal.close")


async def test_closing_a_detached_row_still_ends_its_window(world: World) -> None:
    world.environment = {"COCKPIT_TMUX_BACKEND": "1"}
    async with world.running() as workspace:
        new = await workspace.run("terminal.new")
    world.environment = {"COCKPIT_TMUX_BACKEND": "0"}
    async with world.running() as workspace:
        await workspace.run("terminal.close", terminal_id=new.id)
        await workspace.settle()
        assert ("close", new.id) in world.tmux[-1].calls


async def test_a_lost_surface_is_made_again_at_once(world: World) -> None:
    world.environment = {"COCKPIT_TMUX_BACKEND": "1"}
    async with world.running() as workspace:
        backend = world.tmux[0]
        backend.calls.clear()
        backend.listener(SurfaceLost("tmux"))
        assert workspace.surface is None
        await workspace.settle()
        assert [name for name, _ in backend.calls] == ["select"]
        assert shown(workspace)


async def test_a_dead_server_is_told(world: World) -> None:
    world.environment = {"COCKPIT_TMUX_BACKEND": "1"}
    async with world.running() as workspace:
        backend, terminal = world.tmux[0], workspace.focused_terminal
        assert terminal is not None
        backend.surfaces.clear()
        backend.listener(
            StatusChanged(terminal.id, TerminalStatus(TerminalState.EXITED, reason="server ended"))
        )
        backend.listener(BackendFailed("tmux", "the tmux server ended"))
        await workspace.settle()
        assert workspace.surface is None
        assert "the tmux server ended" in world.notices
        await workspace.run("terminal.restart")
        assert shown(workspace).terminal_id == terminal.id


async def test_a_moved_window_is_written_down(world: World) -> None:
    world.environment = {"COCKPIT_TMUX_BACKEND": "1"}
    async with world.running() as workspace:
        terminal = workspace.focused_terminal
        assert terminal is not None
        world.tmux[0].listener(BindingChanged(terminal.id, Binding("/s", "main", "@5", 9)))
    state, _, _ = Store(world.paths.store_file).load()
    assert state.sessions[0].terminals[0].binding == Binding("/s", "main", "@5", 9)


async def test_facts_about_rows_that_are_gone_are_dropped(world: World) -> None:
    async with world.running():
        before = len(world.events)
        world.pty[0].listener(StatusChanged("t-gone", TerminalStatus(TerminalState.EXITED)))
        assert len(world.events) == before


async def test_what_ends_with_cockpit(world: World) -> None:
    world.environment = {"COCKPIT_TMUX_BACKEND": "1"}
    async with world.running() as workspace:
        assert workspace.leaving.ends_with_cockpit == []
        await workspace.run("settings.set", key="experimental.keep_server_alive", value=False)
        assert workspace.leaving.ends_with_cockpit == [workspace.focused_terminal]
    assert world.tmux[0].kept_programs is False


async def test_order_and_groups_are_told(world: World) -> None:
    async with world.running() as workspace:
        await workspace.run("session.new", directory="/")
        world.events.clear()
        await workspace.run("session.move", offset=5)
        assert world.events == [], "it is the last one already"
        await workspace.run("session.move", offset=-5)
        await workspace.run("session.group", group="work\n")
        assert world.events == [SessionsChanged(), SessionsChanged()]
        assert (workspace.sessions[0].directory, workspace.sessions[0].group) == ("/", "work")
        assert workspace.pane.size == SIZE

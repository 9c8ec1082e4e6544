"""Bringing rows back: what the plan becomes in a workspace, what is told of it, and rows made anew from windows."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cockpit.backends.base import Availability, Survey
from cockpit.backends.fake import FakeBackend
from cockpit.errors import CommandError, TerminalError, TerminalGoneError, TmuxError
from cockpit.model import Session, Terminal, TerminalState, TerminalStatus
from cockpit.tmux.windows.windows import WindowInfo
from cockpit.workspace.restore_plan import Action, Step
from cockpit.workspace.restore_rebuild import lost_sessions
from cockpit.workspace.restore_report import Outcome, RestoreReport
from cockpit.workspace.store import Store
from cockpit.workspace.workspace import Workspace
from tests.unit.workspaces import SIZE, World

ON = {"COCKPIT_TMUX_BACKEND": "1"}
RUNNING = TerminalStatus(TerminalState.RUNNING)
HOSTILE_OPTIONS: Mapping[str, Any] = {
    "@cockpit_terminal": "t-9",
    "@cockpit_session": "",
    "@cockpit_name": "\x1b]0;x\x07",
    "@cockpit_row": '["no object"]',
}


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def a_tmux(*windows: WindowInfo, **living: TerminalStatus) -> FakeBackend:
    backend = FakeBackend(lambda event: None, "tmux")
    backend.living = living
    backend.windows = list(windows)
    return backend


def window(
    terminal_id: str,
    row: Mapping[str, object] | None = None,
    *,
    index: int = 1,
    dead: bool = False,
    more: Mapping[str, str] | None = None,
) -> WindowInfo:
    every = {"@cockpit_terminal": terminal_id, "@cockpit_session": "s-1", **(more or {})}
    if row is not None:
        every["@cockpit_row"] = json.dumps(row)
    return WindowInfo(
        f"@{index}", index, "named by tmux", "%1", 4711, dead, None, None, every, "/from/tmux", ""
    )


def outcomes(workspace: Workspace) -> list[tuple[str, Outcome, bool]]:
    return [(entry.terminal, entry.outcome, entry.pending) for entry in workspace.restorer.report]


async def show(workspace: Workspace, terminal: Terminal) -> None:
    await workspace.run("terminal.focus", terminal_id=terminal.id)


def row_of(workspace: Workspace, terminal: Terminal) -> Terminal:
    return workspace.rows.terminal(terminal.id)[1]


# What starts, and as what.


async def test_a_command_waits_an_agent_resumes_and_a_shell_is_there(world: World) -> None:
    async with world.running() as workspace:
        command = await workspace.run("terminal.new", command="npm run dev")
        agent = await workspace.run("terminal.new", command="claude --model opus")
        shell = await workspace.run("terminal.new")
    async with world.running() as workspace:
        assert [outcome for _, outcome, _ in outcomes(workspace)][1:] == ["waits", "relaunched", "recreated"]
        await show(workspace, agent)
        assert world.pty[-1].specs[agent.id].command == "claude --continue"
        assert row_of(workspace, agent).command == "claude --model opus", "the row keeps its own"
        await show(workspace, shell)
        assert world.pty[-1].specs[shell.id].command is None
        await show(workspace, command)
        held = row_of(workspace, command)
        assert held.status.state is TerminalState.HELD
        assert workspace.surface is None
        assert command.id not in world.pty[-1].specs
        with pytest.raises((TerminalGoneError, CommandError)):
            await workspace.run("terminal.send", terminal_id=command.id, data=b"x")
        await workspace.run("terminal.restart", terminal_id=command.id)
        assert world.pty[-1].specs[command.id].command == "npm run dev"
        assert row_of(workspace, command).status == RUNNING
        await workspace.run("terminal.restart", terminal_id=agent.id)
        assert world.pty[-1].specs[agent.id].command == "claude --model opus", (
            "by hand it is what the row says"
        )


@pytest.mark.parametrize(
    ("policy", "state", "ran"),
    [("relaunch", TerminalState.RUNNING, "npm run dev"), ("shell", TerminalState.RUNNING, None)],
)
async def test_the_settings_say_what_becomes_of_commands(
    world: World, policy: str, state: TerminalState, ran: str | None
) -> None:
    async with world.running() as workspace:
        row = await workspace.run("terminal.new", command="npm run dev")
        await workspace.run("settings.set", key="automation.restore_commands", value=policy)
    async with world.running() as workspace:
        await show(workspace, row)
        assert row_of(workspace, row).status.state is state
        assert world.pty[-1].specs[row.id].command == ran
        assert workspace.restorer.report.message() == ""


async def test_a_rows_own_policy_and_an_agents_resume_command_are_followed(world: World) -> None:
    world.paths.prepare()
    world.paths.settings_file.write_text('[automation.resume]\naider = "aider --restore-chat-history"\n')
    async with world.running() as workspace:
        mine = await workspace.run("terminal.new", command="make watch")
        aider = await workspace.run("terminal.new", command="aider")
        await workspace.run("terminal.restore_as", terminal_id=mine.id, policy="relaunch")
        with pytest.raises(CommandError, match="there are relaunch, shell, nothing"):
            await workspace.run("terminal.restore_as", terminal_id=mine.id, policy="never")
    async with world.running() as workspace:
        await show(workspace, mine)
        await show(workspace, aider)
        assert [world.pty[-1].specs[row.id].command for row in (mine, aider)] == [
            "make watch",
            "aider --restore-chat-history",
        ]
    assert not any("no setting cockpit knows" in notice for notice in world.notices)


# What is found.


async def test_all_well_is_quiet(world: World) -> None:
    world.environment = ON
    async with world.running() as workspace:
        first = workspace.focused_terminal
        assert first is not None
    world.prepared_tmux = a_tmux(**{first.id: RUNNING})
    async with world.running() as workspace:
        assert outcomes(workspace) == [(first.name, Outcome.ADOPTED, False)]
        assert row_of(workspace, first).status == RUNNING
    assert world.notices == []


async def test_one_look_at_tmux_and_one_write_for_a_whole_launch(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.environment = ON
    async with world.running() as workspace:
        rows = [await workspace.run("terminal.new") for _ in range(6)]
    world.prepared_tmux = a_tmux(**{row.id: RUNNING for row in rows[:3]})
    written: list[dict[str, Any]] = []
    save = Store.save

    def counted(store: Store, document: dict[str, Any]) -> None:
        written.append(document)
        save(store, document)

    monkeypatch.setattr(Store, "save", counted)
    async with world.running() as workspace:
        assert [call for call, _ in world.prepared_tmux.calls].count("survey") == 1
        assert [call for call, _ in world.prepared_tmux.calls].count("adopt") == 1
    assert len(written) == 1


async def test_lost_windows_are_told_once_in_one_message(world: World) -> None:
    world.environment = ON
    async with world.running() as workspace:
        rows = [workspace.focused_terminal, *[await workspace.run("terminal.new") for _ in range(6)]]
    world.prepared_tmux = a_tmux()
    async with world.running() as workspace:
        (message,) = world.notices
        assert message.count("\n") == 5
        assert "and 3 more" in message
        assert "recreated, when shown: its program on tmux had ended" in message
        last = rows[-1]
        assert last is not None
        await show(workspace, last)
        assert outcomes(workspace)[-1] == (last.name, Outcome.RECREATED, False)


async def test_a_silent_server_leaves_its_rows_out_of_reach(world: World) -> None:
    world.environment = ON
    async with world.running():
        pass
    world.prepared_tmux = a_tmux()
    world.prepared_tmux.failures["survey"] = TmuxError("tmux did not answer within 2 s")
    async with world.running() as workspace:
        assert outcomes(workspace) == [(workspace.sessions[0].terminals[0].name, Outcome.UNREACHABLE, False)]
        assert "did not answer" in world.notices[0]
        assert ("create", workspace.sessions[0].terminals[0].id) not in world.prepared_tmux.calls


async def test_a_row_whose_tmux_is_gone_falls_back_when_it_is_shown_and_for_good(world: World) -> None:
    world.environment = ON
    async with world.running() as workspace:
        second = await workspace.run("terminal.new")
    world.prepared_tmux = a_tmux()
    world.prepared_tmux.available = Availability(False, "", "tmux is not installed.")
    world.prepared_tmux.failures["create"] = TmuxError("tmux is not installed.")
    world.prepared_tmux.survey = _no_server  # type: ignore[method-assign]  # there is nothing to ask
    async with world.running() as workspace:
        assert row_of(workspace, second).backend == "pty", "it was the shown one"
        assert [entry.outcome for entry in workspace.restorer.report] == [
            Outcome.FELL_BACK,
            Outcome.FELL_BACK,
        ]
        assert [entry.pending for entry in workspace.restorer.report] == [True, False]
        assert "tmux is not installed." in next(entry.reason for entry in workspace.restorer.report)
    state, _, _ = Store(world.paths.store_file).load()
    assert [row.backend for row in state.sessions[0].terminals] == ["tmux", "pty"]


async def test_a_row_that_cannot_start_is_failed_in_the_report_until_it_does(world: World) -> None:
    async with world.running() as workspace:
        row = await workspace.run("terminal.new")
        await workspace.run("terminal.select", index=0)
    async with world.running() as workspace:
        world.pty[-1].failures["create"] = TerminalError("the directory /gone does not exist")
        await show(workspace, row)
        assert outcomes(workspace)[1][1] is Outcome.FAILED
        assert "/gone" in workspace.restorer.report.message()
        del world.pty[-1].failures["create"]
        await workspace.run("terminal.restart", terminal_id=row.id)
        assert outcomes(workspace)[1][1] is Outcome.RELAUNCHED


async def test_turning_tmux_off_and_on_follows_the_same_plan(world: World) -> None:
    async with world.running() as workspace:
        await workspace.run("settings.set", key="experimental.tmux_backend", value=True)
        row = await workspace.run("terminal.new", command="npm run dev")
        await workspace.run("settings.set", key="experimental.tmux_backend", value=False)
        assert outcomes(workspace)[-1][1] is Outcome.LEFT
        assert row_of(workspace, row).status.state is TerminalState.DETACHED
        world.prepared_tmux = a_tmux()
        await workspace.run("settings.set", key="experimental.tmux_backend", value=True)
        assert row_of(workspace, row).status.state is TerminalState.HELD, (
            "its window is gone, and commands wait"
        )
        assert ("create", row.id) not in world.prepared_tmux.calls


async def test_a_shell_whose_window_went_while_tmux_was_off_starts_anew(world: World) -> None:
    async with world.running() as workspace:
        await workspace.run("settings.set", key="experimental.tmux_backend", value=True)
        row = await workspace.run("terminal.new")
        await workspace.run("settings.set", key="experimental.tmux_backend", value=False)
        world.prepared_tmux = a_tmux()
        await workspace.run("settings.set", key="experimental.tmux_backend", value=True)
        assert row_of(workspace, row).status == RUNNING, "it is the shown one"
        assert ("create", row.id) in world.prepared_tmux.calls


async def test_a_server_that_falls_silent_right_after_the_look_is_told(world: World) -> None:
    world.environment = ON
    async with world.running() as workspace:
        row = workspace.focused_terminal
        assert row is not None
    world.prepared_tmux = a_tmux(**{row.id: RUNNING})
    world.prepared_tmux.failures["adopt"] = TmuxError("tmux did not answer within 2 s")
    async with world.running() as workspace:
        assert row_of(workspace, row).status.state is TerminalState.UNAVAILABLE
        assert outcomes(workspace) == [(row.name, Outcome.UNREACHABLE, False)]
        assert "did not answer" in workspace.restorer.report.message()


async def test_a_row_that_is_closed_while_tmux_is_asked_is_left_closed(world: World) -> None:
    world.environment = ON
    async with world.running() as workspace:
        rows = [
            workspace.focused_terminal,
            await workspace.run("terminal.new"),
            await workspace.run("terminal.new"),
        ]
        ids = [row.id for row in rows if row]
    world.prepared_tmux = a_tmux(**{ids[1]: RUNNING})
    workspace = world.open()
    ask = world.prepared_tmux.survey
    closing: list[asyncio.Task[object]] = []

    async def ask_slowly() -> Survey:
        survey = await ask()
        closing.extend(
            asyncio.create_task(workspace.run("terminal.close", terminal_id=terminal_id))
            for terminal_id in ids[1:]
        )
        await asyncio.sleep(0)  # the rows are gone at once, their programs later
        return survey

    world.prepared_tmux.survey = ask_slowly  # type: ignore[method-assign]  # it takes as long as closing two tabs
    workspace.pane.resize(SIZE)
    await workspace.start()
    await workspace.runner.adopted.wait()
    assert [row.id for row in workspace.rows.terminals()] == ids[:1]
    assert len(workspace.restorer.report) == 1
    await asyncio.gather(*closing)
    await workspace.close()


# A store that was lost.


async def test_a_lost_store_is_rebuilt_from_what_windows_say(world: World) -> None:
    world.environment = ON
    facts = {
        "name": "old",
        "cwd": "/",
        "command": "claude",
        "session": "api",
        "directory": "/",
        "group": "work",
    }
    world.prepared_tmux = a_tmux(
        window(
            "t-2",
            {**facts, "named_by_user": True, "restore": "shell"},
            index=4,
            more={"@cockpit_name": "renamed"},
        ),
        window("t-1", {**facts, "command": None}, index=2),
        window("t-3", {"session": "other", "directory": "/srv"}, index=9, more={"@cockpit_session": "s-2"}),
    )
    async with world.running(directory="/srv") as workspace:
        api, other = workspace.sessions[:2]
        assert (api.id, api.name, api.directory, api.group) == ("s-1", "api", "/", "work")
        assert [(row.id, row.name, row.command, row.named_by_user, row.restore) for row in api.terminals] == [
            ("t-1", "old", None, False, None),
            ("t-2", "renamed", "claude", True, "shell"),
        ]
        assert (other.name, other.terminals[0].cwd) == ("other", "/from/tmux")
        assert workspace.focused_session is other, "no session was made beside those that were found"
        assert "made anew from its window" in world.notices[0]
        assert {outcome for _, outcome, _ in outcomes(workspace)} == {Outcome.ADOPTED}
    state, _, complete = Store(world.paths.store_file).load()
    assert complete
    assert [session.id for session in state.sessions] == ["s-1", "s-2"]


async def test_rows_that_an_earlier_generation_lacks_are_rebuilt_too(world: World) -> None:
    world.environment = ON
    async with world.running() as workspace:
        kept = workspace.focused_terminal
        assert kept is not None
        await workspace.saver.flush()
        newer = await workspace.run("terminal.new", name="newer")
    world.paths.store_file.write_text("{")
    session = workspace.sessions[0]
    world.prepared_tmux = a_tmux(window(newer.id, {"name": "newer"}, more={"@cockpit_session": session.id}))
    async with world.running() as workspace:
        assert len(workspace.sessions) == 1
        assert [row.id for row in workspace.sessions[0].terminals] == [kept.id, newer.id]


async def test_with_a_whole_store_a_window_without_a_row_is_left_alone(world: World) -> None:
    world.environment = ON
    async with world.running():
        pass
    world.prepared_tmux = a_tmux(window("t-stranger", {"name": "not ours any more"}))
    async with world.running() as workspace:
        assert "t-stranger" not in [row.id for row in workspace.rows.terminals()]
        assert await workspace.run("terminal.recover") == 1
        assert workspace.sessions[-1].terminals[0].name == "not ours any more"
        assert await workspace.run("terminal.recover") == 0
        assert world.notices[-1] == "Every terminal that tmux runs here has its tab."


async def test_nothing_is_recovered_while_tmux_is_off(world: World) -> None:
    async with world.running() as workspace:
        with pytest.raises(CommandError, match="turn it on"):
            await workspace.run("terminal.recover")


def test_hostile_windows_make_clean_rows() -> None:
    (session,) = lost_sessions(
        [WindowInfo("@1", 1, "\x1bw", "%1", 1, False, None, None, HOSTILE_OPTIONS, "", "")], ()
    )
    (row,) = session.terminals
    assert (session.id, session.name, session.directory) == ("s-found-again", "found again", "/")
    assert (row.id, row.name, row.cwd, row.command) == ("t-9", "]0;x", "/", None)
    facts = {"name": 7, "cwd": "relative", "command": "a\0b", "group": "\x1b", "session": "#(touch x)"}
    (session,) = lost_sessions([window("t-1", facts)], ())
    assert (session.name, session.group) == ("#(touch x)", None)
    assert (session.terminals[0].cwd, session.terminals[0].command) == ("/from/tmux", None)


def test_one_row_for_two_windows_and_none_for_strangers() -> None:
    windows = [
        window("t-1", {"name": "dead"}, index=1, dead=True),
        window("t-1", {"name": "living"}, index=2),
        window("", {"name": "nobody's"}, index=3),
        window("t-known", {"name": "known"}, index=4),
    ]
    (session,) = lost_sessions(windows, {"t-known"})
    assert [row.name for row in session.terminals] == ["living"]


# The report's words.


def test_an_adopted_row_whose_program_had_ended_says_so() -> None:
    report, row = RestoreReport(), Terminal("t-1", "one\x1b", "/", "tmux")
    entry = report.add(Session("s", "api", "/"), row, Step("t-1", Action.ADOPT))
    report.status_changed(row, TerminalStatus(TerminalState.EXITED, 1))
    assert str(entry) == "api · one: adopted: its program had ended; its last screen can be read"
    assert report.message() == ""


async def _no_server() -> Survey:
    return Survey()

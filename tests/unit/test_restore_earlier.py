"""Earlier states: on the command line with no cockpit running, and brought back into one that runs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from cockpit.control.verbs import split
from cockpit.control.verbs.calling import main as call
from cockpit.errors import StoreError
from cockpit.model import Binding, Session, Terminal, TerminalState
from cockpit.paths import Paths, resolve
from cockpit.workspace.owner import Owner
from cockpit.workspace.restore_earlier import bring_back
from cockpit.workspace.rows_format import encode
from cockpit.workspace.store import Store
from tests.unit.test_store import state_with
from tests.unit.workspaces import World


@pytest.fixture
def paths(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Paths:
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path / "home"))
    paths = resolve()
    paths.prepare()
    return paths


def main(words: Sequence[str]) -> int:
    found = split(words)
    assert found is not None
    return call(found[1], found[0])


def stored(paths: Paths, *directories: str) -> Store:
    store = Store(paths.store_file)
    for directory in directories:
        store.save(encode(state_with(directory)))
    return store


def present(paths: Paths) -> str:
    return Store(paths.store_file).load().state.sessions[0].directory


# The command line.


def test_the_states_are_listed(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    stored(paths, "/a", "/b", "/c").generation(2).write_bytes(b"{ broken")
    assert main(["store", "list"]) == 0
    now, earlier, broken = capsys.readouterr().out.splitlines()
    assert now.startswith("0  20")
    assert now.endswith("1 sessions, 1 terminals: name  (now)")
    assert earlier.startswith("1  20")
    assert "can't be read" in broken
    assert main(["store", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [one["generation"] for one in listed] == [0, 1, 2]
    assert (listed[0]["revision"], listed[0]["sessions"], listed[2]["sessions"]) == (3, ["name"], None)


def test_before_the_first_start_there_is_nothing_to_list(
    paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["store", "list"]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "nothing is stored yet" in captured.err


@pytest.mark.parametrize(("words", "directory"), [(["1"], "/b"), ([], "/b"), (["2"], "/a")])
def test_a_state_is_restored_and_the_present_one_kept(
    paths: Paths, words: Sequence[str], directory: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(paths, "/a", "/b", "/c")
    assert main(["store", "restore", *words]) == 0
    assert "is the present one" in capsys.readouterr().err
    assert present(paths) == directory
    assert Store(paths.store_file).read_generation(1).sessions[0].directory == "/c"


def test_a_profile_has_states_of_its_own(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    other = resolve("work")
    other.prepare()
    stored(other, "/x", "/y")
    stored(paths, "/a", "/b")
    for words in (["-L", "work", "store", "restore"], ["store", "restore", "-L", "work"]):
        assert main(words) == 0
    assert present(paths) == "/b"
    assert present(other) == "/y", "there and back again"


@pytest.mark.parametrize(
    ("words", "error"), [(["9"], "no earlier state 9; there are: 1"), (["1"], "can't be used")]
)
def test_what_cannot_be_restored_changes_nothing(
    paths: Paths, words: Sequence[str], error: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(paths, "/a", "/b").generation(1).write_bytes(b"{")
    assert main(["store", "restore", *words]) == 1
    assert error in capsys.readouterr().err
    assert present(paths) == "/b"


def test_while_cockpit_runs_it_says_how(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    stored(paths, "/a", "/b")
    owner = Owner.acquire(paths)
    assert main(["store", "restore"]) == 1
    assert "Restore an earlier state" in capsys.readouterr().err
    owner.release()
    assert present(paths) == "/b"


@pytest.mark.parametrize(
    "words", [["store", "restore", "x"], ["store", "restore", "1", "2"], ["store", "list", "x"]]
)
def test_a_wrong_call_changes_nothing(
    paths: Paths, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err.startswith("cockpit: store: ")


# A running workspace.


def session(session_id: str, *terminal_ids: str, name: str = "now", group: str | None = None) -> Session:
    rows = [
        Terminal(one, f"{name} {one}", "/", "tmux", binding=Binding("/s", "c", "@1", 1))
        for one in terminal_ids
    ]
    return Session(session_id, name, "/", rows, group)


def shape(sessions: Sequence[Session]) -> list[tuple[str, list[str]]]:
    return [(one.id, [row.id for row in one.terminals]) for one in sessions]


@pytest.mark.parametrize(
    ("now", "then", "expected", "returned"),
    [
        ([], [("a", "1")], [("a", ["1"])], ["1"]),
        ([("a", "1")], [], [("a", ["1"])], []),
        ([("a", "1")], [("a", "1")], [("a", ["1"])], []),
        ([("a", "1", "3")], [("a", "1", "2")], [("a", ["1", "2", "3"])], ["2"]),
        ([("b", "2"), ("a", "1")], [("a", "1"), ("b", "2")], [("a", ["1"]), ("b", ["2"])], []),
        ([("n", "9")], [("a", "1"), ("b", "2")], [("a", ["1"]), ("b", ["2"]), ("n", ["9"])], ["1", "2"]),
        ([("a", "2", "1")], [("a", "1", "2")], [("a", ["1", "2"])], []),
        ([("a", "1", "2")], [("b", "2", "3"), ("a", "1")], [("b", ["3"]), ("a", ["1", "2"])], ["3"]),
        ([("a", "1")], [("b", "1")], [("a", ["1"])], []),
    ],
)
def test_what_is_gone_returns_and_nothing_goes(
    now: list[tuple[str, ...]],
    then: list[tuple[str, ...]],
    expected: list[tuple[str, list[str]]],
    returned: list[str],
) -> None:
    before = [session(*one) for one in now]
    living = {row.id: row for one in before for row in one.terminals}
    earlier = bring_back(before, [session(*one, name="then", group="g") for one in then])
    assert shape(earlier.sessions) == expected
    assert [row.id for row in earlier.returned] == returned
    assert all(row.binding is None for row in earlier.returned)
    rows = {row.id: row for one in earlier.sessions for row in one.terminals}
    assert all(rows[one] is row for one, row in living.items()), "what lives is the very same row"


def test_names_and_groups_are_as_they_were() -> None:
    (one,) = bring_back([session("a", "1", "2")], [session("a", "1", name="then", group="g")]).sessions
    assert (one.name, one.group) == ("then", "g")
    assert [row.name for row in one.terminals] == ["then 1", "now 2"]


async def test_a_closed_session_is_back_and_nothing_that_runs_ends(tmp_path: Path) -> None:
    world = World(tmp_path)
    async with world.running() as workspace:
        kept = workspace.focused_terminal
        lost = await workspace.run("session.new", directory="/", name="api", command="npm run dev")
        await workspace.saver.flush()
        await workspace.run("session.close")
        await workspace.run("session.new", directory="/", name="new one")
        await workspace.settle()
        running = set(world.pty[0].surfaces)
        states = await workspace.run("store.list")
        number = next(
            one.number for one in states if one.number and one.state and len(one.state.sessions) == 2
        )
        assert await workspace.run("store.restore", generation=number) == 1
        assert [one.name for one in workspace.sessions] == [world.home.name, "api", "new one"]
        assert workspace.sessions[0].terminals == [kept]
        assert set(world.pty[0].surfaces) == running
        back = workspace.sessions[1].terminals[0]
        assert (back.id, back.status.state) == (lost.terminals[0].id, TerminalState.HELD)
        await workspace.run("terminal.restart", terminal_id=back.id)
        assert world.pty[0].specs[back.id].command == "npm run dev"
        assert any("1 terminal is back" in notice for notice in world.notices)
        with pytest.raises(StoreError, match="no earlier state 9"):
            await workspace.run("store.restore", generation=9)
    async with world.running() as workspace:
        assert len(workspace.sessions) == 3

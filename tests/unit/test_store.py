"""The store's file: round trips, older and newer rows, broken files, generations."""

from __future__ import annotations

import json
import os
import stat
import time
from pathlib import Path
from typing import Any

import pytest

from cockpit.errors import StoreError
from cockpit.model import Binding, CommandRun, CommandState, Session, Terminal
from cockpit.workspace.rows_format import StoredState, decode, encode
from cockpit.workspace.store import Store

HOSTILE = [
    "#(touch x)",
    "#{pid}",
    "$(touch x) `touch x`",
    'it\'s "quoted" \\ back',
    "two\nlines\r\tand a tab",
    "\x1b[31mred\x1b]0;title\x07",
    "␞ and \u202eright to left",
    "a" * 10_000,
    os.fsdecode(b"not utf-8 \xff\xfe"),
]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store.json")


def state_with(text: str) -> StoredState:
    binding = Binding("/run/t.sock", "main", "@7", 3)
    terminal = Terminal("t-1", "shell", text, "tmux", command=text, binding=binding, named_by_user=True)
    return StoredState([Session("s-1", "name", text, [terminal], "group", "t-1")], "s-1")


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_every_path_and_command_comes_back_exactly(store: Store, text: str) -> None:
    store.save(encode(state_with(text)))
    state, notices, _ = store.load()
    assert state == state_with(text)
    assert notices == []
    assert store.path.read_bytes().isascii()


@pytest.mark.parametrize(
    ("run", "kept"),
    [
        (CommandRun(CommandState.ENDED, 3), True),
        (CommandRun(CommandState.ENDED), True),
        (CommandRun(CommandState.RUNNING), True),
        (CommandRun(CommandState.WAITING), False),
        (None, False),
    ],
)
def test_how_far_a_command_in_its_shell_was_comes_back(run: CommandRun | None, kept: bool) -> None:
    state = state_with("/x")
    state.sessions[0].terminals[0].run = run
    document = json.loads(json.dumps(encode(state)))
    assert decode(document).sessions[0].terminals[0].run == (run if kept else None)
    assert ("command_state" in document["sessions"][0]["terminals"][0]) is kept


def test_the_file_is_private_and_nothing_is_left_beside_it(store: Store) -> None:
    store.save(encode(state_with("/x")))
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert [path.name for path in store.path.parent.iterdir()] == ["store.json"]


def test_a_row_without_a_backend_is_a_pty_row() -> None:
    old = {
        "sessions": [
            {"id": "s", "name": "n", "directory": "/", "terminals": [{"id": "t", "name": "n", "cwd": "/"}]}
        ]
    }
    (session,) = decode(old).sessions
    assert session.terminals[0].backend == "pty"
    assert session.terminals[0].binding is None


def test_what_another_version_wrote_is_kept() -> None:
    document = encode(state_with("/x"))
    document["future"] = {"a": [1]}
    session: dict[str, Any] = document["sessions"][0]
    session["colour"] = "red"
    session["terminals"][0] |= {"agent": {"kind": "claude"}}
    session["terminals"][0]["binding"]["pane"] = "%4"
    other = {
        "id": "t-2",
        "name": "n",
        "cwd": "/",
        "backend": "zellij",
        "binding": {"tab": 4},
        "command": None,
    }
    session["terminals"].append({**other, "named_by_user": False, "restore": None})
    kept = encode(decode(json.loads(json.dumps(document))))
    assert kept == document
    assert decode(document).sessions[0].terminals[1].backend == "zellij"


def test_a_new_binding_replaces_the_old_one_and_keeps_only_its_unknown_fields() -> None:
    document = encode(state_with("/x"))
    document["sessions"][0]["terminals"][0]["binding"]["pane"] = "%4"
    state = decode(document)
    state.sessions[0].terminals[0].binding = Binding("/other", "main", "@9", 1)
    assert encode(state)["sessions"][0]["terminals"][0]["binding"] == {
        "pane": "%4",
        "socket_path": "/other",
        "session_name": "main",
        "window_id": "@9",
        "window_index": 1,
    }


def test_a_first_launch_is_empty_and_says_nothing(store: Store) -> None:
    assert store.load() == (StoredState(), [], False)


BROKEN = [
    b"",
    b"{",
    b"[]",
    b"\xff",
    b'{"sessions": 3}',
    b'{"schema": "x", "sessions": []}',
    b'{"schema": 1, "sessions": [{"id": "s", "name": 3, "directory": "/"}]}',
    b'{"schema": 1, "sessions": [{"id": "", "name": "n", "directory": "/"}]}',
    b'{"schema":1,"sessions":[{"id":"s","name":"n","directory":"/"},{"id":"s","name":"n","directory":"/"}]}',
    b"[" * 100_000,
]


@pytest.mark.parametrize("content", BROKEN, ids=range(len(BROKEN)))
def test_an_unreadable_store_is_set_aside_and_the_last_good_one_used(store: Store, content: bytes) -> None:
    store.save(encode(state_with("/old")))
    store.save(encode(state_with("/new")))
    store.path.write_bytes(content)
    state, notices, _ = store.load()
    assert state.sessions[0].directory == "/old"
    (aside,) = store.path.parent.glob("store.json.unreadable-*")
    assert aside.read_bytes() == content
    assert str(aside) in notices[0]
    assert "store.json.1" in notices[1]
    assert not store.path.exists()


def test_two_unreadable_stores_in_one_second_are_both_kept(store: Store) -> None:
    for content in (b"one", b"two"):
        store.path.write_bytes(content)
        store.load()
    kept = {path.read_bytes() for path in store.path.parent.glob("store.json.unreadable-*")}
    assert kept == {b"one", b"two"}


def test_without_a_good_generation_it_starts_empty_and_says_so(store: Store) -> None:
    store.path.write_bytes(b"{")
    store.generation(1).write_bytes(b"{")
    state, notices, _ = store.load()
    assert state == StoredState()
    assert "starting empty" in notices[-1]


def test_a_removed_store_comes_back_from_its_generation(store: Store) -> None:
    store.save(encode(state_with("/old")))
    store.save(encode(state_with("/new")))
    store.path.unlink()
    state, notices, _ = store.load()
    assert state.sessions[0].directory == "/old"
    assert "missing" in notices[0]


def test_a_newer_schema_is_refused_and_untouched(store: Store) -> None:
    content = b'{"schema": 99, "written_by": "9.1", "sessions": 3}'
    store.path.write_bytes(content)
    with pytest.raises(StoreError, match=r"newer cockpit \(cockpit '9.1', schema 99.*Upgrade"):
        store.load()
    assert store.path.read_bytes() == content
    assert [path.name for path in store.path.parent.iterdir()] == ["store.json"]


def test_a_store_that_cannot_be_read_at_all_is_refused(store: Store) -> None:
    store.path.mkdir()
    with pytest.raises(StoreError, match="can't be read"):
        store.load()


def test_a_burst_of_changes_does_not_wash_out_the_generations(store: Store) -> None:
    for number in range(10):
        store.save(encode(state_with(f"/{number}")))
    directories = [
        decode(json.loads(path.read_bytes())).sessions[0].directory
        for path in (store.path, store.generation(1), store.generation(2))
    ]
    assert directories[:2] == ["/9", "/8"]
    assert directories[2] == "/0"
    assert not store.generation(3).exists()


def test_five_generations_are_kept_when_changes_are_far_apart(store: Store) -> None:
    for number in range(9):
        store.save(encode(state_with(f"/{number}")))
        past = time.time() - 3600
        for path in store.path.parent.iterdir():
            os.utime(path, (past, past))
    kept = [decode(json.loads(store.generation(n).read_bytes())).sessions[0].directory for n in range(1, 6)]
    assert kept == ["/7", "/6", "/5", "/4", "/3"]
    assert not store.generation(6).exists()


def test_a_failed_write_leaves_the_old_document(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.save(encode(state_with("/old")))

    def fail(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        store.save(encode(state_with("/new")))
    state, _, _ = store.load()
    assert state.sessions[0].directory == "/old"
    assert not list(store.path.parent.glob(".store*"))

"""One cockpit owns a profile: the lock, and what it tells of its holder."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cockpit.errors import PathError, ProfileInUseError
from cockpit.workspace.occupant import Occupant, read_occupant
from cockpit.workspace.owner import Owner
from cockpit.workspace.owner_lock import OwnerLock, holder_of
from cockpit.workspace.process_mark import process_mark
from tests.unit.workspaces import World

_HOLDER = (
    "import sys; from pathlib import Path; from cockpit.workspace.owner_lock import OwnerLock;"
    "from cockpit.workspace.occupant import Occupant; who = Occupant.this_process({});"
    "lock = OwnerLock.acquire(Path(sys.argv[1]), 'p', who); print('held', flush=True); sys.stdin.read()"
)


def test_a_second_owner_is_told_who_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "owner.lock"
    who = Occupant(os.getpid(), process_mark(os.getpid()), "/dev/pts/3", time.time(), "192.0.2.7")
    lock = OwnerLock.acquire(path, "work", who)
    words = rf"pid {os.getpid()} on /dev/pts/3, from 192.0.2.7, since \d\d:\d\d.*'work'.*--take-over.*cockpit -L NAME"
    with pytest.raises(ProfileInUseError, match=words) as caught:
        OwnerLock.acquire(path, "work", who)
    assert caught.value.lock == path
    assert holder_of(path) == who
    lock.release()
    lock.release()
    assert holder_of(path) is None
    OwnerLock.acquire(path, "work", who).release()


def test_a_lock_on_a_file_that_its_last_holder_removed_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, who = tmp_path / "owner.lock", Occupant.this_process({})
    lock = fcntl.flock

    def removed_in_between(descriptor: int, operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", lock)
        path.unlink()
        lock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", removed_in_between)
    first = OwnerLock.acquire(path, "p", who)
    with pytest.raises(ProfileInUseError, match=str(os.getpid())):
        OwnerLock.acquire(path, "p", who)
    path.unlink()
    second = OwnerLock.acquire(path, "p", who)
    first.release()
    assert path.exists(), "it is another one's by now"
    second.release()
    assert not path.exists()


def test_a_killed_owner_leaves_the_profile_free(tmp_path: Path) -> None:
    path, who = tmp_path / "owner.lock", Occupant.this_process({})
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(ProfileInUseError, match=str(process.pid)):
            OwnerLock.acquire(path, "p", who)
        holder = holder_of(path)
        assert holder is not None
        assert holder.lives
        process.kill()
        process.wait()
        assert not holder.lives
        OwnerLock.acquire(path, "p", who).release()


def test_a_link_in_place_of_the_lock_is_refused(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("precious")
    (tmp_path / "owner.lock").symlink_to(tmp_path / "target")
    with pytest.raises(PathError, match=r"can't be locked.*Set COCKPIT_HOME"):
        OwnerLock.acquire(tmp_path / "owner.lock", "p", Occupant.this_process({}))
    assert (tmp_path / "target").read_text() == "precious"


def test_the_socket_of_a_killed_owner_is_replaced_and_ours_removed(tmp_path: Path) -> None:
    paths = World(tmp_path).paths
    paths.prepare()
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(paths.owner_socket))
    owner = Owner.acquire(paths)
    owner.listen()
    with socket.socket(socket.AF_UNIX) as asker:
        asker.connect(str(paths.owner_socket))
    owner.release()
    assert not paths.owner_socket.exists()


def test_without_a_socket_the_profile_is_owned_all_the_same(tmp_path: Path) -> None:
    paths = World(tmp_path).paths
    paths.prepare()
    owner = Owner.acquire(paths)
    paths.owner_socket.mkdir()
    owner.listen()
    assert owner.listener is None
    with pytest.raises(ProfileInUseError):
        Owner.acquire(paths)
    owner.release()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", None),
        (b"nonsense", None),
        (b"[]", None),
        (b'{"pid": true}', None),
        (b'{"pid": 1}', None),
        (b'{"pid": "7"}', None),
        (b"4711\n", "pid 4711, from this machine"),
        (b'{"pid": 7, "terminal": 3, "since": "x", "origin": null}', "pid 7, from this machine"),
        (
            b'{"pid": 7, "terminal": "/dev/\\u001b[31mpts", "since": 1e300}',
            "pid 7 on /dev/[31mpts, from this machine",
        ),
        (b'{"pid": 7, "origin": "10.0.0.1", "new": {}, "server": 1}', "pid 7, from 10.0.0.1"),
    ],
)
def test_what_a_lock_file_says_is_believed_only_as_far_as_it_makes_sense(
    content: bytes, said: str | None
) -> None:
    found = read_occupant(content)
    assert (str(found) if found else None) == said
    assert found is None or not found.lives, "without a mark no process is taken for it"


def test_this_process_describes_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "ttyname", lambda descriptor: "/dev/pts/9")
    here = Occupant.this_process({"SSH_CONNECTION": "192.0.2.7 50000 192.0.2.1 22"})
    assert (here.pid, here.terminal, here.origin) == (os.getpid(), "/dev/pts/9", "192.0.2.7")
    assert here.lives
    assert Occupant.decoded(json.loads(json.dumps(here.encoded()))) == here


def test_a_server_says_that_it_is_one() -> None:
    here = Occupant.this_process({}, server=True)
    assert Occupant.decoded(json.loads(json.dumps(here.encoded()))) == here
    assert (here.kind, Occupant(7).kind) == ("a cockpit server without a screen", "another cockpit")


_VERB = (
    "import os, sys; from pathlib import Path; from cockpit.workspace.occupant import Occupant;"
    "from cockpit.workspace.owner_lock import OwnerLock; who = Occupant.this_process({}, verb=True);"
    "lock = OwnerLock.acquire(Path(sys.argv[1]), 'p', who); print('held', flush=True);"
    "sys.stdin.read(); lock.release()"
)


@pytest.mark.parametrize("ends", [True, False])
def test_a_verb_at_work_is_waited_for(ends: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "owner.lock"
    with subprocess.Popen(
        [sys.executable, "-c", _VERB, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as verb:
        assert verb.stdout is not None and verb.stdin is not None
        assert verb.stdout.readline() == b"held\n"
        if ends:
            flock = fcntl.flock

            def ends_meanwhile(descriptor: int, operation: int) -> None:
                assert verb.stdin is not None
                if operation == fcntl.LOCK_SH:
                    verb.stdin.close()
                flock(descriptor, operation)

            monkeypatch.setattr(fcntl, "flock", ends_meanwhile)
            OwnerLock.acquire(path, "p", Occupant.this_process({})).release()
        else:
            monkeypatch.setattr("cockpit.workspace.owner_lock.VERB_DEADLINE_S", 0.01)
            with pytest.raises(ProfileInUseError, match=r"a verb without a cockpit .*Wait for its end"):
                OwnerLock.acquire(path, "p", Occupant.this_process({}))
            verb.stdin.close()


def test_another_process_with_the_same_pid_is_not_taken_for_it() -> None:
    assert not Occupant(os.getpid(), "boot:1").lives
    assert process_mark(2**22 + 1) == ""


def test_a_process_name_with_parentheses_does_not_confuse_the_mark(tmp_path: Path) -> None:
    program = tmp_path / "a) (b"
    program.symlink_to("/bin/sleep")
    with subprocess.Popen([program, "60"]) as process:
        mark = process_mark(process.pid)
        process.kill()
    assert mark.rpartition(":")[2].isdigit()
    assert int(mark.rpartition(":")[2]) >= int(process_mark(os.getpid()).rpartition(":")[2])


def test_an_old_start_is_told_with_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_700_000_000.0 + 9 * 86_400)
    assert "since 2023-11-1" in str(Occupant(7, since=1_700_000_000.0))

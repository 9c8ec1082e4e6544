"""Two log-ins of one user have runtime directories of their own and one store: one cockpit at a time owns it."""

from __future__ import annotations

import asyncio
import dataclasses
import errno
import fcntl
import json
import os
import socket
from pathlib import Path

import pytest

from cockpit.app import taking_over
from cockpit.control.verbs.calling import main as call
from cockpit.errors import PathError, ProfileInUseError
from cockpit.workspace import occupant
from cockpit.workspace.events import TakenOver
from cockpit.workspace.occupant import Occupant
from cockpit.workspace.orphans import look
from cockpit.workspace.owner import Owner
from cockpit.workspace.process_mark import process_mark
from cockpit.workspace.store import Store
from tests.unit.workspaces import World


@pytest.fixture
def here(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def there(tmp_path: Path) -> World:
    return World(tmp_path, runtime_dir=tmp_path / "run of another log-in")


async def test_a_second_log_in_does_not_write_the_rows_of_the_first(here: World, there: World) -> None:
    async with here.running() as workspace:
        await workspace.run("session.new", directory="/", name="of the first")
        await workspace.saver.flush()
        before = here.paths.store_file.read_bytes()
        with pytest.raises(ProfileInUseError, match=rf"pid {os.getpid()}.*--take-over"):
            there.open()
        assert here.paths.store_file.read_bytes() == before
    there.open().owner.release()


def test_nor_does_a_restored_state_while_the_other_log_in_has_them(
    here: World, there: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = there.open()
    monkeypatch.setenv("COCKPIT_HOME", str(here.home / "cockpit"))
    assert call(["store", "restore"], None) == 1
    assert "Restore an earlier state" in capsys.readouterr().err
    workspace.owner.release()


def test_two_stores_do_not_share_a_runtime_directory(here: World) -> None:
    workspace = here.open()
    other = dataclasses.replace(here.paths, state_dir=here.home / "other state")
    other.prepare()
    with pytest.raises(ProfileInUseError):
        Owner.acquire(other)
    workspace.owner.release()
    Owner.acquire(other).release()


async def test_a_takeover_reaches_the_other_log_in(
    here: World, there: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking_over, "_say", lambda text: None)
    workspace = here.open()
    await workspace.start(str(here.home))
    told = asyncio.Event()
    workspace.events.subscribe(lambda event: told.set() if isinstance(event, TakenOver) else None)
    taking = asyncio.create_task(asyncio.to_thread(taking_over.open_workspace, there.paths, take_over=True))
    await asyncio.wait_for(told.wait(), 5)
    await workspace.close()
    (await asyncio.wait_for(taking, 5)).owner.release()


def test_from_inside_the_other_log_in_s_cockpit_nothing_is_asked(
    here: World, there: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`su` or `env -i` in one of its terminals changes the runtime directory, not what would end."""
    workspace = here.open()
    here.paths.socket_marker.write_text(f"{here.paths.control_socket}\n")
    monkeypatch.setenv("COCKPIT_SOCKET", str(here.paths.control_socket))
    with pytest.raises(ProfileInUseError, match="inside the cockpit"):
        taking_over.open_workspace(there.paths, take_over=True)
    workspace.owner.release()


def test_what_the_other_log_in_has_open_is_open_to_the_reaper_too(here: World, there: World) -> None:
    workspace = there.open()
    assert look(here.paths).profile_open
    workspace.owner.release()
    assert not look(here.paths).profile_open


# Another machine.


def test_an_owner_on_another_machine_is_named_and_left_alone(
    here: World, there: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(taking_over, "_say", said.append)
    monkeypatch.setattr(taking_over, "_agreed", lambda question: pytest.fail(question))
    workspace = here.open()
    who = Occupant(os.getpid(), "boot:1", "/dev/pts/3", host="alpha", socket=str(here.paths.owner_socket))
    here.paths.store_lock.write_text(json.dumps(who.encoded()))
    with pytest.raises(ProfileInUseError, match=rf"pid {os.getpid()} on /dev/pts/3 of alpha"):
        taking_over.open_workspace(there.paths, take_over=True)
    assert said[-1] == "It runs on alpha, out of reach from here. Leave it there first."
    workspace.owner.release()


def test_a_renamed_machine_is_no_other_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    who = Occupant.this_process({})
    assert (who.host, who.elsewhere) == (socket.gethostname(), False)
    monkeypatch.setattr(occupant, "gethostname", lambda: "renamed")
    assert not who.elsewhere
    assert dataclasses.replace(who, mark="boot:1").elsewhere


def test_where_locks_may_not_reach_the_other_machine_one_is_told_of_it(here: World) -> None:
    here.paths.prepare()
    gone = Occupant(4711, "boot:1", host="alpha", since=1.7e9)
    here.paths.store_lock.write_text(json.dumps(gone.encoded()))
    owner = Owner.acquire(here.paths)
    (warning,) = owner.warnings
    assert "pid 4711 of alpha" in warning
    owner.release()
    again = Owner.acquire(here.paths)
    assert again.warnings == []
    again.release()


# A state directory that takes no lock.


def fails(number: int) -> OSError:
    return OSError(number, os.strerror(number))


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.ENOSPC])
def test_where_the_lock_cannot_be_made_cockpit_goes_on(
    here: World, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    unwritable(here, monkeypatch, number)
    workspace = here.open()
    assert workspace.owner.warnings == []
    workspace.owner.release()


def test_what_could_not_be_locked_is_locked_before_it_is_written(
    here: World, there: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk has room again, or is mounted anew: whoever comes to write first owns the rows."""
    for world in (here, there):
        world.paths.prepare()
    with monkeypatch.context() as read_only:
        unwritable(here, read_only, errno.EROFS)
        one, two = Owner.acquire(here.paths), Owner.acquire(there.paths)
    document: dict[str, object] = {"sessions": []}
    Store(here.paths.store_file, guard=one.guard_store).save(document)
    with pytest.raises(OSError, match=rf"pid {os.getpid()}"):
        Store(here.paths.store_file, guard=two.guard_store).save(document)
    one.release()
    Store(here.paths.store_file, guard=two.guard_store).save(document)
    two.release()


def test_a_file_system_without_locks_is_told_of(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = fcntl.flock
    here.paths.prepare()

    def refused(descriptor: int, operation: int) -> None:
        if os.path.samestat(os.fstat(descriptor), here.paths.store_lock.stat()):
            raise fails(errno.ENOLCK)
        lock(descriptor, operation)

    here.paths.store_lock.touch()
    monkeypatch.setattr(fcntl, "flock", refused)
    owner = Owner.acquire(here.paths)
    owner.guard_store()
    assert [str(here.paths.store_lock) in warning for warning in owner.warnings] == [True]
    owner.release()


def test_a_lock_of_somebody_else_is_not_passed_over(here: World, monkeypatch: pytest.MonkeyPatch) -> None:
    here.paths.prepare()
    here.paths.store_lock.touch()
    unwritable(here, monkeypatch, errno.EACCES)
    with pytest.raises(PathError, match=r"store\.lock can't be locked"):
        Owner.acquire(here.paths)
    assert not here.paths.owner_lock.exists()


def unwritable(world: World, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """The lock beside the store can't be locked; all else can."""
    open_ = os.open

    def refused(path: str | Path, flags: int, mode: int = 0o777) -> int:
        if path == world.paths.store_lock:
            raise fails(number)
        return open_(path, flags, mode)

    monkeypatch.setattr(os, "open", refused)


def test_the_lock_stays_beside_the_store_and_names_nobody_afterwards(here: World) -> None:
    """Over NFS another machine could lock one that was removed and go on to see it for seconds."""
    here.open().owner.release()
    assert here.paths.store_lock.read_bytes() == b""
    assert not here.paths.owner_lock.exists()


def test_the_socket_s_path_is_believed_as_it_is_or_not_at_all() -> None:
    who = Occupant(7, process_mark(os.getpid()), socket="/run/user/1000/cockpit/owner.sock")
    assert Occupant.decoded(who.encoded()) == who
    for wrong in ("/a\nb", "relative", "/" + "x" * 200, 7):
        decoded = Occupant.decoded({**who.encoded(), "socket": wrong})
        assert decoded is not None
        assert decoded.socket == ""

"""The control socket's file: what is in its place, whose it is, and that only our own is ever removed."""

from __future__ import annotations

import fcntl
import os
import socket
from pathlib import Path

import pytest

from cockpit.control.socket_file import ControlSocketError, SocketFile, remember_path


@pytest.fixture
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("s") / "c.sock"


def connect(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))


def mode_of(path: Path) -> int:
    return path.lstat().st_mode & 0o777


def test_it_listens_with_its_mode_and_is_gone_afterwards(path: Path) -> None:
    file = SocketFile.open(path, 0o600)
    assert mode_of(path) == 0o600
    connect(path)
    file.set_mode(0o666)
    assert mode_of(path) == 0o666
    file.close()
    file.close()
    assert not path.exists()
    SocketFile.open(path, 0o600).close()


def test_a_crash_leaves_a_stale_file_that_is_replaced(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with pytest.raises(ConnectionRefusedError):
        connect(path)
    file = SocketFile.open(path, 0o600)
    assert file.in_place
    connect(path)
    file.close()


def test_only_one_serves_and_the_second_touches_nothing(path: Path) -> None:
    file = SocketFile.open(path, 0o600)
    with pytest.raises(ControlSocketError, match="another cockpit serves"):
        SocketFile.open(path, 0o600)
    connect(path)
    file.close()


def test_a_lock_that_its_last_holder_removed_does_not_count(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock_path = path.with_name("c.sock.lock")
    lock = fcntl.flock

    def removed_in_between(descriptor: int, operation: int) -> None:
        monkeypatch.setattr(fcntl, "flock", lock)
        lock_path.unlink()
        lock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", removed_in_between)
    file = SocketFile.open(path, 0o600)
    with pytest.raises(ControlSocketError, match="another cockpit serves"):
        SocketFile.open(path, 0o600)
    file.close()
    assert list(path.parent.iterdir()) == []


def test_a_file_that_took_its_place_is_left_alone(path: Path) -> None:
    file = SocketFile.open(path, 0o600)
    path.rename(path.with_name("moved"))
    path.write_text("somebody's")
    file.set_mode(0o666)
    assert not file.in_place
    file.close()
    assert path.read_text() == "somebody's"
    assert mode_of(path) != 0o666


def test_what_is_no_socket_of_ours_is_refused_and_kept(path: Path) -> None:
    path.write_text("precious")
    with pytest.raises(ControlSocketError, match="not a socket"):
        SocketFile.open(path, 0o600)
    assert path.read_text() == "precious"
    path.unlink()
    path.symlink_to("/tmp")
    with pytest.raises(ControlSocketError, match="not a socket"):
        SocketFile.open(path, 0o600)
    assert path.is_symlink()
    path.unlink()
    SocketFile.open(path, 0o600).close()


def test_a_stranger_who_listens_without_our_lock_is_left_alone(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.bind(str(path))
        stranger.listen()
        with pytest.raises(ControlSocketError, match="somebody else listens"):
            SocketFile.open(path, 0o600)
        connect(path)


def test_a_file_that_took_a_stale_ones_place_meanwhile_is_left_alone(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(path))
    strangers = socket.socket(socket.AF_UNIX)

    class Raced(socket.socket):
        """Somebody binds there while it is asked whether anybody listens."""

        def connect_ex(self, address: object) -> int:
            code = super().connect_ex(address)  # type: ignore[arg-type] # a path, as the caller says
            beside = path.with_name("beside")  # so that it can't get the number of the other one's inode
            strangers.bind(str(beside))
            beside.rename(path)
            return code

    with strangers, monkeypatch.context() as raced:
        raced.setattr("socket.socket", Raced)
        with pytest.raises(ControlSocketError, match="somebody else"):
            SocketFile.open(path, 0o600)
        assert path.is_socket()


def test_a_lock_that_is_a_link_is_refused(path: Path) -> None:
    target = path.with_name("target")
    target.write_text("precious")
    path.with_name("c.sock.lock").symlink_to(target)
    with pytest.raises(ControlSocketError):
        SocketFile.open(path, 0o600)
    assert target.read_text() == "precious"


def test_a_directory_that_others_can_write_is_mended(path: Path) -> None:
    path.parent.chmod(0o777)
    SocketFile.open(path, 0o600).close()
    assert mode_of(path.parent) == 0o755


def test_a_directory_that_is_a_link_is_refused(path: Path) -> None:
    link = path.parent / "link"
    link.symlink_to(path.parent)
    with pytest.raises(ControlSocketError, match="not a plain directory"):
        SocketFile.open(link / "c.sock", 0o600)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_what_belongs_to_another_user_is_refused(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as theirs:
        theirs.bind(str(path))
    os.chown(path, 65534, 65534)
    with pytest.raises(ControlSocketError, match="belongs to uid 65534"):
        SocketFile.open(path, 0o600)
    assert path.lstat().st_uid == 65534
    os.chown(path.parent, 65534, 65534)
    with pytest.raises(ControlSocketError, match="belongs to uid 65534"):
        SocketFile.open(path.with_name("d.sock"), 0o600)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a directory away")
def test_a_directory_below_another_users_in_one_of_all_is_refused(path: Path) -> None:
    path.parent.chmod(0o1777)
    theirs = path.parent / "theirs"
    (theirs / "ours").mkdir(parents=True)
    os.chown(theirs, 65534, 65534)
    with pytest.raises(ControlSocketError, match="theirs belongs to somebody else"):
        SocketFile.open(theirs / "ours" / "s", 0o600)
    assert not list((theirs / "ours").iterdir())


def test_a_path_that_does_not_fit_is_told(path: Path) -> None:
    with pytest.raises(ControlSocketError, match="COCKPIT_SOCKET_PATH"):
        SocketFile.open(path.parent / ("x" * 108), 0o600)


def test_the_last_path_is_remembered(path: Path) -> None:
    marker = path.with_name("last-socket")
    remember_path(marker, path)
    assert marker.read_text() == f"{path}\n"
    remember_path(path / "no" / "directory", path)

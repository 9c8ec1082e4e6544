"""The control socket's file: its lock, its place, its identity. Accepts nobody."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import socket
import stat
from pathlib import Path

from cockpit.errors import CockpitError
from cockpit.files import lock_file, remove_lock_file, write_atomically
from cockpit.paths import SUN_PATH_LIMIT_BYTES, foreign_parent

log = logging.getLogger(__name__)

BACKLOG = 128


class ControlSocketError(CockpitError):
    """The control socket can't be had; nothing that isn't ours was touched."""


class SocketFile:
    """A listening socket at `path` from `open` to `close`; removed then if it still is the one that was bound."""

    def __init__(self, path: Path, listening: socket.socket, lock: int, identity: tuple[int, int]) -> None:
        self.path = path
        self.socket = listening
        self._lock: int | None = lock
        self._identity = identity

    @classmethod
    def open(cls, path: Path, mode: int) -> SocketFile:
        """Locks the place, clears what a crash left there and listens. Blocking and quick.

        Raises:
            ControlSocketError: another cockpit serves there, something that isn't ours is in the way, or the
                directory is not safe.
        """
        if len(os.fsencode(path)) >= SUN_PATH_LIMIT_BYTES:
            raise ControlSocketError(
                f"{path} is too long for a socket; set COCKPIT_SOCKET_PATH to a shorter one"
            )
        _check_directory(path.parent)
        lock = _acquire(_lock_path(path))
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            _clear(path)
            with contextlib.suppress(OSError):  # Linux: the file has this mode from the beginning
                os.fchmod(listening.fileno(), mode)
            listening.bind(str(path))
            path.chmod(mode)
            status = path.lstat()
            listening.listen(BACKLOG)
            listening.setblocking(False)
        except OSError as error:
            listening.close()
            remove_lock_file(_lock_path(path), lock)
            raise ControlSocketError(f"{path} can't be listened on: {error.strerror}") from error
        except BaseException:  # interrupted too: neither socket nor lock is left behind
            listening.close()
            remove_lock_file(_lock_path(path), lock)
            raise
        return cls(path, listening, lock, (status.st_dev, status.st_ino))

    @property
    def in_place(self) -> bool:
        """Whether the file at the path is still the one that was bound."""
        try:
            status = self.path.lstat()
        except OSError:
            return False
        return (status.st_dev, status.st_ino) == self._identity

    def set_mode(self, mode: int) -> None:
        """Changes who may connect, if the file still is ours."""
        if self.in_place:
            self.path.chmod(mode)

    def close(self) -> None:
        """Stops listening, removes the file if it is ours, and lets the next one in. Idempotent."""
        if self._lock is None:
            return
        if self.in_place:
            with contextlib.suppress(FileNotFoundError):
                self.path.unlink()
        self.socket.close()
        remove_lock_file(_lock_path(self.path), self._lock)
        self._lock = None


def remember_path(marker: Path, path: Path) -> None:
    """Leaves the socket's path where clients look for it."""
    try:
        write_atomically(marker, os.fsencode(path) + b"\n")
    except OSError as error:
        log.warning("%s can't be written: %s", marker, error)


def _lock_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")


def _acquire(path: Path) -> int:
    try:
        lock = lock_file(path)
    except BlockingIOError as error:
        raise ControlSocketError(
            f"another cockpit serves {path.with_suffix('')}; set COCKPIT_SOCKET_PATH elsewhere for this one"
        ) from error
    except OSError as error:
        raise ControlSocketError(f"{path} can't be locked: {error.strerror}") from error
    status = os.fstat(lock)
    if status.st_uid != os.getuid() or not stat.S_ISREG(status.st_mode):
        os.close(lock)
        raise ControlSocketError(
            f"{path} is not a file of yours; remove it, or set COCKPIT_SOCKET_PATH elsewhere"
        )
    return lock


def _check_directory(directory: Path) -> None:
    """Ours and closed to others' writing, or a sticky one that others can't take our file from (like /tmp)."""
    try:
        status = directory.lstat()
        resolved = directory.stat()
        foreign = foreign_parent(directory)
    except OSError as error:
        raise ControlSocketError(f"{directory} can't be used: {error.strerror}") from error
    if stat.S_ISLNK(status.st_mode) or not stat.S_ISDIR(resolved.st_mode):
        raise ControlSocketError(f"{directory} is not a plain directory; set COCKPIT_SOCKET_PATH elsewhere")
    if foreign is not None:
        raise ControlSocketError(
            f"{foreign} belongs to somebody else, not to you; set COCKPIT_SOCKET_PATH elsewhere"
        )
    own = status.st_uid == os.getuid()
    if own and status.st_mode & 0o022 and not status.st_mode & stat.S_ISVTX:
        directory.chmod(status.st_mode & ~0o022 & 0o7777)
        log.warning("%s could be written by others; it can't any more", directory)
    elif not own and not (status.st_mode & stat.S_ISVTX and status.st_uid == 0):
        raise ControlSocketError(
            f"{directory} belongs to uid {status.st_uid}, not to you; set COCKPIT_SOCKET_PATH elsewhere"
        )


def _is_still(path: Path, status: os.stat_result) -> bool:
    """Whether the file at the path is the one that was looked at, or gone."""
    try:
        now = path.lstat()
    except FileNotFoundError:
        return True
    # A number alone is given again at once when nobody holds the file any more.
    return os.path.samestat(status, now) and status.st_ctime_ns == now.st_ctime_ns


def _clear(path: Path) -> None:
    """Removes a socket of ours nobody listens on. The lock is held, so nobody of us is about to bind."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(status.st_mode):
        raise ControlSocketError(
            f"{path} is not a socket; move it away, cockpit puts its control socket there"
        )
    if status.st_uid != os.getuid():
        raise ControlSocketError(f"{path} belongs to uid {status.st_uid}; set COCKPIT_SOCKET_PATH elsewhere")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        code = probe.connect_ex(str(path))
    if code not in (errno.ECONNREFUSED, errno.ENOENT) or not _is_still(path, status):
        raise ControlSocketError(f"somebody else listens on {path}; set COCKPIT_SOCKET_PATH elsewhere")
    with contextlib.suppress(FileNotFoundError):
        path.unlink()

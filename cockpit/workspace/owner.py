"""One cockpit at a time owns a profile's rows: a lock that the kernel frees however its holder ends.

The file says who holds it. Beside it the owner listens on a socket, where the next cockpit asks it to leave
(see `takeover`).
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import socket
from pathlib import Path

from cockpit.errors import PathError, ProfileInUseError
from cockpit.files import is_at
from cockpit.workspace.occupant import Occupant, read_occupant

log = logging.getLogger(__name__)

BACKLOG = 8


class OwnerLock:
    """Held from `acquire` to `release`, which removes the file; so a lock counts only on the file at the path."""

    def __init__(self, descriptor: int, path: Path) -> None:
        self._descriptor: int | None = descriptor
        self._path = path
        self._socket_path: Path | None = None
        self.listener: socket.socket | None = None
        """Where the next cockpit asks; what comes before anybody answers waits there."""

    @classmethod
    def acquire(cls, path: Path, profile: str, *, who: Occupant | None = None) -> OwnerLock:
        """Takes the lock without waiting and leaves in the file who did.

        Raises:
            ProfileInUseError: another cockpit holds it.
            PathError: the file can't be opened.
        """
        descriptor = _locked(path, profile)
        while not is_at(path, descriptor):  # its last holder removed it between our opening and our locking
            os.close(descriptor)
            descriptor = _locked(path, profile)
        who = who or Occupant.this_process(os.environ)
        with contextlib.suppress(OSError):  # a full disk: the lock counts, not who is said to hold it
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(who.encoded()).encode() + b"\n", 0)
        return cls(descriptor, path)

    def listen(self, path: Path) -> None:
        """Makes the socket where the next cockpit asks. Without one, it can only be told who we are."""
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            path.unlink(missing_ok=True)  # left by a cockpit that was killed: we hold the lock
            listener.bind(os.fspath(path))
            listener.listen(BACKLOG)
        except OSError as error:
            listener.close()
            log.warning("nobody can ask this cockpit to leave: %s: %s", path, error)
            return
        listener.setblocking(False)
        self.listener, self._socket_path = listener, path

    def release(self) -> None:
        """Lets the next cockpit in. May be called again."""
        if self.listener is not None and self._socket_path is not None:
            with contextlib.suppress(OSError):
                self._socket_path.unlink(missing_ok=True)
            self.listener.close()
            self.listener = None
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                if is_at(self._path, self._descriptor):
                    self._path.unlink()
                os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None


def holder_of(path: Path) -> Occupant | None:
    """Who the lock file says holds it; None when it doesn't say."""
    try:
        return read_occupant(path.read_bytes()[:4096])
    except OSError:
        return None


def _locked(path: Path, profile: str) -> int:
    """The descriptor of the locked file. Raises as `OwnerLock.acquire` does."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise PathError(
            f"{path} can't be opened: {error.strerror}. Set COCKPIT_HOME to a directory you can write to."
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = read_occupant(os.pread(descriptor, 4096, 0))
        os.close(descriptor)
        raise ProfileInUseError(_in_use(profile, holder), pid=holder.pid if holder else None) from None
    except OSError as error:
        os.close(descriptor)
        raise PathError(f"{path} can't be locked: {error.strerror}") from error
    return descriptor


def _in_use(profile: str, holder: Occupant | None) -> str:
    who = f"{holder.kind} ({holder})" if holder else "another cockpit"
    there = "Drive it by verbs" if holder and holder.server else "Go on there"
    return (
        f"{who} has the profile {profile!r} open. {there}, take over with: cockpit --take-over, or open a "
        "separate world with: cockpit -L NAME"
    )

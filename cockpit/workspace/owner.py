"""One cockpit at a time owns a profile: its rows, and the directory of its sockets.

Two log-ins of one user may have one state directory and different runtime directories, or the other way round: so each
has a lock of its own, beside what it guards. The locks say who holds them, and on which socket the next cockpit asks
the owner to leave (see `takeover`).
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import socket
from dataclasses import replace
from pathlib import Path

from cockpit.errors import PathError, ProfileInUseError
from cockpit.paths import Paths
from cockpit.workspace.occupant import Occupant
from cockpit.workspace.owner_lock import OwnerLock

log = logging.getLogger(__name__)

BACKLOG = 8
_NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL)
"""What file systems that know no locks answer: some network mounts, an NFS server without lockd."""


class Owner:
    """What a cockpit holds of a profile from `acquire` to `release`."""

    def __init__(self, paths: Paths, who: Occupant) -> None:
        self._paths = paths
        self._who = who
        self._locks: list[OwnerLock] = []
        self._guards_store = False
        self.listener: socket.socket | None = None
        """Where the next cockpit asks; what comes before anybody answers waits there."""
        self.warnings: list[str] = []
        """What the person should know of a lock that may not keep everybody out."""

    @classmethod
    def acquire(cls, paths: Paths, *, server: bool = False, verb: bool = False) -> Owner:
        """Takes the profile; only the end of a verb is waited for. The directories must be prepared.

        Rows that can't be written, for their directory is read-only or full, need no lock until they can.

        Raises:
            ProfileInUseError: another cockpit has it, in this log-in or another.
            PathError: a lock can't be had for another reason.
        """
        here = Occupant.this_process(os.environ, server=server, verb=verb)
        who = replace(here, socket=os.fspath(paths.owner_socket))
        owner = cls(paths, who)
        try:
            owner._lock_store()
            owner._lock(paths.owner_lock)
        except BaseException:  # interrupted too: what is locked already is given back
            owner.release()
            raise
        return owner

    def listen(self) -> None:
        """Makes the socket where the next cockpit asks. Without one, it can only be told who we are."""
        path = self._paths.owner_socket
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
        self.listener = listener

    def guard_store(self) -> None:
        """To be called before the rows are written: locks them if that was not possible before.

        Raises:
            OSError: another cockpit did so first, and its rows count.
        """
        if not self._guards_store:
            try:
                self._lock_store()
            except ProfileInUseError as error:
                raise OSError(errno.EBUSY, str(error)) from error

    def takes(self, runtime_dir: Path) -> bool:
        """Takes the directory of another log-in's sockets as well; False when a cockpit has it."""
        try:
            self._lock(runtime_dir / self._paths.owner_lock.name)
        except (ProfileInUseError, PathError) as error:
            log.info("%s is left alone: %s", runtime_dir, error)
            return False
        return True

    def release(self) -> None:
        """Lets the next cockpit in. May be called again."""
        if self.listener is not None:
            with contextlib.suppress(OSError):
                self._paths.owner_socket.unlink(missing_ok=True)
            self.listener.close()
            self.listener = None
        while self._locks:
            self._locks.pop().release()

    def _lock(self, path: Path, *, stays: bool = False) -> OwnerLock:
        lock = OwnerLock.acquire(path, self._paths.profile, self._who, stays=stays)
        self._locks.append(lock)
        return lock

    def _lock_store(self) -> None:
        path = self._paths.store_lock
        try:
            lock = self._lock(path, stays=True)
        except PathError as error:
            number = error.__cause__.errno if isinstance(error.__cause__, OSError) else None
            if number in _NO_LOCKS:
                self._guards_store = True
                self.warnings.append(f"{error}. Take care that no other cockpit opens the same sessions.")
            elif number != errno.EROFS and os.path.lexists(path):
                raise
            else:
                log.warning("the rows are not locked, as they can't be written: %s", error)
            return
        self._guards_store = True
        if lock.predecessor is not None and lock.predecessor.elsewhere:
            self.warnings.append(
                f"These sessions were last open in {lock.predecessor.kind} ({lock.predecessor}), which did not leave "
                "in order. If it still runs, leave it there: what one writes the other would overwrite."
            )

"""A lock file that the kernel frees however its holder ends, and that says who holds it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import threading
import time
from pathlib import Path

from cockpit.errors import PathError, ProfileInUseError
from cockpit.files import lock_file, remove_lock_file
from cockpit.workspace.occupant import Occupant, read_occupant

LIMIT_BYTES = 4096
VERB_DEADLINE_S = 5.0
"""How long a verb that works without a cockpit is waited for; most take a tenth of a second."""
UNTOLD_DEADLINE_S = 0.2
"""How long somebody who doesn't say who they are is waited for before they are asked again."""


class OwnerLock:
    """Held from `acquire` to `release`, which removes a file that isn't to stay; so a lock counts only at its path."""

    def __init__(self, descriptor: int, path: Path, predecessor: Occupant | None, *, stays: bool) -> None:
        self._descriptor: int | None = descriptor
        self._path = path
        self._stays = stays
        self.predecessor = predecessor
        """Who had it before and did not leave in order."""

    @classmethod
    def acquire(cls, path: Path, profile: str, who: Occupant, *, stays: bool = False) -> OwnerLock:
        """Takes the lock and leaves in the file who did. Waits for nobody but a verb, which is done in a moment.

        Args:
            stays: the file is kept when the lock is released. Over NFS another machine may still see one that was
                removed, and on a full disk none could be made.

        Raises:
            ProfileInUseError: another cockpit holds it.
            PathError: it can't be locked; `__cause__` is the `OSError`.
        """
        try:
            descriptor = _locked(path)
        except BlockingIOError:
            raise ProfileInUseError(_in_use(profile, holder_of(path)), lock=path) from None
        except OSError as error:
            raise PathError(
                f"{path} can't be locked: {error.strerror}. Set COCKPIT_HOME to a directory you can write to."
            ) from error
        lock = cls(descriptor, path, holder_of(path), stays=stays)
        with contextlib.suppress(OSError):  # a full disk: the lock counts, not who is said to hold it
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(who.encoded()).encode() + b"\n", 0)
        return lock

    def release(self) -> None:
        """Lets the next cockpit in. May be called again."""
        if self._descriptor is None:
            return
        with contextlib.suppress(OSError):
            os.ftruncate(self._descriptor, 0)
        if self._stays:
            os.close(self._descriptor)
        else:
            remove_lock_file(self._path, self._descriptor)
        self._descriptor = None


def holder_of(path: Path) -> Occupant | None:
    """Who the lock file says holds it; None when it doesn't say, or can't be read (over SMB, while it is locked)."""
    try:
        return read_occupant(path.read_bytes()[:LIMIT_BYTES])
    except OSError:
        return None


def _locked(path: Path) -> int:
    """The descriptor of the locked file. Raises `BlockingIOError` when somebody holds it who isn't waited for."""
    end = time.monotonic() + VERB_DEADLINE_S
    while True:
        try:
            return lock_file(path)
        except BlockingIOError:
            holder = holder_of(path)
            if holder is not None and (not holder.verb or holder.elsewhere):
                raise
            if threading.current_thread() is not threading.main_thread():
                raise  # an alarm ends the wait, and alarms are the main thread's
            left_s = end - time.monotonic()
            if holder is None:  # who has just taken it says in a moment who that is
                _freed_within(path, min(left_s, UNTOLD_DEADLINE_S))
            elif not _freed_within(path, left_s):
                raise
            if left_s <= 0:
                raise


def _freed_within(path: Path, deadline_s: float) -> bool:
    """Whether the lock is let go in time. Waits by an alarm, so in the main thread."""
    if deadline_s <= 0:
        return False

    def give_up(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, give_up)
    try:
        signal.setitimer(signal.ITIMER_REAL, deadline_s)
        with path.open("rb") as file:
            fcntl.flock(file.fileno(), fcntl.LOCK_SH)
        return True
    except FileNotFoundError:  # its holder removed it
        return True
    except (TimeoutError, OSError):
        return False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _in_use(profile: str, holder: Occupant | None) -> str:
    who = f"{holder.kind} ({holder})" if holder else "another cockpit"
    if holder is not None and holder.elsewhere:
        there = "Leave it there first"
    else:
        there = "Drive it by verbs" if holder and holder.server else "Go on there"
        if holder and holder.verb:
            there = "Wait for its end"
        there += ", take over with: cockpit --take-over"
    return f"{who} has the profile {profile!r} open. {there}, or open a separate world with: cockpit -L NAME"

"""One cockpit at a time owns a profile's rows: a lock that the kernel frees however its holder ends."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path

from cockpit.errors import PathError, ProfileInUseError


class OwnerLock:
    """Held from `acquire` to `release`. The file stays: without it two processes could lock two files."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def acquire(cls, path: Path, profile: str) -> OwnerLock:
        """Takes the lock without waiting and leaves our pid in the file.

        Raises:
            ProfileInUseError: another cockpit holds it.
            PathError: the file can't be opened.
        """
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise PathError(f"{path} can't be opened: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = _read_pid(descriptor)
            os.close(descriptor)
            raise ProfileInUseError(_in_use(profile, pid), pid=pid) from None
        except OSError as error:
            os.close(descriptor)
            raise PathError(f"{path} can't be locked: {error.strerror}") from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return cls(descriptor)

    def release(self) -> None:
        """Lets the next cockpit in. May be called again."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None


def _read_pid(descriptor: int) -> int | None:
    text = os.pread(descriptor, 32, 0).strip()
    return int(text) if text.isdigit() else None


def _in_use(profile: str, pid: int | None) -> str:
    who = f"another cockpit (pid {pid})" if pid else "another cockpit"
    return (
        f"{who} has the profile {profile!r} open. Go on there, or open a separate world with: cockpit -L NAME"
    )

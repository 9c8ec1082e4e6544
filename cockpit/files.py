"""Files that must never be seen half written, and files that are locks. Knows nothing of their content."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from pathlib import Path


def write_atomically(path: Path, data: bytes) -> None:
    """Replaces `path` with `data`, mode 0600: after a crash it holds the old content or the new one.

    Raises:
        OSError: it could not be written; the old content is untouched and nothing is left beside it.
    """
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:  # interrupted too: no half file is left behind
        with contextlib.suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise
    sync_directory(path.parent)


def lock_file(path: Path, *, wait: bool = False) -> int:
    """The descriptor of the file at `path`, made where there is none, under an exclusive flock(2).

    It is opened for writing: over NFS Linux has the server lock it, and that needs it. Links are not followed.

    Raises:
        BlockingIOError: somebody holds it, and it isn't to `wait`.
        OSError: it can't be opened or locked.
    """
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            if is_at(path, descriptor):  # else its last holder removed it between our opening and our locking
                return descriptor
        except BaseException:  # interrupted too: the lock is not held by nobody
            os.close(descriptor)
            raise
        os.close(descriptor)


def remove_lock_file(path: Path, descriptor: int) -> None:
    """Lets go of a lock, whose file goes with it."""
    with contextlib.suppress(OSError):
        if is_at(path, descriptor):
            path.unlink()  # while it is held: whoever waits for it notices, and locks the next one
    os.close(descriptor)


def is_at(path: Path, descriptor: int) -> bool:
    """Whether the open file still is the one at `path`: a lock on one that was removed keeps nobody out."""
    try:
        here = path.lstat()
    except OSError:
        return False
    return os.path.samestat(here, os.fstat(descriptor))


def sync_directory(directory: Path) -> None:
    """Makes renames in `directory` survive a power cut."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Writing files that must never be seen half written. Knows nothing of their content."""

from __future__ import annotations

import contextlib
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
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise
    sync_directory(path.parent)


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

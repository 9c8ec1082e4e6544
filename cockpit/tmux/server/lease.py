"""The lease beside the tmux socket: which cockpit the server belongs to, and whether it is to outlive that one."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from cockpit.files import write_atomically

VERSION = 1
LIMIT_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Lease:
    """What a cockpit leaves for those that come after it."""

    owner_pid: int
    owner_mark: str
    """Tells this process from a later one with its pid, and this boot from another."""
    keep: bool
    """The server and its programs are to go on when the owner is gone."""

    def encoded(self) -> bytes:
        """What `decode` reads."""
        fields = {
            "version": VERSION,
            "owner_pid": self.owner_pid,
            "owner_mark": self.owner_mark,
            "keep": self.keep,
        }
        return json.dumps(fields).encode() + b"\n"


def decode(data: bytes) -> Lease | None:
    """The lease in a file's bytes; None when it is no such thing, or a later cockpit's."""
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(fields, dict) or fields.get("version") != VERSION:
        return None
    pid, mark, keep = (fields.get(name) for name in ("owner_pid", "owner_mark", "keep"))
    if not isinstance(pid, int) or isinstance(pid, bool) or pid <= 1:
        return None
    if not isinstance(mark, str) or not mark or not isinstance(keep, bool):
        return None
    return Lease(pid, mark, keep)


def read_lease(path: Path) -> Lease | None:
    """The lease at `path`; None when there is none, it can't be understood, or somebody else wrote it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.getuid():
            return None
        return decode(os.read(descriptor, LIMIT_BYTES))
    except OSError:
        return None
    finally:
        os.close(descriptor)


def write_lease(path: Path, lease: Lease) -> None:
    """Replaces the lease, atomically. Raises `OSError`."""
    write_atomically(path, lease.encoded())

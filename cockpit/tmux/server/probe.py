"""What is behind a socket path, found out without tmux: nothing, a stale file, or a server and its pid."""

from __future__ import annotations

import errno
import socket
import stat
import struct
import sys
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from cockpit.errors import TmuxError
from cockpit.paths import SUN_PATH_LIMIT_BYTES


class SocketState(Enum):
    """What a connect to the path found."""

    ABSENT = "absent"
    STALE = "stale"
    """A socket file nobody listens on."""
    LISTENING = "listening"
    """Somebody listens; whether they answer is another question."""


@dataclass(frozen=True, slots=True)
class SocketIdentity:
    """Which socket file it is, so that only our own is ever removed."""

    device: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> SocketIdentity | None:
        """The identity of the socket at `path`, or None when there is none."""
        try:
            status = path.lstat()
        except OSError:
            return None
        return cls(status.st_dev, status.st_ino) if stat.S_ISSOCK(status.st_mode) else None


def probe_socket(path: Path) -> tuple[SocketState, int | None]:
    """The state of the socket and, where somebody listens, their pid (None where the system doesn't tell).

    Raises:
        TmuxError: the path holds something that is no socket of ours, or is too long; nothing was changed.
    """
    if len(str(path).encode("utf-8", "surrogateescape")) >= SUN_PATH_LIMIT_BYTES:
        raise TmuxError(f"{path} is too long for a socket. Set COCKPIT_HOME to a shorter path.")
    try:
        status = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return SocketState.ABSENT, None
    except OSError as error:
        raise TmuxError(f"{path} can't be reached: {error.strerror}") from error
    if not stat.S_ISSOCK(status.st_mode):
        raise TmuxError(f"{path} is not a socket. Move it away; cockpit puts tmux's socket there.")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        code = probe.connect_ex(str(path))
        if code == 0:
            return SocketState.LISTENING, _peer_pid(probe)
    if code in (errno.ECONNREFUSED, errno.ENOENT):
        return (SocketState.STALE if code == errno.ECONNREFUSED else SocketState.ABSENT), None
    if code in (errno.EAGAIN, errno.EINPROGRESS):  # its backlog is full: somebody listens but doesn't accept
        return SocketState.LISTENING, None
    raise TmuxError(f"{path} can't be reached: {errno.errorcode.get(code, code)}")


def _peer_pid(connected: socket.socket) -> int | None:
    """The pid that listens at the other end (unix(7) SO_PEERCRED; macOS LOCAL_PEERPID)."""
    try:
        if sys.platform == "darwin":
            return int(connected.getsockopt(0, 2)) or None
        credentials = connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        pid: int = struct.unpack("3i", credentials)[0]
    except (OSError, AttributeError):
        return None
    return pid or None

"""Who is at the other end of a Unix socket: user, process and its ancestors. Decides nothing."""

from __future__ import annotations

import socket
import struct
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass

from cockpit.control.access import Kinship

_LOCAL_PEERCRED, _LOCAL_PEERPID = 1, 2
_SOL_LOCAL = 0
_XUCRED = struct.Struct("IIh16I")
"""macOS's struct xucred: version, uid, number of groups, groups."""
_UCRED = struct.Struct("3i")
"""Linux's struct ucred: pid, uid, gid (unix(7))."""
CLOCK_SLACK_S = 1.0
"""Start times are told in clock ticks since boot; a pid can't be used again that quickly."""


@dataclass(frozen=True, slots=True)
class Peer:
    """The process that called connect(2), as the kernel remembers it. None: not told."""

    pid: int | None
    uid: int | None
    connected_at: float
    """When it was accepted, in seconds since the epoch: a process that started later isn't the peer."""


def peer_of(connected: socket.socket) -> Peer:
    """The peer of a connected Unix socket (SO_PEERCRED; LOCAL_PEERCRED and LOCAL_PEERPID on macOS)."""
    now = time.time()
    try:
        if sys.platform == "darwin":
            raw = connected.getsockopt(_SOL_LOCAL, _LOCAL_PEERCRED, _XUCRED.size)
            uid: int | None = struct.unpack_from("II", raw)[1]
            pid: int | None = connected.getsockopt(_SOL_LOCAL, _LOCAL_PEERPID)
        else:
            pid, uid, _ = _UCRED.unpack(
                connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
            )
    except (OSError, AttributeError, struct.error):
        return Peer(None, None, now)
    return Peer(pid if pid and pid > 0 else None, uid, now)


def kinship_of(peer: Peer, roots: Iterable[int]) -> Kinship:
    """Whether the peer descends from one of the processes `roots`, being none of them itself.

    Reads the process table, so it may block for a millisecond. An ancestor that started after its child is not that
    child's parent: its pid was used again, and the chain ends there.
    """
    import psutil

    if peer.pid is None:
        return Kinship.UNKNOWN_PID
    wanted = set(roots)
    try:
        process = psutil.Process(peer.pid)
        if process.create_time() > peer.connected_at + CLOCK_SLACK_S:
            return Kinship.GONE
        found = Kinship.FOREIGN
        child = process
        while (parent := child.parent()) is not None:  # psutil checks the order of start times
            if parent.pid in wanted:
                found = Kinship.OURS
                break
            child = parent
        # The chain was read while the peer lived: nobody else could have had its pid.
        return found if process.is_running() and process.status() != psutil.STATUS_ZOMBIE else Kinship.GONE
    except psutil.NoSuchProcess:
        return Kinship.GONE
    except psutil.AccessDenied:
        return Kinship.FOREIGN


def listener_pid(path: str) -> int | None:
    """The pid of the process that listens on a socket of this user; None when nobody does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect(path)
        except OSError:
            return None
        return peer_of(probe).pid

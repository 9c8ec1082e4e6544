"""Who is at the other end of a Unix socket: user, process and its ancestors. Decides nothing."""

from __future__ import annotations

import errno
import os
import select
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
_SO_PEERPIDFD = 77
"""Linux 6.5: a handle on the very process, whatever its pid has come to mean."""
CLOCK_SLACK_S = 1.0
"""Start times are told in clock ticks since boot."""


@dataclass(frozen=True, slots=True)
class Peer:
    """The process that called connect(2), as the kernel remembers it. None: not told."""

    pid: int | None
    uid: int | None
    connected_at: float
    """When it was accepted, in seconds since the epoch: a process that started later isn't the peer."""
    connected: socket.socket | None = None
    """By which the kernel tells whether it still lives, where it does."""


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
    return Peer(pid if pid and pid > 0 else None, uid, now, connected)


def kinship_of(peer: Peer, roots: Iterable[int]) -> Kinship:
    """Whether the peer descends from one of the processes `roots`, being none of them itself.

    Reads the process table, so it may block for a millisecond. An ancestor that started after its child is not that
    child's parent: its pid was used again, and the chain ends there. Whether the peer's own was used again the kernel
    tells (see `_lives`); where it doesn't, start times do, and miss what happened while the peer waited to be accepted.
    """
    import psutil

    if peer.pid is None:
        return Kinship.UNKNOWN_PID
    wanted = set(roots)
    try:
        process = psutil.Process(peer.pid)
        found = Kinship.FOREIGN
        child = process
        while (parent := child.parent()) is not None:  # psutil checks the order of start times
            if parent.pid in wanted:
                found = Kinship.OURS
                break
            child = parent
        lives = _lives(peer)
        if lives is None:
            started_before = process.create_time() <= peer.connected_at + CLOCK_SLACK_S
            lives = started_before and process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        return found if lives else Kinship.GONE  # while it lived nobody else could have its pid
    except psutil.NoSuchProcess:
        return Kinship.GONE
    except (psutil.Error, OSError):  # nobody may look, or no descriptor is left to do so
        return Kinship.FOREIGN


def _lives(peer: Peer) -> bool | None:
    """Whether the very process that connected has not ended; None where the kernel doesn't tell."""
    if peer.connected is None or sys.platform != "linux":
        return None
    try:
        handle = peer.connected.getsockopt(socket.SOL_SOCKET, _SO_PEERPIDFD)
    except OSError:  # gone, or a kernel that has no such option
        return False if _kernel_tells() else None
    try:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        return not poll.poll(0)
    finally:
        os.close(handle)


def _kernel_tells() -> bool:
    """Whether there are such handles: tried on ourselves, who live for certain."""
    try:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            os.close(ours.getsockopt(socket.SOL_SOCKET, _SO_PEERPIDFD))
    except OSError as error:
        return error.errno in (errno.EMFILE, errno.ENFILE)  # not known, so the stricter answer
    return True


def listener_pid(path: str) -> int | None:
    """The pid of the process that listens on a socket of this user; None when nobody does."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.setblocking(False)
            probe.connect(path)
            return peer_of(probe).pid
    except OSError:
        return None

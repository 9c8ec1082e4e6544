"""Ends servers whose cockpit is gone and which were not to be kept: by their socket, never by a process's name.

What is not known for certain is left alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from cockpit.tmux.server.lease import Lease
from cockpit.tmux.server.probe import SocketIdentity, SocketState, probe_socket
from cockpit.tmux.server.startup import ServerSetup, end_server, start_lock

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tenancy:
    """What is known of the server behind one socket."""

    own: bool
    """It is this cockpit's, or this cockpit runs inside it."""
    listening: bool
    server_pid: int | None
    """None: the system doesn't tell, or it is in another world of pids."""
    lease: Lease | None
    """None: there is none that can be read."""
    leaseholder_lives: bool
    profile_open: bool
    """A living cockpit has the profile open, whatever the lease says."""


class Verdict(StrEnum):
    """What becomes of a server."""

    NONE = "none"
    """There is no server."""
    OWN = "own"
    PEER = "peer"
    """Another cockpit that lives has it."""
    KEPT = "kept"
    UNKNOWN = "unknown"
    """Nothing says for certain whose it is: it is left alone."""
    ORPHAN = "orphan"


def judge(tenancy: Tenancy) -> Verdict:
    """What becomes of this server. Pure."""
    if not tenancy.listening:
        return Verdict.NONE
    if tenancy.own:
        return Verdict.OWN
    if tenancy.profile_open or tenancy.leaseholder_lives:
        return Verdict.PEER
    if tenancy.lease is None:
        return Verdict.UNKNOWN
    if tenancy.lease.keep:
        return Verdict.KEPT
    return Verdict.ORPHAN if tenancy.server_pid is not None else Verdict.UNKNOWN


async def reap(setup: ServerSetup, look: Callable[[], Tenancy]) -> bool:
    """Ends the server on `setup.socket_path` if it is an orphan, with its programs; whether it did.

    Holds the lock that starting and entering a server need: a cockpit that opens the profile meanwhile either is seen
    by `look`, or waits and then starts a server of its own.

    Raises:
        TmuxError, TmuxTimeoutError: somebody has been holding the lock for long, or the path can't be looked at.
    """
    async with start_lock(setup):
        if judge(look()) is not Verdict.ORPHAN:
            return False
        identity = SocketIdentity.of(setup.socket_path)
        await end_server(setup, probe_socket(setup.socket_path)[1], identity)
        return probe_socket(setup.socket_path)[0] is not SocketState.LISTENING

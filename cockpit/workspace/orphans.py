"""The tmux servers of other profiles: which of them nobody has any more, and the end of those. See `tmux.reaper`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cockpit.errors import CockpitError
from cockpit.paths import Paths
from cockpit.telemetry import Event as Measured
from cockpit.tmux.deadline import default_timeout_s
from cockpit.tmux.server.discovery import find_tmux
from cockpit.tmux.server.environment import curated_environment
from cockpit.tmux.server.lease import read_lease
from cockpit.tmux.server.probe import SocketState, probe_socket
from cockpit.tmux.server.reaper import Tenancy, Verdict, judge, reap
from cockpit.tmux.server.startup import ServerSetup
from cockpit.workspace.owner_lock import holder_of
from cockpit.workspace.process_mark import process_mark

if TYPE_CHECKING:
    from cockpit.workspace.workspace import Workspace

log = logging.getLogger(__name__)


async def reap_orphans(workspace: Workspace, others: Sequence[Paths], *, host_socket: str) -> None:
    """Ends those of these profiles' servers whose cockpit is gone and which were not to be kept; tells of each."""
    for other in others:
        try:
            verdict = judge(look(other, host_socket))
            if verdict is Verdict.UNKNOWN:
                log.warning(
                    "the tmux server on %s is left alone: nothing says whose it is", other.tmux_socket
                )
            if verdict is not Verdict.ORPHAN or not await _reaped(workspace, other, host_socket):
                continue
        except (CockpitError, OSError) as error:
            log.warning("the tmux server on %s is left alone: %s", other.tmux_socket, error)
            continue
        log.info("the tmux server on %s was an orphan and was ended", other.tmux_socket)
        workspace.measuring.telemetry.count(Measured.ORPHAN_REAPED)
        workspace.notice(
            f"The tmux server of profile {other.profile} was ended: its cockpit is gone, and it was not to be kept."
        )


def look(other: Paths, host_socket: str = "") -> Tenancy:
    """What is known of a profile's server now: reads two small files and connects.

    Raises:
        TmuxError: something that is no socket is in its place.
    """
    state, pid = probe_socket(other.tmux_socket)
    lease = read_lease(other.tmux_lease)
    holders = [holder_of(lock) for lock in (other.store_lock, other.owner_lock)]
    return Tenancy(
        own=str(other.tmux_socket) == host_socket,
        listening=state is SocketState.LISTENING,
        server_pid=pid,
        lease=lease,
        leaseholder_lives=lease is not None and process_mark(lease.owner_pid) == lease.owner_mark,
        profile_open=any(holder is not None and holder.lives for holder in holders),
    )


async def _reaped(workspace: Workspace, other: Paths, host_socket: str) -> bool:
    binary = await asyncio.to_thread(find_tmux, workspace.environment)
    if binary is None:
        return False
    setup = ServerSetup(
        binary=binary,
        socket_path=other.tmux_socket,
        config_files=(),
        environment=curated_environment(workspace.environment),
        history_lines=0,  # none is started
        timeout_s=default_timeout_s(workspace.environment),
    )
    if not await reap(setup, lambda: look(other, host_socket)):
        return False
    other.tmux_lease.unlink(missing_ok=True)
    return True

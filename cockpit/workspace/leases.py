"""This profile's lease on its tmux server, and at a launch the end of other profiles' orphans."""

from __future__ import annotations

import asyncio
import logging
import os
from typing import TYPE_CHECKING

from cockpit.errors import CockpitError
from cockpit.tmux.server.lease import Lease, write_lease
from cockpit.tmux.server.probe import SocketState, probe_socket
from cockpit.workspace.events import Event, SettingsChanged
from cockpit.workspace.process_mark import process_mark

if TYPE_CHECKING:
    from cockpit.workspace.workspace import Workspace

log = logging.getLogger(__name__)


class Leases:
    """Belongs to the workspace. `host_socket`: of the tmux server this cockpit itself runs in, if it does."""

    def __init__(self, workspace: Workspace, host_socket: str) -> None:
        self._workspace = workspace
        self._paths = workspace.paths
        self._host_socket = host_socket
        self._writing = asyncio.Lock()
        self._written: bool | None = None

    async def begin(self) -> None:
        """Writes the lease, then ends orphans. For the background of a launch."""
        self._workspace.events.subscribe(self._hear)
        await self._write()
        others = self._paths.other_profiles()
        if others:
            from cockpit.workspace.orphans import reap_orphans  # late: most launches need nothing of it

            await reap_orphans(self._workspace, others, host_socket=self._host_socket)

    async def end(self, *, keep: bool) -> None:
        """cockpit has let go of its server; one that still runs is to go on if `keep`."""
        if self._written is None:
            return
        try:
            if probe_socket(self._paths.tmux_socket)[0] is SocketState.LISTENING:
                await self._write(keep=keep or not self._workspace.tmux_wanted)
            else:
                self._paths.tmux_lease.unlink(missing_ok=True)
        except (OSError, CockpitError) as error:
            log.warning("the lease of the tmux server stays as it is: %s", error)

    def _hear(self, event: Event) -> None:
        if isinstance(event, SettingsChanged):
            self._workspace.in_background(self._write())

    async def _write(self, keep: bool | None = None) -> None:
        """Writes whether the server is to outlive this cockpit: as the settings say, where `keep` doesn't.

        Turning the backend off leaves its programs as they are, so the server is kept then.
        """
        workspace = self._workspace
        if self._written is None and not workspace.tmux_wanted and not self._paths.tmux_socket.exists():
            return
        async with self._writing:
            if keep is None:
                kept = workspace.settings.values.experimental.keep_server_alive
                keep = kept or not workspace.tmux_wanted
            if keep == self._written:
                return
            lease = Lease(os.getpid(), process_mark(os.getpid()), keep)
            try:
                await asyncio.to_thread(write_lease, self._paths.tmux_lease, lease)
            except OSError as error:  # a full disk: a server without a lease is left alone
                log.warning("%s can't be written: %s", self._paths.tmux_lease, error)
            else:
                self._written = keep

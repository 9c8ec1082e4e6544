"""Keeps a living server reachable: brings its socket back when somebody removed the file (a clean-up of /tmp, mostly).

Without it the server lives on with all programs, but no client, and no later cockpit, would find it again.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable
from pathlib import Path

from cockpit.file_watch import FileWatch
from cockpit.tmux.server.probe import SocketIdentity, SocketState, probe_socket

RECHECK_S = 0.05


class SocketKeeper:
    """Watches one server's socket from `keep` until `close`. `restored` is called when it had to be made again."""

    def __init__(self, path: Path, restored: Callable[[], None]) -> None:
        self._path = path
        self._restored = restored
        self._watch: FileWatch | None = None
        self._pid = 0
        self._asked = False
        self.identity: SocketIdentity | None = None
        """Of the server's socket, so that only its own file is ever removed."""

    def keep(self, pid: int) -> None:
        """The server `pid` listens on the socket from now on."""
        self.close()
        self._pid = pid
        self.identity = SocketIdentity.of(self._path)
        self._watch = FileWatch(self._path, self._changed)
        self._changed()

    def close(self) -> None:
        """Leaves the socket to others. Idempotent."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None

    def _recheck(self) -> None:
        if self._watch is not None:
            self._changed()

    def _changed(self) -> None:
        """tmux makes its socket anew on SIGUSR1 (tmux(1)); one that somebody else put there is left alone."""
        identity = SocketIdentity.of(self._path)
        if identity is None:
            if not os.path.lexists(self._path):
                self._asked = True
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self._pid, signal.SIGUSR1)
        elif self._asked and identity != self.identity:
            if (
                probe_socket(self._path)[0] is not SocketState.LISTENING
            ):  # it is bound first, and listened on next
                asyncio.get_running_loop().call_later(RECHECK_S, self._recheck)
                return
            self._asked = False
            self.identity = identity
            self._restored()

"""Ending a tmux server and what runs in it: by process handles taken while they lived, never by a number alone."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
from collections.abc import Callable, Iterator

_END_DEADLINE_S = 3.0

RunTmux = Callable[..., "subprocess.CompletedProcess[str]"]
"""Runs one tmux command, bounded in time, without raising when tmux refuses it."""


def end_server(run_tmux: RunTmux, server_pid: int) -> None:
    """Ends the server and the programs in its panes; kills what hasn't ended in time. The pid is the server's own."""
    panes = run_tmux("list-panes", "-a", "-F", "#{pane_dead} #{pane_pid}").stdout.splitlines()
    living = [int(pid) for dead, _, pid in (line.partition(" ") for line in panes) if dead == "0"]
    with _handles([server_pid, *living]) as handles:
        run_tmux("kill-server")
        for handle in handles:
            if not select.select([handle], [], [], _END_DEADLINE_S)[0]:
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(handle, signal.SIGKILL)


@contextlib.contextmanager
def _handles(pids: list[int]) -> Iterator[list[int]]:
    """Process handles of those that live."""
    handles = []
    for pid in pids:
        if pid > 1:
            with contextlib.suppress(ProcessLookupError):
                handles.append(os.pidfd_open(pid))
    try:
        yield handles
    finally:
        for handle in handles:
            os.close(handle)

"""Control clients of a cockpit that was killed while they had output for it: tmux waits for ever to hand it over.

They stay on the server, and keep it from ending in order. No other client is touched: only what nobody can read.
tmux 3.7 doesn't list them; there a server that can't end is killed when its successor is started (see `startup`).
"""

from __future__ import annotations

import os
import select
import stat
from collections.abc import Iterable

from cockpit.tmux.server.lifecycle import kill_process, wait_ended
from cockpit.tmux.windows.windows import CONTROL_SESSION, SEPARATOR

LIST_CONTROL_CLIENTS = (
    "list-clients",
    *("-t", f"={CONTROL_SESSION}"),
    *("-F", SEPARATOR.join(("#{client_control_mode}", "#{client_pid}"))),
)
END_DEADLINE_S = 1.0


async def end_leftovers(lines: Iterable[str]) -> int:
    """Kills the leftovers among the clients of a `LIST_CONTROL_CLIENTS`; how many. The caller holds the start lock."""
    ended = 0
    for line in lines:
        flag, _, pid = line.partition(SEPARATOR)
        if flag == "1" and pid.isdigit() and is_unread(int(pid)):
            kill_process(int(pid))
            await wait_ended(int(pid), END_DEADLINE_S)
            ended += 1
    return ended


def is_unread(pid: int) -> bool:
    """Nobody has the other end of the pipe that this process writes its output to. False where that can't be told.

    Linux lets the open pipe of one's own process be opened again by its name in proc(5); poll(2) tells POLLERR for the
    writing end of a pipe without readers.
    """
    try:
        descriptor = os.open(f"/proc/{pid}/fd/1", os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except OSError:
        return False
    try:
        if not stat.S_ISFIFO(os.fstat(descriptor).st_mode):
            return False
        poll = select.poll()
        poll.register(descriptor, 0)
        return any(events & select.POLLERR for _, events in poll.poll(0))
    finally:
        os.close(descriptor)

"""How a window's program ended, as its server tells once it has noticed."""

from __future__ import annotations

from cockpit.errors import TmuxError
from cockpit.tmux.commands import is_missing_target
from cockpit.tmux.control.connection import ServerLink
from cockpit.tmux.server.lifecycle import nudge
from cockpit.tmux.windows.windows import WINDOW_FORMAT, WindowInfo, parse_windows

READS = 24
"""Each is a round trip, within which the server reads 4 KiB of what the program left in its terminal (at most 64)."""
NUDGED_READS = 4
"""Within one round trip the server handles a nudge; the second read is enough in practice."""


async def read_exit(link: ServerLink, window_id: str, pid: int) -> WindowInfo | None:
    """The window whose program `pid` has ended, with its exit code or signal where tmux can tell.

    tmux before 3.6 may miss that a program ended until it gets another SIGCHLD; but on that signal it drops what the
    program printed last and it has not read yet. So it is nudged only when it has read to the end, or had its time.

    None: the window is gone or runs something else by now. Raises `TmuxError` when tmux doesn't answer.
    """
    window = None
    nudged = 0
    for attempt in range(READS + NUDGED_READS):
        try:
            (lines,) = await link.sequence(("list-panes", "-t", window_id, "-F", WINDOW_FORMAT))
        except TmuxError as error:
            if is_missing_target(error):
                return None
            raise
        window = next(iter(parse_windows(lines)), None)
        if window is None or window.pane_pid != pid:
            return None
        if window.dead and (window.exit_status is not None or window.exit_signal is not None):
            return window
        if window.dead or attempt >= READS:
            nudge(link.pid)
            nudged += 1
        if nudged > NUDGED_READS:
            break
    return window

"""The deaths of processes that are not our children: the server's and the panes'. Noticed in milliseconds, by pidfd.

Where the system has no pidfd (macOS) nothing is watched: the server's end is then seen by the control connection and
a program's end by the once-a-second subscription.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable, Iterable

from cockpit.tmux.windows.windows import WindowInfo

KILL_DEADLINE_S = 2.0


class ProcessWatch:
    """Calls `on_end` once, from the event loop, when the process has ended. Close it when it is no longer needed."""

    def __init__(self, pidfd: int, on_end: Callable[[], None]) -> None:
        self._pidfd = pidfd
        self._on_end = on_end
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(pidfd, self._ended)

    @classmethod
    def start(cls, pid: int, on_end: Callable[[], None]) -> ProcessWatch | None:
        """Watches `pid`; None where the system can't. A process that is gone already is told on the next turn."""
        if pid <= 0 or not hasattr(os, "pidfd_open"):
            return None
        try:
            pidfd = os.pidfd_open(pid)
        except ProcessLookupError:
            asyncio.get_running_loop().call_soon(on_end)
            return None
        except OSError:  # no descriptors left, or a kernel without it: the slower ways still notice
            return None
        return cls(pidfd, on_end)

    def close(self) -> None:
        """Stops watching. Idempotent."""
        if self._pidfd >= 0:
            self._loop.remove_reader(self._pidfd)
            os.close(self._pidfd)
            self._pidfd = -1

    def _ended(self) -> None:
        self.close()
        self._on_end()


class PaneWatches:
    """One watch per window on the pid of its pane. `on_end` gets the window id and the pid that ended."""

    def __init__(self, on_end: Callable[[str, int], None]) -> None:
        self._on_end = on_end
        self._pids: dict[str, int] = {}
        self._watches: dict[str, ProcessWatch] = {}

    def watch(self, window: WindowInfo) -> None:
        """Watches this window's program from now on; a pid that is watched already stays so."""
        if window.dead or self._pids.get(window.window_id) == window.pane_pid:
            return
        self.forget(window.window_id)
        window_id, pid = window.window_id, window.pane_pid
        self._pids[window_id] = pid
        watch = ProcessWatch.start(pid, lambda: self._ended(window_id, pid))
        if watch is not None:
            self._watches[window_id] = watch

    def keep_only(self, windows: Iterable[WindowInfo]) -> None:
        """Forgets windows that are not among these."""
        known = {window.window_id for window in windows}
        for window_id in [known_id for known_id in self._pids if known_id not in known]:
            self.forget(window_id)

    def forget(self, window_id: str) -> None:
        """Stops watching this window's program. One that isn't watched is fine."""
        self._pids.pop(window_id, None)
        if watch := self._watches.pop(window_id, None):
            watch.close()

    def close(self) -> None:
        """Stops watching everything."""
        for window_id in list(self._pids):
            self.forget(window_id)

    def _ended(self, window_id: str, pid: int) -> None:
        if self._pids.get(window_id) == pid:
            self.forget(window_id)
            self._on_end(window_id, pid)


def nudge(server_pid: int) -> None:
    """Makes a server that missed it look for ended children (tmux before 3.6 loses SIGCHLD now and then)."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(server_pid, signal.SIGCHLD)


def ask_to_end(pid: int) -> None:
    """SIGTERM. A process that is gone already is fine."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)


def kill_process(pid: int) -> None:
    """SIGKILL, which ends a stopped process too. One that is gone already is fine."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


async def wait_ended(pid: int, deadline_s: float) -> bool:
    """Waits until the process has ended; False when the deadline came first, or where that can't be watched."""
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def told() -> None:
        if not ended.done():
            ended.set_result(None)

    watch = ProcessWatch.start(pid, told)
    try:
        async with asyncio.timeout(deadline_s):
            await ended
    except TimeoutError:
        return False
    finally:
        if watch is not None:
            watch.close()
    return True


async def end_process(pid: int, deadline_s: float) -> None:
    """Gives the process until the deadline to end (0: no time), then kills it and waits for its end."""
    if deadline_s <= 0 or not await wait_ended(pid, deadline_s):
        kill_process(pid)
        await wait_ended(pid, KILL_DEADLINE_S)

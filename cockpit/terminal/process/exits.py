"""Notices how a child of ours ended, and reaps it. Signals nothing."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProcessExit:
    """How a program ended: with a code, by a signal, or (both None) nobody can say."""

    exit_code: int | None
    signal: int | None


def watch_exit(loop: asyncio.AbstractEventLoop, pid: int, on_end: Callable[[ProcessExit], None]) -> None:
    """Calls `on_end` on the loop, once, when the child `pid` has ended and is reaped.

    Through a pidfd (Linux 5.3); elsewhere a small thread waits for it. Neither touches other children.
    """
    try:
        pidfd = os.pidfd_open(pid)
    except (AttributeError, OSError):  # not there, or no descriptor left
        thread = threading.Thread(
            target=_wait_in_thread, args=(loop, pid, on_end), name=f"wait for {pid}", daemon=True
        )
        thread.start()
        return

    def reap() -> None:
        ended = _wait_for(pid, os.WNOHANG)
        if ended is not None:
            loop.remove_reader(pidfd)
            os.close(pidfd)
            on_end(ended)

    loop.add_reader(pidfd, reap)


def _wait_in_thread(loop: asyncio.AbstractEventLoop, pid: int, on_end: Callable[[ProcessExit], None]) -> None:
    ended = _wait_for(pid, 0) or ProcessExit(None, None)
    with contextlib.suppress(RuntimeError):  # the loop was closed: nobody is left to be told
        loop.call_soon_threadsafe(on_end, ended)


def _wait_for(pid: int, options: int) -> ProcessExit | None:
    """Reaps `pid`; None while it runs. A process someone else reaped ended in an unknown way."""
    try:
        reaped, status = os.waitpid(pid, options)
    except ChildProcessError:
        return ProcessExit(None, None)
    if reaped == 0:
        return None
    code = os.waitstatus_to_exitcode(status)
    return ProcessExit(code, None) if code >= 0 else ProcessExit(None, -code)

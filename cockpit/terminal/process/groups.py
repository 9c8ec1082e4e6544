"""Signals to the process groups of a terminal, and waiting for their ends. Starts nothing and reaps
nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterable, Iterator
from pathlib import Path

_STATE, _GROUP, _SESSION = 0, 2, 3
"""Fields of /proc/PID/stat behind the program's name, proc_pid_stat(5)."""


def foreground_group(master_fd: int) -> int | None:
    """The process group that has the terminal now, or None when there is none or nobody can say."""
    try:
        group = os.tcgetpgrp(master_fd)
    except OSError:
        return None
    return group if group > 1 and group != os.getpgrp() else None


def signal_group(group: int, number: int) -> None:
    """Signals all of a group, and wakes what is stopped so that it can act on it. A group that is gone is
    no error.
    """
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        if number != signal.SIGKILL:
            os.killpg(group, signal.SIGCONT)


def signal_session(session: int, number: int) -> None:
    """Signals every process of a session, background jobs too. Does nothing where there is no /proc."""
    for pid, fields in _process_table():
        if int(fields[_SESSION]) == session:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)


def living_members(groups: Iterable[int]) -> list[int]:
    """The pids that still run in these groups; the dead whom nobody reaped don't count.

    Cheap while the groups are empty: only then the process table isn't read. Without /proc the groups' own
    ids.
    """
    occupied = {group for group in groups if _has_members(group)}
    if not occupied or not Path("/proc/self/stat").exists():
        return sorted(occupied)
    return [
        pid
        for pid, fields in _process_table()
        if int(fields[_GROUP]) in occupied and fields[_STATE] not in ("Z", "X")
    ]


async def wait_for_ends(pids: Iterable[int], seconds: float) -> None:
    """Returns when all of `pids`, children of ours or not, have ended, or when the time is over."""
    loop = asyncio.get_running_loop()
    with contextlib.ExitStack() as watches:
        ends: list[asyncio.Future[None]] = []
        for pid in pids:
            end: asyncio.Future[None] = loop.create_future()
            try:
                pidfd = os.pidfd_open(pid)
            except ProcessLookupError:
                continue
            except (AttributeError, OSError):
                ends.append(end)  # can't be watched here: the time decides
                continue
            watches.callback(os.close, pidfd)
            watches.callback(loop.remove_reader, pidfd)
            loop.add_reader(pidfd, _mark_ended, end)
            ends.append(end)
        if ends:
            await asyncio.wait(ends, timeout=seconds)


def _mark_ended(end: asyncio.Future[None]) -> None:
    if not end.done():
        end.set_result(None)


def _has_members(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _process_table() -> Iterator[tuple[int, list[str]]]:
    """Every process with the fields of its /proc/PID/stat that follow the name."""
    proc = Path("/proc")
    if not proc.is_dir():
        return
    for entry in proc.iterdir():
        if entry.name.isdecimal():
            try:
                text = (entry / "stat").read_text(errors="replace")
            except OSError:  # ended meanwhile
                continue
            yield int(entry.name), text.rpartition(")")[2].split()

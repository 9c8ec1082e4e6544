"""Tells a process from a later one that has the same pid."""

from __future__ import annotations

from functools import cache
from pathlib import Path


def process_mark(pid: int) -> str:
    """What only the process that has this pid now has; empty when there is none.

    On Linux the ticks from boot to its start (proc(5), `stat`, field 22) and the boot's id, which no change of the
    clock touches; elsewhere the time it was created.
    """
    if Path("/proc/self/stat").exists():
        try:
            after_name = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        except OSError:
            return ""
        return f"{_boot_id()}:{int(after_name[19])}"
    import psutil

    try:
        return f"created:{psutil.Process(pid).create_time()}"
    except psutil.Error:
        return ""


@cache
def _boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return "boot"

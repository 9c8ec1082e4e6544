"""How much a running cockpit holds: memory, descriptors, threads, tasks, buffers, processes."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
from dataclasses import dataclass, fields
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True)
class Footprint:
    """Counts at one moment, taken after a collection of garbage."""

    resident_kib: int
    """This process's memory."""
    server_kib: int
    """The tmux server's; 0 without one."""
    descriptors: int
    threads: int
    tasks: int
    objects: int
    """What the garbage collector tracks."""
    children: int
    """Processes below this one."""
    files: int
    """Everything below cockpit's home."""

    def lines(self, after: Footprint) -> list[str]:
        """A table: name, before, after."""
        return [
            f"{field.name:>12}  {getattr(self, field.name):>9}  {getattr(after, field.name):>9}"
            for field in fields(self)
        ]

    def grown(self, after: Footprint, limits: Footprint) -> list[str]:
        """What grew by more than the limits allow."""
        return [
            f"{field.name} grew from {getattr(self, field.name)} to {getattr(after, field.name)}"
            for field in fields(self)
            if getattr(after, field.name) - getattr(self, field.name) > getattr(limits, field.name)
        ]


def footprint(home: Path, server_pid: int | None) -> Footprint:
    """The counts of this process, of the tmux server and of the files below `home`. Call it on the event loop."""
    gc.collect()
    process = psutil.Process()
    return Footprint(
        resident_kib=process.memory_info().rss // 1024,
        server_kib=psutil.Process(server_pid).memory_info().rss // 1024 if server_pid else 0,
        descriptors=process.num_fds(),
        threads=threading.active_count(),
        tasks=len(asyncio.all_tasks()),
        objects=len(gc.get_objects()),
        children=len(process.children(recursive=True)),
        files=sum(len(names) for _, _, names in os.walk(home)),
    )

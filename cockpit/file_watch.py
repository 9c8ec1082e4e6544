"""Notices edits of a file without polling: inotify on Linux, kqueue on macOS. Never reads the file.

Both are a descriptor in the event loop, so an untouched file costs nothing: `watchfiles` wakes a thread of
its own, and `watchdog` starts several.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import logging
import os
import select
import struct
import sys
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger(__name__)

_IN_CLOSE_WRITE = 0x8
_IN_MOVED_FROM = 0x40
_IN_MOVED_TO = 0x80
_IN_CREATE = 0x100
_IN_DELETE = 0x200
_IN_EVENTS = _IN_CLOSE_WRITE | _IN_MOVED_FROM | _IN_MOVED_TO | _IN_CREATE | _IN_DELETE
_EVENT_HEADER = struct.Struct("iIII")
_READ_BYTES = 65_536


class FileWatch:
    """Calls back on the running loop after `path` may have changed: written, replaced, removed or made.

    The directories of the path and of what it links to are watched, so editors that rename and files that
    don't exist yet are noticed too. Where the system refuses to watch, nothing is reported; the log says why.
    """

    def __init__(self, path: Path, on_change: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_change = on_change
        self._descriptors: list[int] = []
        self._release: Callable[[], None] | None = None
        targets = {path, Path(os.path.realpath(path))}
        self._names = {os.fsencode(target.name) for target in targets}
        try:
            self._watch(sorted({target.parent for target in targets}), targets)
        except OSError as error:
            log.warning("edits of %s will not be noticed: %s", path, error)
            self.close()

    @property
    def watching(self) -> bool:
        """Whether edits are noticed; not where the system refused, nor once it is closed."""
        return bool(self._descriptors)

    def close(self) -> None:
        """Stops watching. May be called again."""
        if self._release is not None:
            self._release()
            self._release = None
        for descriptor in self._descriptors:
            self._loop.remove_reader(descriptor)
            os.close(descriptor)
        self._descriptors.clear()

    if sys.platform == "linux":

        def _watch(self, directories: list[Path], targets: set[Path]) -> None:
            libc = ctypes.CDLL(None, use_errno=True)
            descriptor = _checked(libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
            self._descriptors.append(descriptor)
            for directory in directories:
                _checked(libc.inotify_add_watch(descriptor, os.fsencode(directory), _IN_EVENTS))
            self._loop.add_reader(descriptor, self._read, descriptor)

        def _read(self, descriptor: int) -> None:
            try:
                events = os.read(descriptor, _READ_BYTES)
            except BlockingIOError:
                return
            if self._names & set(_event_names(events)):
                self._on_change()

    else:

        def _watch(self, directories: list[Path], targets: set[Path]) -> None:
            self._targets = targets
            self._files: list[int] = []
            self._queue = select.kqueue()
            self._release = self._close_queue
            for directory in directories:
                self._descriptors.append(os.open(directory, os.O_RDONLY | os.O_CLOEXEC))
            self._register(self._descriptors)
            self._watch_files()
            self._loop.add_reader(self._queue.fileno(), self._read)

        def _watch_files(self) -> None:
            """Watches the files anew: a directory tells of names only, and a replaced file is another one."""
            for descriptor in self._files:
                self._descriptors.remove(descriptor)
                os.close(descriptor)
            self._files.clear()
            for target in self._targets:
                with contextlib.suppress(OSError):  # it doesn't exist now; its directory tells when it does
                    self._files.append(os.open(target, os.O_RDONLY | os.O_CLOEXEC))
            self._descriptors += self._files
            self._register(self._files)

        def _register(self, descriptors: list[int]) -> None:
            events = [
                select.kevent(
                    descriptor,
                    select.KQ_FILTER_VNODE,
                    select.KQ_EV_ADD | select.KQ_EV_CLEAR,
                    select.KQ_NOTE_WRITE
                    | select.KQ_NOTE_EXTEND
                    | select.KQ_NOTE_RENAME
                    | select.KQ_NOTE_DELETE,
                )
                for descriptor in descriptors
            ]
            self._queue.control(events, 0, 0)

        def _close_queue(self) -> None:
            self._loop.remove_reader(self._queue.fileno())
            self._queue.close()

        def _read(self) -> None:
            self._queue.control(None, 64, 0)
            self._watch_files()
            self._on_change()


def _checked(result: int) -> int:
    """The result of a C call, or its errno as OSError."""
    if result < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return result


def _event_names(events: bytes) -> list[bytes]:
    """The file names in what inotify(7) delivers."""
    names = []
    offset = 0
    while offset < len(events):
        *_, length = _EVENT_HEADER.unpack_from(events, offset)
        offset += _EVENT_HEADER.size
        names.append(events[offset : offset + length].rstrip(b"\0"))
        offset += length
    return names

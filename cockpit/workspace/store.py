"""The store file, its generations and its rescue copy: reads and writes whole documents, blocking.

See `saver` for when.
"""

from __future__ import annotations

import contextlib
import json
import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from cockpit.errors import StoreError
from cockpit.files import write_atomically
from cockpit.workspace.generations import GENERATIONS, generation_file, keep_generation
from cockpit.workspace.migrations import NewerSchemaError
from cockpit.workspace.rows_format import StoredState, decode

log = logging.getLogger(__name__)

RESCUE_NAME = "store.rescue.json"
"""In the runtime directory, which is mostly another file system: what could not be written at the last exit."""

_UNREADABLE = (OSError, StoreError, ValueError, RecursionError)

Identity = tuple[int, int, int]


class Loaded(NamedTuple):
    """What was found."""

    state: StoredState
    notices: list[str]
    """What the person must be told about how it was found."""
    complete: bool
    """False: the store itself was missing or unreadable, so rows may be lacking. A first launch looks like that."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One earlier document. `number` 0 is the present one."""

    number: int
    path: Path
    written_at: float
    """Seconds since the epoch, by the clock of that moment."""
    state: StoredState | None
    problem: str = ""
    """Why it can't be read; empty when it can."""


class Store:
    """One JSON document. A file that can't be understood is set aside under another name, not lost.

    `guard` is called before each write and raises `OSError` where somebody else owns the rows.
    """

    def __init__(
        self, path: Path, rescue: Path | None = None, guard: Callable[[], None] = lambda: None
    ) -> None:
        self.path = path
        self._rescue = rescue
        self._guard = guard
        self._revision = 0
        self._known: Identity | None = None
        """The file as we last read or wrote it; one that differs was changed by somebody else."""

    def load(self) -> Loaded:
        """The rows, and how they were found. The caller owns the profile: what a killed writer left is cleared.

        Raises:
            StoreError: the file can't be read at all, or a newer cockpit wrote it. Nothing was touched.
        """
        loaded = self._load()
        self._revision = loaded.state.revision
        self._clear_torn_writes()
        return loaded

    def save(self, document: dict[str, Any]) -> None:
        """Writes a document of `rows_format.encode`, keeping the one before it. Blocks for the disk.

        Raises:
            OSError: it could not be written; the old document is untouched.
        """
        self._guard()
        data = self._stamped(document)
        self._rotate()
        write_atomically(self.path, data)
        self._revision += 1
        self._known = _identity(self.path)
        if self._rescue is not None:
            with contextlib.suppress(OSError):
                self._rescue.unlink(missing_ok=True)

    def rescue(self, document: dict[str, Any]) -> Path:
        """Writes a document that `save` could not to another place, where the next `load` finds it.

        Raises:
            OSError: it could not be written there either.
        """
        if self._rescue is None:
            raise OSError("there is no other place")
        write_atomically(self._rescue, self._stamped(document))
        return self._rescue

    def generations(self) -> list[Generation]:
        """The present document as 0, and the earlier ones there are. Changes nothing."""
        found = []
        for number in range(GENERATIONS + 1):
            path = self.generation(number) if number else self.path
            try:
                written_at = path.stat().st_mtime
                found.append(Generation(number, path, written_at, self._read(path)))
            except FileNotFoundError:
                continue
            except _UNREADABLE as error:
                problem = str(error).partition("\n")[0] or type(error).__name__
                with contextlib.suppress(OSError):
                    found.append(Generation(number, path, path.stat().st_mtime, None, problem))
        return found

    def read_generation(self, number: int) -> StoredState:
        """The rows of an earlier document.

        Raises:
            StoreError: there is none of that number, or it can't be read.
        """
        path = self.generation(number)
        if not 1 <= number <= GENERATIONS or not path.exists():
            known = ", ".join(str(g.number) for g in self.generations() if g.number) or "none yet"
            raise StoreError(f"there is no earlier state {number}; there are: {known}")
        try:
            return self._read(path)
        except _UNREADABLE as error:
            raise StoreError(f"{path} can't be used: {error}") from error

    def restore(self, number: int) -> StoredState:
        """Makes an earlier document the present one; the present one becomes generation 1. The caller owns the profile.

        Raises:
            StoreError: there is none of that number, or it can't be read.
            OSError: it could not be written; nothing is lost.
        """
        from cockpit.workspace.rows_format import encode

        state = self.read_generation(number)
        self._guard()
        with contextlib.suppress(*_UNREADABLE):
            self._revision = self._read(self.path).revision
        data = self._stamped(encode(state))
        self._rotate(always=True)
        write_atomically(self.path, data)
        return state

    def generation(self, number: int) -> Path:
        """The file of an earlier document."""
        return generation_file(self.path, number)

    # Reading

    def _load(self) -> Loaded:
        try:
            state = self._read(self.path)
        except FileNotFoundError:
            return self._recover([])
        except NewerSchemaError as error:
            raise StoreError(
                f"{self.path} was written by a newer cockpit ({error}). Upgrade this one, or keep a separate "
                "world with: cockpit -L NAME"
            ) from error
        except OSError as error:
            raise StoreError(
                f"{self.path} can't be read: {error.strerror}. Mend it or move it away."
            ) from error
        except (StoreError, ValueError, RecursionError) as error:
            kept = self._set_aside()
            return self._recover([f"{self.path} could not be understood ({error}); it is kept as {kept}."])
        self._known = _identity(self.path)
        rescued = self._read_rescue()
        if rescued is not None and rescued.revision > state.revision:
            notice = "The last changes could not be saved when cockpit ended; they were kept and are back."
            return Loaded(rescued, [notice], True)
        return Loaded(state, [], True)

    def _read(self, path: Path) -> StoredState:
        return decode(json.loads(path.read_bytes()))

    def _read_rescue(self) -> StoredState | None:
        if self._rescue is None:
            return None
        try:
            return self._read(self._rescue)
        except _UNREADABLE:
            return None

    def _recover(self, notices: list[str]) -> Loaded:
        """The youngest of the other documents, whatever the clock says; no word about it on a first launch."""
        readable = [(state.revision, -number, path, state) for number, path, state in self._others()]
        if readable:
            _, _, path, state = max(readable, key=lambda one: one[:2])
            when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(path.stat().st_mtime))
            first = notices or [f"{self.path} is missing."]
            return Loaded(state, [*first, f"The sessions are those of {when}, from {path}."], False)
        empty = [*notices, "No earlier generation can be read: starting empty."] if notices else []
        return Loaded(StoredState(), empty, False)

    def _others(self) -> Iterator[tuple[int, Path, StoredState]]:
        rescued = self._read_rescue()
        if rescued is not None and self._rescue is not None:
            yield 0, self._rescue, rescued
        for number in range(1, GENERATIONS + 1):
            with contextlib.suppress(*_UNREADABLE):
                yield number, self.generation(number), self._read(self.generation(number))

    def _clear_torn_writes(self) -> None:
        """A writer that was killed leaves its temporary file; the store itself was never touched by it."""
        with contextlib.suppress(OSError):
            for path in self.path.parent.glob(f".{self.path.name}.*"):
                path.unlink(missing_ok=True)

    # Writing

    def _stamped(self, document: dict[str, Any]) -> bytes:
        stamped = {**document, "revision": self._revision + 1}
        return json.dumps(stamped, indent=1).encode("ascii") + b"\n"

    def _set_aside(self) -> Path:
        stamp = time.strftime("%Y%m%dT%H%M%S")
        target = self.path.with_name(f"{self.path.name}.unreadable-{stamp}")
        for attempt in range(1, 1000):
            if not target.exists():
                break
            target = self.path.with_name(f"{self.path.name}.unreadable-{stamp}-{attempt}")
        try:
            self.path.rename(target)
        except OSError as error:
            raise StoreError(
                f"{self.path} can't be understood nor set aside: {error.strerror}. Move it away."
            ) from error
        return target

    def _rotate(self, *, always: bool = False) -> None:
        """Keeps the present file as generation 1, and moves older ones on when far enough apart.

        A generation is always a good one: a file somebody else broke meanwhile is set aside instead. What can't be
        kept is no reason not to write.
        """
        try:
            if self._known != _identity(self.path) and not self._is_good():
                log.warning("%s was changed from outside and is kept as %s", self.path, self._set_aside())
                return
            keep_generation(self.path, always=always)
        except FileNotFoundError:
            return
        except (OSError, StoreError) as error:
            log.warning("the generation before this one is not kept: %s", error)

    def _is_good(self) -> bool:
        try:
            self._read(self.path)
        except FileNotFoundError:
            raise
        except _UNREADABLE:
            return False
        return True


def _identity(path: Path) -> Identity:
    status = path.stat()
    return status.st_ino, status.st_mtime_ns, status.st_size

"""The store file and its generations: reads and writes whole documents, blocking. See `saver` for when."""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path
from typing import Any

from cockpit.errors import StoreError
from cockpit.files import write_atomically
from cockpit.workspace.rows_format import NewerSchemaError, StoredState, decode

GENERATIONS = 5
"""How many earlier documents are kept: `store.json.1` is the youngest."""
GENERATION_SPACING_S = 60.0
"""Older generations are at least this far apart, so that a burst of changes doesn't wash them all out."""


class Store:
    """One JSON document. A file that can't be understood is set aside under another name, not lost."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> tuple[StoredState, list[str]]:
        """The rows, and what the person must be told about how they were found.

        Raises:
            StoreError: the file can't be read at all, or a newer cockpit wrote it. Nothing was touched.
        """
        try:
            return self._read(self.path), []
        except FileNotFoundError:
            return self._recover([])
        except NewerSchemaError as error:
            raise StoreError(
                f"{self.path} was written by a newer cockpit ({error}). Upgrade cockpit."
            ) from error
        except OSError as error:
            raise StoreError(
                f"{self.path} can't be read: {error.strerror}. Mend it or move it away."
            ) from error
        except (StoreError, ValueError, RecursionError) as error:
            kept = self._set_aside()
            return self._recover([f"{self.path} could not be understood ({error}); it is kept as {kept}."])

    def save(self, document: dict[str, Any]) -> None:
        """Writes a document of `rows_format.encode`, keeping the one before it. Blocks for the disk.

        Raises:
            OSError: it could not be written; the old document is untouched.
        """
        data = json.dumps(document, indent=1).encode("ascii") + b"\n"
        self._rotate()
        write_atomically(self.path, data)

    def generation(self, number: int) -> Path:
        """The file of an earlier document."""
        return self.path.with_name(f"{self.path.name}.{number}")

    def _read(self, path: Path) -> StoredState:
        return decode(json.loads(path.read_bytes()))

    def _recover(self, notices: list[str]) -> tuple[StoredState, list[str]]:
        """The youngest generation that can be read; no word about it on a first launch."""
        for number in range(1, GENERATIONS + 1):
            path = self.generation(number)
            try:
                state = self._read(path)
            except (OSError, StoreError, ValueError, RecursionError):
                continue
            when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(path.stat().st_mtime))
            first = notices or [f"{self.path} is missing."]
            return state, [*first, f"The sessions are those of {when}, from {path}."]
        return StoredState(), [
            *notices,
            "No earlier generation can be read: starting empty.",
        ] if notices else []

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

    def _rotate(self) -> None:
        """Keeps the present file as generation 1, and moves older ones on when far enough apart."""
        if not self.path.exists():
            return
        youngest = self.generation(1)
        with contextlib.suppress(FileNotFoundError):
            reference = self.generation(2)
            spaced = not reference.exists() or _age_s(reference) >= GENERATION_SPACING_S
            if spaced and youngest.exists():
                for number in range(GENERATIONS, 1, -1):
                    with contextlib.suppress(FileNotFoundError):
                        self.generation(number - 1).replace(self.generation(number))
        with contextlib.suppress(FileNotFoundError):
            youngest.unlink()
        os.link(self.path, youngest)


def _age_s(path: Path) -> float:
    return time.time() - path.stat().st_mtime

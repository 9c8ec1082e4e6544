"""The files of the documents before the present one: how they are named, kept and moved on. Reads none of them."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from pathlib import Path

GENERATIONS = 5
"""How many earlier documents are kept: `store.json.1` is the youngest."""
GENERATION_SPACING_S = 60.0
"""Older generations are at least this far apart, so that a burst of changes doesn't wash them all out."""


def generation_file(path: Path, number: int) -> Path:
    """Where the document that is `number` before the one at `path` lies."""
    return path.with_name(f"{path.name}.{number}")


def keep_generation(path: Path, *, always: bool = False) -> None:
    """Makes the file at `path` generation 1 as well, and moves older ones on when far enough apart, or `always`.

    Raises:
        OSError: it can't be done; what was generation 1 still is one.
    """
    youngest, reference = generation_file(path, 1), generation_file(path, 2)
    if youngest.exists() and (always or not reference.exists() or _is_old(reference)):
        for number in range(GENERATIONS, 1, -1):
            with contextlib.suppress(FileNotFoundError):
                generation_file(path, number - 1).replace(generation_file(path, number))
    _link(path, youngest)


def _link(source: Path, target: Path) -> None:
    """Makes `target` the same file as `source`, or a copy where links can't be made; never without a `target`."""
    temporary = source.with_name(f".{source.name}.link")
    temporary.unlink(missing_ok=True)
    try:
        os.link(source, temporary)
    except FileNotFoundError:
        raise
    except OSError:  # a file system without hard links
        shutil.copy2(source, temporary)
    temporary.replace(target)
    temporary.unlink(missing_ok=True)  # rename(2) leaves it when both are one file already


def _is_old(path: Path) -> bool:
    """Far enough in the past; a file from the future, after the clock was set back, counts too."""
    age_s = time.time() - path.stat().st_mtime
    return age_s >= GENERATION_SPACING_S or age_s < 0

"""Frees native handles. Everything it takes was looked up before: a name that is asked of the library for the first
time waits for cffi's lock, and the garbage collector may run while this very thread holds that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Free = tuple[Callable[[Any], object], Any]
"""A function of the library, and the handle it frees."""


def release(*frees: Free) -> None:
    """Frees each handle, in this order. For `weakref.finalize`."""
    for free, handle in frees:
        free(handle)

"""Programs a test needs that a machine may not have."""

from __future__ import annotations

import shutil

import pytest


def installed(program: str) -> str:
    """The path of a program; skips the test where there is none."""
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed")
    return path

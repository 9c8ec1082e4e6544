"""Finds the stylesheets: beside the package in a checkout, inside it in an installed wheel."""

from __future__ import annotations

from pathlib import Path, PurePath

_PACKAGE = Path(__file__).resolve().parent.parent


def stylesheets() -> list[str | PurePath]:
    """Every `.tcss` file, in alphabetical order."""
    installed = _PACKAGE / "styles"
    directory = installed if installed.is_dir() else _PACKAGE.parent / "styles"
    return sorted(directory.glob("*.tcss"))

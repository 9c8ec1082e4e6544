"""The stylesheets: where they are, and how they are read no more often than they must."""

from __future__ import annotations

from pathlib import Path, PurePath

from textual.css.stylesheet import Stylesheet

_PACKAGE = Path(__file__).resolve().parents[2]


def stylesheets() -> list[str | PurePath]:
    """Every `.tcss` file, in alphabetical order: beside the package in a checkout, inside it in a wheel."""
    installed = _PACKAGE / "styles"
    directory = installed if installed.is_dir() else _PACKAGE.parent / "styles"
    return sorted(directory.glob("*.tcss"))


class LazyStylesheet(Stylesheet):
    """Reads a source again only when it or a variable changed. Textual's reads all of them twice at a launch, 14 ms
    each: once because a theme is set, and then because the first widget brings rules.
    """

    def set_variables(self, variables: dict[str, str]) -> None:
        """Takes the colours of a theme."""
        if variables != self._variables:
            super().set_variables(variables)

    def reparse(self) -> None:
        """Reads what isn't known yet; the rules in force stay when that fails."""
        self.parse()

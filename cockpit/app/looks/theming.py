"""Prepares a Textual app for the outer terminal's colours: its themes, its filters, what it writes without them."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from textual.app import App
from textual.filter import Monochrome, NoColor

from cockpit.app.looks.themes import HIGH_CONTRAST
from cockpit.app.outer.color_filter import ColorFilter
from cockpit.terminal.color_depth import ColorDepth
from cockpit.terminal.outer import OUTER_TERMINAL

_SYSTEMS = {ColorDepth.TRUE: "truecolor", ColorDepth.INDEXED: "256"}


def use_colors(app: App[Any]) -> None:
    """Adds our themes, and puts our own choice of colours in place of Textual's.

    Textual knows neither `COCKPIT_COLORS` nor eight colours, takes a direct-colour TERM for sixteen and a dumb one for
    all, and without colours writes greys or the default ones in so many words.
    """
    for theme in HIGH_CONTRAST:
        app.register_theme(theme)
    app.no_color = OUTER_TERMINAL.depth is ColorDepth.NONE
    kept = [line_filter for line_filter in app._filters if not isinstance(line_filter, NoColor | Monochrome)]
    app._filters[:] = [*kept, ColorFilter()]  # Textual has no public way to choose them
    system: Any = _SYSTEMS.get(OUTER_TERMINAL.depth, "standard")
    app.console = Console(
        color_system="truecolor" if OUTER_TERMINAL.doubtful else system,
        file=app.console.file,
        highlight=False,
        emoji=False,
        legacy_windows=False,
        force_terminal=True,
        safe_box=False,
    )

"""Draws the chrome in the colours that the outer terminal has. Programs' cells are fitted by the painter itself."""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color as RichColor
from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from cockpit.terminal.color_depth import ColorDepth, fitted_pair
from cockpit.terminal.emulator.cells import Color as CellColor
from cockpit.terminal.outer import OUTER_TERMINAL, OuterTerminal

_GROUNDS: tuple[CellColor, ...] = (None, 0)
"""Backgrounds that mark nothing: the terminal's own, and black, which the terminal's theme gives to scrollbars."""


class ColorFilter(LineFilter):
    """Goes over every line a widget draws. Bold, underline and reverse stay; without colours nothing else does."""

    def __init__(self, terminal: OuterTerminal = OUTER_TERMINAL) -> None:
        super().__init__()
        self._terminal = terminal

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments in fewer colours."""
        depth = self._terminal.depth
        if depth is ColorDepth.TRUE:
            return segments
        return [
            Segment(text, style and fitted_style(style, depth), control) for text, style, control in segments
        ]


@lru_cache(4096)
def fitted_style(style: Style, depth: ColorDepth) -> Style:
    """The style with the colours that `depth` has; without any, a background of its own becomes reverse."""
    front, back = fitted_pair(_cell_color(style.color), _cell_color(style.bgcolor), depth)
    marked = depth is ColorDepth.NONE and _cell_color(style.bgcolor) not in _GROUNDS
    bright = depth is ColorDepth.EIGHT and style.color is not None and 8 < (style.color.number or 0) < 16
    return Style(
        color=_rich_color(front),
        bgcolor=_rich_color(back),
        bold=bright or style.bold,
        dim=style.dim,
        italic=style.italic,
        underline=style.underline,
        reverse=marked or style.reverse,
        strike=style.strike,
        link=style.link,
        meta=style.meta or None,
    )


def _cell_color(color: RichColor | None) -> CellColor:
    if color is None or color.type is ColorType.DEFAULT:
        return None
    if color.triplet is not None:
        return (color.triplet.red, color.triplet.green, color.triplet.blue)
    return color.number


def _rich_color(color: CellColor) -> RichColor | None:
    if color is None:
        return None
    return RichColor.from_ansi(color) if isinstance(color, int) else RichColor.from_rgb(*color)

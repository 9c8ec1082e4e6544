"""The looks of pane cells as the compositor wants them: Rich styles that carry the exact SGR sequence of the cell."""

from __future__ import annotations

from typing import Any

from rich.color import Color as RichColor
from rich.segment import ControlType, Segment
from rich.style import Style
from textual.strip import Strip

from cockpit.terminal.color_depth import fitted_pair
from cockpit.terminal.emulator.cells import CellStyle, Color, Row
from cockpit.terminal.outer import OUTER_TERMINAL

_ATTRIBUTES = {
    1: "bold",
    2: "dim",
    3: "italic",
    5: "blink",
    7: "reverse",
    8: "conceal",
    9: "strike",
    53: "overline",
}


def rich_style(style: CellStyle) -> Style | None:
    """The Rich style of a cell style, made once and kept on it; None for the default style.

    It has the colours that the outer terminal has. Rich knows one underline and no underline colour, so the sequence
    it would write is replaced by our own, which `textual.strip.Strip` uses as it is. The plain attributes serve
    screenshots and whatever is blended over the pane.
    """
    depth = OUTER_TERMINAL.depth
    rendered = style.rendered
    if not isinstance(rendered, tuple) or rendered[0] is not depth:
        rendered = style.rendered = (depth, _make(style))
    made: Style | None = rendered[1]
    return made


def pane_strip(row: Row, width: int, left: int) -> Strip:
    """A row as the compositor wants it. `left` is the pane's first column on the screen."""
    segments = []
    columns = 0
    for run in row:
        segments.append(Segment(run.text, rich_style(run.style)))
        columns += run.columns
        if not run.text.isascii():
            # Says where the next cell is, whatever width the terminal gives these characters (CHA).
            column = left + columns + 1
            segments.append(Segment(f"\x1b[{column}G", None, [(ControlType.CURSOR_MOVE_TO_COLUMN, column)]))
    if columns < width:
        segments.append(Segment(" " * (width - columns)))
    strip = Strip(segments, max(columns, width))
    return strip if columns <= width else strip.crop(0, width)


def _make(style: CellStyle) -> Style | None:
    link = "" if OUTER_TERMINAL.simple else style.link
    if not style.sgr and not link:
        return None
    front, back = fitted_pair(style.foreground, style.background, OUTER_TERMINAL.depth)
    attributes: dict[str, Any] = {_ATTRIBUTES[code]: True for code in style.attributes}
    made = Style(
        color=_color(front),
        bgcolor=_color(back),
        underline=bool(style.underline) or None,
        underline2=style.underline == 2 or None,
        link=link or None,
        **attributes,
    )
    made._ansi = OUTER_TERMINAL.sgr(style)
    return made


def _color(color: Color) -> RichColor | None:
    if color is None:
        return None
    if isinstance(color, int):
        return RichColor.from_ansi(color)
    return RichColor.from_rgb(*color)

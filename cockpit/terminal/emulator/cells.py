"""What a row of the screen is made of: runs of neighbouring cells that share one style. Pure values."""

from __future__ import annotations

import re
from typing import NamedTuple

Color = int | tuple[int, int, int] | None
"""A palette index 0-255, an RGB triple, or None for the terminal's default."""


class CellStyle:
    """How cells look. Compared by identity: the emulator hands out one object per distinct style.

    `sgr` holds the parameters of the SGR sequence (ECMA-48 8.3.117, ctlseqs) that sets exactly this style
    after a reset, or the empty string for the default style. `underline` is 0 none, 1 single, 2 double,
    3 curly, 4 dotted, 5 dashed.
    """

    __slots__ = (
        "attributes",
        "background",
        "fitted",
        "foreground",
        "link",
        "rendered",
        "sgr",
        "underline",
        "underline_color",
    )

    def __init__(
        self,
        foreground: Color = None,
        background: Color = None,
        underline_color: Color = None,
        underline: int = 0,
        attributes: tuple[int, ...] = (),
        link: str = "",
    ) -> None:
        self.foreground = foreground
        self.background = background
        self.underline_color = underline_color
        self.underline = underline
        self.attributes = attributes
        """SGR codes among 1 bold, 2 faint, 3 italic, 5 blink, 7 reverse, 8 invisible, 9 strike, 53 overline."""
        self.link = link
        """The target of an OSC 8 hyperlink, or the empty string."""
        self.rendered: object | None = None
        """A place for the view to keep what it made of this style."""
        self.fitted: tuple[tuple[int, bool], str] | None = None
        """A place to keep what it is on a terminal with fewer colours (see `color_depth`)."""
        self.sgr = ";".join(self._parameters())

    def with_link(self, link: str) -> CellStyle:
        """The same look, leading to `link`."""
        return CellStyle(
            self.foreground, self.background, self.underline_color, self.underline, self.attributes, link
        )

    def _parameters(self) -> list[str]:
        parameters = [str(code) for code in self.attributes]
        if self.underline:
            parameters.append("4" if self.underline == 1 else f"4:{self.underline}")
        parameters += _color_parameters(self.foreground, base=30, extended=38)
        parameters += _color_parameters(self.background, base=40, extended=48)
        if isinstance(self.underline_color, int):
            parameters.append(f"58:5:{self.underline_color}")
        elif self.underline_color is not None:
            parameters.append("58:2::{}:{}:{}".format(*self.underline_color))
        return parameters


def _color_parameters(color: Color, *, base: int, extended: int) -> list[str]:
    if color is None:
        return []
    if isinstance(color, int):
        if color < 8:
            return [str(base + color)]
        if color < 16:
            return [str(base + 52 + color)]
        return [f"{extended};5;{color}"]
    return ["{};2;{};{};{}".format(extended, *color)]


DEFAULT_STYLE = CellStyle()


class Run(NamedTuple):
    """Neighbouring cells of one style. `columns` is what the grid gives them, whatever their text's own width."""

    text: str
    style: CellStyle
    columns: int


Row = tuple[Run, ...]
"""The runs of one row, left to right. Trailing default cells may be missing: a row can be narrower than the grid."""


def row_text(row: Row) -> str:
    """The characters of a row without its styles."""
    return "".join(run.text for run in row)


class Change(NamedTuple):
    """What turns one row into another: write `runs` at `column`, then erase `erase` columns after them."""

    column: int
    runs: Row
    erase: int


def change_between(old: Row, new: Row) -> Change | None:
    """The smallest run-wise change from `old` to `new`, or None when they look the same.

    Runs of one-column characters are compared by character; a run with wide cells or clusters counts as one piece,
    so that a cell is never cut in half.
    """
    if old == new:
        return None
    old_columns, new_columns = row_columns(old), row_columns(new)
    column, start, offset = 0, 0, 0
    for before, after in zip(old, new, strict=False):
        if before != after:
            if before.style is after.style and _is_plain(before) and _is_plain(after):
                offset = _common_prefix(before.text, after.text)
            break
        column += after.columns
        start += 1
    if start == len(new):
        return Change(new_columns, (), old_columns - new_columns) if old_columns > new_columns else None
    part = list(new[start:])
    if offset:
        first = part[0]
        rest = first.text[offset:]
        part[0:1] = [Run(rest, first.style, len(rest))] if rest else []
    if old_columns == new_columns:
        _drop_common_end(old, part)
    return Change(column + offset, tuple(part), max(0, old_columns - new_columns))


def is_cluster(run: Run) -> bool:
    """True for a run whose width terminals may see differently: it must be placed, not just written."""
    return combines(run.text)


def combines(text: str) -> bool:
    """Whether some terminals draw a character of `text` together with its neighbour."""
    return not text.isascii() and _JOINING.search(text) is not None


def row_columns(row: Row) -> int:
    """How many columns the runs of `row` fill."""
    return sum([run.columns for run in row])


def _drop_common_end(old: Row, part: list[Run]) -> None:
    """Removes from the end of `part` what `old` ends with as well."""
    index = len(old) - 1
    while index >= 0 and len(part) > 1 and old[index] == part[-1]:
        part.pop()
        index -= 1
    if index < 0 or not part:
        return
    before, after = old[index], part[-1]
    if before.style is after.style and _is_plain(before) and _is_plain(after):
        limit = min(len(before.text), len(after.text))
        same = _common_prefix(before.text[::-1][:limit], after.text[::-1][:limit])
        kept = len(after.text) - same
        part[-1:] = [Run(after.text[:kept], after.style, kept)] if kept else []


def _is_plain(run: Run) -> bool:
    """True when every character of the run fills exactly one column, so that offsets are columns."""
    return len(run.text) == run.columns and not is_cluster(run)


_JOINING = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0900-\u0dff"
    "\u0e31-\u0e4e\u1100-\u11ff\u135d-\u135f\u180b-\u180d\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u20d0-\u20ff"
    "\u302a-\u302f\u3099\u309a\ufe00-\ufe0f\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e0020-\U000e01ef]"
)
"""Codepoints that combine with their neighbours in some terminals: marks, joiners, selectors, flags, skin tones."""


def _common_prefix(one: str, other: str) -> int:
    limit = min(len(one), len(other))
    if one[:limit] == other[:limit]:
        return limit
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low

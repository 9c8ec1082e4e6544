"""Screens as grids of cells, read from what `tmux capture-pane -peN` prints.

A capture is lines of text with SGR sequences; the style carries over from line to line, line-drawing
characters stand between SO and SI, and hyperlinks are OSC 8 (skipped: no property of a cell's looks).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.harness.sgr import DEFAULT_STYLE, Style, apply_sgr
from tests.harness.width import cluster_columns, joins_previous

_TOKEN = re.compile(
    r"\x1b\[(?P<sgr>[0-9;:]*)m"
    r"|(?P<skip>\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-9;:?]*[A-Za-ln-z]|\x1b[()][0-9A-B])"
    r"|(?P<shift>[\x0e\x0f])"
    r"|(?P<text>.)",
    re.DOTALL,
)

_LINE_DRAWING = dict(
    zip(
        "`afgijklmnopqrstuvwxyz{|}~+,-.0",
        "◆▒°±␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·→←↑↓█",
        strict=True,
    )
)
"""DEC special graphics (terminfo `acsc`), by the letter that stands for it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of one row. A wide character's right half has an empty `text`."""

    text: str
    style: Style


UNKNOWN = Cell(" ", DEFAULT_STYLE)
"""A blank beyond the end of a captured line: tmux doesn't say whether it was erased with a background."""


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of cells, in columns and rows from the top left corner."""

    x: int
    y: int
    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A screen: `rows` rows of exactly `columns` cells."""

    columns: int
    rows: int
    cells: tuple[tuple[Cell, ...], ...]

    def line(self, y: int) -> str:
        """The text of row `y`, without trailing blanks."""
        return "".join(cell.text for cell in self.cells[y]).rstrip()

    @property
    def text(self) -> str:
        """The text of all rows, joined by newlines."""
        return "\n".join(self.line(y) for y in range(self.rows))

    def find(self, needle: str) -> tuple[int, int] | None:
        """Column and row of the first place that shows `needle` on one row, or None."""
        for y, row in enumerate(self.cells):
            line = "".join(cell.text or "\0" for cell in row)
            index = line.find(needle)
            if index >= 0:
                before = line[:index]
                return _column_of(row, len(before)), y
        return None

    def crop(self, region: Region) -> Grid:
        """The part of the grid inside `region`."""
        rows = self.cells[region.y : region.y + region.rows]
        return Grid(
            region.columns,
            region.rows,
            tuple(row[region.x : region.x + region.columns] for row in rows),
        )


def parse(capture: str, columns: int, rows: int) -> Grid:
    """The grid a capture shows, padded with `UNKNOWN` to `columns` × `rows`."""
    style = DEFAULT_STYLE
    lines = capture.split("\n")
    grid: list[tuple[Cell, ...]] = []
    for y in range(rows):
        cells, style = _parse_line(lines[y] if y < len(lines) else "", style)
        padding = [UNKNOWN] * (columns - len(cells))
        grid.append(tuple(cells[:columns] + padding))
    return Grid(columns, rows, tuple(grid))


@dataclass(frozen=True, slots=True)
class Difference:
    """Two cells that should have been equal, `x` and `y` relative to the compared region."""

    x: int
    y: int
    expected: Cell
    actual: Cell

    def __str__(self) -> str:
        return f"row {self.y:3} column {self.x:3}: expected {_show(self.expected)}, got {_show(self.actual)}"


def differences(expected: Grid, actual: Grid, *, strict: bool = True) -> list[Difference]:
    """Every cell in which two grids of one size differ in character or looks.

    A blank is judged only by what can be seen of it: its background, reverse, underline, strike and overline.
    Without `strict` an `UNKNOWN` cell equals every blank.
    """
    if (expected.columns, expected.rows) != (actual.columns, actual.rows):
        raise ValueError(
            f"grids of different sizes: {expected.columns}x{expected.rows} and {actual.columns}x{actual.rows}"
        )
    return [
        Difference(x, y, before, after)
        for y, (row_before, row_after) in enumerate(zip(expected.cells, actual.cells, strict=True))
        for x, (before, after) in enumerate(zip(row_before, row_after, strict=True))
        if before != after and _visible(before) != _visible(after)
        if strict or not (before.text == after.text == " " and (before is UNKNOWN or after is UNKNOWN))
    ]


def report(expected: Grid, actual: Grid, limit: int = 20) -> str:
    """What differs between two grids, fit to be read in a failing test; empty when nothing does."""
    found = differences(expected, actual)
    if not found:
        return ""
    rows = sorted({difference.y for difference in found})
    lines = [f"{len(found)} of {expected.columns * expected.rows} cells differ, on rows {_ranges(rows)}"]
    lines += [f"  {difference}" for difference in found[:limit]]
    if len(found) > limit:
        lines.append(f"  … and {len(found) - limit} more")
    for y in rows[:6]:
        lines += [f"row {y} expected |{expected.line(y)}|", f"row {y} got      |{actual.line(y)}|"]
    return "\n".join(lines)


def _parse_line(line: str, style: Style) -> tuple[list[Cell], Style]:
    cells: list[Cell] = []
    line_drawing = False
    for match in _TOKEN.finditer(line):
        if (sgr := match["sgr"]) is not None:
            style = apply_sgr(style, sgr)
        elif match["shift"]:
            line_drawing = match["shift"] == "\x0e"
        elif text := match["text"]:
            _put(cells, _LINE_DRAWING.get(text, text) if line_drawing else text, style)
    return cells, style


def _put(cells: list[Cell], text: str, style: Style) -> None:
    """Appends a character to the row: to the cluster before it, or as one or two new cells."""
    lead = next((i for i in range(len(cells) - 1, -1, -1) if cells[i].text), None)
    if lead is not None and joins_previous(cells[lead].text, text):
        cells[lead] = Cell(cells[lead].text + text, cells[lead].style)
        return
    cells.append(Cell(text, style))
    cells.extend([Cell("", style)] * (cluster_columns(text) - 1))


def _column_of(row: tuple[Cell, ...], characters: int) -> int:
    for x, cell in enumerate(row):
        if characters <= 0:
            return x
        characters -= len(cell.text) or 1
    return len(row)


def _visible(cell: Cell) -> Cell:
    return Cell(cell.text, cell.style.seen_on_blank()) if cell.text == " " else cell


def _show(cell: Cell) -> str:
    return f"{cell.text!r} {cell.style}"


def _ranges(numbers: list[int]) -> str:
    def spans() -> Iterator[str]:
        start = previous = numbers[0]
        for number in [*numbers[1:], -1]:
            if number != previous + 1:
                yield str(start) if start == previous else f"{start}-{previous}"
                start = number
            previous = number

    return ", ".join(spans())

"""A terminal's screen as an SVG file, from the cells a tmux capture holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from html import escape
from itertools import groupby

from tests.harness.grid import Cell, Grid
from tests.harness.sgr import Colour, Style

CELL_WIDTH, CELL_HEIGHT, MARGIN = 8.4, 18, 12
FONT = "'JetBrains Mono', 'Fira Code', 'DejaVu Sans Mono', Menlo, Consolas, monospace"
FOREGROUND, BACKGROUND = "#d4d7dd", "#15171c"
PALETTE = (
    "#1d2027", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#c8ccd4",
    "#5c6370", "#ff7b86", "#b5e890", "#ffd58a", "#82c4ff", "#e29bf5", "#7fd8e4", "#ffffff",
)  # fmt: skip


def render(grid: Grid, cursor: tuple[int, int, bool]) -> str:
    """The SVG document. Runs of one style are stretched to their cells, whatever font is found."""
    width = grid.columns * CELL_WIDTH + 2 * MARGIN
    height = grid.rows * CELL_HEIGHT + 2 * MARGIN
    body = [part for y, row in enumerate(grid.cells) for part in _row(y, row)]
    if cursor[2]:
        x, y = MARGIN + cursor[0] * CELL_WIDTH, MARGIN + cursor[1] * CELL_HEIGHT
        body.append(f'<rect x="{x:.1f}" y="{y}" width="{CELL_WIDTH}" height="{CELL_HEIGHT}" fill="{FOREGROUND}" opacity="0.6"/>')
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" width="{width:.0f}">',
            f'<rect width="100%" height="100%" rx="8" fill="{BACKGROUND}"/>',
            f'<g font-family="{FONT}" font-size="14" xml:space="preserve">',
            *body,
            "</g>\n</svg>\n",
        ]
    )


def _row(y: int, row: tuple[Cell, ...]) -> list[str]:
    parts = []
    top = MARGIN + y * CELL_HEIGHT
    for style, run in groupby(enumerate(row), key=lambda item: _shown(item[1].style)):
        cells = list(run)
        left, width = MARGIN + cells[0][0] * CELL_WIDTH, len(cells) * CELL_WIDTH
        if style.background is not None:
            parts.append(
                f'<rect x="{left:.1f}" y="{top}" width="{width + 0.3:.1f}" height="{CELL_HEIGHT}" '
                f'fill="{_colour(style.background)}"/>'
            )
        parts += [_text(top, word, style) for word in _words(cells)]
    return parts


def _words(cells: list[tuple[int, Cell]]) -> Iterator[list[tuple[int, Cell]]]:
    """The stretches without blanks: a blank at an end would not be stretched along."""
    for blank, word in groupby(cells, key=lambda item: item[1].text == " "):
        if not blank:
            yield list(word)


def _text(top: float, word: list[tuple[int, Cell]], style: Style) -> str:
    left, width = MARGIN + word[0][0] * CELL_WIDTH, len(word) * CELL_WIDTH
    text = escape("".join(cell.text for _, cell in word))
    place = f'x="{left:.1f}" y="{top + 13.5}" textLength="{width:.1f}" lengthAdjust="spacingAndGlyphs"'
    return f"<text {place}{_attributes(style)}>{text}</text>"


def _shown(style: Style) -> Style:
    """The style with reverse carried out."""
    if not style.reverse:
        return style
    foreground = style.background if style.background is not None else _rgb(BACKGROUND)
    background = style.foreground if style.foreground is not None else _rgb(FOREGROUND)
    return replace(style, foreground=foreground, background=background, reverse=False)


def _attributes(style: Style) -> str:
    found = [f' fill="{FOREGROUND if style.foreground is None else _colour(style.foreground)}"']
    if style.bold:
        found.append(' font-weight="bold"')
    if style.italic:
        found.append(' font-style="italic"')
    if style.dim:
        found.append(' opacity="0.6"')
    lines = ["underline"] * bool(style.underline) + ["line-through"] * style.strike
    if lines:
        found.append(f' text-decoration="{" ".join(lines)}"')
    return "".join(found)


def _colour(colour: Colour) -> str:
    if isinstance(colour, tuple):
        return "#{:02x}{:02x}{:02x}".format(*colour)
    assert colour is not None
    if colour < 16:
        return PALETTE[colour]
    if colour >= 232:
        return _colour((8 + 10 * (colour - 232),) * 3)  # type: ignore[arg-type]
    levels = (0, 95, 135, 175, 215, 255)
    index = colour - 16
    return _colour((levels[index // 36], levels[index // 6 % 6], levels[index % 6]))


def _rgb(text: str) -> tuple[int, int, int]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)

"""Marks parts of a row: the selection, the matches of a search. Pure; looks are made once per style and kind."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from cockpit.terminal.emulator.cells import DEFAULT_STYLE, CellStyle, Row, Run, row_columns


class Mark(Enum):
    """Why cells stand out. Each kind differs in shape as well as in colour."""

    MATCH = "match"
    CURRENT_MATCH = "current match"
    SELECTION = "selection"


class Span(NamedTuple):
    """Columns `start` up to but not including `end` of one row."""

    start: int
    end: int
    mark: Mark


def marked(row: Row, spans: Iterable[Span]) -> Row:
    """The row with its spans standing out. Later spans lie over earlier ones; a wide cell is marked whole."""
    for span in spans:
        if span.end > span.start:
            row = _mark(row, span)
    return row


def _mark(row: Row, span: Span) -> Row:
    columns = row_columns(row)
    if columns < span.end:
        row = (*row, Run(" " * (span.end - columns), DEFAULT_STYLE, span.end - columns))
    runs: list[Run] = []
    position = 0
    for run in row:
        end = position + run.columns
        if end <= span.start or position >= span.end:
            runs.append(run)
        else:
            before, rest = _split(run, span.start - position)
            inside, after = _split(rest, span.end - position - before.columns)
            runs += [part for part in (before, _restyled(inside, span.mark), after) if part.columns]
        position = end
    return tuple(runs)


def _split(run: Run, column: int) -> tuple[Run, Run]:
    """The run cut before `column`; a wide cell that would be halved goes to the right part whole."""
    if column <= 0:
        return Run("", run.style, 0), run
    if column >= run.columns:
        return run, Run("", run.style, 0)
    if len(run.text) == run.columns:
        offset = width = column
    else:
        offset = width = 0
        for character in run.text:
            step = _width(character)
            if width + step > column:
                break
            width += step
            offset += 1
        if width == 0:  # one cluster: it can't be cut
            return Run("", run.style, 0), run
    return Run(run.text[:offset], run.style, width), Run(run.text[offset:], run.style, run.columns - width)


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _restyled(run: Run, mark: Mark) -> Run:
    return Run(run.text, _look(run.style, mark), run.columns)


_BLACK, _YELLOW, _CYAN = 0, 3, 6


@functools.lru_cache(maxsize=2048)
def _look(style: CellStyle, mark: Mark) -> CellStyle:
    if mark is Mark.SELECTION:
        codes = set(style.attributes) ^ {7}
        return CellStyle(
            style.foreground,
            style.background,
            style.underline_color,
            style.underline,
            tuple(sorted(codes)),
            style.link,
        )
    if mark is Mark.CURRENT_MATCH:
        return CellStyle(_BLACK, _CYAN, None, 1, (1,), style.link)
    return CellStyle(_BLACK, _YELLOW, None, 0, (), style.link)

"""Marks on rows fall on whole cells and change nothing else."""

from __future__ import annotations

from cockpit.terminal.emulator.cells import DEFAULT_STYLE, CellStyle, Run, row_columns, row_text
from cockpit.terminal.scrollback.highlight import Mark, Span, marked

RED = CellStyle(foreground=1)
REVERSED = CellStyle(attributes=(7,))


def parts(*spans: Span, row: tuple[Run, ...]) -> list[tuple[str, str]]:
    result = marked(row, spans)
    assert row_text(result).rstrip() == row_text(row).rstrip()
    assert row_columns(result) >= row_columns(row)
    return [(run.text, run.style.sgr) for run in result]


def test_a_selection_reverses_across_styles() -> None:
    row = (Run("abc", DEFAULT_STYLE, 3), Run("def", RED, 3))
    assert parts(Span(2, 5, Mark.SELECTION), row=row) == [("ab", ""), ("c", "7"), ("de", "7;31"), ("f", "31")]


def test_what_was_reversed_is_turned_back() -> None:
    assert parts(Span(0, 1, Mark.SELECTION), row=(Run("ab", REVERSED, 2),)) == [("a", ""), ("b", "7")]


def test_a_wide_cell_is_never_cut() -> None:
    row = (Run("a你b", DEFAULT_STYLE, 4),)
    assert parts(Span(0, 2, Mark.MATCH), row=row)[0][0] == "a"
    assert [text for text, _ in parts(Span(1, 3, Mark.MATCH), row=row)] == ["a", "你", "b"]


def test_a_span_beyond_the_text_marks_blanks() -> None:
    assert parts(Span(1, 4, Mark.SELECTION), row=(Run("ab", DEFAULT_STYLE, 2),)) == [
        ("a", ""),
        ("b", "7"),
        ("  ", "7"),
    ]


def test_the_current_match_differs_in_shape_from_the_others() -> None:
    row = (Run("ab", DEFAULT_STYLE, 2),)
    (_, current), (_, other) = parts(Span(0, 1, Mark.CURRENT_MATCH), Span(1, 2, Mark.MATCH), row=row)
    assert "4" in current.split(";")
    assert "4" not in other.split(";")


def test_looks_are_shared_so_that_rows_compare_equal() -> None:
    row = (Run("abc", RED, 3),)
    span = Span(1, 2, Mark.MATCH)
    assert marked(row, [span]) == marked(row, [span])

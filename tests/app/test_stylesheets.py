"""Stylesheets are read no more often than they must, and every change of them is seen."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.css.parse import parse
from textual.css.stylesheet import StylesheetParseError

from cockpit.app.looks.stylesheets import LazyStylesheet, stylesheets
from tests.app.live_app import live


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """The sources that were read, in order."""
    found: list[tuple[str, str]] = []

    def counted(scope, css, read_from, *arguments, **options):  # type: ignore[no-untyped-def]  # passes all on
        found.append(read_from)
        return parse(scope, css, read_from, *arguments, **options)

    monkeypatch.setattr("textual.css.stylesheet.parse", counted)
    return found


def test_a_source_is_read_again_only_when_a_variable_changed(read: list[tuple[str, str]]) -> None:
    sheet = LazyStylesheet(variables={"ink": "red"})
    sheet.add_source("A { color: $ink; }", ("a", ""))
    sheet.reparse()
    sheet.add_source("B { color: $ink; }", ("b", ""))
    sheet.set_variables({"ink": "red"})
    sheet.reparse()
    assert read == [("a", ""), ("b", "")]
    sheet.set_variables({"ink": "blue"})
    sheet.reparse()
    assert read == [("a", ""), ("b", "")] * 2
    assert [rule.styles.color for rule in sheet.rules] == [Color.parse("blue")] * 2


def test_rules_that_cannot_be_read_leave_those_in_force() -> None:
    sheet = LazyStylesheet()
    sheet.add_source("A { color: red; }", ("a", ""))
    sheet.reparse()
    before = sheet.rules
    sheet.add_source("B { color: nothing; }", ("b", ""))
    with pytest.raises(StylesheetParseError):
        sheet.reparse()
    assert sheet._rules == before


async def test_a_launch_reads_every_source_once(read: list[tuple[str, str]]) -> None:
    async with live("pty"):
        ours = [path for path, _ in read if path.endswith(".tcss")]
        assert ours == [str(path) for path in stylesheets()]

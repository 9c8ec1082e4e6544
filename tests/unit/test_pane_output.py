"""When rows of the pane may be shifted: only while all that stands there is known to be ours."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from textual.geometry import Region, Size

from cockpit.app.outer.driver import CockpitDriver
from cockpit.app.widgets.pane_output import PaneOutput
from cockpit.app.widgets.pane_picture import Frame, PanePicture
from cockpit.terminal.emulator.cells import DEFAULT_STYLE, Change, Run
from cockpit.terminal.emulator.types import HIDDEN_CURSOR
from cockpit.terminal.outer import OUTER_TERMINAL

WIDTH, HEIGHT = 20, 6
ALL_ROWS = Frame([(y, Change(0, (Run("x", DEFAULT_STYLE, 1),), 0)) for y in range(HEIGHT)])
ONE_ROW = Frame(ALL_ROWS.changes[:1])


class Terminal(CockpitDriver):
    """Remembers what is written."""

    def __init__(self) -> None:
        self.written = ""
        self.output = cast("Any", SimpleNamespace(writes=0))

    def write(self, data: str) -> None:
        self.written = data

    def frame_written(self) -> None: ...


@pytest.fixture
def pane(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A pane beside a sidebar, with nothing over it, in a terminal that can scroll a part of its width."""
    monkeypatch.setattr(OUTER_TERMINAL, "side_margins", True)
    return SimpleNamespace(
        app=SimpleNamespace(_driver=Terminal(), _sync_available=False, size=Size(WIDTH + 8, HEIGHT + 2)),
        size=Size(WIDTH, HEIGHT),
        region=Region(8, 1, WIDTH, HEIGHT),
        content_region=Region(8, 1, WIDTH, HEIGHT),
        screen=SimpleNamespace(is_current=True, _compositor=SimpleNamespace(visible_widgets={})),
        ancestors_with_self=[],
        has_focus=True,
        refresh=lambda *_: None,
    )


def output_of(pane: Any) -> PaneOutput:
    picture = PanePicture()
    picture.read_all(None, HEIGHT)
    picture.show_all()
    output = PaneOutput(pane, picture)
    output.find_cover()
    return output


def whole_was_written(pane: Any) -> bool:
    """Every cell of the pane: its rows are blank, so they were erased."""
    return bool(pane.app._driver.written.count(f"\x1b[{WIDTH}X") == HEIGHT)


def test_rows_are_shifted_once_all_of_them_were_written(pane: Any) -> None:
    output = output_of(pane)
    assert not output.scrolls
    output.write(ONE_ROW, HIDDEN_CURSOR)
    assert not output.scrolls
    output.write(ALL_ROWS, HIDDEN_CURSOR)
    assert whole_was_written(pane)
    assert output.scrolls
    output.write(ALL_ROWS, HIDDEN_CURSOR)
    assert not whole_was_written(pane)


def _covered(output: PaneOutput, pane: Any) -> None:
    output.covered = True
    output.write(ONE_ROW, HIDDEN_CURSOR)
    output.covered = False


def _dialogue(output: PaneOutput, pane: Any) -> None:
    pane.screen.is_current = False
    output.write(ONE_ROW, HIDDEN_CURSOR)
    pane.screen.is_current = True


@pytest.mark.parametrize(
    "happened",
    [
        _covered,
        _dialogue,
        lambda output, _: output.find_cover(),
        lambda output, _: output.give_up_cursor(),
        lambda output, _: output.forget_position(),
    ],
    ids=["covered", "a dialogue over it", "another layout", "another screen", "painted by the compositor"],
)
def test_whatever_others_painted_is_written_again_before_rows_are_shifted(
    pane: Any, happened: Callable[[PaneOutput, Any], None]
) -> None:
    output = output_of(pane)
    output.write(ALL_ROWS, HIDDEN_CURSOR)
    happened(output, pane)
    assert not output.scrolls
    output.write(ALL_ROWS, HIDDEN_CURSOR)
    assert whole_was_written(pane)
    assert output.scrolls


def test_a_terminal_without_margins_is_never_asked_to(pane: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OUTER_TERMINAL, "side_margins", False)
    output = output_of(pane)
    output.write(ALL_ROWS, HIDDEN_CURSOR)
    assert not output.scrolls
    pane.app.size = Size(WIDTH, HEIGHT)
    output.write(ALL_ROWS, HIDDEN_CURSOR)
    output.write(ALL_ROWS, HIDDEN_CURSOR)
    assert output.scrolls

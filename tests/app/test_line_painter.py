"""Tabs, sidebar and status line are painted at once and by themselves; what didn't change isn't painted at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual._compositor import ChopsUpdate

from cockpit.app.looks.line_painter import LinePainter
from cockpit.app.looks.painter import SYNC_END, SYNC_START
from cockpit.app.outer.driver import CockpitDriver
from cockpit.app.widgets.frame_pacer import FRAME_INTERVAL_S
from cockpit.app.widgets.session_list import SessionList
from cockpit.app.widgets.status_bar import StatusBar
from cockpit.app.widgets.terminal_tabs import TerminalTabs
from tests.app.chrome_app import Cockpit, cockpit


def painted(world: Cockpit, monkeypatch: pytest.MonkeyPatch) -> list[set[int]]:
    """The rows of every update from now on."""
    rows: list[set[int]] = []
    display = world.app._display

    def recorded(screen: Any, update: Any) -> None:
        if isinstance(update, ChopsUpdate):
            rows.append({y for y, _, _ in update.spans})
        display(screen, update)

    monkeypatch.setattr(world.app, "_display", recorded)
    return rows


async def test_a_tab_switch_paints_tabs_and_status_line_and_not_what_is_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with cockpit(tmp_path) as world:
        await world.workspace.run("terminal.new")
        await world.settle()
        screen = world.app.screen
        tabs, status = screen.query_one(TerminalTabs).region.y, screen.query_one(StatusBar).region.y
        listing = screen.query_one(SessionList).region
        rows = painted(world, monkeypatch)
        await world.workspace.run("terminal.previous")
        await world.settle()
        assert {tabs} in rows
        assert not any({tabs, status} <= update for update in rows)
        assert not any(set(range(listing.y, listing.bottom)) <= update for update in rows)


class Compositor:
    """Counts what it is asked to paint."""

    def __init__(self) -> None:
        self.painted: list[object] = []

    def update_widgets(self, widgets: set[object]) -> None:
        self.painted += widgets

    def render_update(self, *, screen_stack: object) -> None: ...


class Screen:
    """As much of a screen as painting takes."""

    def __init__(self) -> None:
        self.app: Any = self
        self._compositor = Compositor()
        self._layout_required = self._scroll_required = False
        self._batch_count = 0
        self._background_screens: list[object] = []
        self.is_current = True

    def _display(self, screen: object, update: object) -> None: ...


def test_what_comes_faster_than_frames_or_must_be_laid_out_is_left_to_textual() -> None:
    screen, now = Screen(), [0.0]
    fake: Any = screen
    painter = LinePainter(fake, clock=lambda: now[0])
    widget: Any = "tabs"
    painter.paint(widget)
    painter.paint(widget)
    assert screen._compositor.painted == ["tabs"]
    now[0] += FRAME_INTERVAL_S
    screen._layout_required = True
    painter.paint(widget)
    assert screen._compositor.painted == ["tabs"]
    screen._layout_required = False
    painter.paint(widget)
    assert screen._compositor.painted == ["tabs", "tabs"]


def test_a_synchronized_update_is_written_in_one_piece() -> None:
    written: list[str] = []
    driver: Any = CockpitDriver.__new__(CockpitDriver)
    driver._active, driver._update = True, []
    driver.output = type("Output", (), {"write": staticmethod(written.append)})
    for data in ("key", SYNC_START, "frame", SYNC_END, "key"):
        driver.write(data)
    assert written == ["key", f"{SYNC_START}frame{SYNC_END}", "key"]

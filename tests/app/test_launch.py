"""What is shown first has begun when the screen comes: in the size of its pane, and what it told is heard."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cockpit.app.pane_place import expected_pane
from cockpit.app.widgets.terminal_view import TerminalView
from cockpit.model import Size
from cockpit.settings import parse
from cockpit.workspace.events import EventBus, Noticed, TmuxLooked
from tests.app.chrome_app import cockpit


@pytest.mark.parametrize("sidebar", [True, False])
@pytest.mark.parametrize("columns", [60, 99, 100, 200])
async def test_the_expected_size_of_the_pane_is_the_one_it_gets(
    tmp_path: Path, columns: int, sidebar: bool
) -> None:
    async with cockpit(tmp_path, size=(columns, 30)) as world:
        general = {"sidebar": sidebar, "sidebar_width": 31}
        for name, value in general.items():
            await world.workspace.run("settings.set", key=f"general.{name}", value=value)
        await world.settle()
        expected = expected_pane(Size(columns, 30), parse({"general": general}, "").general)
        assert expected == world.workspace.pane.size


def test_who_comes_late_hears_what_was_kept_and_then_what_comes() -> None:
    bus = EventBus()
    early: list[object] = []
    late: list[object] = []
    other: list[object] = []
    bus.subscribe(early.append)
    bus.publish(TmuxLooked())
    bus.keep()
    bus.keep()
    bus.publish(Noticed("first"))
    bus.subscribe(late.append, missed=True)
    bus.subscribe(other.append)
    bus.publish(Noticed("second"))
    bus.keep_no_more()
    assert late == [Noticed("first"), Noticed("second")]
    assert other == [Noticed("second")]
    assert early == [TmuxLooked(), *late]
    nothing: list[object] = []
    bus.subscribe(nothing.append, missed=True)
    assert nothing == []


def test_a_pane_whose_room_is_not_known_yet_tells_no_program_a_size() -> None:
    sizes: list[Size] = []
    surface: Any = SimpleNamespace(on_damage=None, resize=sizes.append)
    TerminalView().show(surface)
    assert sizes == []

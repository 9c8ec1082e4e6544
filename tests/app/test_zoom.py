"""Zoom, and the sidebar over the pane: who has the room, who has the keyboard, what the program is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from cockpit.app.sidebar_place import ZOOM_NOTICE_S
from cockpit.app.widgets.hint_panel import HintPanel
from cockpit.app.widgets.session_list import SessionList
from cockpit.app.widgets.sidebar import Sidebar
from tests.app.chrome_app import Cockpit, cockpit
from tests.app.live_app import both_backends, live

LEADER = "ctrl+b"


def status(world: Cockpit) -> str:
    return world.status.render_line(0).text


def pane_size(world: Cockpit) -> tuple[int, int]:
    return world.main.pane.size.width, world.main.pane.size.height


def sidebar_shown(world: Cockpit) -> bool:
    return bool(world.main.query_one(Sidebar).region)


async def test_zoom_leaves_nothing_but_the_pane_says_how_to_return_and_survives_other_tabs(
    tmp_path: Path,
) -> None:
    async with cockpit(tmp_path) as world:
        await world.press(LEADER, "c")
        before = pane_size(world)
        await world.press(LEADER, "z")
        assert pane_size(world) == (120, 36)
        assert "ctrl+b z brings the rest back" in status(world)
        assert world.status.region.height == 1, "over the pane, for a moment"
        await world.press("l")
        assert not world.status.region
        assert pane_size(world) == (120, 36)
        await world.press(LEADER, "n")
        await world.press(LEADER, "c")
        assert pane_size(world) == (120, 36)
        assert not sidebar_shown(world)
        assert world.in_pane
        await world.press(LEADER, "z")
        assert pane_size(world) == before
        assert world.status.region
        assert "zoomed" not in status(world)
        assert sidebar_shown(world)


async def test_the_way_back_is_told_for_a_moment_only(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await world.press(LEADER, "z")
        (timer,) = [timer for timer in world.main._timers if timer._interval == ZOOM_NOTICE_S]
        timer._callback()  # type: ignore[misc]
        await world.settle()
        assert not world.status.region


async def test_a_zoomed_pane_shows_the_pending_leader_its_answer_and_what_can_follow(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await world.press(LEADER, "z", "l", LEADER)
        assert "esc cancel" in status(world)
        world.main.leader.show_hints()
        await world.settle()
        panel = world.main.query_one(HintPanel)
        assert panel.region.bottom == world.status.region.y == 35
        await world.press("Q")
        assert "Q is not bound" in status(world)
        assert world.status.region
        await world.press("l")
        assert not world.status.region
        assert pane_size(world) == (120, 36)


@pytest.mark.parametrize("key", ["s", "w"])
async def test_asking_for_the_sidebar_ends_the_zoom(tmp_path: Path, key: str) -> None:
    async with cockpit(tmp_path) as world:
        await world.press(LEADER, "z", LEADER, key)
        assert not world.main.has_class("-zoomed")
        assert sidebar_shown(world)


@both_backends
async def test_the_program_gets_the_whole_screen_and_less_again(backend: str) -> None:
    async with live(backend) as world:
        await world.new_tab("trap 'stty size' WINCH; stty size; while :; do sleep 9 & wait; done")
        size = f"{world.main.pane.size.height} {world.main.pane.size.width}"
        await world.pane_shows(size)
        await world.key("view.zoom")
        await world.pane_shows("36 120")
        await world.key("view.zoom")
        await world.until(lambda: world.pane_text().count(size) == 2, "the size it had before")


@pytest.mark.parametrize(
    ("columns", "docked"), [(120, True), (100, True), (99, False), (80, False), (40, False)]
)
async def test_the_sidebar_is_beside_the_pane_from_a_hundred_columns(
    tmp_path: Path, columns: int, docked: bool
) -> None:
    async with cockpit(tmp_path, size=(columns, 24)) as world:
        assert sidebar_shown(world) is docked
        assert (world.main.pane.size.width == columns) is not docked


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_the_overlay_opens_by_key_closes_on_choice_and_never_resizes_the_program(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with cockpit(tmp_path, size=size, sessions=2) as world:
        before = pane_size(world)
        assert before[0] == size[0]
        for opens in ("s", "w"):
            for closes in (("escape",), ("down", "enter"), (LEADER, "s")):
                await world.press(LEADER, opens)
                assert sidebar_shown(world)
                assert isinstance(world.app.focused, SessionList)
                assert pane_size(world) == before
                await world.press(*closes)
                assert not sidebar_shown(world), (opens, closes)
                assert world.in_pane
                assert pane_size(world) == before


async def test_the_keyboard_stays_in_the_pane_whatever_the_size_becomes(tmp_path: Path) -> None:
    async with cockpit(tmp_path, sessions=2) as world:
        for columns, rows in (
            (99, 24),
            (100, 24),
            (40, 12),
            (39, 11),
            (120, 36),
            (80, 24),
            (30, 8),
            (200, 50),
        ):
            await world.pilot.resize_terminal(columns, rows)
            await world.settle()
            assert world.app.focused is world.main.pane, (columns, rows)


async def test_the_keyboard_comes_back_to_the_pane_when_the_list_goes_away_by_a_resize(
    tmp_path: Path,
) -> None:
    async with cockpit(tmp_path, sessions=2) as world:
        await world.press(LEADER, "w")
        assert isinstance(world.app.focused, SessionList)
        await world.pilot.resize_terminal(80, 24)
        await world.settle()
        assert not sidebar_shown(world)
        assert world.in_pane
        await world.press(LEADER, "w")
        await world.pilot.resize_terminal(120, 36)
        await world.settle()
        assert sidebar_shown(world)
        assert isinstance(world.app.focused, SessionList), "it is beside the pane now"

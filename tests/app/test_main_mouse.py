"""Every place of the main screen that can be clicked, scrolled or dragged."""

from __future__ import annotations

from pathlib import Path

from textual.geometry import Offset
from textual.widget import Widget

from cockpit.app.screens.confirm import ConfirmScreen
from cockpit.app.screens.prompt import PromptScreen
from cockpit.app.screens.session_form import SessionFormScreen
from cockpit.app.screens.settings import SettingsScreen
from cockpit.app.widgets.button_row import ButtonRow
from cockpit.app.widgets.sidebar import FilterInput, Sidebar
from cockpit.app.widgets.terminal_tabs import Hit
from tests.app.chrome_app import Cockpit, cockpit


def tab_zone(world: Cockpit, kind: str, index: int = 0) -> Offset:
    """Where a tab, a cross or a button of the strip is."""
    wanted = "" if kind in ("new", "left", "right") else world.tabs.tabs[index].terminal_id
    zones = [z for z in world.tabs._line().zones if z.target == Hit(kind, wanted)]  # type: ignore[arg-type]
    return Offset(zones[0].start + (1 if kind in ("tab", "close", "new") else 0), 0)


def button(world: Cockpit, command: str) -> Offset:
    row = world.main.query_one(ButtonRow)
    return Offset(next(z.start + 1 for z in row._line().zones if z.target.command == command), 0)


def row_at(world: Cockpit, number: int) -> Offset:
    return Offset(5, world.session_list.order.starts[world.sessions[number].id])


async def click(
    world: Cockpit, widget: Widget | str, offset: Offset, *, times: int = 1, button: int = 1
) -> None:
    target = widget if isinstance(widget, str) else f"#{widget.id}"
    await world.pilot.click(target, offset=offset, times=times, button=button)
    await world.settle()


async def drag(world: Cockpit, widget: str, start: Offset, end: Offset) -> None:
    await world.pilot.mouse_down(widget, offset=start)
    await world.pilot.hover(widget, offset=end)
    await world.pilot.mouse_up(widget, offset=end)
    await world.settle()


async def two_tabs(world: Cockpit) -> list[str]:
    await world.press("ctrl+b", "c")
    return [tab.terminal_id for tab in world.tabs.tabs]


async def test_a_click_on_a_session_shows_it_and_gives_the_pane_the_keyboard(tmp_path: Path) -> None:
    async with cockpit(tmp_path, sessions=3) as world:
        await click(world, world.session_list, row_at(world, 2))
        assert world.session_list.focused_id == world.sessions[2].id
        assert world.app.focused is world.main.pane


async def test_a_double_click_on_a_session_renames_it(tmp_path: Path) -> None:
    async with cockpit(tmp_path, sessions=2) as world:
        await click(world, world.session_list, row_at(world, 1), times=2)
        assert isinstance(world.app.screen, PromptScreen)


async def test_the_cross_of_a_session_asks_to_close_it(tmp_path: Path) -> None:
    async with cockpit(tmp_path, sessions=2) as world:
        y = row_at(world, 1).y
        await world.pilot.hover("#sessions", offset=Offset(5, y))
        await click(world, world.session_list, Offset(world.session_list.size.width - 2, y))
        assert isinstance(world.app.screen, ConfirmScreen)
        await world.press("y")
        assert len(world.sessions) == 1


async def test_dragging_a_session_takes_the_place_of_another(tmp_path: Path) -> None:
    async with cockpit(tmp_path, sessions=3) as world:
        await drag(world, "#sessions", row_at(world, 0), row_at(world, 2))
        assert [s.name for s in world.sessions] == ["s1", "s2", "s0"]


async def test_a_click_on_a_group_folds_it(tmp_path: Path) -> None:
    async with cockpit(tmp_path, sessions=2) as world:
        await world.workspace.run("session.group", session_id=world.sessions[1].id, group="ops")
        await world.settle()
        header = next(n for n, line in enumerate(world.session_list.order.lines) if line.kind == "group")
        await click(world, world.session_list, Offset(3, header))
        assert world.session_list.order.visible_ids == [world.sessions[0].id]
        await click(world, world.session_list, Offset(3, header))
        assert len(world.session_list.order.visible_ids) == 2


async def test_tooltips_explain_rows_tabs_and_keys(tmp_path: Path) -> None:
    async with cockpit(tmp_path, environment={"COCKPIT_TMUX_BACKEND": "1"}) as world:
        await world.pilot.hover("#sessions", offset=row_at(world, 0))
        assert "lives on when cockpit ends" in str(world.session_list.tooltip)
        await world.pilot.hover("#tabs", offset=tab_zone(world, "tab"))
        assert "on tmux" in str(world.tabs.tooltip)
        await world.pilot.hover("#tabs", offset=tab_zone(world, "new"))
        assert str(world.tabs.tooltip) == "New tab"
        await world.pilot.hover("#status", offset=Offset(world.status.size.width - 3, 0))
        assert world.status.tooltip
        await world.pilot.hover("#toolbar", offset=button(world, "view.settings"))
        assert str(world.main.query_one(ButtonRow).tooltip) == "Settings"


async def test_clicks_on_tabs_show_close_rename_and_add(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        ids = await two_tabs(world)
        await click(world, world.tabs, tab_zone(world, "tab", 0))
        assert world.tabs.active_id == ids[0]
        await click(world, world.tabs, tab_zone(world, "tab", 1), times=2)
        assert isinstance(world.app.screen, PromptScreen)
        await world.press("escape")
        await click(world, world.tabs, tab_zone(world, "new"))
        assert len(world.tabs.tabs) == 3
        await click(world, world.tabs, tab_zone(world, "close", 2))
        assert isinstance(world.app.screen, ConfirmScreen)
        await world.press("y")
        assert [t.terminal_id for t in world.tabs.tabs] == ids


async def test_the_middle_button_closes_a_tab(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        ids = await two_tabs(world)
        await click(world, world.tabs, tab_zone(world, "tab", 0), button=2)
        assert isinstance(world.app.screen, ConfirmScreen)
        await click(world, "#agree", Offset(2, 0))
        assert [t.terminal_id for t in world.tabs.tabs] == ids[1:]


async def test_dragging_a_tab_moves_it(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        ids = await two_tabs(world)
        await drag(world, "#tabs", tab_zone(world, "tab", 0), tab_zone(world, "tab", 1))
        assert [t.terminal_id for t in world.tabs.tabs] == ids[::-1]


async def test_tabs_that_do_not_fit_scroll_with_the_wheel_and_the_arrows(tmp_path: Path) -> None:
    async with cockpit(tmp_path, size=(60, 20)) as world:
        for _ in range(11):
            await world.press("ctrl+b", "c")
        assert world.tabs.first > 0
        ids = {z.target.terminal_id for z in world.tabs._line().zones}
        assert world.tabs.active_id in ids
        before = world.tabs.first
        await click(world, world.tabs, tab_zone(world, "left"))
        assert world.tabs.first == before - 1
        await world.pilot._post_mouse_events([_wheel_up()], "#tabs", offset=(5, 0))
        assert world.tabs.first == before - 2
        await click(world, world.tabs, tab_zone(world, "right"))
        assert world.tabs.first == before - 1
        await world.press("ctrl+b", "1")
        assert world.tabs.first == 0


async def test_every_button_of_the_toolbar_works(tmp_path: Path) -> None:
    async with cockpit(tmp_path, sessions=2) as world:
        await click(world, "#toolbar", button(world, "view.new_session"))
        assert isinstance(world.app.screen, SessionFormScreen)
        await click(world, "#cancel", Offset(2, 0))
        await click(world, "#toolbar", button(world, "view.filter"))
        assert isinstance(world.app.focused, FilterInput)
        await world.press("escape")
        await click(world, "#toolbar", button(world, "view.select_mode"))
        assert world.session_list.marking
        await click(world, "#toolbar", button(world, "view.select_mode"))
        assert not world.session_list.marking
        await click(world, "#toolbar", button(world, "view.mute"))
        assert world.workspace.settings.values.notifications.muted
        assert world.main.query_one(Sidebar).muted
        await click(world, "#toolbar", button(world, "view.settings"))
        assert isinstance(world.app.screen, SettingsScreen)


async def test_keys_in_the_status_line_can_be_clicked(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        zones = {z.target.command: z.start for z in world.status._line().zones}
        await click(world, world.status, Offset(zones["terminal.new"] + 1, 0))
        assert len(world.tabs.tabs) == 2
        zones = {z.target.command: z.start for z in world.status._line().zones}
        await click(world, world.status, Offset(zones["view.hints"] + 1, 0))
        assert world.main.query_one("#hints").display


async def test_the_divider_resizes_the_sidebar_within_bounds(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await world.pilot.mouse_down("#divider", offset=Offset(0, 5))
        await world.pilot.hover(None, offset=Offset(35, 5))
        await world.pilot.mouse_up(None, offset=Offset(35, 5))
        await world.settle()
        assert world.main.query_one(Sidebar).size.width == 35
        assert world.workspace.settings.values.general.sidebar_width == 35
        await world.pilot.mouse_down("#divider", offset=Offset(0, 5))
        await world.pilot.mouse_up(None, offset=Offset(90, 5))
        await world.settle()
        assert world.workspace.settings.values.general.sidebar_width == 40


def _wheel_up() -> type:
    from textual.events import MouseScrollUp

    return MouseScrollUp

"""Everything on the main screen that can be clicked, scrolled or dragged, on real backends."""

from __future__ import annotations

import pytest
from textual import events
from textual.geometry import Offset

from cockpit.app.screens.confirm import ConfirmScreen
from cockpit.app.screens.help import HelpScreen
from cockpit.app.screens.prompt import PromptScreen
from cockpit.app.screens.session_form import SessionFormScreen
from cockpit.app.screens.settings import SettingsScreen
from cockpit.app.widgets.button_row import ButtonRow
from cockpit.app.widgets.divider import Divider
from cockpit.app.widgets.hint_panel import HintPanel
from cockpit.app.widgets.sidebar import FilterInput, Sidebar
from cockpit.app.widgets.terminal_tabs import Hit
from tests.app.live_app import LiveCockpit, both_backends, live, zones

MOUSE_MODE = "printf '\\033[?1000h\\033[?1006h'; stty raw -echo; echo listening; exec cat -v"


def tab_place(world: LiveCockpit, kind: str, index: int = 0) -> tuple[int, int]:
    """Where a tab, a cross or a button of the strip is."""
    wanted = "" if kind in ("new", "left", "right") else world.tabs.tabs[index].terminal_id
    return next(x for hit, x in zones(world.tabs._line()) if hit == Hit(kind, wanted)), 0  # type: ignore[arg-type]


def row_place(world: LiveCockpit, number: int) -> tuple[int, int]:
    return 5, world.session_list.order.starts[world.sessions[number].id]


def status_place(world: LiveCockpit, command: str) -> tuple[int, int]:
    return next(x for live, x in zones(world.status._line()) if live.command == command), 0


def on_screen(region_offset: Offset, inside: tuple[int, int]) -> Offset:
    return region_offset + Offset(*inside)


@both_backends
async def test_every_place_of_the_tab_strip(backend: str) -> None:
    async with live(backend) as world:
        await world.click(world.tabs, tab_place(world, "new"))
        await world.until(lambda: len(world.tabs.tabs) == 2, "a second tab")
        await world.click(world.tabs, (world.tabs.size.width - 2, 0), times=2)
        await world.until(lambda: len(world.tabs.tabs) == 3, "a third tab, by a double click beside the tabs")
        first, second, third = world.terminals
        await world.click(world.tabs, tab_place(world, "tab", 1))
        await world.until(lambda: world.terminal is second, "the clicked tab")
        await world.back()
        start, end = tab_place(world, "tab", 1), tab_place(world, "tab", 2)
        await world.drag(on_screen(world.tabs.region.offset, start), on_screen(world.tabs.region.offset, end))
        await world.until(lambda: world.terminals == [first, third, second], "the dragged tab")
        await world.until(lambda: [tab.terminal_id for tab in world.tabs.tabs][2] == second.id, "its place")
        await world.click(world.tabs, tab_place(world, "tab", 0), times=2)
        await world.screen(PromptScreen)
        await world.press("escape")
        for button, index, gone in ((1, 1, third), (2, 1, second)):
            place = tab_place(world, "close" if button == 1 else "tab", index)
            await world.pilot.hover(world.tabs, place)
            await world.click(world.tabs, place, button=button)
            await world.screen(ConfirmScreen)
            await world.press("y")
            await world.until(lambda gone: gone not in world.terminals, "the tab to close", gone)
            await world.until(lambda: len(world.tabs.tabs) == len(world.terminals), "the strip to follow")
            await world.back()
        assert world.terminals == [first]


@both_backends
async def test_tabs_that_do_not_fit_are_reached_with_arrows_and_wheel(backend: str) -> None:
    async with live(backend, size=(50, 20)) as world:
        for _ in range(6):
            await world.workspace.run("terminal.new", command="exec cat")
        await world.until(lambda: len(world.tabs.tabs) == 7 and world.tabs.first > 1, "the strip to scroll")
        before = world.tabs.first
        await world.click(world.tabs, tab_place(world, "left"))
        assert world.tabs.first == before - 1
        await world.click(world.tabs, tab_place(world, "right"))
        assert world.tabs.first == before
        await world.pilot._post_mouse_events([events.MouseScrollUp], world.tabs, offset=(9, 0))
        assert world.tabs.first == before - 1
        await world.pilot._post_mouse_events([events.MouseScrollDown], world.tabs, offset=(9, 0))
        assert world.tabs.first == before


@both_backends
async def test_every_place_of_the_list_of_sessions(backend: str) -> None:
    async with live(backend) as world:
        for name in ("alpha", "beta", "gamma"):
            await world.new_session(name)
        await world.until(lambda: len(world.session_list.order.visible_ids) == 4, "four rows")
        home, alpha, beta, gamma = world.sessions
        await world.click("#sessions", row_place(world, 1))
        await world.until(lambda: world.workspace.focused_session is alpha, "the clicked session")
        await world.back()
        await world.click("#sessions", row_place(world, 2), times=2)
        await world.screen(PromptScreen)
        await world.press("escape")
        origin = world.session_list.region.offset
        start, end = (on_screen(origin, row_place(world, number)) for number in (0, 1))
        await world.drag(start, end)
        await world.until(lambda: world.sessions == [alpha, home, beta, gamma], "the dragged session")
        await world.until(lambda: world.session_list.order.visible_ids[0] == alpha.id, "its row")
        await world.workspace.run("session.group", session_id=gamma.id, group="ops")
        await world.until(lambda: any(line.group for line in world.session_list.order.lines), "the group")
        header = next(n for n, line in enumerate(world.session_list.order.lines) if line.kind == "group")
        for count in (3, 4):  # folds, then opens
            await world.click("#sessions", (3, header))
            assert len(world.session_list.order.visible_ids) == count
        await world.press("ctrl+b", "w", "m")
        await world.click("#sessions", (1, row_place(world, 2)[1]))
        assert world.session_list.marked == {beta.id}
        await world.press("escape")
        for button, gone in ((1, gamma), (2, beta)):
            y = row_place(world, world.sessions.index(gone))[1]
            await world.pilot.hover("#sessions", (5, y))
            await world.click(
                "#sessions", (world.session_list.size.width - 2 if button == 1 else 5, y), button=button
            )
            await world.screen(ConfirmScreen)
            await world.press("y")
            await world.until(lambda gone: gone not in world.sessions, "the session to close", gone)
            await world.until(lambda: world.app.screen is world.main, "the main screen")
        await world.until(lambda: len(world.session_list.order.visible_ids) == 2, "two rows")


@both_backends
async def test_every_button_of_the_toolbar(backend: str) -> None:
    async with live(backend) as world:
        row = world.main.query_one(ButtonRow)
        pressed = set()
        for command, happened in (
            ("view.new_session", lambda: isinstance(world.app.screen, SessionFormScreen)),
            ("view.filter", lambda: isinstance(world.app.focused, FilterInput)),
            ("view.select_mode", lambda: world.session_list.marking),
            ("view.mute", lambda: world.workspace.settings.values.notifications.muted),
            ("view.settings", lambda: isinstance(world.app.screen, SettingsScreen)),
        ):
            await world.click(row, (next(x for b, x in zones(row._line()) if b.command == command), 0))
            await world.until(happened, command)
            await world.pilot.pause()
            await world.press("escape", "escape")
            await world.back()
            pressed.add(command)
        assert pressed == {button.command for button in row.buttons}
        assert not world.told()  # muting isn't announced by what it mutes


@both_backends
async def test_the_divider_is_drawn(backend: str) -> None:
    async with live(backend) as world:
        x = world.main.query_one(Divider).region.x
        await world.drag(Offset(x, 5), Offset(35, 5))
        await world.until(
            lambda: world.workspace.settings.values.general.sidebar_width == 35, "the width to be kept"
        )
        assert world.main.query_one(Sidebar).size.width == 35


@both_backends
async def test_the_keys_of_the_status_line_are_clicked(backend: str) -> None:
    async with live(backend, size=(200, 30)) as world:
        (first,) = world.terminals
        shown = [key.command for key in world.status.keys]
        assert shown == [
            "view.hints", "terminal.new", "terminal.next", "view.sessions", "view.new_session", "view.palette",
            "view.help", "view.settings", "view.sidebar", "app.quit",
        ]  # fmt: skip
        await world.click("#status", status_place(world, "terminal.new"))
        await world.until(lambda: len(world.terminals) == 2, "a second tab")
        await world.click("#status", status_place(world, "terminal.next"))
        await world.until(lambda: world.terminal is first, "the first tab")
        for command, screen in (
            ("view.new_session", SessionFormScreen), ("view.help", HelpScreen), ("view.settings", SettingsScreen),
        ):  # fmt: skip
            await world.click("#status", status_place(world, command))
            await world.screen(screen)
            await world.press("escape")
            await world.back()
        await world.click("#status", status_place(world, "view.palette"))
        await world.until(lambda: world.app.screen is not world.main, "the palette")
        await world.press("escape")
        await world.click("#status", status_place(world, "view.sidebar"))
        await world.until(lambda: not world.main.place.visible, "the sidebar to go")
        await world.click("#status", status_place(world, "view.sessions"))
        await world.until(lambda: world.app.focused is world.session_list, "the list")
        await _the_lists_keys(world)
        hints = world.main.query_one(HintPanel)
        for command in ("view.cancel", "terminal.new"):
            await world.click("#status", status_place(world, "view.hints"))
            await world.until(lambda: hints.display, "the hints")
            await world.click("#status", status_place(world, command))
            await world.until(lambda: not hints.display, "the hints to go")
        await world.until(lambda: len(world.terminals) == 3, "a third tab")
        assert not hints.display
        await world.click("#status", status_place(world, "app.quit"))
        await world.until(
            lambda: world.app._exit or isinstance(world.app.screen, ConfirmScreen), "to be leaving"
        )


async def _the_lists_keys(world: LiveCockpit) -> None:
    """While the list has the keyboard the status line shows its keys."""
    for label, screen in (("new", SessionFormScreen), ("rename", PromptScreen), ("close", ConfirmScreen)):
        await _click_live(world, label)
        await world.screen(screen)
        await world.press("escape")
        await world.until(lambda: world.app.focused is world.session_list, "the list")
    await _click_live(world, "filter")
    await world.until(lambda: isinstance(world.app.focused, FilterInput), "the filter")
    await world.press("escape")
    await _click_live(world, "select")
    await world.until(lambda: world.session_list.marking, "select mode")
    await _click_live(world, "select")
    await world.until(lambda: not world.session_list.marking, "select mode to end")
    await _click_live(world, "show")
    await world.back()
    await world.press("ctrl+b", "w")
    await _click_live(world, "back")
    await world.back()


async def _click_live(world: LiveCockpit, label: str) -> None:
    x = next(x for live, x in zones(world.status._line()) if live.title == label)
    await world.click("#status", (x, 0))


@both_backends
async def test_every_hint_is_clicked(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with live(backend) as world:
        ran: list[str] = []
        monkeypatch.setattr(world.main.runner, "start", lambda name, _arguments=None: ran.append(name))
        panel = world.main.query_one(HintPanel)
        world.main.leader.press()
        await world.until(lambda: panel.size.height, "the hints")
        places = [
            (hint, (x, y + panel.gutter.top))
            for y in range(panel.size.height)
            for hint, x in zones(panel._line(y))
        ]
        bindings = {hint.binding.id: place for hint, place in places if hint.binding}
        wanted = {b.id for b in world.main.leader.keymap.bindings if b.context == "leader"}
        assert wanted - set(bindings) == {
            f"terminal.select.{digit}" for digit in range(10)
        }  # one hint for all
        for place in bindings.values():
            world.main.leader.press()
            await world.pilot.pause()
            await world.click(panel, place)
            assert not panel.display
        commands = {b.id: b.command for b in world.main.leader.keymap.bindings}
        assert ran == [commands[id_] for id_ in bindings]


@both_backends
async def test_the_mouse_in_the_pane_goes_to_a_program_that_asked_for_it(backend: str) -> None:
    async with live(backend) as world:
        await world.click("#pane", (3, 3))
        await world.pilot.pause()
        assert "[<" not in world.pane_text()
        await world.new_tab(MOUSE_MODE, "listening")
        await world.until(
            lambda: world.workspace.surface and world.workspace.surface.emulator.modes.mouse_tracking,
            "the program's mouse mode",
        )
        await world.click("#pane", (4, 7))
        await world.pane_shows("^[[<0;5;8M^[[<0;5;8m")


@pytest.mark.parametrize("columns", [60])
@both_backends
async def test_a_sidebar_over_the_pane_goes_when_the_pane_is_clicked(backend: str, columns: int) -> None:
    async with live(backend, size=(columns, 20)) as world:
        await world.press("ctrl+b", "s")
        await world.until(lambda: world.main.place.visible, "the sidebar")
        await world.click("#pane", (columns - 4, 6))
        await world.until(lambda: not world.main.place.visible, "the sidebar to go")
        await world.back()

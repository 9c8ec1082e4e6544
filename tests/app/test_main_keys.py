"""Every key of the main screen, from the pane."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from cockpit.app.keys.keymap import build_keymap
from cockpit.app.keys.leader_keys import HINT_DELAY_S
from cockpit.app.palette import CockpitPalette
from cockpit.app.screens.confirm import ConfirmScreen
from cockpit.app.screens.help import HelpScreen
from cockpit.app.screens.prompt import PromptScreen
from cockpit.app.screens.session_form import SessionFormScreen
from cockpit.app.screens.settings import SettingsScreen
from cockpit.app.widgets.hint_panel import HintPanel
from cockpit.app.widgets.sidebar import FilterInput
from cockpit.model import TerminalState
from tests.app.chrome_app import Cockpit, cockpit

LEADER = "ctrl+b"


def names(world: Cockpit) -> list[str]:
    return [session.name for session in world.sessions]


def focused(world: Cockpit) -> str:
    terminal = world.workspace.focused_terminal
    return terminal.id if terminal else ""


def typed(world: Cockpit) -> bytes:
    """What the shown program got."""
    surface = world.backends["pty"].surface(focused(world))
    return surface.typed if surface else b""


async def three_tabs(world: Cockpit) -> list[str]:
    for _ in range(2):
        await world.press(LEADER, "c")
    return [terminal.id for terminal in world.sessions[0].terminals]


async def test_the_pane_has_the_keyboard_from_the_start(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        assert world.app.focused is world.main.pane


async def test_c_opens_a_tab_and_shows_it(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await world.press(LEADER, "c")
        ids = [tab.terminal_id for tab in world.tabs.tabs]
        assert len(ids) == 2
        assert world.tabs.active_id == ids[1] == focused(world)
        assert world.main.pane.surface is world.workspace.surface is not None


async def test_n_p_and_digits_go_round_the_tabs(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        ids = await three_tabs(world)
        await world.press(LEADER, "n")
        assert focused(world) == ids[0]
        await world.press(LEADER, "p")
        assert focused(world) == ids[2]
        await world.press(LEADER, "2")
        assert focused(world) == ids[1]
        await world.press(LEADER, "1")
        assert focused(world) == ids[0] == world.tabs.active_id


async def test_a_digit_without_a_tab_is_told_and_changes_nothing(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        before = focused(world)
        await world.press(LEADER, "9")
        assert focused(world) == before
        assert [n.severity for n in world.app._notifications] == ["error"]


async def test_braces_move_the_tab(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        ids = await three_tabs(world)
        await world.press(LEADER, "left_curly_bracket")
        assert [t.terminal_id for t in world.tabs.tabs] == [ids[0], ids[2], ids[1]]
        await world.press(LEADER, "right_curly_bracket")
        assert [t.terminal_id for t in world.tabs.tabs] == ids


async def test_comma_renames_the_tab(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await world.press(LEADER, "comma")
        assert isinstance(world.app.screen, PromptScreen)
        world.app.screen.query_one(Input).value = "[bold]build[/]"
        await world.press("enter")
        assert world.tabs.tabs[0].title == "[bold]build[/]"
        assert world.app.focused is world.main.pane


async def test_dollar_renames_the_session_and_escape_leaves_it(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await world.press(LEADER, "dollar_sign", "escape")
        assert names(world) == ["s0"]
        await world.press(LEADER, "dollar_sign")
        await world.press("a", "p", "i", "enter")
        assert names(world) == ["api"]


async def test_an_empty_name_is_refused_beside_the_field(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await world.press(LEADER, "dollar_sign")
        world.app.screen.query_one(Input).value = "  "
        await world.press("enter")
        assert isinstance(world.app.screen, PromptScreen)
        assert world.app.screen.query_one("#hint").has_class("-error")


async def test_ampersand_asks_names_what_ends_and_keeps_by_default(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        ids = await three_tabs(world)
        await world.press(LEADER, "ampersand")
        assert isinstance(world.app.screen, ConfirmScreen)
        await world.press("enter")
        assert len(world.tabs.tabs) == 3
        await world.press(LEADER, "ampersand", "n")
        assert len(world.tabs.tabs) == 3
        await world.press(LEADER, "ampersand", "escape")
        assert len(world.tabs.tabs) == 3
        await world.press(LEADER, "ampersand", "y")
        assert [t.terminal_id for t in world.tabs.tabs] == ids[:2]
        assert world.backends["pty"].closed == [ids[2]]


async def test_capital_x_closes_the_session(tmp_path: Path) -> None:
    async with cockpit(tmp_path, sessions=2) as world:
        await world.press(LEADER, "X", "y")
        assert names(world) == ["s1"]
        assert world.session_list.focused_id == world.sessions[0].id


async def test_closing_asks_nothing_when_the_settings_say_so(tmp_path: Path) -> None:
    async with cockpit(tmp_path, sessions=2) as world:
        await world.workspace.run("settings.set", key="general.confirm_close", value=False)
        await world.press(LEADER, "X")
        assert names(world) == ["s1"]


async def test_parentheses_go_round_the_sessions(tmp_path: Path) -> None:
    async with cockpit(tmp_path, sessions=3) as world:
        await world.press(LEADER, "right_parenthesis")
        assert world.session_list.focused_id == world.sessions[1].id
        await world.press(LEADER, "left_parenthesis", LEADER, "left_parenthesis")
        assert world.session_list.focused_id == world.sessions[2].id


async def test_k_and_j_move_the_session(tmp_path: Path) -> None:
    async with cockpit(tmp_path, sessions=3) as world:
        await world.press(LEADER, "J")
        assert names(world) == ["s1", "s0", "s2"]
        await world.press(LEADER, "K")
        assert names(world) == ["s0", "s1", "s2"]


async def test_capital_g_groups_the_session(tmp_path: Path) -> None:
    async with cockpit(tmp_path, sessions=2) as world:
        await world.press(LEADER, "G", "o", "p", "s", "enter")
        assert world.sessions[0].group == "ops"
        assert [line.kind for line in world.session_list.order.lines if line.kind == "group"] == ["group"]
        await world.press(LEADER, "G")
        world.app.screen.query_one(Input).value = ""
        await world.press("enter")
        assert world.sessions[0].group is None


async def test_capital_n_opens_the_form_and_a_session(tmp_path: Path) -> None:
    (tmp_path / "fresh").mkdir()
    async with cockpit(tmp_path) as world:
        await world.press(LEADER, "N")
        form = world.app.screen
        assert isinstance(form, SessionFormScreen)
        form.query_one("#directory", Input).value = str(tmp_path / "fresh")
        form.query_one("#command", Input).value = "make watch"
        form.query_one("#group", Input).value = "ops"
        await world.press("enter")
        await world.settle()
        session = world.sessions[-1]
        assert (session.name, session.group) == ("fresh", "ops")
        assert session.terminals[0].command == "make watch"
        assert world.app.focused is world.main.pane


async def test_the_form_says_what_is_wrong_with_a_directory(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await world.press(LEADER, "N")
        world.app.screen.query_one("#directory", Input).value = str(tmp_path / "nowhere")
        await world.press("enter")
        assert isinstance(world.app.screen, SessionFormScreen)
        assert world.app.screen.query_one("#directory-hint").has_class("-error")
        await world.press("escape")
        assert len(world.sessions) == 1


async def test_tab_completes_a_directory(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await world.press(LEADER, "N")
        field = world.app.screen.query_one("#directory", Input)
        field.value = f"{tmp_path}/s"
        field.cursor_position = len(field.value)
        await world.settle()
        await world.press("tab")
        assert field.value == f"{tmp_path}/s0/"
        assert world.app.focused is field


async def test_s_hides_and_shows_the_sidebar_and_remembers(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        width = world.main.pane.size.width
        await world.press(LEADER, "s")
        assert not world.main.place.visible
        assert world.main.pane.size.width == width + 29
        assert world.workspace.settings.values.general.sidebar is False
        await world.press(LEADER, "s")
        assert world.main.place.visible


async def test_z_gives_the_pane_the_whole_screen(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await world.press(LEADER, "z")
        assert (world.main.pane.size.width, world.main.pane.size.height) == (120, 36)
        await world.press(LEADER, "z")
        assert world.main.pane.size.width == 91


@pytest.mark.parametrize(
    ("key", "screen"), [("colon", CockpitPalette), ("question_mark", HelpScreen), ("S", SettingsScreen)]
)
async def test_modals_open_and_escape_returns_to_the_pane(
    tmp_path: Path, key: str, screen: type[object]
) -> None:
    async with cockpit(tmp_path) as world:
        await world.press(LEADER, key)
        assert isinstance(world.app.screen, screen)
        await world.press("escape")
        assert world.app.screen is world.main
        assert world.app.focused is world.main.pane


async def test_f_filters_the_sessions(tmp_path: Path) -> None:
    async with cockpit(tmp_path, sessions=3) as world:
        await world.press(LEADER, "f")
        assert isinstance(world.app.focused, FilterInput)
        await world.press("s", "2")
        assert world.session_list.order.visible_ids == [world.sessions[2].id]
        await world.press("enter")
        assert world.session_list.focused_id == world.sessions[2].id
        assert world.in_pane


async def test_the_leader_is_swallowed_and_typed_when_pressed_twice(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await world.press("a", LEADER, LEADER, "b")
        assert typed(world) == b"a\x02b"


@pytest.mark.parametrize(
    "key", ["ctrl+c", "ctrl+s", "shift+tab", "tab", "escape", "q", "enter", "f1", "ctrl+q"]
)
async def test_keys_that_are_never_taken_reach_the_program(tmp_path: Path, key: str) -> None:
    async with cockpit(tmp_path) as world:
        before = typed(world)
        await world.press(key)
        assert len(typed(world)) > len(before)
        assert world.app.focused is world.main.pane


async def test_an_unbound_key_after_the_leader_is_told_quietly(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await world.press(LEADER, "Q")
        assert "Q is not bound" in world.status.notice
        assert not world.app._notifications


async def test_the_status_line_changes_with_the_context(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        assert world.status.keys[0].key == LEADER
        await world.press(LEADER)
        assert world.status.pending == LEADER
        assert world.status.keys[0].key == "esc"
        await world.press("escape")
        assert world.status.pending == ""
        world.backends["pty"].end(focused(world), 1)
        await world.settle()
        assert ("exited 1", "status--bad") in world.status.place.words
        assert [live.title for live in world.status.keys[:2]] == ["restart", "close"]


async def test_enter_restarts_and_x_closes_an_ended_terminal(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await world.press(LEADER, "c")
        terminal = focused(world)
        world.backends["pty"].end(terminal, 1)
        await world.settle()
        await world.press("enter")
        assert world.workspace.focused_terminal is not None
        assert world.workspace.focused_terminal.status.state is TerminalState.RUNNING
        world.backends["pty"].end(terminal, 1)
        await world.settle()
        await world.press("x")
        assert [tab.terminal_id for tab in world.tabs.tabs] != [terminal]
        assert len(world.tabs.tabs) == 1


async def test_capital_r_restarts(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        world.backends["pty"].end(focused(world), 0)
        await world.settle()
        created = len(world.backends["pty"].created)
        await world.press(LEADER, "R")
        assert len(world.backends["pty"].created) == created + 1


async def test_hints_appear_for_who_hesitates_and_never_resize_the_pane(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        panel = world.main.query_one(HintPanel)
        size = world.main.pane.size
        await world.press(LEADER)
        assert not panel.display
        world.main.leader.show_hints()
        await world.settle()
        assert panel.display
        assert world.main.pane.size == size
        await world.press("c")
        assert not panel.display
        assert len(world.tabs.tabs) == 2


async def test_hints_come_by_themselves_after_a_moment(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await world.press(LEADER)
        await world.pilot.pause(HINT_DELAY_S + 0.1)
        assert world.main.query_one(HintPanel).display


async def test_escape_and_a_click_send_the_hints_away(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        panel = world.main.query_one(HintPanel)
        for leave in ("escape", "click"):
            await world.press(LEADER)
            world.main.leader.show_hints()
            await world.settle()
            if leave == "escape":
                await world.press("escape")
            else:
                await world.pilot.click("#pane", offset=(5, 2))
            assert not panel.display
            assert world.status.pending == ""
            assert world.app.mouse_captured is None


async def test_a_hint_can_be_clicked(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await world.press(LEADER)
        world.main.leader.show_hints()
        await world.settle()
        await world.pilot.click("#hints", offset=(5, 2))
        await world.settle()
        assert len(world.tabs.tabs) == 2


async def test_remapped_keys_and_another_leader_work(tmp_path: Path) -> None:
    keymap, _ = build_keymap({"terminal.new": "t"}, "ctrl+g")
    async with cockpit(tmp_path, keymap=keymap) as world:
        await world.press("ctrl+g", "t")
        assert len(world.tabs.tabs) == 2
        assert world.status.keys[0].key == "ctrl+g"
        world.main.use_keymap(build_keymap({}, "ctrl+a")[0])
        await world.press("ctrl+a", "c")
        assert len(world.tabs.tabs) == 3


async def test_commands_keep_the_order_in_which_they_were_typed(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await world.press(LEADER, "c", LEADER, "c", LEADER, "1", LEADER, "n")
        assert focused(world) == world.sessions[0].terminals[1].id

"""Settings, onboarding, help and palette by keyboard and mouse."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from textual.widgets import Button, Input, OptionList, Select, Switch, TabbedContent

from cockpit.app.screens.help import HelpScreen
from cockpit.app.screens.onboarding import OnboardingScreen
from cockpit.app.screens.settings import SettingsScreen
from cockpit.app.widgets.setting_field import SettingField
from cockpit.settings import value_of
from tests.app.chrome_app import Cockpit, cockpit

SIZES = [(40, 12), (80, 24), (120, 36)]


async def open_settings(world: Cockpit, tab: str = "general") -> SettingsScreen:
    await world.press("ctrl+b", "S")
    screen = world.app.screen
    assert isinstance(screen, SettingsScreen)
    screen.query_one(TabbedContent).active = tab
    await world.settle()
    return screen


def field(screen: SettingsScreen, key: str) -> SettingField:
    return screen.query_one(f"#field-{key.replace('.', '-')}", SettingField)


@pytest.mark.parametrize("size", SIZES)
async def test_the_settings_have_their_five_tabs_and_fit(tmp_path: Path, size: tuple[int, int]) -> None:
    async with cockpit(tmp_path, size=size) as world:
        screen = await open_settings(world)
        tabs = screen.query_one(TabbedContent)
        labels = [str(tabs.get_tab(pane).label) for pane in tabs.query("TabPane")]  # type: ignore[arg-type]
        assert labels == ["General", "Automation", "Workspaces", "Notifications", "Experimental"]
        box = screen.query_one(".dialog")
        assert box.region.width >= min(100, size[0] * 0.9 - 1)
        assert box.region.right <= size[0]
        assert box.region.bottom <= size[1]


async def test_every_tab_is_reached_by_keyboard(tmp_path: Path) -> None:
    async with cockpit(tmp_path, size=(40, 12)) as world:
        screen = await open_settings(world)
        seen = [screen.query_one(TabbedContent).active]
        for _ in range(4):
            await world.press("right")
            seen.append(screen.query_one(TabbedContent).active)
        assert seen == ["general", "automation", "workspaces", "notifications", "experimental"]
        await world.press("ctrl+pagedown")
        assert screen.query_one(TabbedContent).active == "general"


async def test_every_setting_is_reached_with_tab_and_shown(tmp_path: Path) -> None:
    async with cockpit(tmp_path, size=(40, 12)) as world:
        screen = await open_settings(world)
        reached = []
        for _ in range(6):
            await world.press("tab")
            focused = world.app.focused
            assert focused is not None
            reached.append(focused.region.bottom <= 12 and focused.region.y >= 0)
        assert reached == [True] * 6
        assert isinstance(screen.focused, Switch)


async def test_a_switch_saves_at_once(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        screen = await open_settings(world)
        field(screen, "general.confirm_close").control.focus()
        await world.press("space")
        assert world.workspace.settings.values.general.confirm_close is False
        assert "confirm_close = false" in world.workspace.paths.settings_file.read_text()


async def test_a_theme_is_chosen_from_a_list(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        screen = await open_settings(world)
        control = field(screen, "general.theme").control
        assert isinstance(control, Select)
        control.value = "nord"
        await world.settle()
        assert world.workspace.settings.values.general.theme == "nord"


@pytest.mark.parametrize(("typed", "saved"), [("30", 30), ("99", 28), ("", 28)])
async def test_a_number_is_checked_and_what_is_wrong_is_said(tmp_path: Path, typed: str, saved: int) -> None:
    async with cockpit(tmp_path) as world:
        screen = await open_settings(world)
        place = field(screen, "general.sidebar_width")
        control = place.control
        assert isinstance(control, Input)
        control.focus()
        control.value = typed
        await world.press("enter")
        assert world.workspace.settings.values.general.sidebar_width == saved
        assert place.has_class("-invalid") == (saved == 28)


async def test_a_text_is_saved_when_its_field_is_left(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        screen = await open_settings(world, "workspaces")
        control = field(screen, "workspaces.shell").control
        assert isinstance(control, Input)
        control.focus()
        await world.settle()
        control.value = "/bin/zsh"
        await world.press("tab")
        assert world.workspace.settings.values.workspaces.shell == "/bin/zsh"


async def test_what_programs_may_do_is_set_in_its_tab_and_saved_at_once(tmp_path: Path) -> None:
    wanted: dict[str, tuple[str, str | bool]] = {
        "notifications.bell": ("notifications", "outer"),
        "clipboard.program_write": ("workspaces", "ask"),
        "clipboard.program_read": ("workspaces", "allow"),
        "clipboard.confirm_paste": ("workspaces", False),
    }
    async with cockpit(tmp_path) as world:
        screen = await open_settings(world)
        for key, (tab, value) in wanted.items():
            place = field(screen, key)
            assert tab in {ancestor.id for ancestor in place.ancestors}
            place.control.value = value
            await world.settle()
            assert value_of(world.workspace.settings.values, key) == value
        saved = tomllib.loads(world.workspace.paths.settings_file.read_text())
        assert saved["clipboard"] == {"program_write": "ask", "program_read": "allow", "confirm_paste": False}
        assert saved["notifications"] == {"bell": "outer"}


async def test_changes_from_elsewhere_are_shown(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        screen = await open_settings(world, "notifications")
        await world.workspace.run("settings.set", key="notifications.muted", value=True)
        await world.settle()
        assert field(screen, "notifications.muted").control.value is True


async def test_who_may_use_the_control_socket_can_be_chosen(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        screen = await open_settings(world, "automation")
        field(screen, "automation.socket_access").control.value = "automation"
        await world.settle()
        assert world.workspace.settings.values.automation.socket_access == "automation"


async def test_the_tmux_toggle_takes_effect_for_the_next_terminal(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        screen = await open_settings(world, "experimental")
        field(screen, "experimental.tmux_backend").control.focus()
        await world.press("space", "escape", "ctrl+b", "c")
        assert [t.backend for t in world.sessions[0].terminals] == ["pty", "tmux"]
        assert world.session_list.render_line(0).text.rstrip().endswith("T")


@pytest.mark.parametrize("word", ["1", "0"])
async def test_the_environment_wins_over_the_toggle_and_says_so(tmp_path: Path, word: str) -> None:
    async with cockpit(tmp_path, environment={"COCKPIT_TMUX_BACKEND": word}) as world:
        screen = await open_settings(world, "experimental")
        control = field(screen, "experimental.tmux_backend").control
        assert control.disabled
        assert control.value is (word == "1")
        assert "COCKPIT_TMUX_BACKEND" in str(screen.query_one("#tmux-state").render())


async def test_without_tmux_the_toggle_says_why_and_opens_onboarding(tmp_path: Path) -> None:
    async with cockpit(tmp_path, tmux=False) as world:
        screen = await open_settings(world, "experimental")
        assert "tmux was not found" in str(screen.query_one("#tmux-state").render())
        screen.query_one("#get-tmux", Button).press()
        await world.settle()
        assert isinstance(world.app.screen, OnboardingScreen)
        await world.press("escape")
        assert len(world.app.screen_stack) == 3
        field(screen, "experimental.tmux_backend").control.focus()
        await world.press("space")
        assert isinstance(world.app.screen, OnboardingScreen)


@pytest.mark.parametrize("size", SIZES)
async def test_onboarding_comes_when_tmux_is_wanted_and_missing(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with cockpit(tmp_path, tmux=False, size=size, environment={"COCKPIT_TMUX_BACKEND": "1"}) as world:
        screen = world.app.screen
        assert isinstance(screen, OnboardingScreen)
        assert str(screen.query_one("#command").render()) == "sudo apt install tmux"
        await world.press("enter")
        assert world.app.clipboard == "sudo apt install tmux"
        box = screen.query_one(".dialog").content_region
        for shown in ("#pty", "#again", ".-warning"):
            assert box.contains_region(screen.query_one(shown).region), shown
        await world.pilot.click("#pty")
        await world.settle()
        assert world.app.screen is world.main
        assert world.sessions[0].terminals[0].backend == "pty"


async def test_continuing_with_pty_turns_the_toggle_off(tmp_path: Path) -> None:
    async with cockpit(tmp_path, tmux=False) as world:
        await world.workspace.run("settings.set", key="experimental.tmux_backend", value=True)
        await world.settle()
        assert isinstance(world.app.screen, OnboardingScreen)
        world.app.screen.query_one("#pty", Button).press()
        await world.settle()
        assert world.workspace.settings.values.experimental.tmux_backend is False


async def test_one_quiet_line_tells_of_tmux_while_nothing_is_decided(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        assert "Terminals can outlive cockpit" in world.status.render_line(0).text
        assert not world.app._notifications
    async with cockpit(tmp_path / "other", tmux=False) as world:
        assert world.status.offer is None


async def test_help_is_searched_and_runs_what_is_chosen(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await world.press("ctrl+b", "question_mark")
        screen = world.app.screen
        assert isinstance(screen, HelpScreen)
        whole = screen.query_one(OptionList).option_count
        assert whole > 25
        await world.press(*"new tab")
        assert 0 < screen.query_one(OptionList).option_count < whole
        await world.press("down", "up", "enter")
        await world.settle()
        assert len(world.tabs.tabs) == 2


async def test_the_palette_finds_and_runs_a_command(tmp_path: Path) -> None:
    async with cockpit(tmp_path, sessions=2) as world:
        await world.press("ctrl+b", "colon")
        await world.press(*"zoom")
        await world.pilot.pause(0.3)
        await world.press("enter")
        await world.settle()
        assert world.main.has_class("-zoomed")


@pytest.mark.parametrize("theme", ["ansi-dark", "ansi-light", "textual-dark", "textual-light", "nord"])
async def test_every_screen_is_drawn_in_every_theme(tmp_path: Path, theme: str) -> None:
    async with cockpit(tmp_path, sessions=2) as world:
        world.app.theme = theme
        for key in ("S", "question_mark", "colon", "N", "X", "comma"):
            await world.press("ctrl+b", key)
            assert world.app.export_screenshot()
            await world.press("escape")
        assert world.app.screen is world.main

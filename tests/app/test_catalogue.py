"""The palette and the help hold everything that can be done, each thing with the key it has now."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.command import CommandInput, CommandList
from textual.widget import Widget
from textual.widgets import Input, OptionList, Tabs

from cockpit.app.catalogue import ASKING, UNLISTED, catalogue
from cockpit.app.help_texts import topic_of
from cockpit.app.keys.chords import show_chord
from cockpit.app.keys.keymap import build_keymap
from cockpit.app.looks.theming import use_colors
from cockpit.app.palette import CockpitPalette
from cockpit.app.screens.help import HelpScreen
from cockpit.app.screens.settings import SettingsScreen
from cockpit.app.widgets.session_list import SessionList
from tests.app.chrome_app import Cockpit, cockpit

BY_PLACE = {"session.focus", "terminal.focus", "terminal.select", "settings.set"}
"""Listed once for every session, tab and theme."""
OF_WIDGETS = {"view.close_sessions", "view.list", "terminal.send"}
"""Asked for by a widget or caller with what it alone knows: the marked sessions, the row under the cursor, a text."""


def listed(world: Cockpit) -> list[str]:
    screen = world.app.screen
    assert isinstance(screen, CockpitPalette)
    listing = screen.query_one(CommandList)
    return [str(option.prompt) for option in listing.options]


async def open_palette(world: Cockpit) -> None:
    await world.press("ctrl+b", "colon")
    await world.app.workers.wait_for_complete([w for w in world.app.workers if w.node is world.app.screen])
    await world.settle()


async def test_every_command_of_the_registry_is_listed(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        entries = catalogue(world.workspace.commands, world.main.leader.keymap)
        reached = {entry.command for entry in entries}
        for command in world.workspace.commands:
            name = command.name
            through = ASKING.get(name, name)
            assert through in reached | UNLISTED | BY_PLACE | OF_WIDGETS, f"{name} can't be found"
        needless = (UNLISTED | BY_PLACE | OF_WIDGETS) & reached
        assert not needless, "an exception for what is listed"


async def test_the_palette_shows_every_entry_with_the_key_it_has_after_a_change(tmp_path: Path) -> None:
    keymap, problems = build_keymap({"view.zoom": "alt+z", "terminal.new": ""}, "ctrl+g")
    assert not problems
    async with cockpit(tmp_path, sessions=2, keymap=keymap) as world:
        use_colors(world.app)
        await world.press("ctrl+g", "c", "ctrl+g", "colon")
        await world.settle()
        await world.app.workers.wait_for_complete(
            [w for w in world.app.workers if w.node is world.app.screen]
        )
        await world.settle()
        shown = listed(world)
        for entry in catalogue(world.workspace.commands, keymap):
            same = [text for text in shown if text.startswith(entry.title)]
            assert any(entry.key in line for line in same), (entry, same)
        assert any(line.startswith("Zoom pane") and "ctrl+g alt+z" in line for line in shown)
        assert not any("ctrl+b" in line for line in shown)
        (new_tab,) = [line for line in shown if line.startswith("New tab")]
        assert "ctrl+" not in new_tab
        assert any(line.startswith("Go to tab 1:") and "ctrl+g 1" in line for line in shown)
        assert any(line.startswith("Go to s1") for line in shown)
        for theme in world.app.available_themes:
            assert any(line.startswith(f"Theme: {theme} · ") for line in shown), theme


async def test_a_theme_chosen_in_the_palette_is_saved(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await open_palette(world)
        await world.press(*"nord")
        await world.app.workers.wait_for_complete(
            [w for w in world.app.workers if w.node is world.app.screen]
        )
        await world.press("enter", "enter")
        await world.settle()
        assert world.workspace.settings.values.general.theme == "nord"


async def test_a_theme_chosen_in_the_settings_is_one_of_all(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        use_colors(world.app)
        await world.press("ctrl+b", "S")
        field = world.app.screen.query_one("#field-general-theme")
        choices = {value for _, value in field.control._options}  # type: ignore[attr-defined]
        assert choices == set(world.app.available_themes)
        field.control.value = "high-contrast"  # type: ignore[attr-defined]
        await world.settle()
        assert world.workspace.settings.values.general.theme == "high-contrast"


def lines(screen: HelpScreen) -> list[str]:
    listing = screen.query_one("#entries", OptionList)
    return [str(option.prompt) for option in listing.options]


async def test_the_help_begins_with_what_has_the_keyboard_and_is_searched_by_typing(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await world.press("ctrl+b", "question_mark")
        screen = world.app.screen
        assert isinstance(screen, HelpScreen)
        assert "The terminal" in str(screen.query_one(".dialog-title").render())
        assert screen.query_one("#search").region, "where one types can be seen"
        shown = lines(screen)
        assert shown[0] == "Keys here"
        assert "Scroll up" in shown[1]
        assert any("ctrl+b c" in line and "New tab" in line for line in shown)
        await world.press(*"zoom")
        assert "ctrl+b z" in lines(screen)[0]
        await world.press("enter")
        assert world.main.has_class("-zoomed")


async def test_the_lists_own_key_explains_the_list_and_its_keys_can_be_chosen(tmp_path: Path) -> None:
    async with cockpit(tmp_path, sessions=2) as world:
        await world.press("ctrl+b", "w", "question_mark")
        screen = world.app.screen
        assert isinstance(screen, HelpScreen)
        assert "The sessions" in str(screen.query_one(".dialog-title").render())
        shown = lines(screen)
        assert any("Rename this session" in line for line in shown[: shown.index("Tabs")])
        await world.press(*"select", "space", *"several")
        await world.press("enter")
        await world.settle()
        assert isinstance(world.app.focused, SessionList)
        assert world.session_list.marking


async def test_f1_explains_the_field_of_a_dialogue_and_escape_is_back_in_it(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await world.press("ctrl+b", "N")
        form = world.app.screen
        await world.press("f1")
        assert isinstance(world.app.screen, HelpScreen)
        assert "tab completes" in str(world.app.screen.query_one("#topic").render())
        await world.press("f1", "escape")
        assert world.app.screen is form
        assert isinstance(world.app.focused, Input)
        await world.press("shift+tab", "question_mark")  # a button has no use for a question mark
        assert isinstance(world.app.screen, HelpScreen)


@pytest.mark.parametrize(
    "key", ["", "w", "f", "slash", "question_mark", "colon", "S", "N", "X", "comma", "G"]
)
async def test_every_widget_that_can_have_the_keyboard_has_a_help_text_of_its_own(
    tmp_path: Path, key: str
) -> None:
    async with cockpit(tmp_path, sessions=2) as world:
        if key:
            await world.press("ctrl+b", key)
        screen = world.app.screen
        for pane in screen.query("TabPane"):
            if isinstance(screen, SettingsScreen):
                screen.query_one("TabbedContent").active = pane.id  # type: ignore[attr-defined]
                await world.settle()
                check(screen.focus_chain)
        check(screen.focus_chain)


def check(widgets: list[Widget]) -> None:
    assert widgets
    texts = []
    for widget in widgets:
        topic = topic_of(widget, show_chord)
        assert topic is not None, widget
        assert topic.title, widget
        texts.append(topic.title + topic.text)
        assert topic.keys or isinstance(widget, Tabs), widget
    assert len(set(texts)) == len(texts), texts


async def test_the_palette_explains_its_line(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await world.press("ctrl+b", "colon")
        topic = topic_of(world.app.screen.query_one(CommandInput), show_chord)
        assert topic is not None
        assert "any part of a command" in topic.text

"""Every key and every button of the dialogues, on real backends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.screen import Screen
from textual.widgets import Button, Input, OptionList, Select, Switch, TabbedContent

from cockpit.app.screens.confirm import ConfirmScreen
from cockpit.app.screens.dialog import Dialog
from cockpit.app.screens.help import HelpScreen
from cockpit.app.screens.prompt import PromptScreen
from cockpit.app.screens.session_form import CompletingInput, SessionFormScreen
from cockpit.app.screens.settings import SettingsScreen
from cockpit.app.widgets.setting_field import SettingField
from cockpit.settings import value_of
from tests.app.live_app import LiveCockpit, both_backends, ids_of, live

KEYS = ids_of(Dialog, ConfirmScreen, HelpScreen, CompletingInput, SettingsScreen)
SHARED = set(ids_of(Dialog))


def keys(world: LiveCockpit, binding_id: str) -> Iterator[str]:
    """Each key of a binding."""
    world.used.add(binding_id)
    yield from KEYS[binding_id]


def buttons(screen: Screen[object]) -> set[str]:
    """The ids of the buttons that can be seen."""
    return {str(button.id) for button in screen.query(Button) if button.display}


def focused(world: LiveCockpit) -> str:
    return str(world.app.focused.id) if world.app.focused else ""


@both_backends
async def test_the_keys_all_dialogues_share(backend: str) -> None:
    async with live(backend) as world:
        await world.key("session.rename")
        await world.screen(PromptScreen)
        for key in keys(world, "dialog.next"):
            world.app.screen.query_one("#answer").focus()
            await world.press(key)
            assert focused(world) == "save"
        for key in keys(world, "dialog.previous"):
            world.app.screen.query_one("#cancel").focus()
            await world.press(key)
            assert focused(world) == "save"
        for key in keys(world, "dialog.help"):
            world.app.screen.query_one("#save").focus()
            await world.press(key)
            await world.screen(HelpScreen)
            await world.press("escape")
            await world.screen(PromptScreen)
        for key in keys(world, "dialog.leave"):
            await world.press(key)
            await world.back()
        assert world.used - {"session.rename"} == SHARED


@both_backends
async def test_the_keys_and_buttons_of_the_question_before_programs_end(backend: str) -> None:
    async with live(backend) as world:
        kept = await world.new_tab()
        for key in keys(world, "confirm.no"):
            await _ask_to_close(world, key)
        for key in keys(world, "confirm.other"):
            await world.key("terminal.close")
            await world.screen(ConfirmScreen)
            assert focused(world) == "keep"
            await world.press(key)
            assert focused(world) == "agree"
            await world.press("escape")
            await world.back()
        await _ask_to_close(world, "enter")  # the safe answer has the keyboard
        await world.key("terminal.close")
        await world.screen(ConfirmScreen)
        assert buttons(world.app.screen) == {"agree", "keep"}
        await world.click("#keep", (2, 0))
        await world.back()
        assert kept in world.terminals
        for number, key in enumerate([*keys(world, "confirm.yes"), "click"]):
            await world.new_tab(f"echo ending-{number}; exec cat", f"ending-{number}")
            ending = world.terminal
            await world.key("terminal.close")
            await world.screen(ConfirmScreen)
            await (world.click("#agree", (2, 0)) if key == "click" else world.press(key))
            await world.until(lambda ending: ending not in world.terminals, "the tab to close", ending)
            await world.back()
        assert kept in world.terminals


async def _ask_to_close(world: LiveCockpit, answer: str) -> None:
    count = len(world.terminals)
    await world.key("terminal.close")
    await world.screen(ConfirmScreen)
    await world.press(answer)
    await world.back()
    assert len(world.terminals) == count


@both_backends
async def test_the_keys_and_buttons_of_the_question_for_a_name(backend: str) -> None:
    async with live(backend) as world:
        for number, way in enumerate(("enter", "save", "cancel")):
            await world.key("terminal.rename")
            await world.screen(PromptScreen)
            assert buttons(world.app.screen) == {"save", "cancel"}
            await world.fill("#answer", f"name{number}")
            await (world.press(way) if way == "enter" else world.click(f"#{way}", (2, 0)))
            await world.back()
            wanted = f"name{min(number, 1)}"
            await world.until(lambda wanted: world.terminal.name == wanted, wanted, wanted)
        await world.key("terminal.rename")
        await world.screen(PromptScreen)
        await world.fill("#answer", "")
        await world.press("enter")
        assert world.app.screen.query_one("#hint").has_class("-error")


@both_backends
async def test_the_keys_and_buttons_of_the_form_for_a_session(backend: str) -> None:
    async with live(backend) as world:
        for name in ("first", "second", "third"):
            (world.home.home / name).mkdir()
        await world.key("session.new")
        await world.screen(SessionFormScreen)
        assert buttons(world.app.screen) == {"open", "cancel"}
        await world.fill("#directory", f"{world.home.home}/sec")
        field = world.app.screen.query_one("#directory", Input)
        await world.until(lambda: field._suggestion, "a completion")
        for key in keys(world, "directory.complete"):
            await world.press(key)
            assert field.value.rstrip("/") == f"{world.home.home}/second"
            await world.press("end", key)
        assert focused(world) != "directory"
        await world.fill("#name", "nick")
        await world.fill("#command", "echo hello-form; exec cat")
        await world.fill("#group", "ops")
        await world.press("enter")
        await world.pane_shows("hello-form")
        session = world.workspace.focused_session
        assert session is not None
        assert (session.name, session.group, session.directory) == (
            "nick",
            "ops",
            f"{world.home.home}/second",
        )
        for way, count in (("cancel", 2), ("open", 3)):
            await world.key("session.new")
            await world.screen(SessionFormScreen)
            await world.fill("#directory", f"{world.home.home}/third")
            await world.click(f"#{way}", (2, 0))
            await world.back()
            await world.until(lambda count: len(world.sessions) == count, f"{count} sessions", count)
        assert world.used == {"session.new", "directory.complete"}


@both_backends
async def test_the_keys_of_the_help(backend: str) -> None:
    async with live(backend) as world:
        await world.key("view.help")
        await world.screen(HelpScreen)
        listing = world.app.screen.query_one(OptionList)
        before = listing.highlighted
        assert before is not None
        for binding, farther in (
            ("help.down", True), ("help.up", False), ("help.page_down", True), ("help.page_up", False),
        ):  # fmt: skip
            for key in keys(world, binding):
                await world.press(key)
                assert listing.highlighted is not None
                assert (listing.highlighted > before) == farther
                before = listing.highlighted
                assert focused(world) == "search"
        await world.press(*"new tab", "enter")
        await world.until(lambda: len(world.terminals) == 2, "the chosen command")
        await world.back()
        await world.key("view.help")
        await world.screen(HelpScreen)
        await world.press(*"new tab")
        await world.click("#entries", (4, 0))
        await world.until(lambda: len(world.terminals) == 3, "the clicked command")
        assert world.used - {"view.help"} == set(ids_of(HelpScreen))


@both_backends
async def test_the_palette_runs_what_is_found_by_key_and_by_click(backend: str) -> None:
    async with live(backend) as world:
        for way in ("enter", "click"):
            count = len(world.terminals)
            await world.key("view.palette")
            await world.until(lambda: world.app.screen is not world.main, "the palette")
            await world.press(*"new tab")
            options = world.app.screen.query_one(OptionList)
            await world.until(lambda options: "ew tab" in _first(options), "a hit", options)
            await (world.press("enter") if way == "enter" else world.click(options, (4, 0)))
            await world.until(lambda count: len(world.terminals) == count + 1, f"the command by {way}", count)
            await world.back()


def _first(options: OptionList) -> str:
    return str(options.get_option_at_index(0).prompt) if options.option_count else ""


@both_backends
async def test_every_setting_by_key_and_by_click(backend: str) -> None:
    async with live(backend, size=(120, 44)) as world:
        await world.key("view.settings")
        await world.screen(SettingsScreen)
        screen = world.app.screen
        tabs = screen.query_one(TabbedContent)
        for binding, name in (("settings.next_tab", "automation"), ("settings.previous_tab", "general")):
            for key in keys(world, binding):
                await world.press(key)
                assert tabs.active == name
        order = [field.control for field in screen.query(SettingField)]
        for binding, start, end in (("settings.next", 2, 3), ("settings.previous", 3, 2)):
            for key in keys(world, binding):
                order[start].focus()
                await world.press(key)
                assert world.app.focused is order[end]
        for pane in list(tabs.query("TabPane")):
            await world.click(tabs.get_tab(str(pane.id)), (2, 0))
            assert tabs.active == pane.id
            for field_ in pane.query(SettingField):
                await _change(world, field_)
        await world.press("escape")
        await world.back()
        assert world.used - {"view.settings"} == set(ids_of(SettingsScreen))


async def _change(world: LiveCockpit, field: SettingField) -> None:
    """Gives a setting another value by mouse, and by keyboard its own one back."""
    control, key = field.control, field.spec.key

    def now() -> object:
        return value_of(world.workspace.settings.values, key)

    before = now()
    if control.disabled:
        assert key == "experimental.tmux_backend"  # the environment decides it in these tests
        return
    if isinstance(control, Switch):
        await world.click(control, (1, 0))
        await world.until(lambda: now() is not before, f"{key} by click")
        await world.press("enter")
        await world.until(lambda: now() is before, f"{key} by enter")
        await world.press("space")
        await world.until(lambda: now() is not before, f"{key} by space")
    elif isinstance(control, Select):
        control.focus()
        await world.press("enter", "down", "enter")
        await world.until(lambda: now() != before, f"{key} by keys")
    else:
        typed = {
            "keys.leader": "ctrl+g",
            "workspaces.shell": "/bin/sh",
            "workspaces.default_directory": "/tmp",
        }
        text = typed.get(key, "31")
        await world.click(control, (1, 0))
        control.value = ""
        await world.press(*text, "enter")
        await world.until(lambda: str(now()) == text, f"{key} by enter")


def test_every_dialogue_key_is_pressed_somewhere_here() -> None:
    pressed = {
        *SHARED, "confirm.yes", "confirm.no", "confirm.other", "directory.complete",
        *ids_of(HelpScreen), *ids_of(SettingsScreen),
    }  # fmt: skip
    assert set(KEYS) == pressed


@pytest.mark.parametrize("answer", ["escape", "n"])
@both_backends
async def test_a_question_left_keeps_the_program_that_was_asked_about(backend: str, answer: str) -> None:
    async with live(backend) as world:
        await world.new_tab("echo at-work; exec cat", "at-work")
        await world.key("session.close")
        await world.screen(ConfirmScreen)
        shown = "\n".join(str(line.render()) for line in world.app.screen.query(".dialog-list"))
        assert "at-work" in shown
        await world.press(answer)
        await world.back()
        await world.press(*"echo", "enter")
        await world.pane_shows("echo\necho")

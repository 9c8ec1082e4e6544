"""Every key that follows the leader, and every key of an ended terminal, on real backends."""

from __future__ import annotations

import os
from pathlib import Path

from cockpit.app.keys.bindings import DEFAULT_BINDINGS
from cockpit.app.palette import CockpitPalette
from cockpit.app.screens.confirm import ConfirmScreen
from cockpit.app.screens.help import HelpScreen
from cockpit.app.screens.prompt import PromptScreen
from cockpit.app.screens.session_form import SessionFormScreen
from cockpit.app.screens.settings import SettingsScreen
from cockpit.app.widgets.hint_panel import HintPanel
from cockpit.app.widgets.sidebar import FilterInput
from cockpit.model import TerminalState
from tests.app.live_app import both_backends, live

DIGITS = {f"terminal.select.{digit}" for digit in range(10)}
TABS = {
    "terminal.new", "terminal.next", "terminal.previous", "terminal.rename", "terminal.close", "terminal.move_left",
    "terminal.move_right",
}  # fmt: skip
ENDED = {"terminal.restart", "ended.restart", "ended.close"}
SESSIONS = {
    "session.new", "session.next", "session.previous", "session.rename", "session.close", "session.group",
    "session.move_up", "session.move_down",
}  # fmt: skip
VIEW = {
    "view.sidebar",
    "view.sessions",
    "view.filter",
    "view.zoom",
    "view.palette",
    "view.settings",
    "view.help",
}
QUIT = {"app.quit"}
"""Pressed in test_live_quit.py."""
READING = {
    "view.read", "view.search", "view.copy_output", "view.select_output", "view.previous_prompt", "view.next_prompt",
}  # fmt: skip
"""Pressed in test_reading.py and test_prompt_jumps.py."""
LOST = {"ended.restart_all"}
"""Pressed in tests/faults/test_tmux_faults.py."""
CALLS = {"view.jump_to_notification", "view.answer_program"}
"""Pressed in test_live_calls.py."""


def test_every_binding_belongs_to_one_of_these_tests() -> None:
    groups = (DIGITS, TABS, ENDED, SESSIONS, VIEW, QUIT, READING, LOST, CALLS)
    assert {b.id for b in DEFAULT_BINDINGS} == set().union(*groups)


@both_backends
async def test_the_keys_of_the_tabs(backend: str) -> None:
    async with live(backend) as world:
        (first,) = world.terminals
        await world.key("terminal.new")
        await world.until(lambda: len(world.terminals) == 2, "a second tab")
        await world.prompt()
        second = world.terminal
        assert (second.backend, second.status.state) == (backend, TerminalState.RUNNING)
        await world.key("terminal.next")
        await world.until(lambda: world.terminal is first, "the first tab, round the corner")
        await world.key("terminal.previous")
        await world.until(lambda: world.terminal is second, "the second tab")
        await world.key("terminal.move_left")
        await world.until(lambda: world.terminals == [second, first], "the tab to move")
        await world.key("terminal.move_right")
        await world.until(lambda: world.terminals == [first, second], "the tab to move back")
        await world.key("terminal.rename")
        await world.screen(PromptScreen)
        await world.fill("#answer", "logs")
        await world.press("enter")
        await world.until(lambda: second.name == "logs", "the name")
        await world.back()
        await world.key("terminal.close")
        await world.screen(ConfirmScreen)
        await world.press("y")
        await world.until(lambda: world.terminals == [first], "the tab to close")
        await world.back()
        assert world.used == TABS


@both_backends
async def test_the_digits_show_the_tab_with_their_number(backend: str) -> None:
    async with live(backend) as world:
        for number in range(2, 11):
            await world.new_tab(f"echo tab-{number}; exec cat", f"tab-{number}")
        await world.key("terminal.select.1")
        await world.prompt()
        for digit in (2, 3, 4, 5, 6, 7, 8, 9, 0):
            await world.key(f"terminal.select.{digit}")
            await world.pane_shows(f"tab-{digit or 10}")
            assert world.terminal is world.terminals[(digit or 10) - 1]
        assert world.used == DIGITS


@both_backends
async def test_a_digit_without_a_tab_names_the_tabs_as_they_are_on_the_screen(backend: str) -> None:
    async with live(backend) as world:
        await world.new_tab()
        await world.key("terminal.select.9")
        await world.until(world.told, "a word about it")
        assert world.told() == ["there is no tab 9; this session has tabs 1 to 2"]
        assert len(world.terminals) == 2


@both_backends
async def test_the_keys_of_an_ended_terminal(backend: str) -> None:
    async with live(backend) as world:
        runs = world.home.directory / "runs"
        (first,) = world.terminals
        ending = await world.new_tab(f"echo run >> {runs}; exit 3", "")
        await world.ended()
        assert ending.status.exit_code == 3
        for count, binding in enumerate(("terminal.restart", "ended.restart"), 2):
            await world.key(binding)
            await world.until(lambda count: _lines(runs) == count, f"run {count}", count)
            await world.ended()
        await world.press("a")  # anything else goes nowhere, and does nothing
        await world.key("ended.close")
        await world.until(lambda: world.terminals == [first], "the ended tab to close without a question")
        await world.back()
        assert world.used == ENDED


@both_backends
async def test_the_keys_of_the_sessions(backend: str) -> None:
    async with live(backend) as world:
        (home,) = world.sessions
        (world.home.home / "work").mkdir()
        await world.key("session.new")
        await world.screen(SessionFormScreen)
        await world.fill("#directory", str(world.home.home / "work"))
        await world.press("enter")
        await world.until(lambda: len(world.sessions) == 2, "a second session")
        await world.back()
        work = world.sessions[1]
        assert world.workspace.focused_session is work
        await world.prompt()
        await world.key("session.next")
        await world.until(
            lambda: world.workspace.focused_session is home, "the first session, round the corner"
        )
        await world.key("session.previous")
        await world.until(lambda: world.workspace.focused_session is work, "the second session")
        await world.key("session.move_up")
        await world.until(lambda: world.sessions == [work, home], "the session to move up")
        await world.key("session.move_down")
        await world.until(lambda: world.sessions == [home, work], "the session to move down")
        await world.key("session.rename")
        await world.screen(PromptScreen)
        await world.fill("#answer", "api")
        await world.press("enter")
        await world.until(lambda: work.name == "api", "the name")
        await world.key("session.group")
        await world.screen(PromptScreen)
        await world.press(*"ops", "enter")
        await world.until(lambda: work.group == "ops", "the group")
        await world.key("session.close")
        await world.screen(ConfirmScreen)
        await world.press("y")
        await world.until(lambda: world.sessions == [home], "the session to close")
        await world.prompt()
        assert world.used == SESSIONS


@both_backends
async def test_the_keys_of_cockpit_itself(backend: str) -> None:
    async with live(backend) as world:
        sidebar = world.main.place
        assert sidebar.visible
        await world.key("view.sidebar")
        await world.until(lambda: not sidebar.visible, "the sidebar to go")
        await world.key("view.sessions")
        await world.until(
            lambda: sidebar.visible and world.app.focused is world.session_list, "the list to have the keys"
        )
        await world.press("escape")
        await world.back()
        await world.key("view.filter")
        await world.until(lambda: isinstance(world.app.focused, FilterInput), "the filter")
        await world.press("escape", "escape")
        await world.back()
        size = world.main.pane.size
        await world.key("view.zoom")
        await world.until(lambda: world.main.pane.size.width > size.width, "a wider pane")
        await world.key("view.zoom")
        await world.until(lambda: world.main.pane.size == size, "the pane as it was")
        for binding, screen in (
            ("view.palette", CockpitPalette), ("view.settings", SettingsScreen), ("view.help", HelpScreen),
        ):  # fmt: skip
            await world.key(binding)
            await world.screen(screen)
            await world.press("escape")
            await world.back()
        assert world.used == VIEW


@both_backends
async def test_the_leader_twice_reaches_the_program_and_escape_cancels_it(backend: str) -> None:
    async with live(backend) as world:
        await world.new_tab("exec cat -v", "")
        await world.press("a", "ctrl+b", "ctrl+b", "ctrl+b", "escape", "z", "enter")
        await world.pane_shows("a^Bz")
        await world.press("ctrl+b", "Q")
        assert "Q is not bound" in world.status.notice
        assert not world.told()


@both_backends
async def test_a_hint_panel_comes_by_itself_and_goes_with_the_key(backend: str) -> None:
    async with live(backend) as world:
        panel = world.main.query_one(HintPanel)
        await world.press("ctrl+b")
        await world.until(lambda: panel.display, "the hints")
        await world.press("c")
        await world.until(lambda: len(world.terminals) == 2 and not panel.display, "the hints to go")


@both_backends
async def test_type_ahead_over_a_tab_switch_reaches_only_the_new_terminal(backend: str) -> None:
    async with live(backend) as world:
        old = world.terminal
        world.type_at_once("ctrl+b", "c", *"echo new-$((40+2))", "enter")
        await world.pane_shows("new-42")
        assert world.terminal is not old
        world.type_at_once("ctrl+b", "p", *"echo old-$((40+3))", "enter")
        await world.pane_shows("old-43")
        assert world.terminal is old
        assert "new-" not in world.pane_text()
        world.type_at_once("ctrl+b", "n", *"echo end-$((40+4))", "enter")
        await world.pane_shows("end-44")
        assert "new-42" in world.pane_text()
        assert "old-" not in world.pane_text()


async def test_type_ahead_over_two_switches_stays_between_them() -> None:
    async with live("pty") as world:
        first = world.terminal
        await world.new_tab()
        keys = (
            "ctrl+b",
            "p",
            *"echo first-$((40+5))",
            "enter",
            "ctrl+b",
            "n",
            *"echo second-$((40+6))",
            "enter",
        )
        world.type_at_once(*keys)
        await world.pane_shows("second-46")
        assert "first-" not in world.pane_text()
        await world.key("terminal.previous")
        await world.pane_shows("first-45")
        assert world.terminal is first
        assert "second-" not in world.pane_text()


@both_backends
async def test_keys_that_programs_live_on_are_never_taken(backend: str) -> None:
    async with live(backend) as world:
        await world.new_tab("stty raw -echo; echo all-yours; exec cat -v", "all-yours")
        await world.press("ctrl+c", "ctrl+s", "shift+tab", "q", "escape", "f1", "ctrl+q", "ctrl+d", "ctrl+z")
        await world.pane_shows("^C^S^[[Zq^[^[OP^Q^D^Z")


def _lines(file: Path) -> int:
    return len(file.read_text().splitlines()) if os.path.exists(file) else 0  # noqa: PTH110 - short

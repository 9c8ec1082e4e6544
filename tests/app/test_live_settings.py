"""Settings and surroundings that change while cockpit runs, on real backends: toggle, keys, onboarding."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from textual.widgets import Button

from cockpit.app.screens.onboarding import OnboardingScreen
from cockpit.app.screens.settings import SettingsScreen
from cockpit.app.widgets.setting_field import SettingField
from cockpit.model import TerminalState
from tests.app.live_app import LiveCockpit, both_backends, executable, live
from tests.harness.tmux_server import tmux_binary

OLD_TMUX = 'if [ "$1" = -V ]; then echo "tmux 3.1c"; else exit 1; fi'


def has_badge(world: LiveCockpit) -> bool:
    return world.session_list.render_line(0).text.rstrip().endswith(" T")


@both_backends
async def test_keys_edited_in_the_settings_file_are_in_force_at_once(backend: str) -> None:
    async with live(backend) as world:
        keymap = world.main.leader.keymap
        world.home.write_settings({"keys": {'"terminal.new"': "t", "leader": "ctrl+g"}})
        await world.until(lambda: world.main.leader.keymap is not keymap, "the new keys")
        assert world.status.keys[0].key == "ctrl+g"
        await world.press("ctrl+g", "t")
        await world.until(lambda: len(world.terminals) == 2, "the remapped key")
        await world.press("ctrl+g", "c")
        assert "ctrl+g c is not bound" in world.status.notice
        assert not world.told()


@both_backends
async def test_a_clash_and_an_unknown_id_in_the_settings_file_are_told(backend: str) -> None:
    async with live(backend) as world:
        world.home.write_settings({"keys": {'"terminal.next"': "c", '"terminal.nwe"': "x"}})
        await world.until(lambda: len(world.told()) == 2, "two words about it")
        assert set(world.told()) == {
            "keys.terminal.new: c is taken by terminal.next; it has no key now",
            "keys.terminal.nwe: there is no binding with this id",
        }


@both_backends
async def test_settings_that_are_refused_are_told_and_the_last_good_ones_stay(backend: str) -> None:
    async with live(backend, settings={"general": {"sidebar_width": 30}}) as world:
        world.home.write_settings({"general": {"sidebar_width": 900}})
        await world.until(world.told, "a word about it")
        assert "sidebar_width" in world.told()[0]
        assert "last good settings stay in force" in world.told()[0]
        assert world.workspace.settings.values.general.sidebar_width == 30


@pytest.mark.tmux
async def test_the_toggle_takes_effect_for_the_next_terminal_and_the_badge_appears() -> None:
    async with live(environment={"COCKPIT_TMUX_BACKEND": None}) as world:
        await world.until(lambda: world.workspace.tmux.usable, "the look for tmux")
        assert not has_badge(world)
        await world.key("view.settings")
        await world.screen(SettingsScreen)
        await world.press("ctrl+pageup")
        field = world.app.screen.query_one("#field-experimental-tmux_backend", SettingField)
        await world.click(field.control, (1, 0))
        await world.until(lambda: world.workspace.tmux_wanted, "the toggle")
        await world.press("escape")
        await world.back()
        assert not has_badge(world)
        await world.key("terminal.new")
        await world.until(lambda: [t.backend for t in world.terminals] == ["pty", "tmux"], "a tmux terminal")
        await world.until(lambda: has_badge(world), "the badge")
        await world.until(lambda: world.terminal.status.state is TerminalState.RUNNING, "its program")
        await world.press(*"echo $COCKPIT_LEADER $COCKPIT_TERMINAL", "enter")
        await world.pane_shows(f"ctrl+b {world.terminal.id}")
        await world.key("terminal.close")
        await world.press("y")
        await world.until(lambda: not has_badge(world), "the badge to go with the terminal")


async def test_without_tmux_onboarding_says_how_to_get_it_and_pty_goes_on() -> None:
    async with live(
        "pty", environment={"COCKPIT_TMUX_BACKEND": "1", "COCKPIT_TMUX": "no-such-tmux"}, prompt=False
    ) as world:
        await world.screen(OnboardingScreen)
        screen = world.app.screen
        text = "\n".join(str(part.render()) for part in screen.query(".dialog-note, .dialog-code"))
        assert "tmux was not found" in text
        shown = {str(button.id) for button in screen.query(Button)}
        assert {"pty", "again"} <= shown <= {"pty", "again", "copy"}
        if "copy" in shown:
            await world.click("#copy", (1, 0))
            assert "tmux" in world.app.clipboard
        await world.click("#again", (2, 0))
        await world.until(
            lambda: isinstance(world.app.screen, OnboardingScreen) and world.app.screen is not screen,
            "the answer of another look",
        )
        await world.pilot.pause()
        await world.click("#pty", (2, 0))
        await world.back()
        await world.prompt()
        assert world.terminal.backend == "pty"


@pytest.mark.tmux
async def test_a_tmux_that_is_too_old_is_named_and_a_newer_one_is_found_by_looking_again(
    tmp_path: Path,
) -> None:
    fake = executable(tmp_path / "bin" / "tmux", OLD_TMUX)
    variables = {
        "PATH": f"{fake.parent}:{os.environ['PATH']}", "COCKPIT_TMUX": None, "COCKPIT_TMUX_BACKEND": None,
    }  # fmt: skip
    async with live("pty", environment=variables) as world:
        await world.workspace.run("settings.set", key="experimental.tmux_backend", value=True)
        await world.screen(OnboardingScreen)
        note = str(world.app.screen.query(".dialog-note").first().render())
        assert "tmux 3.1c" in note
        assert "3.3 or newer" in note
        fake.unlink()
        fake.symlink_to(shutil.which(tmux_binary()) or tmux_binary())
        await world.click("#again", (2, 0))
        await world.back()
        assert world.workspace.tmux.usable
        assert world.told()[-1].startswith("Found tmux ")
        await world.key("terminal.new")
        await world.until(lambda: len(world.terminals) == 2, "a tab")
        assert world.terminal.backend == "tmux"


async def test_continuing_with_pty_turns_the_toggle_off() -> None:
    async with live(
        "pty", environment={"COCKPIT_TMUX_BACKEND": None, "COCKPIT_TMUX": "no-such-tmux"}
    ) as world:
        await world.workspace.run("settings.set", key="experimental.tmux_backend", value=True)
        await world.screen(OnboardingScreen)
        await world.click("#pty", (2, 0))
        await world.until(
            lambda: not world.workspace.settings.values.experimental.tmux_backend, "the toggle off"
        )

"""The question while tmux is silent, over the real application on a pty with the silence told by hand."""

from __future__ import annotations

import pytest

from cockpit.app.screens import watchdog
from cockpit.app.screens.confirm import ConfirmScreen
from cockpit.app.screens.watchdog import WatchdogScreen
from cockpit.backends.base import BackendAnswered, BackendFailed, BackendSilent
from cockpit.terminal.input.keys import parse_chord
from tests.app.live_app import LiveCockpit, live


def tell(world: LiveCockpit, event: BackendSilent | BackendAnswered | BackendFailed) -> None:
    """As the tmux backend would."""
    world.workspace.router._listener(event)


async def test_no_typed_key_answers_and_all_of_them_reach_the_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watchdog, "QUIET_S", 3600.0)
    async with live() as world:
        for _ in range(20):
            tell(world, BackendSilent("tmux", "no answer"))
        await world.screen(WatchdogScreen)
        for chord in (*"echo", "space", *"Rc-$((40+2))", "enter"):
            assert world.app.take_typed(parse_chord(chord))
        await world.pane_shows("Rc-42")
        question = world.app.screen
        assert isinstance(question, WatchdogScreen)
        await world.press("R", "c", "escape", "enter")
        assert question.is_current
        question.wake()
        await world.press("enter")
        assert question.is_current
        await world.press("c")
        await world.back()
        tell(world, BackendAnswered("tmux"))
        await world.until(lambda: any("answers again" in told for told in world.told()), "the line")


async def test_it_goes_by_itself_and_waits_for_another_dialogue() -> None:
    async with live() as world:
        world.main.runner.start("view.restart_server")
        await world.screen(ConfirmScreen)
        tell(world, BackendSilent("tmux", "no answer"))
        await world.pilot.pause()
        assert isinstance(world.app.screen, ConfirmScreen)
        await world.press("n")
        await world.screen(WatchdogScreen)
        tell(world, BackendFailed("tmux", "the tmux server ended: killed"))
        await world.back()

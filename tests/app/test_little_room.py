"""What is said where there is little room or few characters: narrow screens, quiet lines, ASCII."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.strip import Strip

from cockpit.app.keys.bindings import ESSENTIAL
from cockpit.app.keys.keymap import Keymap
from cockpit.app.looks.glyphs import ASCII
from cockpit.app.outer.ascii_filter import ascii_text
from cockpit.app.screens.settings import SettingsScreen
from cockpit.app.widgets.hint_panel import arrange, hints_of
from tests.app.chrome_app import Cockpit, cockpit
from tests.app.live_app import zones

UNDECIDED = "Terminals can outlive cockpit"


def status(world: Cockpit) -> str:
    return world.status.render_line(0).text


@pytest.mark.parametrize(("columns", "said"), [(120, UNDECIDED), (80, "tmux is here: ctrl+b S"), (40, "")])
async def test_the_line_about_tmux_leaves_the_place_and_a_key_in_sight(
    tmp_path: Path, columns: int, said: str
) -> None:
    async with cockpit(tmp_path, size=(columns, 24)) as world:
        assert said in status(world)
        assert status(world).startswith(" s0 · sh · pty")
        assert "ctrl+b" in status(world)
        assert ("Experimental" in status(world)) == bool(said)


@pytest.mark.parametrize("way", [("ctrl+b", "escape"), ("ctrl+b", "n"), ("ctrl+b", "z")])
async def test_the_line_about_tmux_goes_with_any_use_of_the_leader(
    tmp_path: Path, way: tuple[str, ...]
) -> None:
    async with cockpit(tmp_path) as world:
        await world.press("l", "s")
        assert UNDECIDED in status(world)
        await world.press(*way)
        assert UNDECIDED not in status(world)


async def test_the_line_about_tmux_can_be_clicked(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        x = next(x for live, x in zones(world.status._line()) if live.command == "view.settings")
        await world.pilot.click("#status", offset=(x, 0))
        await world.settle()
        assert isinstance(world.app.screen, SettingsScreen)
        assert world.app.screen.query_one("TabbedContent").active == "experimental"  # type: ignore[attr-defined]


@pytest.mark.parametrize("decided", [True, False])
async def test_who_has_decided_is_not_told(tmp_path: Path, decided: bool) -> None:
    async with cockpit(tmp_path) as world:
        await world.workspace.run("settings.set", key="experimental.tmux_backend", value=decided)
        await world.workspace.run("tmux.look")
        await world.settle()
        assert UNDECIDED not in status(world)


async def test_forty_columns_show_where_one_is_and_how_to_see_every_key(tmp_path: Path) -> None:
    async with cockpit(tmp_path, size=(40, 12)) as world:
        assert status(world).startswith(" s0 · sh · pty")
        assert "ctrl+b ? help" in status(world)
        await world.press("ctrl+b")
        assert "esc cancel" in status(world)
        assert "? help" in status(world)


async def test_forty_columns_say_how_a_dialogue_is_left(tmp_path: Path) -> None:
    async with cockpit(tmp_path, size=(40, 12)) as world:
        await world.press("ctrl+b", "X")
        assert "esc closes it" in status(world)
        assert "help" not in status(world)


async def test_what_happens_under_a_dialogue_leaves_its_keys_in_the_status_line(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await world.press("ctrl+b", "colon")
        assert "esc closes the dialogue" in status(world)
        world.backends["pty"].end(world.sessions[0].terminals[0].id, 1)
        await world.settle()
        assert "exited 1" in status(world)
        assert "esc closes the dialogue" in status(world)
        await world.press("escape")
        assert "enter restart" in status(world).replace("⏎", "enter")


async def test_an_answer_to_a_key_goes_with_the_next_one(tmp_path: Path) -> None:
    async with cockpit(tmp_path, size=(40, 12)) as world:
        await world.press("ctrl+b", "Q")
        assert "ctrl+b Q is not bound" in status(world)
        await world.press("l")
        assert status(world).startswith(" s0 · sh · pty")


@pytest.mark.parametrize("size", [(40, 11), (44, 14), (60, 19), (80, 23)])
def test_the_hint_panel_misses_nothing_essential(size: tuple[int, int]) -> None:
    columns = arrange(hints_of(Keymap()), size[0], size[1] - 1)
    shown = {hint.binding.id for column in columns for hint in column if hint.binding}
    assert set(ESSENTIAL) <= shown


def test_muting_and_selecting_are_told_by_shape() -> None:
    assert len({ASCII.bell, ASCII.bell + ASCII.close}) == 2
    assert ASCII.marked != ASCII.unmarked


async def test_muted_and_select_mode_change_the_shape_of_their_buttons(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        before = world.main.query_one("#toolbar").render_line(0).text
        await world.workspace.run("settings.set", key="notifications.muted", value=True)
        await world.press("ctrl+b", "w", "m")
        await world.settle()
        after = world.main.query_one("#toolbar").render_line(0).text
        assert ("♪×" in after, "♪×" in before) == (True, False)
        assert ("■" in after, "□" in before) == (True, True)


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (40, 12)])
async def test_ascii_is_all_that_is_drawn_where_there_is_no_more(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    environment = {"COCKPIT_TMUX_BACKEND": "1"}
    async with cockpit(tmp_path, size=size, sessions=3, glyphs=ASCII, environment=environment) as world:
        world.main.tell("careful…", "warning")
        for key in ("escape", "S", "question_mark", "colon", "N", "X", "comma", "ampersand", "w"):
            await world.press("ctrl+b", key)
            assert drawn(world) == "", key
            await world.press("escape")
        await world.press("ctrl+b")
        world.main.leader.show_hints()
        await world.settle()
        assert drawn(world) == ""
        await world.press("escape")
        world.backends["tmux"].end(world.sessions[0].terminals[0].id, 1)
        await world.settle()
        assert drawn(world) == ""
        assert "enter restart" in status(world)


def drawn(world: Cockpit) -> str:
    """Everything on the screen that is no ASCII."""
    lines: list[Strip] = world.app.screen._compositor.render_strips()
    return "".join(c for line in lines for c in line.text if not c.isascii())


@pytest.mark.parametrize(
    ("text", "drawn_as"),
    [
        ("╭─╮│╰╯", "+-+|++"),
        ("┏━┓┃", "+-+|"),
        ("▔▎▊", "-||"),
        ("▁▅", "  "),
        ("█", "#"),
        ("naïve 字", "naïve 字"),
        ("ok", "ok"),
    ],
)
def test_symbols_keep_their_cells(text: str, drawn_as: str) -> None:
    assert ascii_text(text) == drawn_as

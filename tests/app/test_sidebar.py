"""The sidebar with the keyboard, in all sizes, with hostile names and a thousand rows."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from textual.events import Paste
from textual.widgets import Input

from cockpit.app.looks.glyphs import ASCII
from cockpit.app.screens.confirm import ConfirmScreen
from cockpit.app.screens.prompt import PromptScreen
from cockpit.app.screens.session_form import SessionFormScreen
from cockpit.app.widgets.session_row import SessionRow
from cockpit.app.widgets.sidebar import FilterInput
from cockpit.model import BackendKind
from cockpit.workspace.events import TerminalsChanged
from tests.app.chrome_app import Cockpit, cockpit


async def in_list(world: Cockpit) -> None:
    await world.press("ctrl+b", "w")
    assert world.app.focused is world.session_list


def screen_text(world: Cockpit) -> str:
    """Everything on the screen, as text."""
    strips = world.app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in strips)


@pytest.mark.parametrize(("down", "up"), [("down", "up"), ("j", "k")])
async def test_arrows_and_letters_move_enter_shows_and_returns(tmp_path: Path, down: str, up: str) -> None:
    async with cockpit(tmp_path, sessions=3) as world:
        await in_list(world)
        await world.press(down, down, up)
        assert world.session_list.cursor_id == world.sessions[1].id
        assert world.session_list.focused_id == world.sessions[0].id
        await world.press("enter")
        assert world.session_list.focused_id == world.sessions[1].id
        assert world.app.focused is world.main.pane


async def test_home_end_and_pages_stop_at_the_ends(tmp_path: Path) -> None:
    async with cockpit(tmp_path, sessions=4) as world:
        await in_list(world)
        for key, number in (("end", 3), ("home", 0), ("pagedown", 3), ("pageup", 0), ("G", 3), ("g", 0)):
            await world.press(key)
            assert world.session_list.cursor_id == world.sessions[number].id


async def test_escape_returns_to_the_pane(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await in_list(world)
        await world.press("escape")
        assert world.app.focused is world.main.pane


async def test_the_leader_works_in_the_list_and_in_the_filter(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await in_list(world)
        await world.press("ctrl+b", "c")
        assert len(world.tabs.tabs) == 2
        await world.press("ctrl+b", "f", "x", "ctrl+b", "c")
        assert len(world.tabs.tabs) == 3
        assert world.main.query_one(FilterInput).value == "x"


async def test_letters_in_the_list_open_rename_close_and_move(tmp_path: Path) -> None:
    async with cockpit(tmp_path, sessions=3) as world:
        await in_list(world)
        await world.press("n")
        assert isinstance(world.app.screen, SessionFormScreen)
        await world.press("escape", "r")
        assert isinstance(world.app.screen, PromptScreen)
        await world.press("escape", "J")
        assert [s.name for s in world.sessions] == ["s1", "s0", "s2"]
        await world.press("K")
        assert [s.name for s in world.sessions] == ["s0", "s1", "s2"]
        await world.press("x")
        assert isinstance(world.app.screen, ConfirmScreen)
        await world.press("y")
        assert [s.name for s in world.sessions] == ["s1", "s2"]


async def test_select_mode_closes_several_after_one_question(tmp_path: Path) -> None:
    async with cockpit(tmp_path, sessions=4) as world:
        await in_list(world)
        await world.press("m", "space", "space", "x")
        assert isinstance(world.app.screen, ConfirmScreen)
        await world.press("y")
        await world.settle()
        assert [s.name for s in world.sessions] == ["s2", "s3"]
        await world.press("ctrl+b", "w", "escape")
        assert not world.session_list.marking


async def test_slash_in_the_list_filters_and_escape_clears(tmp_path: Path) -> None:
    async with cockpit(tmp_path, sessions=3) as world:
        await in_list(world)
        await world.press("slash", "s", "1")
        assert world.session_list.order.visible_ids == [world.sessions[1].id]
        await world.press("down")
        assert world.app.focused is world.session_list
        await world.press("slash", "escape")
        assert len(world.session_list.order.visible_ids) == 3


async def test_the_badge_follows_the_backend_the_moment_it_changes(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        session = world.sessions[0]
        assert " T " not in world.session_list.render_line(0).text
        session.terminals[0].backend = BackendKind.TMUX
        world.workspace.events.publish(TerminalsChanged(session.id))
        await world.settle()
        assert world.session_list.render_line(0).text.rstrip().endswith("T")
        session.terminals[0].backend = BackendKind.PTY
        world.workspace.events.publish(TerminalsChanged(session.id))
        await world.settle()
        assert not world.session_list.render_line(0).text.rstrip().endswith("T")


async def test_bells_out_of_sight_are_counted_and_forgotten_when_seen(tmp_path: Path) -> None:
    async with cockpit(tmp_path, sessions=2) as world:
        hidden = world.sessions[1].terminals[0].id
        world.backends["pty"].ring(hidden)
        world.backends["pty"].end(hidden, 3)
        await world.settle()
        line = world.session_list.order.starts[world.sessions[1].id]
        assert world.session_list.render_line(line).text.rstrip().endswith("2")
        assert "✗" in world.session_list.render_line(line).text
        await world.workspace.run("session.focus", session_id=world.sessions[1].id)
        await world.settle()
        assert not world.session_list.render_line(line).text.rstrip().endswith("2")


async def test_the_branch_is_shown(tmp_path: Path) -> None:
    directory = tmp_path / "s0" / ".git"
    directory.mkdir(parents=True)
    (directory / "HEAD").write_text("ref: refs/heads/topic\n")
    async with cockpit(tmp_path) as world:
        assert "topic" in world.session_list.render_line(1).text


async def test_a_narrow_screen_lays_the_sidebar_over_the_pane(tmp_path: Path) -> None:
    async with cockpit(tmp_path, sessions=2, size=(60, 20)) as world:
        assert not world.main.place.visible
        assert world.main.pane.size.width == 60
        await world.press("ctrl+b", "s")
        assert world.main.place.visible
        assert world.app.focused is world.session_list
        assert world.main.pane.size.width == 60
        await world.press("j", "enter")
        assert not world.main.place.visible
        assert world.session_list.focused_id == world.sessions[1].id
        await world.press("ctrl+b", "w")
        assert world.main.place.visible
        await world.press("escape")
        assert not world.main.place.visible
        assert world.workspace.settings.values.general.sidebar is True


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 36), (300, 100)])
async def test_every_size_shows_pane_tabs_and_status(tmp_path: Path, size: tuple[int, int]) -> None:
    async with cockpit(tmp_path, size=size) as world:
        assert not world.main.query_one("#too-small").display
        assert world.status.region.bottom == size[1]
        assert world.main.pane.size.height == size[1] - 2
        assert world.workspace.pane.size is not None
        assert world.workspace.pane.size.columns == world.main.pane.size.width


async def test_too_small_a_screen_says_so_until_it_grows(tmp_path: Path) -> None:
    async with cockpit(tmp_path, size=(39, 11)) as world:
        assert "cockpit needs 40×12" in screen_text(world)
        await world.pilot.resize_terminal(80, 24)
        await world.settle()
        assert "cockpit needs" not in screen_text(world)


HOSTILE = (
    "#(touch x)",
    "[bold red]x[/]",
    "[@click=app.exit]y[/]",
    "\x1b[31mred\x1b]0;x\x07",
    "a\nb\tc",
    "␞ sep",
    "\u202eevil",
    "x" * 10_000,
    "漢字" * 100,
    "'\"$(id)`",
)


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_names_are_shown_literally_and_safely(tmp_path: Path, name: str) -> None:
    async with cockpit(tmp_path, sessions=2) as world:
        session = world.sessions[0]
        session.name = session.group = session.terminals[0].name = session.terminals[0].title = name
        session.directory = "/" + name
        world.main.chrome._all_stale = True
        world.main.chrome.refresh()
        await world.settle()
        text = screen_text(world)
        assert not any(mark in text for mark in ("\x1b", "\u202e", "\x07", "\t"))
        for keys in (("ctrl+b", "X"), ("ctrl+b", "dollar_sign"), ("ctrl+b", "N"), ("ctrl+b", "colon")):
            await world.press(*keys)
            assert "\x1b" not in screen_text(world)
            await world.press("escape")
        if name.startswith("["):
            assert name in text


async def test_pasted_escapes_never_reach_a_field(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await world.press("ctrl+b", "dollar_sign")
        field = world.app.screen.query_one(Input)
        field.post_message(Paste("\x1b]0;x\x07a\u202eb"))
        await world.settle()
        assert field.value == "]0;xab"
        assert field.cursor_position == len(field.value)


async def test_a_thousand_rows_draw_scroll_and_filter_without_lag(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        rows = [
            SessionRow(f"s{n}", f"session {n}", f"~/src/{n}", state="running", glyph="●") for n in range(1000)
        ]
        start = time.perf_counter()
        world.session_list.show_rows(rows)
        for query in ("9", "99", "session 99", ""):
            world.session_list.query_text = query
        for _ in range(50):
            world.session_list.action_page(1)
            for y in range(world.session_list.size.height):
                world.session_list.render_line(y)
        assert (time.perf_counter() - start) / 55 < 0.05
        assert world.session_list.cursor_id == "s999"


async def test_ascii_symbols_where_the_locale_has_no_others(tmp_path: Path) -> None:
    async with cockpit(tmp_path, sessions=2, glyphs=ASCII) as world:
        world.backends["pty"].ring(world.sessions[1].terminals[0].id)
        await world.settle()
        for y in range(world.main.size.height - 1):
            assert world.app.screen._compositor.render_strips()[y].text.isascii()


async def test_no_session_at_all_says_what_to_do(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await world.press("ctrl+b", "X", "y")
        assert world.sessions == []
        text = screen_text(world)
        assert "ctrl+b N opens one" in text
        assert "no session" in text
        await world.press("ctrl+b", "c")
        assert world.app._notifications

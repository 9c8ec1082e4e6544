"""Scroll, search, select and copy in the pane, on real backends; what is typed always reaches the program."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from textual.geometry import Offset

from cockpit.app.widgets import pane_pointer
from cockpit.app.widgets.search_bar import SearchBar
from cockpit.terminal.input.decoder import Paste
from tests.app.live_app import both_backends, executable, live
from tests.app.reading_app import ALTERNATE, LINES, RECORDER, TRACKER, held_history, reader

# Scrolling


@both_backends
async def test_the_wheel_scrolls_up_and_down_to_the_live_screen(backend: str) -> None:
    async with reader(backend) as person:
        before = person.rows()
        await person.wheel("down")
        assert person.reading.local is None
        await person.wheel("up")
        await person.world.until(lambda: person.rows()[3:] == before[:-3], "three rows further up")
        assert person.place().startswith("↑ 3 of ")
        await person.wheel("down")
        await person.live()
        assert person.rows() == before
        assert "↑" not in person.place()


@both_backends
async def test_shifted_keys_page_through_the_whole_history(backend: str) -> None:
    async with reader(backend) as person:
        before = person.rows()
        await person.world.press("shift+pageup")
        await person.world.until(lambda: person.rows()[-1] == before[0], "one page further up")
        await person.world.press("shift+home")
        await person.world.pane_shows("line 001 end")
        await person.world.press("shift+pagedown", "shift+end")
        await person.live()
        assert person.rows() == before


@both_backends
async def test_new_output_does_not_move_what_is_read_and_is_told(backend: str) -> None:
    async with reader(backend) as person:
        await person.scrolled()
        before = person.rows()
        await person.world.workspace.run(
            "terminal.send", terminal_id=person.world.terminal.id, data=b"later\n" * 8
        )
        await person.world.until(lambda: "new output below" in person.place(), "the news")
        assert person.rows() == before
        await person.world.press("escape")
        await person.world.pane_shows("later")
        assert "new output" not in person.place()


@both_backends
async def test_a_resize_keeps_what_is_read(backend: str) -> None:
    async with reader(backend) as person:
        await person.world.press("shift+pageup", "shift+pageup")
        await person.reads()
        top = person.rows()[0]
        for size in ((70, 18), (110, 30), (100, 24)):
            await person.world.pilot.resize_terminal(*size)
            await person.world.until(lambda: person.rows()[0] == top, f"{top} at the top")
        await person.world.press("escape")
        await person.world.pane_shows("written")


@both_backends
async def test_another_tab_ends_the_reading(backend: str) -> None:
    async with reader(backend) as person:
        await person.scrolled()
        await person.world.key("terminal.next")
        await person.live()
        await person.world.prompt()
        await person.world.key("terminal.next")
        await person.world.pane_shows("written")
        assert person.reading.local is None


@both_backends
async def test_the_wheel_is_arrow_keys_on_the_alternate_screen(backend: str) -> None:
    async with reader(backend, ALTERNATE, "listening") as person:
        await person.wheel("up")
        await person.world.pane_shows("^[[A^[[A^[[A")
        await person.wheel("down")
        await person.world.pane_shows("^[[B^[[B^[[B")
        assert person.reading.local is None


@both_backends
async def test_the_wheel_goes_to_a_program_that_tracks_the_mouse(backend: str) -> None:
    async with reader(backend, TRACKER, "listening") as person:
        await person.world.until(person.pane._pointer.tracked, "the program's mouse mode")
        await person.wheel("up", "down")
        await person.world.pane_shows("^[[<64;5;5M^[[<65;5;5M")
        assert person.reading.local is None


# Typing


@both_backends
async def test_nothing_typed_or_pasted_while_reading_is_lost(backend: str) -> None:
    async with reader(backend, RECORDER) as person:
        world = person.world
        await person.scrolled()
        world.type_at_once("a", "b", "enter")
        await person.live()
        await person.scrolled()
        await world.press("escape")
        await person.live()
        await person.scrolled()
        assert world.app.take_typed(Paste(b"pasted"))
        await person.live()
        await person.scrolled()
        await world.pilot.resize_terminal(80, 20)
        await world.press("c", "up")
        await person.search("line 1", "match ")
        await world.press("escape")
        await person.live()
        world.type_at_once("d", "e")
        await person.arrived("ab^Mpastedc^[[Ade")


@both_backends
async def test_what_is_typed_while_history_is_fetched_keeps_its_order(
    backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with reader(backend, RECORDER) as person:
        world = person.world
        _, goes_on = held_history(person, monkeypatch)
        world.type_at_once("a", "shift+pageup", "b", "c")
        assert world.app.take_typed(Paste(b"pasted"))
        await person.wheel("up")
        world.type_at_once("d")
        goes_on.set()
        await person.arrived("abcpastedd")
        await world.pilot.pause()
        assert person.reading.local is None
        await person.scrolled()  # and it can be read again
        world.type_at_once("e")
        await person.arrived("abcpastedde")


@both_backends
async def test_what_is_typed_between_scrolls_and_sends_arrives_in_order(backend: str) -> None:
    async with reader(backend, RECORDER) as person:
        world = person.world
        typed = ""
        for number in range(6):
            await person.scrolled()
            before = person.rows()
            sent = f"<{number}>"
            await world.workspace.run("terminal.send", terminal_id=world.terminal.id, data=sent.encode())
            await world.until(lambda: "new output below" in person.place(), "the echo of what was sent")
            assert person.rows() == before
            await world.pilot.resize_terminal(100 - number, 24 - number)
            world.type_at_once(*"abc")
            await person.live()
            typed += f"{sent}abc"
            await person.arrived(typed)


@pytest.mark.tmux
async def test_keys_after_the_leader_wait_for_the_history(monkeypatch: pytest.MonkeyPatch) -> None:
    async with reader("tmux") as person:
        world = person.world
        asked, goes_on = held_history(person, monkeypatch)
        await world.key("view.read")
        await world.until(asked.is_set, "the history to be asked for")
        world.type_at_once("k", "0", "v", "$", "y")
        goes_on.set()
        await person.copies("written")
        await person.live()
        goes_on.clear()
        asked.clear()
        await world.key("view.search")
        await world.until(asked.is_set, "the history to be asked for")
        await world.press(*"line 15", "enter")
        goes_on.set()
        await world.until(
            lambda: person.reading.selecting and "match 10 of 10" in person.place(), "the match"
        )
        await world.back()
        await world.press("V", "y")
        await person.copies("written", "line 159 end")


# Selecting by keyboard


@both_backends
async def test_text_is_selected_by_keyboard(backend: str) -> None:
    async with reader(backend) as person:
        world = person.world
        await world.key("view.read")
        await world.until(lambda: person.reading.selecting, "the keyboard's cursor")
        await world.press("k", "k", "0", "v", "e", "y")
        await person.copies("line")
        await person.live()
        assert any("4 characters" in told for told in world.told())
        await world.key("view.read")
        await world.until(lambda: person.reading.selecting, "the keyboard's cursor")
        await world.press("up", "up", "home", "shift+down", "shift+end", "enter")
        await person.copies("line", "line 200 end\nwritten")
        await world.key("view.read")
        await world.until(lambda: person.reading.selecting, "the keyboard's cursor")
        await world.press("v", "k", "escape")
        await person.live()
        assert len(person.copied) == 2
        assert world.pane_text().count("written") == 1  # none of these keys reached the program


# Searching


@both_backends
async def test_a_search_is_incremental_and_its_matches_are_stepped_through(backend: str) -> None:
    async with reader(backend) as person:
        world = person.world
        await person.search("line 1", "match 100 of 100")
        await world.press("5")
        await world.until(lambda: "match 10 of 10" in person.place(), "fewer matches")
        await world.pane_shows("line 159 end")
        await world.press("up")
        await world.until(lambda: "match 9 of 10" in person.place(), "the match above")
        await world.press("enter")
        await world.back()
        assert not world.main.query_one(SearchBar).display
        for key, number in (("n", 10), ("n", 1), ("N", 10), ("N", 9)):
            await world.press(key)
            assert f"match {number} of 10" in person.place()
        await world.press("v", "$", "y")
        await person.copies("line 158 end")
        await person.live()


@both_backends
async def test_regular_expressions_bad_ones_and_no_match(backend: str) -> None:
    async with reader(backend) as person:
        world = person.world
        await person.search("/line 0[12]\\d", "match 20 of 20")
        await world.press("(")
        await world.until(lambda: "match" not in person.place() and "·" in person.place(), "what is wrong")
        await world.press("escape")
        await person.live()
        await person.search("nowhere", "match 0 of 0")
        await world.press("enter")
        await person.live()
        await world.back()
        assert world.pane_text().count("nowhere") == 0


@both_backends
async def test_enter_right_behind_the_pattern_waits_for_the_matches(backend: str) -> None:
    async with reader(backend) as person:
        world = person.world
        await world.key("view.search")
        await world.until(lambda: isinstance(world.app.focused, SearchBar), "the search bar")
        await world.press(*"line 042", "enter", "V", "y")
        await person.copies("line 042 end")


@both_backends
async def test_a_click_into_the_pane_closes_the_search_bar(backend: str) -> None:
    async with reader(backend) as person:
        world = person.world
        await person.search("line 042", "match 1 of 1")
        await world.click("#pane", (30, 3))
        await world.until(lambda: not world.main.query_one(SearchBar).display, "the bar to go")
        await world.back()
        await world.press("escape")
        await person.live()


# The mouse


@both_backends
async def test_a_drag_selects_and_copies(backend: str) -> None:
    async with reader(backend) as person:
        start = person.at("line 199 end")
        await person.drag(start, start + Offset(3, 0))
        await person.copies("line")
        await person.world.press("escape")
        await person.live()
        await person.drag(start + Offset(5, 0), start + Offset(7, 1))
        await person.copies("line", "199 end\nline 200")
        await person.drag(start + Offset(5, -2), start + Offset(7, 0), alt=True)
        await person.copies("line", "199 end\nline 200", "197\n198\n199")


@both_backends
async def test_two_clicks_select_the_word_three_the_line(
    backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pane_pointer, "MULTI_CLICK_S", 60.0)  # however busy the machine is
    async with reader(backend) as person:
        place = person.at("200 end")
        for _ in range(3):
            await person.press_mouse(place)
            await person.release_mouse(place)
        await person.copies("200", "line 200 end")


WIDE = "printf 'begin %0100d字字  \\n' 7; printf 'ab字字cd   \\nefghijkl\\n'; echo written; exec cat"


@both_backends
async def test_what_is_copied_joins_wraps_keeps_wide_cells_and_drops_blanks(
    backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pane_pointer, "MULTI_CLICK_S", 60.0)  # however busy the machine is
    async with reader(backend, WIDE, size=(70, 24)) as person:
        line = f"begin {7:0100}字字"
        place = person.at("begin") + Offset(3, 1)  # in the second row of the line
        for _ in range(3):
            await person.press_mouse(place)
            await person.release_mouse(place)
        await person.world.until(lambda: person.copied[-1:] == [line], "the whole line to be copied")
        await person.world.press("escape")
        await person.live()
        start = person.at("ab字")
        # Both ends lie in the middle of wide cells.
        await person.drag(start + Offset(3, 0), start + Offset(4, 1), alt=True)
        await person.world.until(lambda: person.copied[-1] == "字字\nhi", "whole cells to be copied")


@both_backends
async def test_a_word_of_a_full_screen_program_is_selected(
    backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pane_pointer, "MULTI_CLICK_S", 60.0)  # however busy the machine is
    async with reader(backend, ALTERNATE, "listening") as person:
        place = person.at("listening")
        for _ in range(2):
            await person.press_mouse(place)
            await person.release_mouse(place)
        await person.copies("listening")
        person.world.type_at_once("x")
        await person.live()
        await person.world.pane_shows("x")


@both_backends
async def test_a_drag_beyond_the_pane_scrolls_on(backend: str) -> None:
    async with reader(backend) as person:
        start = person.at("line 200 end") + Offset(11, 0)
        above = Offset(person.pane.region.x + 2, 0)
        await person.press_mouse(start)
        await person.move_mouse(above)
        await person.world.pane_shows("line 150 end")
        await person.release_mouse(above)
        await person.world.until(lambda: person.copied, "the selection to be copied")
        lines = person.copied[0].split("\n")
        first = int(lines[0].split()[1])
        assert first <= 150
        assert lines == [f"line {number:03} end" for number in range(first, LINES + 1)]
        assert person.reading._gestures._autoscroll is None  # it doesn't scroll on by itself


@both_backends
async def test_ctrl_and_a_click_copy_a_link(backend: str) -> None:
    async with reader(
        backend, "echo 'see https://example.org/a_b, please'; echo written; exec cat"
    ) as person:
        place = person.at("example")
        await person.press_mouse(place, ctrl=True)
        await person.release_mouse(place)
        await person.copies("https://example.org/a_b")
        assert person.reading.local is None


# The real clipboard


@both_backends
async def test_what_is_selected_reaches_the_clipboard_tool(
    backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "kept"
    executable(tmp_path / "bin" / "wl-copy", f"exec cat > {kept}")
    executable(tmp_path / "bin" / "wl-paste", f"exec cat {kept}")
    for variable in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY", "WSL_DISTRO_NAME", "WSL_INTEROP"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-none")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    async with live(backend) as world:
        await world.key("view.read")
        await world.until(lambda: world.main.reading.selecting, "the keyboard's cursor")
        await world.press("0", "v", "e", "y")
        await world.until(lambda: "Copied 5 characters (wl-copy)." in world.told(), "the copy to be told")
        assert await asyncio.to_thread(kept.read_text) == "ready"


async def test_a_copy_reaches_the_terminal_without_a_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("TMUX", "STY", "DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(variable, raising=False)
    async with live("pty") as world:
        written: list[str] = []
        monkeypatch.setattr(world.main.copying, "write", written.append)
        result = await world.main.copying.copy("ready")
        assert (result.route, result.confirmed) == ("OSC 52", False)
        assert written == ["\x1b]52;c;cmVhZHk=\x07"]

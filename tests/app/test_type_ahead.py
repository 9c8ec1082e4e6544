"""Keys typed in one burst behind a key that moves the keyboard: each goes to whoever has it when its turn comes."""

from __future__ import annotations

import os

from cockpit.app.clipboard.clipboard import CopyResult
from cockpit.app.palette import CockpitPalette
from cockpit.app.screens.settings import SettingsScreen
from cockpit.app.widgets.search_bar import SearchBar
from cockpit.app.widgets.sidebar import FilterInput
from cockpit.terminal.input.decoder import InputDecoder, Other
from tests.app.live_app import LiveCockpit, both_backends, live

SPLITS = (1, 3, 1000)
"""Bytes a read brings: sequences arrive in pieces over a slow link, and whole bursts at once."""
UP, SHIFT_TAB = b"\x1b[A", b"\x1b[Z"
ESCAPE = b"\x1b[27u"
"""As terminals send it where cockpit asked for keys that can be told apart."""


def burst(world: LiveCockpit, data: bytes, split: int = 1000) -> None:
    """Types bytes as the driver hands them on, all of them before anything else can happen."""
    decoder = InputDecoder()
    for start in range(0, len(data), split):
        for token in decoder.feed(data[start : start + split]):
            assert not isinstance(token, Other), token
            world.app.take_typed(token)
    assert not decoder.pending


async def echo(world: LiveCockpit) -> list[str]:
    """Shows a program that prints what it is typed and does nothing else; answers what will be copied."""
    copied: list[str] = []

    async def copy(text: str) -> CopyResult:
        copied.append(text)
        return CopyResult("a test", len(text), True)

    world.main.reading.copies.copy = copy
    await world.new_tab("clear; stty raw -echo; echo listening; exec cat -v", "listening")
    return copied


@both_backends
async def test_a_search_and_what_follows_it_in_one_burst(backend: str) -> None:
    async with live(backend) as world:
        copied = await echo(world)
        bar = world.main.query_one(SearchBar)
        for split in SPLITS:
            burst(world, b"\x02/foo", split)
            await world.until(lambda: bar.display and bar.value == "foo", "the text in the search bar")
            burst(world, b"\r", split)
            await world.back()
        burst(world, b"\x02/nowhere\x1b[D\rback")
        await world.pane_shows("back")
        assert world.pane_text().count("back") == 1
        assert "f" not in world.pane_text().replace("focus", "")
        # Found: the keys behind enter step, select and copy; the first one behind those is the program's.
        burst(world, b"\x02/listen\rvlly" + b"end")
        await world.pane_shows("backend")
        assert copied == ["lis"]
        assert not bar.display


@both_backends
async def test_select_mode_and_its_keys_in_one_burst(backend: str) -> None:
    async with live(backend) as world:
        copied = await echo(world)
        for split in SPLITS:
            burst(world, b"\x02[gvlllly", split)
            await world.until(lambda: copied, "what is selected to be copied")
            assert copied.pop() == "liste"
        burst(world, b"\x02[" + UP + ESCAPE + b"done" + SHIFT_TAB)
        await world.pane_shows("done^[[Z")
        assert world.pane_text().split() == ["listening", "done^[[Z"] or world.main.place.visible


@both_backends
async def test_a_dialogue_its_answer_and_what_follows_in_one_burst(backend: str) -> None:
    async with live(backend) as world:
        await echo(world)
        for split in SPLITS:
            name = f"name-{split}"
            burst(world, b"\x02," + name.encode() + b"\rx", split)
            await world.until(
                lambda name: world.terminal.name == name, f"{name}, it is {world.terminal.name}", name
            )
        await world.pane_shows("xxx")
        burst(world, b"\x02,\x1b[200~pasted name\x1b[201~\rp")
        await world.until(lambda: world.terminal.name == "pasted name", "the name")
        burst(world, b"\x02Sq\x1b[B" + ESCAPE + b"\x02?" + ESCAPE + b"\x02f" + ESCAPE * 2 + b"here")
        await world.pane_shows("xxxphere")


@both_backends
async def test_the_palette_runs_what_was_typed_in_one_burst(backend: str) -> None:
    async with live(backend) as world:
        await echo(world)
        burst(world, b"\x02:settings\r")
        await world.screen(SettingsScreen)
        burst(world, ESCAPE + b"\x02:go to sess\r")
        await world.until(lambda: world.app.focused is world.session_list, "the list to have the keyboard")
        burst(world, b"/zzz")
        await world.until(
            lambda: isinstance(box := world.app.focused, FilterInput) and box.value == "zzz", "the filter"
        )
        burst(world, ESCAPE * 2 + b"back")
        await world.pane_shows("back")
        assert not isinstance(world.app.screen, CockpitPalette)


@both_backends
async def test_new_terminals_and_sessions_get_what_was_typed_for_them(backend: str) -> None:
    async with live(backend) as world:
        (world.home.home / "work").mkdir()
        first = world.terminal
        burst(world, b"\x02cecho new-$((40+2))\r\x02,second\recho named-$((40+3))\r")
        await world.pane_shows("named-43")
        assert world.terminal is not first
        assert world.terminal.name == "second"
        assert "new-42" in world.pane_text()
        burst(world, b"\x02p\x02,first\recho old-$((40+4))\r")
        await world.pane_shows("old-44")
        assert (world.terminal, first.name) == (first, "first")
        assert "new-" not in world.pane_text()
        session = b"\x02N" + b"\x15" + str(world.home.home / "work").encode() + b"\recho work-$((40+5))\r"
        burst(world, session)
        await world.pane_shows("work-45")
        assert len(world.sessions) == 2
        burst(world, b"\x02&yecho left-$((40+6))\r")
        await world.pane_shows("left-46")
        assert len(world.sessions) == 1


@both_backends
async def test_what_is_read_ends_with_a_switch_and_eats_nothing(backend: str) -> None:
    async with live(backend) as world:
        await world.key("view.read")
        await world.until(lambda: world.main.reading.selecting, "select mode")
        burst(world, b"\x02cecho vvj-$((40+2))\r")
        await world.pane_shows("vvj-42")
        burst(world, b"\x02p\x02[gvy\x02necho there-$((40+3))\r")
        await world.pane_shows("there-43")
        assert "vvj-42" in world.pane_text()


@both_backends
async def test_what_is_typed_while_a_shell_starts_follows_its_command_whatever_is_shown(backend: str) -> None:
    async with live(backend) as world:
        shell = world.terminal
        gate = world.home.home / "gate"
        os.mkfifo(gate)
        both_ends = os.open(gate, os.O_RDWR)  # opening it waits for nobody
        profile = world.home.home / ".bash_profile"  # the first shell has read it
        profile.write_text(f"{profile.read_text()}echo loading\nread -r _ < {gate}\n")
        made = await world.workspace.run("terminal.new", command="read -r a; read -r b; echo [$a] [$b]")
        await world.pane_shows("loading")
        burst(world, b"h\xc3\xa9llo\rwor")
        burst(world, b"ld\r\x02p")
        await world.until(lambda: world.terminal is shell, "the other tab")
        burst(world, b"echo $((40+2)) here\r")
        await world.pane_shows("42 here")
        os.write(both_ends, b"go\n")
        os.close(both_ends)
        await world.workspace.run("terminal.focus", terminal_id=made.id)
        await world.pane_shows("[héllo] [world]")
        await world.until(lambda: made.run is not None and made.run.exit_code == 0, "the end of the command")

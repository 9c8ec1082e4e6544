"""A paste of several lines asks before a shell would run each of them; nothing typed behind it is lost or answers."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from cockpit.app.clipboard.pasting import one_line
from cockpit.app.screens.paste_question import PasteQuestionScreen
from cockpit.terminal.input.decoder import Paste
from cockpit.terminal.input.keys import parse_chord
from tests.app.chrome_app import cockpit
from tests.app.live_app import LiveCockpit, both_backends, live

READER = "stty raw -echo; printf 'SEQUENCESrea%s' der; exec od -v -An -tx1 -w1"
"""Shows every byte it gets as two hexadecimal digits in a line of its own. Its word isn't in its own command line."""


async def reader(world: LiveCockpit, sequences: str = "") -> None:
    """A tab with a program that shows what it gets, after it wrote these sequences."""
    await world.new_tab("sh -c " + shlex.quote(READER.replace("SEQUENCES", sequences)), shows="reader")


def got(world: LiveCockpit) -> bytes:
    """What the reader got so far."""
    pairs = re.findall(r"^ *(?:reader)? ([0-9a-f]{2}) *$", world.pane_text(), re.MULTILINE)
    return bytes(int(pair, 16) for pair in pairs)


async def gets(world: LiveCockpit, data: bytes) -> None:
    await world.until(lambda: got(world) == data, f"{data!r}")


def paste(world: LiveCockpit, data: bytes) -> None:
    """What the driver does with a paste."""
    assert world.app.take_typed(Paste(data))


@both_backends
async def test_lines_for_a_program_that_takes_them_for_typed_ask_first(backend: str) -> None:
    async with live(backend, size=(120, 70)) as world:
        await reader(world)
        paste(world, b"no newline")
        await gets(world, b"no newline")
        paste(world, b"a\nb\n")
        world.type_at_once("enter", "x")  # in the same burst: not the answer
        await world.screen(PasteQuestionScreen)
        assert world.app.take_typed(parse_chord("enter"))  # answers nothing either
        title = str(world.app.screen.query(".dialog-title").first().render())
        assert title == "Paste 2 lines?"
        assert str(world.app.screen.query_one("#excerpt").render()) == "a\nb"
        assert got(world) == b"no newline"
        await world.press("p")
        await gets(world, b"no newlinea\rb\r\rx")
        paste(world, b"  c  \r\n\n d\n")
        await world.screen(PasteQuestionScreen)
        await world.press("o")
        await gets(world, b"no newlinea\rb\r\rxc d")
        paste(world, b"e\n")
        paste(world, b"f\n")
        world.type_at_once("y")
        await world.screen(PasteQuestionScreen)
        await world.press("escape")
        await world.until(
            lambda: isinstance(world.app.screen, PasteQuestionScreen) and world.app.screen.seen,
            "the second question",
        )
        await world.press("p")
        await gets(world, b"no newlinea\rb\r\rxc df\ry")
        await world.workspace.run("settings.set", key="clipboard.confirm_paste", value=False)
        paste(world, b"g\n")
        await gets(world, b"no newlinea\rb\r\rxc df\ryg\r")
        assert world.in_pane


@both_backends
@pytest.mark.parametrize("sequences", [r"\033[?2004h", r"\033[?1049h"])
async def test_a_program_that_knows_pastes_or_has_the_screen_is_not_asked_about(
    backend: str, sequences: str
) -> None:
    async with live(backend) as world:
        await reader(world, sequences)
        paste(world, b"a\nb")
        world.type_at_once("x")
        tmux = (await world.workspace.router.look_for_tmux()).version
        if "2004" in sequences and backend == "tmux" and "tmux 3.4" <= tmux < "tmux 3.7":
            await world.screen(PasteQuestionScreen)  # these don't tell
            await world.press("p")
            await gets(world, b"\x1b[200~a\rb\x1b[201~x")
        elif "2004" in sequences:
            await gets(world, b"\x1b[200~a\nb\x1b[201~x")
        else:
            await gets(world, b"a\rbx")
        assert world.in_pane


async def test_another_terminal_takes_the_question_away() -> None:
    async with live() as world:
        first = world.terminal
        await reader(world)
        paste(world, b"a\nb\n")
        await world.screen(PasteQuestionScreen)
        await world.workspace.run("terminal.focus", terminal_id=first.id)
        await world.back()
        await world.prompt()
        await world.workspace.run("terminal.next")
        world.type_at_once("x")
        await gets(world, b"x")


def test_one_line_has_no_line_breaks() -> None:
    assert one_line(b"\n a \r\n\r\n\tb\r") == b"a b"


async def test_where_it_is_not_known_what_the_program_takes_the_question_is_asked(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        await world.workspace.run("settings.set", key="experimental.tmux_backend", value=True)
        await world.workspace.run("terminal.new")
        await world.settle()
        terminal = world.sessions[0].terminals[1]
        assert terminal.backend == "tmux"
        surface = world.backends["tmux"].surface(terminal.id)
        assert surface is not None
        for answer, pasted in (("p", b"a\rb\r"), ("escape", b"")):
            surface.typed = b""
            world.main.pane.take_paste(b"a\nb\n")  # the backend knows nothing of modes
            await world.pilot.pause()
            await world.settle()
            assert isinstance(world.app.screen, PasteQuestionScreen)
            await world.press(answer)
            assert surface.typed == pasted
            assert world.in_pane


async def test_a_key_typed_before_the_question_is_seen_is_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PasteQuestionScreen, "on_mount", lambda _self: None)
    async with cockpit(tmp_path) as world:
        surface = world.backends["pty"].surface(world.sessions[0].terminals[0].id)
        assert surface is not None
        world.main.pane.take_paste(b"a\nb\n")
        await world.settle()
        assert isinstance(world.app.screen, PasteQuestionScreen)
        world.main.typed.take(parse_chord("p"))
        await world.settle()
        assert isinstance(world.app.screen, PasteQuestionScreen)
        world.app.screen._drawn()
        world.main.typed.take(parse_chord("p"))
        await world.settle()
        assert world.in_pane
        assert surface.typed == b"a\rb\rp"

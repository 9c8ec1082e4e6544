"""What programs say, on the screen: progress, notifications, bells, questions for the clipboard."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.cells import cell_len
from textual.widgets._toast import Toast

from cockpit.app.catalogue import catalogue
from cockpit.app.clipboard.clipboard import CopyResult
from cockpit.app.looks.glyphs import ASCII, Glyphs
from cockpit.app.screens.clipboard_question import ClipboardQuestionScreen
from cockpit.backends.base import ProgramSaid
from cockpit.model import Terminal
from cockpit.terminal.speech.events import (
    ClipboardRead,
    ClipboardWrite,
    Notification,
    ProgramEvent,
    Progress,
    ProgressState,
)
from tests.app.chrome_app import Cockpit, cockpit


async def say(world: Cockpit, terminal: Terminal, *events: ProgramEvent) -> None:
    """Has a terminal's program say this, and what follows from it drawn."""
    for event in events:
        world.backends[terminal.backend].tell(ProgramSaid(terminal.id, event))
    await world.settle()


def rows(world: Cockpit) -> str:
    return "\n".join(world.session_list.render_line(y).text for y in range(world.session_list.size.height))


def tabs(world: Cockpit) -> str:
    return world.tabs.render_line(0).text


def status(world: Cockpit) -> str:
    return world.status.render_line(0).text


def toasts(world: Cockpit) -> list[str]:
    """The toasts so far, oldest first."""
    return [f"{told.title}: {told.message}" for told in world.app._notifications]


async def two_tabs(world: Cockpit) -> tuple[Terminal, Terminal]:
    """A hidden and the shown terminal of the only session."""
    await world.workspace.run("terminal.new")
    await world.settle()
    hidden, shown = world.sessions[0].terminals
    return hidden, shown


@pytest.mark.parametrize(
    ("glyphs", "texts"), [(None, ("42%", "! 7%", "‖ 50%", "⋯")), (ASCII, ("42%", "! 7%", "= 50%", "%"))]
)
async def test_progress_is_told_by_row_and_tab_until_it_is_over(
    tmp_path: Path, glyphs: Glyphs | None, texts: tuple[str, ...]
) -> None:
    async with cockpit(tmp_path, **({"glyphs": glyphs} if glyphs else {})) as world:  # type: ignore[arg-type]
        hidden, _ = await two_tabs(world)
        told = (
            Progress(ProgressState.RUNNING, 42),
            Progress(ProgressState.ERROR, 7),
            Progress(ProgressState.PAUSED, 50),
            Progress(ProgressState.BUSY),
        )
        for event, text in zip(told, texts, strict=True):
            await say(world, hidden, event)
            assert f" {text} " in rows(world)
            assert f" {text} " in tabs(world)
        await say(world, hidden, Progress(ProgressState.NONE))
        assert f" {texts[-1]} " not in rows(world) + tabs(world)
        await say(world, hidden, told[0])
        world.backends["pty"].end(hidden.id)
        await world.settle()
        assert "42%" not in rows(world) + tabs(world)


async def test_trouble_stands_for_a_session_before_progress(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        hidden, shown = await two_tabs(world)
        await say(world, hidden, Progress(ProgressState.ERROR, 10))
        await say(world, shown, Progress(ProgressState.RUNNING, 90))
        assert "! 10%" in rows(world)
        assert "90%" not in rows(world)
        await world.workspace.run("terminal.close", terminal_id=hidden.id)
        await world.settle()
        assert "90%" in rows(world)


async def test_a_hidden_terminals_notification_names_it_counts_and_can_be_followed(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        hidden, _ = await two_tabs(world)
        world.backends["pty"].title(hidden.id, "build\x1b[31m")
        await say(world, hidden, Notification("Build", "is done"))
        assert toasts(world) == ["s0 · build[31m: Build · is done\nctrl+b j goes there"]
        assert " 1 " in rows(world)
        assert "♪" in tabs(world)
        await world.press("ctrl+b", "j")
        assert world.workspace.focused_terminal is hidden
        assert " 1 " not in rows(world)
        assert "♪" not in tabs(world)
        await world.press("ctrl+b", "j")
        assert "no terminal has called" in toasts(world)[-1]
        assert world.workspace.focused_terminal is hidden


async def test_the_newest_notification_is_gone_to_before_a_newer_bell(tmp_path: Path) -> None:
    async with cockpit(tmp_path, sessions=3) as world:
        first, second, third = (session.terminals[0] for session in world.sessions)
        await say(world, second, Notification("", "first"))
        world.backends["pty"].ring(third.id)
        await world.press("ctrl+b", "j")
        assert world.workspace.focused_terminal is second
        await world.press("ctrl+b", "j")
        assert world.workspace.focused_terminal is third
        await say(world, first, Notification("", "again"))
        await world.workspace.run("session.close", session_id=world.sessions[0].id)
        await world.press("ctrl+b", "j")
        assert world.workspace.focused_terminal is third


async def test_a_click_on_a_toast_shows_the_terminal_that_spoke(tmp_path: Path) -> None:
    async with cockpit(tmp_path, sessions=3, notifications=True) as world:
        await say(world, world.sessions[1].terminals[0], Notification("", "one"))
        await say(world, world.sessions[2].terminals[0], Notification("", "two"))
        toast = next(t for t in world.main.query(Toast) if "one" in str(t.render()))
        await world.pilot.click(toast)
        await world.settle()
        assert world.workspace.focused_session is world.sessions[1]


async def test_muted_notifications_are_only_counted(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        hidden, _ = await two_tabs(world)
        await world.workspace.run("settings.set", key="notifications.muted", value=True)
        await say(world, hidden, Notification("", "done"))
        assert toasts(world) == []
        assert " 1 " in rows(world)


async def test_toasts_of_many_programs_are_few_and_short(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        hidden, _ = await two_tabs(world)
        await say(world, hidden, *(Notification("x" * 5000, "y\n" * 50) for _ in range(50)))
        assert 1 <= len(toasts(world)) <= 5
        assert max(map(len, toasts(world))) < 1000
        assert " 50 " in rows(world)


async def test_the_shown_terminals_bell_is_marked_until_the_next_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with cockpit(tmp_path) as world:
        hidden, shown = await two_tabs(world)
        written: list[str] = []
        monkeypatch.setattr(world.main.copying, "write", written.append)
        world.backends["pty"].ring(shown.id)
        await world.settle()
        assert "♪ bell" in status(world)
        assert "♪" not in tabs(world)
        await world.press("x")
        assert "♪" not in status(world)
        world.backends["pty"].ring(hidden.id)
        await world.settle()
        assert "♪" not in status(world)
        assert "♪" in tabs(world)
        assert written == []


async def test_a_bell_rings_outside_or_not_at_all_as_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with cockpit(tmp_path) as world:
        hidden, shown = await two_tabs(world)
        written: list[str] = []
        monkeypatch.setattr(world.main.copying, "write", written.append)
        await world.workspace.run("settings.set", key="notifications.bell", value="outer")
        for _ in range(100):
            world.backends["pty"].ring(shown.id)
        await world.settle()
        assert 1 <= len(written) <= 3
        assert set(written) == {"\a"}
        await world.press("x")
        await world.workspace.run("settings.set", key="notifications.bell", value="off")
        written.clear()
        world.backends["pty"].ring(shown.id)
        world.backends["pty"].ring(hidden.id)
        await world.settle()
        assert written == []
        assert "♪" not in status(world) + tabs(world)


class Desk:
    """The person's clipboard, without any program."""

    def __init__(self, world: Cockpit, text: str = "") -> None:
        self.text = text
        world.main.calls._requests._copy = self.copy
        world.main.calls._requests._read = self.read

    async def copy(self, text: str) -> CopyResult:
        self.text = text
        return CopyResult("xclip", len(text), True)

    async def read(self) -> str:
        return self.text


def typed(world: Cockpit, terminal: Terminal) -> bytes:
    surface = world.backends[terminal.backend].surface(terminal.id)
    assert surface is not None
    return surface.typed


async def test_a_question_for_the_clipboard_takes_no_key_until_it_is_opened(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        _, shown = await two_tabs(world)
        desk = Desk(world)
        await world.workspace.run("settings.set", key="clipboard.program_write", value="ask")
        await say(world, shown, ClipboardWrite("secret\x1b[31m\n" + "line\n" * 9))
        assert toasts(world) == ["s0 · sh: wants 57 characters in your clipboard\nctrl+b a answers"]
        assert " ctrl+b a answer " in status(world)
        await world.press("y", "enter", "a", "n", "escape")
        assert typed(world, shown) == b"y\ran\x1b"
        assert world.in_pane
        await world.press("ctrl+b", "a")
        assert isinstance(world.app.screen, ClipboardQuestionScreen)
        excerpt = str(world.app.screen.query_one("#excerpt").render())
        assert excerpt == "secret[31m\nline\nline\nline\n… and 6 more lines"
        await world.press("escape")
        assert " answer " in status(world)
        await world.press("ctrl+b", "a", "y")
        assert desk.text.startswith("secret\x1b[31m")
        assert world.in_pane
        assert " answer " not in status(world)
        await world.press("ctrl+b", "a")
        assert "no program asks" in toasts(world)[-1]


async def test_a_write_can_be_denied_or_allowed_for_good(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        _, shown = await two_tabs(world)
        desk = Desk(world)
        await world.workspace.run("settings.set", key="clipboard.program_write", value="ask")
        await say(world, shown, ClipboardWrite("one"))
        await world.press("ctrl+b", "a", "enter")  # the safe answer has the keyboard
        assert desk.text == ""
        await say(world, shown, ClipboardWrite("two"), ClipboardWrite("three"))
        await world.press("ctrl+b", "a", "a")
        assert desk.text == "three"
        assert world.workspace.settings.values.clipboard.program_write == "allow"
        assert not world.main.calls._requests.waiting


async def test_a_read_is_answered_as_the_person_says(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        hidden, shown = await two_tabs(world)
        Desk(world, "kept")
        question = ClipboardRead("c")
        await say(world, shown, question)
        assert not world.main.calls._requests.waiting  # denied without a word
        await world.workspace.run("settings.set", key="clipboard.program_read", value="ask")
        await say(world, hidden, question, question)
        sent = world.backends["pty"].sent
        assert sent == [(hidden.id, question.answer(""))]  # the older of two is told nothing
        await world.press("ctrl+b", "a", "n")
        assert sent[1:] == [(hidden.id, question.answer(""))]
        await say(world, hidden, question)
        await world.press("ctrl+b", "a", "y")
        assert sent[2:] == [(hidden.id, question.answer("kept"))]
        await world.workspace.run("settings.set", key="clipboard.program_read", value="allow")
        await say(world, hidden, question)
        await world.app.workers.wait_for_complete([w for w in world.app.workers if w.group == "clipboard"])
        assert sent[3:] == [(hidden.id, question.answer("kept"))]


async def test_a_question_goes_with_its_terminal(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        hidden, shown = await two_tabs(world)
        await world.workspace.run("settings.set", key="clipboard.program_write", value="ask")
        await say(world, hidden, ClipboardWrite("x"))
        await say(world, shown, ClipboardWrite("y"))
        world.backends["pty"].end(hidden.id)
        await world.settle()
        assert world.main.calls._requests.waiting
        await world.workspace.run("terminal.close", terminal_id=shown.id)
        await world.settle()
        assert not world.main.calls._requests.waiting
        assert " answer " not in status(world)


async def test_a_title_is_shown_stripped_and_short(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        shown = world.sessions[0].terminals[0]
        world.backends["pty"].title(shown.id, "vim\x1b]0;x\x07 \u202e[red]漢字\n" + "t" * 5000)
        await world.settle()
        for line, room in ((tabs(world), 24), (status(world), 32)):
            title = re.search(r"vim.*?…", line)
            assert title is not None
            assert title[0].startswith("vim]0;x [red]漢字")
            assert cell_len(title[0]) <= room


async def test_what_answers_programs_is_in_help_and_palette(tmp_path: Path) -> None:
    async with cockpit(tmp_path) as world:
        entries = catalogue(world.workspace.commands, world.main.leader.keymap)
        keys = {entry.command: entry.key for entry in entries}
        assert keys["view.jump_to_notification"] == "ctrl+b j"
        assert keys["view.answer_program"] == "ctrl+b a"

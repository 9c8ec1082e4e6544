"""What programs on tmux tell reaches the workspace as from a PTY: once, by policy, shown or hidden."""

from __future__ import annotations

import base64
import shlex
from collections.abc import AsyncIterator, Iterator

import pytest

from cockpit.backends.base import BackendEvent, ProgramSaid
from cockpit.backends.tmux_voices import Voices
from cockpit.model import Terminal
from cockpit.terminal.speech.events import Notification, Progress, ProgressState, PromptMark
from cockpit.workspace.events import (
    ClipboardAsked,
    ClipboardWanted,
    TerminalBellRang,
    TerminalNotified,
    TerminalProgress,
    TerminalPromptMarked,
)
from tests.harness.cockpit_home import PROMPT, CockpitHome
from tests.harness.tmux_server import tmux_binary
from tests.tmux.test_tmux_backend import Running, cockpit, tmux

pytestmark = [pytest.mark.tmux, pytest.mark.skipif(not tmux_binary(), reason="no tmux here")]


@pytest.fixture
def home() -> Iterator[CockpitHome]:
    direct = {"workspaces": {"command_in_shell": False}}  # nothing speaks but the program
    with CockpitHome("tmux", settings=direct) as home:
        for name in (".bashrc", ".bash_profile"):
            (home.home / name).write_text(f"PS1='{PROMPT}'\nunset PROMPT_COMMAND HISTFILE\n")
        yield home
        tmux(home, "kill-server")


@pytest.fixture
async def running(home: CockpitHome) -> AsyncIterator[Running]:
    async with cockpit(home) as running:
        yield running


async def speaker(running: Running, name: str) -> Terminal:
    """A terminal whose program prints what is sent to it, one printf(1) format a line. It is shown."""
    script = 'stty -echo; echo at your service; while read -r line; do printf "$line"; done'
    await running.workspace.run("terminal.new", name=name, command=f"exec bash -c {shlex.quote(script)}")
    terminal = running.focused
    await running.shows("at your service")
    return terminal


async def say(running: Running, terminal: Terminal, format_: str) -> None:
    await running.workspace.run("terminal.send", terminal_id=terminal.id, data=format_.encode() + b"\n")


async def test_everything_is_told_of_shown_and_hidden_terminals_alike(running: Running) -> None:
    hidden = await speaker(running, "hidden")
    shown = await speaker(running, "shown")
    for terminal in (hidden, shown):
        for words in (r"\033]777;notify;Build;done\a", r"\033]9;4;1;30\a", r"\033]133;A\a", r"\a"):
            await say(running, terminal, words)
        whose = (terminal_session(running, terminal), terminal.id)
        expected = (
            TerminalNotified(*whose, "Build", "done"),
            TerminalProgress(*whose, ProgressState.RUNNING, 30),
            TerminalPromptMarked(*whose, PromptMark.PROMPT, None),
            TerminalBellRang(*whose),
        )
        for event in expected:
            await running.until(lambda event=event: event in running.events)  # type: ignore[misc]  # of now
            assert running.events.count(event) == 1


async def test_a_copy_by_osc_52_arrives_once_and_no_other_program_sees_it(
    running: Running, home: CockpitHome
) -> None:
    hidden = await speaker(running, "hidden")
    shown = await speaker(running, "shown")
    for number, terminal in enumerate((hidden, shown)):
        text = f"copy {number} ü"
        await say(running, terminal, rf"\033]52;c;{base64.b64encode(text.encode()).decode()}\a")
        await running.until(lambda: running.of(ClipboardWanted) != [])
        (wanted,) = running.of(ClipboardWanted)
        assert (wanted.terminal_id, wanted.text) == (terminal.id, text)
        running.events.clear()
    assert tmux(home, "list-buffers") == [], "tmux keeps none, so it shows none to whoever asks"
    # Denied, as the settings come: nobody answers, and the program reads what is typed next.
    await say(running, shown, r"\033]52;c;?\a\033]9;asked\a")
    await running.until(lambda: running.of(TerminalNotified) != [])
    assert not running.of(ClipboardAsked)
    assert not running.of(ClipboardWanted)


async def test_what_is_typed_right_before_a_switch_reaches_the_terminal_shown_before(
    running: Running,
) -> None:
    """Through the backend: without a pause between the key, the switch, and the next key."""
    terminals = [await speaker(running, name) for name in ("first", "second")]
    for number in range(40):
        terminal = terminals[number % 2]
        await running.workspace.run("terminal.focus", terminal_id=terminal.id)
        surface = running.workspace.surface
        assert surface is not None
        surface.write(b"\\033]133;D;%d\\a\n" % (number % 2))

    def typed() -> list[tuple[str, int]]:  # the first session's shell marks its own prompt
        marks = running.of(TerminalPromptMarked)
        return [(mark.terminal_id, mark.exit_code) for mark in marks if mark.exit_code is not None]

    await running.until(lambda: len(typed()) == 40)
    assert all(terminal_id == terminals[exit_code].id for terminal_id, exit_code in typed())


async def test_last_words_are_told_but_what_has_ended_progresses_no_more() -> None:
    """The end of a program may be known before its last words are."""
    told: list[BackendEvent] = []
    voices = Voices(told.append, lambda: False)
    voices.hear("t", b"9;4;1;50")
    voices.ended("t")
    for payload in (b"9;4;1;60", b"9;done", b"52;c;?"):
        voices.hear("t", payload)
    voices.began("t")
    voices.hear("t", b"9;4;1;50")
    assert [event.event for event in told if isinstance(event, ProgramSaid)] == [
        Progress(ProgressState.RUNNING, 50),
        Notification("", "done"),
        Progress(ProgressState.RUNNING, 50),
    ]
    voices.close()


def terminal_session(running: Running, terminal: Terminal) -> str:
    found = running.workspace.rows.find(terminal.id)
    assert found is not None
    return found[0].id

"""From a program's own bytes on a real PTY to the workspace's events, by the person's policy."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from cockpit.backends.base import BackendEvent, ProgramSaid, StatusChanged
from cockpit.backends.environment import base_environment
from cockpit.backends.pty import PtyBackend
from cockpit.backends.shell import LaunchOptions
from cockpit.model import Session, Size, Terminal, TerminalSpec, TerminalState, TerminalStatus
from cockpit.settings import Clipboard
from cockpit.terminal.speech.events import (
    ClipboardRead,
    ClipboardWrite,
    DirectoryChanged,
    Notification,
    ProgramEvent,
    Progress,
    ProgressState,
    PromptMark,
    PromptMarked,
    Selection,
)
from cockpit.workspace.events import (
    ClipboardAsked,
    ClipboardWanted,
    Event,
    TerminalBellRang,
    TerminalDirectoryChanged,
    TerminalNotified,
    TerminalProgress,
    TerminalPromptMarked,
)
from cockpit.workspace.program_speech import ProgramSpeech
from tests.unit.workspaces import World

DEADLINE_S = 10.0
E = TypeVar("E", bound=Event)


class Stage:
    """The embedded backend with one program, and what that program said."""

    def __init__(self, home: Path) -> None:
        self.options = LaunchOptions()
        self.said: list[ProgramEvent] = []
        self._home = home
        self._told = asyncio.Event()
        environment = {"HOME": str(home), "PATH": os.environ["PATH"], "SHELL": "/bin/sh", "LC_ALL": "C.UTF-8"}
        self.backend = PtyBackend(self._hear, lambda: self.options, base_environment(environment))

    def _hear(self, event: BackendEvent) -> None:
        if isinstance(event, ProgramSaid):
            assert event.terminal_id == "t"
            self.said.append(event.event)
            self._told.set()

    async def run(self, script: str) -> None:
        """Starts a shell script in the terminal."""
        spec = TerminalSpec("t", "s", "shell", str(self._home), script, {}, Size(80, 24))
        await self.backend.create(spec)

    async def hears(self, ready: Callable[[list[ProgramEvent]], bool]) -> list[ProgramEvent]:
        """Waits until what was said fits."""
        async with asyncio.timeout(DEADLINE_S):
            while not ready(self.said):
                self._told.clear()
                await self._told.wait()
        return self.said


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    stage = Stage(tmp_path)
    yield stage
    await stage.backend.shutdown(keep_programs=False)


def has(event: ProgramEvent) -> Callable[[list[ProgramEvent]], bool]:
    return lambda said: event in said


async def test_a_real_program_is_understood(stage: Stage) -> None:
    await stage.run(
        r"printf '\033]777;notify;Build;is done\033\\\033]9;4;1;40\007\033]7;file://%s\033\\' /tmp;"
        r"printf '\033]133;D;3\007\033]52;c;aGVsbG8=\007\033]99;;last\033\\'; cat"
    )
    assert await stage.hears(has(Notification("last", ""))) == [
        Notification("Build", "is done"),
        Progress(ProgressState.RUNNING, 40),
        DirectoryChanged("/tmp"),
        PromptMarked(PromptMark.DONE, 3),
        ClipboardWrite("hello"),
        Notification("last", ""),
    ]


async def test_hostile_output_is_bounded(stage: Stage) -> None:
    await stage.run(
        r"printf '\033]9;'; head -c 1000000 /dev/zero | tr '\0' T; printf '\007';"
        r"i=0; while [ $i -lt 300 ]; do printf '\033]777;notify;\001\002a\302\233b;c\nd\007'; i=$((i+1)); done;"
        r"printf '\033]9;4;2;7\007\033]9;never ends'; cat"
    )
    said = await stage.hears(has(Progress(ProgressState.ERROR, 7)))
    notifications = [event for event in said if isinstance(event, Notification)]
    assert 5 <= len(notifications) <= 15
    assert set(notifications) == {Notification("ab", "c  d")}


async def test_a_program_that_asks_for_the_clipboard_is_told_nothing(stage: Stage) -> None:
    await stage.run(
        r"stty -echo -icanon; printf '\033]52;c;?\007'; x=$(head -c 8 | od -An -tx1 | tr -d ' \n');"
        r"printf '\033]9;got %s\007' $x; cat"
    )
    expected = Notification("", "got " + b"\x1b]52;c;\x07".hex())
    assert await stage.hears(has(expected)) == [expected]


async def test_a_question_for_the_clipboard_is_passed_on_where_that_is_allowed(stage: Stage) -> None:
    await stage.run(
        r"stty -echo -icanon; printf '\033]9;listens\007'; head -c 1 > /dev/null; "
        r"printf '\033]52;c;?\007'; x=$(head -c 13 | od -An -tx1 | tr -d ' \n');"
        r"printf '\033]9;got %s\007' $x; cat"
    )
    await stage.hears(has(Notification("", "listens")))
    stage.options = LaunchOptions(clipboard_reads=True)  # counts for terminals that run already
    await stage.backend.send("t", b"x")
    question = ClipboardRead("c")
    await stage.hears(has(question))
    await stage.backend.send("t", question.answer("abc"))
    await stage.hears(has(Notification("", "got " + question.answer("abc").hex())))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def told(world: World, kind: type[E]) -> list[E]:
    return [event for event in world.events if isinstance(event, kind)]


async def test_what_a_program_says_becomes_the_workspaces_events(world: World) -> None:
    async with world.running() as workspace:
        session = workspace.sessions[0]
        terminal = session.terminals[0]
        ids = session.id, terminal.id
        for said in (
            Notification("title", "body"),
            PromptMarked(PromptMark.DONE, 1),
            DirectoryChanged("/tmp"),
            ClipboardWrite("text"),
            ClipboardRead("c"),
            Progress(ProgressState.RUNNING, 5),
        ):
            world.pty[0].listener(ProgramSaid(terminal.id, said))
            world.pty[0].listener(ProgramSaid("a terminal that is gone", said))
        assert told(world, TerminalNotified) == [TerminalNotified(*ids, "title", "body")]
        assert told(world, TerminalPromptMarked) == [TerminalPromptMarked(*ids, PromptMark.DONE, 1)]
        assert told(world, TerminalDirectoryChanged) == [TerminalDirectoryChanged(*ids, "/tmp")]
        assert told(world, ClipboardWanted) == [ClipboardWanted(*ids, "text", Selection.CLIPBOARD, ask=False)]
        assert told(world, ClipboardAsked) == []
        ended = TerminalStatus(TerminalState.EXITED, 0)
        world.pty[0].listener(StatusChanged(terminal.id, ended))
        assert told(world, TerminalProgress) == [
            TerminalProgress(*ids, ProgressState.RUNNING, 5),
            TerminalProgress(*ids, ProgressState.NONE, None),
        ]


def test_a_flood_of_bells_is_told_a_few_times() -> None:
    heard: list[Event] = []
    now = [0.0]
    speech = ProgramSpeech(heard.append, Clipboard, lambda: now[0])
    session, terminal = Session("s", "s", "/"), Terminal("t", "t", "/")
    for _ in range(1000):
        speech.ring(session, terminal)
    assert heard == [TerminalBellRang("s", "t")] * 5
    now[0] = 2.0
    speech.ring(session, terminal)
    assert len(heard) == 6


@pytest.mark.parametrize(("policy", "asked"), [("allow", [False]), ("ask", [True]), ("deny", [])])
async def test_the_clipboard_follows_the_policy(world: World, policy: str, asked: list[bool]) -> None:
    async with world.running() as workspace:
        await workspace.run("settings.set", key="clipboard.program_write", value=policy)
        await workspace.run("settings.set", key="clipboard.program_read", value=policy)
        terminal = workspace.sessions[0].terminals[0]
        world.pty[0].listener(ProgramSaid(terminal.id, ClipboardWrite("text")))
        world.pty[0].listener(ProgramSaid(terminal.id, ClipboardRead("c")))
        assert [event.ask for event in told(world, ClipboardWanted)] == asked
        assert [event.ask for event in told(world, ClipboardAsked)] == asked

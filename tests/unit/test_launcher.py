"""A command on its way into a shell: what comes behind it, what answers the shell's files, and how far it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from cockpit.errors import TerminalGoneError
from cockpit.model import CommandRun, CommandState, Session, Terminal, TerminalState, TerminalStatus
from cockpit.terminal.input.keys import KeyPress, parse_chord
from cockpit.terminal.speech.events import PromptMark
from cockpit.workspace import launcher as module
from cockpit.workspace.command_runs import CommandRuns
from cockpit.workspace.events import (
    Event,
    EventBus,
    TerminalCommandChanged,
    TerminalPromptMarked,
    TerminalStatusChanged,
)
from cockpit.workspace.launcher import Launcher, Ways
from cockpit.workspace.readiness import Readiness
from cockpit.workspace.rows import Rows

DEADLINE_S = 10.0


class World:
    """One terminal with a fake way to it."""

    def __init__(self, directory: Path, *, wrapped: bool = True, wanted: bool = True) -> None:
        self.bus = EventBus()
        self.terminal = Terminal("t1", "claude", str(directory), command="claude")
        self.terminal.status = TerminalStatus(TerminalState.RUNNING)
        self.sent = b""
        self.in_line = False
        self.reached: Exception | None = None
        self.states: list[TerminalCommandChanged] = []
        self._changed = asyncio.Event()
        self.directory = directory
        rows = Rows([Session("s1", "one", str(directory), [self.terminal])], "s1")
        self.runs = CommandRuns(self.bus, rows, self.bus.publish)
        self.readiness = Readiness(
            self.bus,
            lambda terminal_id: directory / f"{terminal_id}.ready",
            wrapped=lambda: wrapped,
            measured=lambda _: None,
        )
        ways = Ways(self._send, self._encode, lambda _: self.in_line, lambda: "bash", directory)
        self.launcher = Launcher(
            self.bus,
            self.readiness,
            self.runs,
            ways,
            wanted=lambda: wanted,
            in_background=asyncio.ensure_future,
        )
        self.bus.subscribe(self._hear)

    def start(self, command: str = "claude") -> None:
        self.terminal.command = command
        self.readiness.starting("s1", "t1", is_shell=True)
        self.launcher.prepare(self.terminal, command)
        self.launcher.begin(self.terminal)

    def mark(self, *marks: PromptMark, code: int | None = None) -> None:
        for mark in marks:
            self.bus.publish(TerminalPromptMarked("s1", "t1", mark, code))

    def type(self, text: str) -> list[bool]:
        return [self.launcher.keeps("t1", KeyPress(letter, text=letter)) for letter in text]

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while not true():
                self._changed.clear()
                await self._changed.wait()

    async def _send(self, terminal: Terminal, data: bytes) -> None:
        if self.reached is not None:
            raise self.reached
        self.sent += data
        self._changed.set()

    async def _encode(self, terminal: Terminal, presses: Sequence[KeyPress]) -> bytes:
        await asyncio.sleep(0)
        return "".join(press.text for press in presses).encode()

    def _hear(self, event: Event) -> None:
        if isinstance(event, TerminalCommandChanged):
            self.states.append(event)
        self._changed.set()

    @property
    def told(self) -> list[tuple[str, int | None]]:
        return [(str(state.state), state.exit_code) for state in self.states]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


PROMPT = (PromptMark.PROMPT, PromptMark.COMMAND)


async def test_what_is_typed_and_sent_meanwhile_follows_the_command_in_order(world: World) -> None:
    world.start()
    assert all(world.type("ab"))
    assert world.launcher.keeps("t1", b"pasted\r")
    assert all(world.type("c"))
    sender = asyncio.ensure_future(world.launcher.turn("t1"))
    world.mark(*PROMPT)
    await world.until(lambda: world.sent == b"claude\r")
    assert all(world.type("d")), "the command doesn't read yet"
    assert not sender.done()
    world.mark(PromptMark.OUTPUT)
    await sender
    assert world.sent == b"claude\rabpasted\rcd"
    assert world.type("e") == [False]
    assert world.told == [("waiting", None), ("running", None)]


async def test_a_shell_that_marks_nothing_gets_its_command_when_its_file_is_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RUNNING_DEADLINE_S", 0.01)
    world.start()
    world.type("x")
    (world.directory / "t1.ready").touch()
    await world.until(lambda: world.sent == b"claude\rx")
    assert world.told == [("waiting", None), ("running", None)]


async def test_keys_answer_a_question_only_once_it_can_have_been_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ASKING_AFTER_S", 0.05)
    world.start()
    world.in_line = True
    assert all(world.type("n")), "too early for an answer"
    answering = asyncio.ensure_future(world.launcher.turn("t1"))
    await world.until(lambda: world.sent == b"n")
    await answering
    assert world.type("o") == [False]
    world.in_line = False  # a return was echoed
    assert all(world.type("hello"))
    world.in_line = True  # the prompt
    world.mark(*PROMPT)
    await world.until(lambda: world.sent.endswith(b"claude\r"))
    assert world.sent == b"n\x15claude\r", "what the files did not read is no part of the command"
    world.mark(PromptMark.OUTPUT)
    await world.until(lambda: world.sent.endswith(b"hello"))


async def test_a_line_the_shell_runs_before_is_waited_for(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ASKING_AFTER_S", 0.0)
    world.start()
    world.in_line = True
    assert world.type("l") == [False]
    world.in_line = False
    world.mark(*PROMPT, PromptMark.OUTPUT)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert world.sent == b""
    world.mark(PromptMark.DONE, *PROMPT)
    await world.until(lambda: world.sent == b"\x15claude\r")


async def test_after_very_long_what_is_typed_goes_to_the_shells_files(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ASKING_AFTER_S", 0.02)
    monkeypatch.setattr(module, "KEPT_AT_MOST_S", 0.04)
    world.start()
    assert all(world.type("yes"))
    await world.until(lambda: world.sent == b"yes")
    assert world.type("!") == [False]


async def test_ctrl_c_reaches_the_shells_files_and_gives_the_command_up(world: World) -> None:
    world.start()
    world.type("typed ahead")
    waiting = asyncio.ensure_future(world.launcher.turn("t1"))
    assert not world.launcher.keeps("t1", parse_chord("ctrl+c"))
    await waiting
    world.mark(*PROMPT)
    await asyncio.sleep(0)
    assert world.sent == b""
    assert world.type("x") == [False]
    assert world.told == [("waiting", None), ("ended", 130)]


async def test_a_shell_that_ends_first_gets_nothing(world: World) -> None:
    world.start()
    world.type("ahead")
    waiting = asyncio.ensure_future(world.launcher.turn("t1"))
    world.bus.publish(TerminalStatusChanged("s1", "t1", TerminalStatus(TerminalState.EXITED, 3)))
    await waiting
    world.mark(*PROMPT)
    await asyncio.sleep(0)
    assert (world.sent, world.terminal.run) == (b"", None)
    assert world.type("x") == [False]


async def test_a_terminal_that_can_not_be_reached_keeps_nobody_waiting(world: World) -> None:
    world.start()
    world.reached = TerminalGoneError("it is gone")
    waiting = asyncio.ensure_future(world.launcher.turn("t1"))
    world.mark(*PROMPT)
    async with asyncio.timeout(DEADLINE_S):
        await waiting
    assert world.type("x") == [False]


@pytest.mark.parametrize("command", ["echo hi!!", "first\nsecond", "x" * 501, "echo grün", "echo 'open"])
async def test_what_an_editor_would_change_is_read_from_a_file(world: World, command: str) -> None:
    world.start(command)
    world.mark(*PROMPT)
    await world.until(lambda: world.sent.endswith(b"\r"))
    (script,) = world.directory.glob("run-*.sh")
    assert world.sent == f" . {script}\r".encode()
    assert script.stat().st_mode & 0o777 == 0o600
    world.launcher.forget("t1")


@pytest.mark.parametrize(
    ("command", "wanted", "wrapped", "taken"),
    [
        ("claude --continue", True, True, True),
        ("claude", False, True, False),
        ("claude", True, False, False),
        ("first\nsecond", True, True, True),
        (None, True, True, False),
    ],
)
def test_which_commands_run_in_a_shell(
    tmp_path: Path, command: str | None, wanted: bool, wrapped: bool, taken: bool
) -> None:
    assert World(tmp_path, wanted=wanted, wrapped=wrapped).launcher.takes(command) is taken


class Marks:
    """A command that was just typed, and the marks its shell makes."""

    def __init__(self, world: World, *, prompted: bool = True) -> None:
        self.world = world
        world.terminal.title = "the prompt's"
        world.runs.put(world.terminal, CommandState.WAITING)
        world.runs.typing(world.terminal, prompted=prompted)

    def __call__(self, *marks: PromptMark, code: int | None = None) -> CommandRun | None:
        self.world.mark(*marks, code=code)
        return self.world.terminal.run


async def test_the_end_of_a_command_is_heard_with_its_exit_status(world: World) -> None:
    marks = Marks(world)
    assert marks(PromptMark.COMMAND) == CommandRun(CommandState.WAITING)
    assert marks(PromptMark.OUTPUT) == CommandRun(CommandState.RUNNING)
    assert world.terminal.title == ""
    assert world.terminal.living_command == "claude"
    assert marks(PromptMark.DONE, code=7) == CommandRun(CommandState.ENDED, 7)
    assert marks(*PROMPT, PromptMark.OUTPUT, PromptMark.DONE, code=0) == CommandRun(CommandState.ENDED, 7)
    assert world.terminal.living_command is None


async def test_an_end_that_was_missed_is_known_by_what_follows(world: World) -> None:
    assert Marks(world)(PromptMark.OUTPUT, PromptMark.PROMPT) == CommandRun(CommandState.ENDED)
    assert Marks(world)(PromptMark.OUTPUT, PromptMark.OUTPUT) == CommandRun(CommandState.ENDED)
    assert Marks(world)(PromptMark.DONE, code=2) == CommandRun(CommandState.ENDED, 2)


async def test_a_command_the_shell_can_not_read_ends_with_the_next_prompt(world: World) -> None:
    assert Marks(world)(PromptMark.PROMPT) == CommandRun(CommandState.ENDED)
    late = Marks(world, prompted=False)
    assert late(PromptMark.PROMPT) == CommandRun(CommandState.WAITING), "the one it was typed at"
    assert late(PromptMark.PROMPT) == CommandRun(CommandState.ENDED)


async def test_nothing_is_known_of_an_ended_terminals_command(world: World) -> None:
    Marks(world)(PromptMark.OUTPUT)
    world.bus.publish(TerminalStatusChanged("s1", "t1", TerminalStatus(TerminalState.EXITED, 1)))
    assert world.terminal.run is None

"""One cockpit lets the next one have its profile: both sides of the question, and what is done when nobody answers."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from cockpit.app import taking_over
from cockpit.errors import ProfileInUseError
from cockpit.model import TerminalState
from cockpit.workspace import takeover
from cockpit.workspace.events import TakenOver
from cockpit.workspace.occupant import Occupant
from cockpit.workspace.owner import Owner as Ownership
from cockpit.workspace.process_mark import process_mark
from cockpit.workspace.takeover import Handover, NotAnsweringError
from tests.unit.workspaces import SIZE, World

NEXT = Occupant(4711, "mark", "/dev/pts/7", 1.7e9, "192.0.2.7")


class Owner:
    """An owner in this process, asked from threads."""

    def __init__(self, directory: Path, ends: list[str]) -> None:
        self.paths = World(directory).paths
        self.paths.prepare()
        self.path = self.paths.owner_socket
        self.lock = Ownership.acquire(self.paths)
        self.lock.listen()
        self.asked: list[Occupant] = []
        self.leaving = asyncio.Event()
        self.questions: asyncio.Queue[None] = asyncio.Queue()
        """One for each question that was read."""
        self._ends = ends
        self.handover = Handover(self.ends, self.leave)

    def ends(self) -> list[str]:
        self.questions.put_nowait(None)
        return self._ends

    def leave(self, successor: Occupant) -> None:
        self.asked.append(successor)
        self.leaving.set()

    def let_go(self) -> None:
        self.handover.stop()
        self.lock.release()
        self.handover.let_go()


@asynccontextmanager
async def owner(directory: Path, *ends: str) -> AsyncIterator[Owner]:
    one = Owner(directory, list(ends))
    assert one.lock.listener is not None
    await one.handover.start(one.lock.listener)
    try:
        yield one
    finally:
        one.let_go()


async def test_the_owner_names_what_ends_and_stays(tmp_path: Path) -> None:
    async with owner(tmp_path, "api: npm run dev", "two\nlines \x1b[31mred") as one:
        answer = await asyncio.to_thread(takeover.ask, one.path)
        assert answer.ends == ("api: npm run dev", "two lines [31mred")
        assert one.asked == []
        assert one.handover.successor is None


async def test_very_many_programs_are_counted_not_all_named(tmp_path: Path) -> None:
    async with owner(tmp_path, *(f"{n}: {'x' * 500}" for n in range(400))) as one:
        answer = await asyncio.to_thread(takeover.ask, one.path)
        assert (len(answer.ends), answer.more) == (takeover.MAX_NAMED, 300)


async def test_the_next_one_waits_until_the_profile_is_free(tmp_path: Path) -> None:
    async with owner(tmp_path) as one:
        taking = asyncio.create_task(asyncio.to_thread(takeover.ask_to_leave, one.path, NEXT))
        await asyncio.wait_for(one.leaving.wait(), 5)
        assert one.asked == [NEXT]
        assert not taking.done()
        with pytest.raises(ProfileInUseError):
            Ownership.acquire(one.paths)
        one.let_go()
        await asyncio.wait_for(taking, 5)
        Ownership.acquire(one.paths).release()


async def test_two_that_want_it_at_once_are_told_to_one_owner_once(tmp_path: Path) -> None:
    async with owner(tmp_path) as one:
        both = [
            asyncio.create_task(asyncio.to_thread(takeover.ask_to_leave, one.path, NEXT)) for _ in range(2)
        ]
        for _ in both:
            await asyncio.wait_for(one.questions.get(), 5)
        await asyncio.to_thread(takeover.ask, one.path)  # answered behind both
        one.let_go()
        await asyncio.wait_for(asyncio.gather(*both), 5)
        assert one.asked == [NEXT]


@pytest.mark.parametrize(
    "question", [b"", b"\n", b"[]\n", b"\xff\n", b'{"leave": {"pid": "x"}}\n', b"{" * 100_000 + b"\n"]
)
async def test_nonsense_makes_nobody_leave(tmp_path: Path, question: bytes) -> None:
    async with owner(tmp_path) as one:
        reader, writer = await asyncio.open_unix_connection(one.path)
        writer.write(question)
        writer.write_eof()
        with suppress(ConnectionError):
            await asyncio.wait_for(reader.read(), 5)
        writer.close()
        assert one.asked == []
        assert (await asyncio.to_thread(takeover.ask, one.path)).ends == ()


def test_an_owner_that_hangs_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(takeover, "ANSWER_DEADLINE_S", 0.05)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        listener.listen()
        with pytest.raises(NotAnsweringError, match="no answer within"):
            takeover.ask(tmp_path / "s")


def test_an_owner_without_a_socket_cannot_be_asked(tmp_path: Path) -> None:
    with pytest.raises(NotAnsweringError, match="can't be asked"):
        takeover.ask(tmp_path / "none")


async def test_an_owner_that_does_not_leave_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(takeover, "LEAVE_DEADLINE_S", 0.05)
    async with owner(tmp_path) as one:
        with pytest.raises(NotAnsweringError, match="said it would leave"):
            await asyncio.to_thread(takeover.ask_to_leave, one.path, NEXT)


def test_a_stopped_owner_is_ended_and_a_stranger_with_its_pid_is_not() -> None:
    with subprocess.Popen(["/bin/sleep", "60"]) as process:
        os.kill(process.pid, signal.SIGSTOP)
        assert not takeover.kill(Occupant(process.pid, "boot:1")), "another process had this pid then"
        assert process.poll() is None
        assert takeover.kill(Occupant(process.pid, process_mark(process.pid)))
        assert process.wait(5) == -signal.SIGKILL
    assert not takeover.kill(Occupant(process.pid, "boot:1"))


# The workspace.


async def test_taking_over_leaves_tmux_alone_whatever_the_settings_say(world: World) -> None:
    world.environment = {"COCKPIT_TMUX_BACKEND": "1"}
    workspace = world.open()
    workspace.pane.resize(SIZE)
    await workspace.start(str(world.home))
    await workspace.runner.adopted.wait()
    await workspace.run("settings.set", key="experimental.keep_server_alive", value=False)
    await workspace.run("terminal.new", command="sleep 9", name="on\ttmux")
    row = workspace.focused_terminal
    assert row is not None
    pty = await workspace.run("session.new", directory="/", name="api", command="npm run dev")
    pty.terminals[0].backend = "pty"
    assert row.status.state is TerminalState.RUNNING
    answer = await asyncio.to_thread(takeover.ask, world.paths.owner_socket)
    assert answer.ends == ("api: npm (npm run dev)",)
    taking = asyncio.create_task(asyncio.to_thread(takeover.ask_to_leave, world.paths.owner_socket, NEXT))
    told = asyncio.Event()
    workspace.events.subscribe(lambda event: told.set() if isinstance(event, TakenOver) else None)
    if not any(isinstance(event, TakenOver) for event in world.events):
        await asyncio.wait_for(told.wait(), 5)
    assert TakenOver(NEXT) in world.events
    await workspace.close()
    await asyncio.wait_for(taking, 5)
    assert world.tmux[0].kept_programs is True
    world.open().owner.release()


# The conversation.


class Terminal:
    """What is said to the person, and what they answer."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
        self.said: list[str] = []
        monkeypatch.setattr(taking_over, "_say", self.said.append)
        monkeypatch.setattr(taking_over, "_agreed", self._agreed)
        self._left = list(answers)

    def _agreed(self, question: str) -> bool:
        self.said.append(question)
        return self._left.pop(0) == "y"


def test_a_free_profile_is_opened_without_a_word(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(monkeypatch)
    taking_over.open_workspace(world.paths, take_over=False).owner.release()
    assert terminal.said == []


def test_no_leaves_the_other_one_where_it_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = world.open()
    monkeypatch.setattr(takeover, "ask", lambda path: takeover.Answer(("api: bash",), 3))
    monkeypatch.setattr(takeover, "ask_to_leave", _never)
    terminal = Terminal(monkeypatch, "n")
    with pytest.raises(ProfileInUseError, match=r"cockpit --take-over"):
        taking_over.open_workspace(world.paths, take_over=False)
    assert f"pid {os.getpid()}" in terminal.said[1]
    assert terminal.said[3:5] == ["  api: bash", "  and 3 more"]
    assert terminal.said[-1] == "Take over here?"
    workspace.owner.release()


@pytest.mark.parametrize("flag", [False, True])
def test_from_inside_nothing_is_asked_since_it_would_end_itself(
    world: World, monkeypatch: pytest.MonkeyPatch, flag: bool
) -> None:
    workspace = world.open()
    monkeypatch.setenv("COCKPIT_SOCKET", str(world.paths.control_socket))
    monkeypatch.setattr(takeover, "ask", _never)
    terminal = Terminal(monkeypatch)
    with pytest.raises(ProfileInUseError, match=rf"inside the cockpit \(pid {os.getpid()}"):
        taking_over.open_workspace(world.paths, take_over=flag)
    assert terminal.said == []
    workspace.owner.release()


@pytest.mark.parametrize("flag", [False, True])
def test_yes_or_the_flag_takes_over(world: World, monkeypatch: pytest.MonkeyPatch, flag: bool) -> None:
    workspace = world.open()
    successors: list[Occupant] = []

    def leave(path: Path, successor: Occupant) -> None:
        successors.append(successor)
        workspace.owner.release()

    monkeypatch.setattr(takeover, "ask", lambda path: takeover.Answer((), 0))
    monkeypatch.setattr(takeover, "ask_to_leave", leave)
    terminal = Terminal(monkeypatch, *([] if flag else ["y"]))
    taking_over.open_workspace(world.paths, take_over=flag).owner.release()
    assert successors[0].pid == os.getpid()
    assert ("Take over here?" in terminal.said) is not flag


@pytest.mark.parametrize("answer", ["y", "n"])
def test_one_that_hangs_is_ended_only_when_the_person_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    workspace = world.open()
    killed: list[Occupant] = []

    def kill(holder: Occupant) -> bool:
        killed.append(holder)
        workspace.owner.release()
        return True

    def silent(path: Path) -> takeover.Answer:
        raise NotAnsweringError("no answer within 3 s")

    monkeypatch.setattr(takeover, "ask", silent)
    monkeypatch.setattr(takeover, "kill", kill)
    terminal = Terminal(monkeypatch, answer)
    if answer == "y":
        taking_over.open_workspace(world.paths, take_over=True).owner.release()
    else:
        with pytest.raises(ProfileInUseError):
            taking_over.open_workspace(world.paths, take_over=True)
        workspace.owner.release()
    assert [holder.pid for holder in killed] == ([os.getpid()] if answer == "y" else [])
    assert any("no answer within 3 s. It is busy or hangs." in said for said in terminal.said)
    assert terminal.said[-1] == f"End pid {os.getpid()} with SIGKILL?"


def test_an_old_cockpit_that_says_only_its_pid_is_left_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = world.open()
    for lock in (world.paths.owner_lock, world.paths.store_lock):
        lock.write_text(f"{os.getpid()}\n")
    world.paths.owner_socket.unlink()
    monkeypatch.setattr(takeover, "kill", _never)
    terminal = Terminal(monkeypatch)
    with pytest.raises(ProfileInUseError):
        taking_over.open_workspace(world.paths, take_over=True)
    assert "left alone" in terminal.said[-1]
    workspace.owner.release()


@pytest.mark.parametrize(
    ("typed", "agreed"),
    [("y\n", True), ("YES \n", True), ("\n", False), ("", False), ("n\n", False), ("yo\n", False)],
)
def test_only_a_plain_yes_is_one(
    typed: str, agreed: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert taking_over._agreed("Take over here?") is agreed
    assert capsys.readouterr().out == "Take over here? [y/N] "


def _never(*_: object) -> None:
    raise AssertionError("this must not be done")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)

"""Runs a command line in a terminal's shell, and can wait for its output and exit status.

A line is typed or read from a script file (see `workspace.command_lines`). One that is waited for is typed only where
the shell marks what it runs (see `typed_run`): else nobody tells when a command is over. At the end such a script marks
the end of the output on the terminal, leaves the exit status in a done file and gives cockpit a second to read the
screen before the prompt is drawn. The file may be there before the last output has come through the terminal; behind
the mark all has.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from cockpit.backends.base import ReadSpan
from cockpit.backends.environment import program_name
from cockpit.backends.shell import find_shell
from cockpit.control.codes import ErrorCode
from cockpit.control.protocol import ProtocolError
from cockpit.control.typed_run import TypedRun
from cockpit.errors import CockpitError
from cockpit.file_watch import FileWatch
from cockpit.model import Session, Terminal, TerminalState
from cockpit.terminal.speech.events import PromptMark
from cockpit.workspace.command_lines import Script, Strategy, choose_strategy, script_line
from cockpit.workspace.events import Event, TerminalPromptMarked
from cockpit.workspace.workspace import Workspace

MARK_DEADLINE_S = 0.5
"""How long the mark may take behind the done file; a multiplexer in between may swallow it."""


def output_of(text: str, script: Path) -> str:
    """The output in what was printed since the line was typed: without the line, as often as it was echoed."""
    lines = text.split("\n")
    echoes = [number for number, line in enumerate(lines) if script.name in line]
    return "\n".join(lines[echoes[-1] + 1 :] if echoes else lines).strip("\n")


class Runner:
    """Runs command lines through `terminal.send`. Leaves no file behind."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def run(
        self, session: Session, terminal: Terminal, command: str, *, wait: bool, timeout_s: float
    ) -> dict[str, Any]:
        """Types the command line or has its script read; with `wait`, its output and exit status.

        Raises:
            ProtocolError: the deadline passed; the command goes on.
            CockpitError: it could not be sent.
        """
        if "\0" in command or not command.strip():
            raise ProtocolError(ErrorCode.INVALID_PARAMS, "a command needs text, without NUL bytes")
        strategy = choose_strategy(command)
        answer: dict[str, Any] = {"terminal": terminal.id, "strategy": str(strategy)}
        if strategy is Strategy.TYPED:
            if not wait:
                await self._type(terminal, command, timeout_s)
                return answer
            typed = await self._typed_and_waited(session, terminal, command, timeout_s)
            if typed is not None:
                return answer | typed
            answer["strategy"] = str(Strategy.SCRIPT)
        script = Script.named(self._workspace.paths.runtime_dir, terminal.cwd)
        shell = self._shell_of(terminal)
        await script.write(command, shell, tells=wait)
        try:
            if not wait:
                await self._type(terminal, script_line(script.file, shell), timeout_s)
                return answer
            return answer | await self._run_and_wait(session, terminal, script, shell, timeout_s)
        except BaseException:  # cancelled too: no file is left behind
            script.remove()
            raise
        finally:
            script.done.unlink(missing_ok=True)

    async def _typed_and_waited(
        self, session: Session, terminal: Terminal, command: str, timeout_s: float
    ) -> dict[str, Any] | None:
        """None where the shell doesn't mark what it runs. One after the other in each terminal."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_s
        turn = self._turns.setdefault(terminal.id, asyncio.Lock())
        try:
            async with asyncio.timeout_at(deadline):
                await self._start(session, terminal)
                await turn.acquire()
        except TimeoutError:
            message = (
                f"another command still runs in {terminal.name} after {timeout_s:g} s; nothing was typed"
            )
            raise ProtocolError(ErrorCode.TIMED_OUT, message) from None
        try:
            return await TypedRun(self._workspace, session, terminal, command).run(deadline - loop.time())
        finally:
            turn.release()

    async def _run_and_wait(
        self, session: Session, terminal: Terminal, script: Script, shell: str, timeout_s: float
    ) -> dict[str, Any]:
        happened, marked = asyncio.Event(), asyncio.Event()
        watch = FileWatch(script.done, happened.set)
        stop = self._workspace.events.subscribe(_waker(session.id, happened, terminal.id, marked))
        try:
            await self._start(session, terminal)
            place = await self._workspace.router.place(terminal)
            async with asyncio.timeout(timeout_s):
                await self._type(terminal, script_line(script.file, shell), timeout_s)
                while _status_in(script.done) is None and self._runs(terminal):
                    happened.clear()
                    await happened.wait()
            with suppress(TimeoutError):
                await asyncio.wait_for(marked.wait(), MARK_DEADLINE_S if self._runs(terminal) else 0)
            return await self._outcome(terminal, script, place)
        except TimeoutError:
            raise ProtocolError(
                ErrorCode.TIMED_OUT, f"the command in {terminal.name} still runs after {timeout_s:g} s"
            ) from None
        finally:
            stop()
            watch.close()

    async def _outcome(self, terminal: Terminal, script: Script, place: object) -> dict[str, Any]:
        """Reads the screen while the shell still waits for the done file to go."""
        status = terminal.status
        told = _status_in(script.done)
        code = status.exit_code if told is None else told
        text = ""
        with suppress(CockpitError):  # the terminal may be closed by now
            text = await self._workspace.router.read(terminal, ReadSpan(since=place))
        output = output_of(text, script.file)
        return {
            "exit_code": code,
            "signal": status.signal,
            "ended": not self._runs(terminal),
            "output": output,
        }

    def _runs(self, terminal: Terminal) -> bool:
        known = self._workspace.rows.find(terminal.id) is not None
        return known and terminal.status.state is TerminalState.RUNNING

    async def _start(self, session: Session, terminal: Terminal) -> None:
        size = self._workspace.pane.size
        if size is not None:
            await self._workspace.runner.ensure_started(session, terminal, size)

    async def _type(self, terminal: Terminal, line: str, timeout_s: float) -> None:
        data = line.encode("utf-8", "surrogateescape") + b"\r"
        await self._workspace.run("terminal.send", terminal_id=terminal.id, data=data, timeout=timeout_s)

    def _shell_of(self, terminal: Terminal) -> str:
        if terminal.command is not None and not self._workspace.runner.types(terminal.command):
            return program_name(terminal.command)
        return Path(
            find_shell(self._workspace.settings.values.workspaces.shell, self._workspace.environment)
        ).name


def _status_in(done: Path) -> int | None:
    """The exit status in a done file, which appears whole; None before."""
    try:
        return int(done.read_text())
    except (FileNotFoundError, ValueError):
        return None


def _waker(
    session_id: str, happened: asyncio.Event, terminal_id: str, marked: asyncio.Event
) -> Callable[[Event], None]:
    def hear(event: Event) -> None:
        match event:
            case TerminalPromptMarked(terminal_id=marks, mark=PromptMark.DONE) if marks == terminal_id:
                marked.set()
        if getattr(event, "session_id", None) in (None, session_id):
            happened.set()

    return hear

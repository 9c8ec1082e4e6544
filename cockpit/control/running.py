"""Runs a command line in a terminal's shell, and can wait for its output and exit status.

A short line is typed. A long one, one of several lines, or one that is waited for goes through a script file of its
own, which the shell reads in place and which removes itself: a line longer than 4,095 bytes is cut by the kernel, and
a shell without prompt marks does not tell when a command is over. At the end such a script marks the end of the output
on the terminal, leaves the exit status in a done file and gives cockpit a second to read the screen before the prompt
is drawn. The file may be there before the last output has come through the terminal; behind the mark all has.
"""

from __future__ import annotations

import asyncio
import secrets
import shlex
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Any

from cockpit.backends.base import ReadSpan
from cockpit.backends.environment import program_name
from cockpit.backends.shell import find_shell
from cockpit.control.codes import ErrorCode
from cockpit.control.protocol import ProtocolError
from cockpit.errors import CockpitError
from cockpit.file_watch import FileWatch
from cockpit.files import write_atomically
from cockpit.model import Session, Terminal, TerminalState
from cockpit.paths import project_hash
from cockpit.terminal.program_events import PromptMark
from cockpit.workspace.events import Event, TerminalPromptMarked
from cockpit.workspace.workspace import Workspace

TYPED_LIMIT = 500
"""Characters of a command line that is still typed."""
MARK_DEADLINE_S = 0.5
"""How long the mark may take behind the done file; a multiplexer in between may swallow it."""
_STATUS_SHELLS = frozenset({"fish", "csh", "tcsh", "rc", "elvish"})
"""Shells that keep the last exit status in `$status` and read scripts by `source`."""
_FINISH = (
    'printf "\\033]133;D;%s\\007" "$1" >/dev/tty; printf "%s\\n" "$1" >"$2.new" && mv -f "$2.new" "$2"; i=0; '
    'while [ -e "$2" ] && [ $i -lt 50 ]; do sleep 0.02; i=$((i+1)); done; rm -f "$2"; exit "$1"'
)
"""Marks the end of the output (OSC 133), leaves the status, waits until cockpit took it (at most a second), and ends
with it, so that `$?` is kept."""


class Strategy(StrEnum):
    """How a command line reaches the shell."""

    TYPED = "typed"
    SCRIPT = "script"


def choose_strategy(command: str, *, wait: bool) -> Strategy:
    """A pure choice: typed is what a person would have done, and stays in the shell's history."""
    if wait or len(command) > TYPED_LIMIT or not command.isprintable():
        return Strategy.SCRIPT
    return Strategy.TYPED


def script_text(command: str, script: Path, done: Path | None, shell: str) -> str:
    """What the script file holds: it removes itself first, so nothing stays whatever happens then."""
    lines = [f"rm -f -- {shlex.quote(str(script))}", command]
    if done is not None:
        status = '"$status"' if shell in _STATUS_SHELLS else '"$?"'
        lines.append(f"sh -c {shlex.quote(_FINISH)} cockpit {status} {shlex.quote(str(done))}")
    return "\n".join(lines) + "\n"


def script_line(script: Path, shell: str) -> str:
    """What is typed to have the script read; the blank keeps it out of the history of shells set up so."""
    word = "source" if shell in _STATUS_SHELLS else "."
    return f" {word} {shlex.quote(str(script))}"


def output_of(text: str, script: Path) -> str:
    """The output in what was printed since the line was typed: without the line, as often as it was echoed."""
    lines = text.split("\n")
    echoes = [number for number, line in enumerate(lines) if script.name in line]
    return "\n".join(lines[echoes[-1] + 1 :] if echoes else lines).strip("\n")


class Runner:
    """Runs command lines through `terminal.send`. Leaves no file behind."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

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
        strategy = choose_strategy(command, wait=wait)
        answer: dict[str, Any] = {"terminal": terminal.id, "strategy": str(strategy)}
        if strategy is Strategy.TYPED:
            await self._type(terminal, command, timeout_s)
            return answer
        stem = f"run-{project_hash(terminal.cwd)}-{secrets.token_hex(4)}"
        directory = self._workspace.paths.runtime_dir
        script, done = directory / f"{stem}.sh", directory / f"{stem}.done"
        shell = self._shell_of(terminal)
        text = script_text(command, script, done if wait else None, shell)
        await asyncio.to_thread(write_atomically, script, text.encode("utf-8", "surrogateescape"))
        try:
            if not wait:
                await self._type(terminal, script_line(script, shell), timeout_s)
                return answer
            return answer | await self._run_and_wait(session, terminal, script, done, shell, timeout_s)
        except BaseException:
            script.unlink(missing_ok=True)
            raise
        finally:
            done.unlink(missing_ok=True)

    async def _run_and_wait(
        self, session: Session, terminal: Terminal, script: Path, done: Path, shell: str, timeout_s: float
    ) -> dict[str, Any]:
        happened, marked = asyncio.Event(), asyncio.Event()
        watch = FileWatch(done, happened.set)
        stop = self._workspace.events.subscribe(_waker(session.id, happened, terminal.id, marked))
        try:
            await self._start(session, terminal)
            place = await self._workspace.router.place(terminal)
            async with asyncio.timeout(timeout_s):
                await self._type(terminal, script_line(script, shell), timeout_s)
                while _status_in(done) is None and self._runs(terminal):
                    happened.clear()
                    await happened.wait()
            with suppress(TimeoutError):
                await asyncio.wait_for(marked.wait(), MARK_DEADLINE_S if self._runs(terminal) else 0)
            return await self._outcome(terminal, script, done, place)
        except TimeoutError:
            raise ProtocolError(
                ErrorCode.TIMED_OUT, f"the command in {terminal.name} still runs after {timeout_s:g} s"
            ) from None
        finally:
            stop()
            watch.close()

    async def _outcome(self, terminal: Terminal, script: Path, done: Path, place: object) -> dict[str, Any]:
        """Reads the screen while the shell still waits for the done file to go."""
        status = terminal.status
        told = _status_in(done)
        code = status.exit_code if told is None else told
        text = ""
        with suppress(CockpitError):  # the terminal may be closed by now
            text = await self._workspace.router.read(terminal, ReadSpan(since=place))
        output = output_of(text, script)
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
        in_shell = self._workspace.settings.values.workspaces.command_in_shell
        if terminal.command is not None and not in_shell:
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

"""Types a command line as a person would and waits for its end, by the marks of the shell (OSC 133).

Whose output it is, is not taken for granted: what somebody typed ahead may run first, or right behind. The line as the
shell showed it tells; where it doesn't (an abbreviation was expanded), the first command that began counts once the
shell has waited at its prompt for a moment.
"""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import Any

from cockpit.backends.base import ReadSpan
from cockpit.backends.output_reading import OutputReader
from cockpit.command_outputs import CommandOutputs
from cockpit.control.codes import ErrorCode
from cockpit.control.protocol import ProtocolError
from cockpit.errors import CockpitError
from cockpit.model import Session, Terminal, TerminalState
from cockpit.shell_outputs import CommandOutput, ShellOutputs
from cockpit.workspace.events import Event
from cockpit.workspace.workspace import Workspace

SETTLED_S = 0.5
"""How long the shell stands at its prompt until a command that looked otherwise is taken for ours, or for none."""
FIRST_MARK_DEADLINE_S = 0.5
"""How long a shell's first mark may take behind the file by which it told that it is ready."""
PROMPT_DEADLINE_S = 0.1
"""How long a prompt's text may take behind the mark of its beginning."""


@dataclass(frozen=True, slots=True)
class _Start:
    """Where the terminal stood when the line was typed."""

    count: int
    prompts: int
    gaps: int
    place: object
    bare: str
    prompt: str
    """The line the cursor was in, which is the prompt's last one; `bare` without blanks."""


class TypedRun:
    """One command line in one terminal."""

    def __init__(self, workspace: Workspace, session: Session, terminal: Terminal, command: str) -> None:
        self._workspace = workspace
        self._session = session
        self._terminal = terminal
        self._command = command
        self._happened = asyncio.Event()
        self._doing = "starts"

    async def run(self, timeout_s: float) -> dict[str, Any] | None:
        """What it printed and how it ended; None where the shell doesn't mark commands, and nothing was typed.

        Raises:
            ProtocolError: the deadline passed, or the shell did not take the line as a command.
            CockpitError: it could not be sent.
        """
        with ExitStack() as stack:
            stack.callback(self._workspace.events.subscribe(self._hear))
            try:
                async with asyncio.timeout(timeout_s):
                    began = await self._workspace.runner.readiness.wait(self._terminal.id)
                    if not self._runs:
                        return None
                    router = self._workspace.router
                    stack.callback(router.watch(self._terminal, self._happened.set, closely=True))
                    reader = await self._marked(began)
                    outputs = reader.outputs
                    shell = outputs.shell
                    if shell is None or not shell.tells or shell.at_prompt is None:
                        return None
                    start = await self._type(outputs, shell, timeout_s)
                    found = await self._end(reader, shell, start)
            except TimeoutError:
                raise ProtocolError(ErrorCode.TIMED_OUT, self._timed_out(timeout_s)) from None
            return await self._answer(reader, found, start, ended=not self._runs or outputs.closed)

    async def _marked(self, began: bool) -> OutputReader:
        """What is known of the shell; of one that has just begun, with its first mark."""
        reader = await self._workspace.router.outputs(self._terminal)
        if began:
            with suppress(TimeoutError):
                async with asyncio.timeout(FIRST_MARK_DEADLINE_S):
                    while reader.outputs.shell is None and self._runs:
                        await self._next()
        return reader

    async def _type(self, outputs: CommandOutputs, shell: ShellOutputs, timeout_s: float) -> _Start:
        """Types the line once the shell waits for one."""
        self._doing = "waits"
        while True:
            while not shell.at_prompt and self._runs and not outputs.closed:
                await self._next()
            place, prompt = await self._prompt(shell)
            if shell.at_prompt or not self._runs or outputs.closed:
                break
        start = _Start(outputs.count, shell.prompts, outputs.gaps, place, _bare(prompt), prompt)
        self._doing = "began"
        data = self._command.encode("utf-8", "surrogateescape") + b"\r"
        await self._workspace.run(
            "terminal.send", terminal_id=self._terminal.id, data=data, timeout=timeout_s
        )
        return start

    async def _prompt(self, shell: ShellOutputs) -> tuple[object, str]:
        """Where the cursor is, and the line it is in: the prompt's last one, once there is anything of it."""
        router, loop = self._workspace.router, asyncio.get_running_loop()
        deadline = loop.time() + PROMPT_DEADLINE_S
        while True:
            self._happened.clear()
            place = await router.place(self._terminal)
            text = await router.read(self._terminal, ReadSpan(since=place))
            line = text.rpartition("\n")[2].rstrip()
            if line or shell.prompt_ended or loop.time() >= deadline:
                return place, line
            with suppress(TimeoutError):
                async with asyncio.timeout_at(deadline):
                    await self._happened.wait()

    async def _end(self, reader: OutputReader, shell: ShellOutputs, start: _Start) -> CommandOutput | None:
        """Our command once it is over; None when its end was not heard."""
        outputs = reader.outputs
        loop = asyncio.get_running_loop()
        lines: dict[int, str] = {}
        settled_for, settled_at, looked_at = -1, 0.0, -1
        while True:
            self._happened.clear()
            left = outputs.shell is not shell and shell.at_prompt is None
            ended = not self._runs or outputs.closed or left
            if not ended and shell.marks == looked_at and not shell.at_prompt:
                await self._happened.wait()
                continue
            looked_at = shell.marks
            if ended:  # its last words may still be on their way
                with suppress(CockpitError):
                    await self._workspace.router.outputs(self._terminal)
            since = shell.since(start.count)
            self._doing = "runs" if since else self._doing
            for output in since:
                if output.number not in lines:
                    lines[output.number] = await _last_line(reader, output)
                known = _is_typed(lines[output.number], start.bare, _bare(self._command))
                if known and (output.done or ended):
                    return output
            if ended:
                return since[-1] if since else None
            if not shell.at_prompt or (not since and shell.prompts == start.prompts):
                await self._happened.wait()
                continue
            if settled_for != shell.prompts:
                settled_for, settled_at = shell.prompts, loop.time() + SETTLED_S
            if loop.time() < settled_at:
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(settled_at):
                        await self._happened.wait()
                continue
            if not since and outputs.gaps == start.gaps:
                message = f"the shell in {self._terminal.name} took it for no command; see: cockpit read"
                raise ProtocolError(ErrorCode.FAILED, message)
            command = _bare(self._command)
            ending = [output for output in since if lines[output.number].endswith(command)]
            containing = [output for output in since if command in lines[output.number]]  # and a right prompt
            return next(iter([*ending, *containing, *since]), None)

    async def _answer(
        self, reader: OutputReader, found: CommandOutput | None, start: _Start, *, ended: bool
    ) -> dict[str, Any]:
        status = self._terminal.status
        text, whole, heard = "", False, found is not None and not found.gap
        broke_off = reader.broke_off() and (found is None or not found.done)
        with suppress(CockpitError):  # the terminal may be closed by now
            if found is not None and heard:
                text, left_out = await reader.text(found.data, done=found.done)
                whole = not found.cut and not left_out
            if broke_off or not heard:
                shown = await self._on_screen(start)
                whole = broke_off and reader.outputs.gaps == start.gaps and shown.startswith(text)
                text = shown if whole or not heard else text
        told = found.exit_code if found is not None else None
        return {
            "exit_code": status.exit_code if told is None else told,
            "signal": status.signal,
            "ended": ended,
            "output": text,
            **({} if whole else {"cut": True}),
        }

    async def _on_screen(self, start: _Start) -> str:
        """What the terminal holds since the line was typed, without that line and the prompt behind it."""
        text = await self._workspace.router.read(self._terminal, ReadSpan(since=start.place))
        lines = text.split("\n")
        if _bare(self._command) in _bare(lines[0]):
            del lines[0]
        if lines and start.prompt and lines[-1].startswith(start.prompt):
            del lines[-1]
        return "\n".join(lines).rstrip("\n")

    def _timed_out(self, timeout_s: float) -> str:
        name = self._terminal.name
        match self._doing:
            case "starts":
                return f"the shell in {name} was not ready after {timeout_s:g} s; nothing was typed"
            case "waits":
                return f"another command still runs in {name} after {timeout_s:g} s; nothing was typed"
            case "began":
                return f"the command in {name} has not begun after {timeout_s:g} s; see: cockpit read"
        return f"the command in {name} still runs after {timeout_s:g} s"

    async def _next(self) -> None:
        self._happened.clear()
        await self._happened.wait()

    def _hear(self, event: Event) -> None:
        if getattr(event, "session_id", None) in (None, self._session.id):
            self._happened.set()

    @property
    def _runs(self) -> bool:
        known = self._workspace.rows.find(self._terminal.id) is not None
        return known and self._terminal.status.state is TerminalState.RUNNING


async def _last_line(reader: OutputReader, output: CommandOutput) -> str:
    """The last line of the prompt and what was typed there, when the command began."""
    try:
        text, _ = await reader.text(output.line)
    except CockpitError:  # the terminal is closed
        return ""
    return _bare(text.rpartition("\n")[2])


def _bare(text: str) -> str:
    """Without blanks: where a line wraps doesn't matter then."""
    return "".join(text.split())


def _is_typed(line: str, prompt: str, command: str) -> bool:
    """Whether it is the command behind the prompt. Something may stand at the right (zsh's and fish's right prompt)."""
    return any(
        line in (prompt[:place] + command, prompt[:place] + command + prompt[place:])
        for place in range(len(prompt) + 1)
    )

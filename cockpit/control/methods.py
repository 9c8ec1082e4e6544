"""What each method of the control socket does: finds the row that is meant, then runs the workspace's command."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext, suppress
from typing import Any

from cockpit.backends.base import ReadSpan
from cockpit.backends.environment import agent_name
from cockpit.control.binding import bytes_of
from cockpit.control.codes import ErrorCode
from cockpit.control.hooks import Hooks, check_hook
from cockpit.control.method_specs import DEFAULT_TIMEOUT_S
from cockpit.control.prompt_marks import PromptMarks
from cockpit.control.protocol import ProtocolError
from cockpit.control.row_finder import RowFinder
from cockpit.control.rows_json import session_json, terminal_json
from cockpit.control.running import Runner
from cockpit.control.waiting import Wait, condition_from
from cockpit.errors import CockpitError
from cockpit.model import Session, Terminal, TerminalState
from cockpit.terminal.input.keys import parse_chord
from cockpit.text import clean_text
from cockpit.workspace.events import AgentHooked, TerminalNotified
from cockpit.workspace.workspace import Workspace

KEYS_LIMIT = 1000
NOTIFICATIONS = (10, 10.0)
"""So many within so many seconds; who tells more is told to tell less."""
_TITLE_LIMIT, _BODY_LIMIT = 100, 400


class Methods:
    """The handlers, each called with checked parameters by its spec's name. `about` tells of cockpit itself."""

    def __init__(
        self, workspace: Workspace, marks: PromptMarks, hooks: Hooks, about: Callable[[], dict[str, Any]]
    ) -> None:
        self._workspace = workspace
        self._marks = marks
        self._hooks = hooks
        self._about = about
        self._runner = Runner(workspace)
        self.rows = RowFinder(workspace)
        self._notified: deque[float] = deque(maxlen=NOTIFICATIONS[0])

    def handler(self, name: str) -> Callable[..., Awaitable[Any]]:
        """The handler of a method in `METHODS`."""
        found: Callable[..., Awaitable[Any]] = getattr(self, f"do_{name}")
        return found

    # Asking

    async def do_list(self, target: str | None = None) -> dict[str, Any]:
        """All sessions, or the one that is meant."""
        focused = self._workspace.focused_terminal
        sessions = self._workspace.sessions if target is None else [self.rows.session(target)]
        return {"sessions": [session_json(session, focused=focused) for session in sessions]}

    async def do_status(self, target: str | None = None) -> dict[str, Any]:
        """A terminal, or cockpit."""
        if target is None:
            return self._about()
        return self._terminal_json(*self.rows.terminal(target))

    async def do_snapshot(self, screens: bool = True) -> dict[str, Any]:
        """Everything at once."""
        workspace = self._workspace
        told = {**self._about(), **await self.do_list()}
        told["settings"] = workspace.settings.values.model_dump(mode="json")
        if screens:
            texts = {}
            for terminal in list(workspace.rows.terminals()):
                await asyncio.sleep(0)  # a screen takes a millisecond or two, and there may be hundreds
                try:
                    texts[terminal.id] = await workspace.router.read(terminal, ReadSpan(visible=True))
                except CockpitError:  # not started, or out of reach: its state says so
                    continue
            told["screens"] = texts
        return told

    async def do_read(
        self,
        target: str | None = None,
        lines: int | None = None,
        history: bool = False,
        output: bool = False,
        styled: bool = False,
    ) -> dict[str, Any]:
        """A terminal's text."""
        _, terminal = self.rows.terminal(target)
        if sum((lines is not None, history, output)) > 1 or (lines is not None and lines < 1):
            raise ProtocolError(
                ErrorCode.INVALID_PARAMS, "take one of lines (1 or more), history and output, or none"
            )
        if terminal.status.state is TerminalState.NEW:
            return {"terminal": terminal.id, "text": ""}
        screen = lines is None and not history and not output
        span = ReadSpan(lines, visible=screen, styled=styled, last_output=output)
        return {"terminal": terminal.id, "text": await self._workspace.router.read(terminal, span)}

    async def do_wait(
        self,
        target: str | None = None,
        text: str | None = None,
        regex: str | None = None,
        quiet: float | None = None,
        prompt: bool = False,
        exit: bool = False,
        status: str | None = None,
        timeout: float = DEFAULT_TIMEOUT_S,
    ) -> dict[str, Any]:
        """Waits in a terminal, started if it never was."""
        condition = condition_from(
            text=text, expression=regex, quiet=quiet, prompt=prompt, exit=exit, status=status
        )
        session, terminal = self.rows.terminal(target)
        with nullcontext() if status is None else suppress(CockpitError):  # its status tells
            await self._ensure_started(session, terminal)
        return await Wait(self._workspace, self._marks, session, terminal).until(condition, timeout)

    async def do_commands(self) -> dict[str, Any]:
        """The registry."""
        return {
            "commands": [
                {
                    "name": command.name,
                    "title": command.title,
                    "description": command.description,
                    "parameters": [
                        {
                            "name": p.name,
                            "type": p.kind.__name__,
                            "required": p.required,
                            "description": p.description,
                        }
                        for p in command.parameters
                    ],
                }
                for command in self._workspace.commands
            ]
        }

    # Changing

    async def do_new(
        self,
        directory: str | None = None,
        name: str | None = None,
        command: str | None = None,
        group: str | None = None,
        session: str | None = None,
        focus: bool = True,
    ) -> dict[str, Any]:
        """A session, or a terminal in one. Answers the new terminal."""
        workspace = self._workspace
        if session is not None:
            if directory is not None or group is not None:
                message = "directory and group are a new session's: leave them out with session"
                raise ProtocolError(ErrorCode.INVALID_PARAMS, message)
            owner = self.rows.session(session)
            terminal = await workspace.run(
                "terminal.new", session_id=owner.id, command=command, name=name, focus=focus
            )
            return self._terminal_json(owner, terminal)
        made: Session = await workspace.run(
            "session.new", directory=directory, name=name, command=command, group=group, focus=focus
        )
        return self._terminal_json(made, made.terminals[0])

    async def do_rename(self, target: str, name: str, session: bool = False) -> dict[str, Any]:
        """Names a row."""
        owner, terminal = self.rows.row(target, session)
        if terminal is None:
            await self._workspace.run("session.rename", session_id=owner.id, name=name)
            return {"session": owner.id, "name": owner.name}
        await self._workspace.run("terminal.rename", terminal_id=terminal.id, name=name)
        return {"terminal": terminal.id, "name": terminal.name}

    async def do_focus(self, target: str, session: bool = False) -> dict[str, Any]:
        """Shows a row."""
        owner, terminal = self.rows.row(target, session)
        if terminal is None:
            await self._workspace.run("session.focus", session_id=owner.id)
            return {"session": owner.id}
        await self._workspace.run("terminal.focus", terminal_id=terminal.id)
        return {"session": owner.id, "terminal": terminal.id}

    async def do_close(self, target: str, session: bool = False) -> dict[str, Any]:
        """Removes a row."""
        owner, terminal = self.rows.row(target, session)
        if terminal is None:
            await self._workspace.run("session.close", session_id=owner.id)
            return {"session": owner.id}
        await self._workspace.run("terminal.close", terminal_id=terminal.id)
        return {"session": owner.id, "terminal": terminal.id}

    async def do_restart(self, target: str | None = None) -> dict[str, Any]:
        """Starts a program again."""
        session, terminal = self.rows.terminal(target)
        await self._workspace.run("terminal.restart", terminal_id=terminal.id)
        return self._terminal_json(session, terminal)

    # Sending

    async def do_send(
        self,
        target: str,
        text: str | None = None,
        data: str | None = None,
        enter: bool = False,
        timeout: float = DEFAULT_TIMEOUT_S,
    ) -> dict[str, Any]:
        """Types text or bytes."""
        _, terminal = self.rows.terminal(target)
        sent = bytes_of(text, data) + (b"\r" if enter else b"")
        await self._send(terminal, sent, timeout)
        return {"terminal": terminal.id, "sent": len(sent)}

    async def do_keys(
        self, target: str, keys: Sequence[object], timeout: float = DEFAULT_TIMEOUT_S
    ) -> dict[str, Any]:
        """Presses keys."""
        session, terminal = self.rows.terminal(target)
        if not keys or len(keys) > KEYS_LIMIT:
            raise ProtocolError(ErrorCode.INVALID_PARAMS, f"name 1 to {KEYS_LIMIT:,} keys")
        try:
            presses = [parse_chord(str(key)) for key in keys]
        except ValueError as error:
            hint = (
                ""
                if "did you mean" in str(error)
                else "; each key is named by itself, and text is sent by send"
            )
            raise ProtocolError(ErrorCode.INVALID_PARAMS, f"{error}{hint}") from error
        await self._ensure_started(session, terminal)
        data = await self._workspace.router.encode(terminal, presses)
        await self._send(terminal, data, timeout)
        return {"terminal": terminal.id, "sent": len(data)}

    async def do_run(
        self, target: str, command: str, wait: bool = False, timeout: float = DEFAULT_TIMEOUT_S
    ) -> dict[str, Any]:
        """Runs a command line."""
        session, terminal = self.rows.terminal(target)
        return await self._runner.run(session, terminal, command, wait=wait, timeout_s=timeout)

    # Telling

    async def do_notify(
        self, body: str, title: str | None = None, target: str | None = None
    ) -> dict[str, Any]:
        """Notifies the person."""
        title, body = clean_text(title or "", _TITLE_LIMIT), clean_text(body, _BODY_LIMIT)
        if not title and not body:
            raise ProtocolError(ErrorCode.INVALID_PARAMS, "a notification needs text that can be seen")
        now = time.monotonic()
        if len(self._notified) == NOTIFICATIONS[0] and now - self._notified[0] < NOTIFICATIONS[1]:
            raise ProtocolError(ErrorCode.BUSY, "there are too many notifications; tell less")
        self._notified.append(now)
        if target is None:
            self._workspace.notice(f"{title}: {body}" if title and body else title or body)
            return {"terminal": None}
        session, terminal = self.rows.terminal(target)
        self._workspace.events.publish(TerminalNotified(session.id, terminal.id, title, body))
        return {"terminal": terminal.id}

    async def do_hook(
        self, name: str, agent: str = "", payload: dict[str, Any] | None = None, target: str | None = None
    ) -> dict[str, Any]:
        """Keeps and publishes what an agent told."""
        session, terminal = self.rows.terminal(target)
        check_hook(name, agent, payload or {})
        agent = agent or agent_name(terminal.living_command)
        self._hooks.keep_only({row.id for row in self._workspace.rows.terminals()})
        self._hooks.keep(terminal.id, agent, name, payload or {}, time.time())
        self._workspace.events.publish(AgentHooked(session.id, terminal.id, agent, name, payload or {}))
        return {"terminal": terminal.id}

    async def do_hooks(self, target: str | None = None) -> dict[str, Any]:
        """The last hooks of a terminal."""
        _, terminal = self.rows.terminal(target)
        return {"terminal": terminal.id, "hooks": self._hooks.of(terminal.id)}

    def _terminal_json(self, session: Session, terminal: Terminal) -> dict[str, Any]:
        told = terminal_json(session, terminal, focused=self._workspace.focused_terminal)
        return {**told, "session_name": session.name, "at_prompt": self._marks.at_prompt(terminal.id)}

    async def _ensure_started(self, session: Session, terminal: Terminal) -> None:
        size = self._workspace.pane.size
        if size is not None:
            await self._workspace.runner.ensure_started(session, terminal, size)

    async def _send(self, terminal: Terminal, data: bytes, timeout_s: float) -> None:
        await self._workspace.run("terminal.send", terminal_id=terminal.id, data=data, timeout=timeout_s)

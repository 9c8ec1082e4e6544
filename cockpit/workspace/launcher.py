"""Types a tab's command into its shell once that is ready, so that the shell stays when the command ends.

What a person types meanwhile comes behind the command: a terminal that is being started holds it. A shell that takes
longer than `HOLD_S` is shown all the same, for its files may ask something; its command is typed when it is ready.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from cockpit.model import Terminal, TerminalState
from cockpit.terminal.program_events import PromptMark
from cockpit.workspace.events import Event, EventBus, TerminalPromptMarked
from cockpit.workspace.readiness import Readiness

HOLD_S = 2.0
EDITOR_DEADLINE_S = 0.1
"""How long the end of the prompt is waited for; typed before it, a line may be echoed twice. fish doesn't mark it."""
RUNNING_DEADLINE_S = 1.0
"""How long the command's start is waited for: a return typed while the shell still edits is none to the command."""
LINE_LIMIT = 500
"""Characters of a command that is typed. Longer ones, and those of several lines, are run as the terminal's program."""


class Launcher:
    """Belongs to the workspace. `wanted()` is the person's setting; `send` types through the sending queue."""

    def __init__(
        self,
        events: EventBus,
        readiness: Readiness,
        *,
        wanted: Callable[[], bool],
        send: Callable[[Terminal, bytes], Awaitable[None]],
        in_background: Callable[[Coroutine[Any, Any, Any]], asyncio.Task[Any]],
    ) -> None:
        self._events = events
        self._readiness = readiness
        self._wanted = wanted
        self._send = send
        self._in_background = in_background

    def takes(self, command: str | None) -> bool:
        """Whether this command is typed into a shell that tells when it is ready."""
        typeable = command is not None and command.isprintable() and len(command) <= LINE_LIMIT
        return typeable and self._wanted() and self._readiness.wrapped()

    async def launch(self, terminal: Terminal, command: str, start: Coroutine[Any, Any, None]) -> None:
        """Has the shell started; returns when the command runs, or after `HOLD_S`. Raises what `start` does."""
        at_prompt, runs = asyncio.Event(), asyncio.Event()

        def hear(event: Event) -> None:
            if isinstance(event, TerminalPromptMarked) and event.terminal_id == terminal.id:
                marked = {PromptMark.COMMAND: at_prompt, PromptMark.OUTPUT: runs}.get(event.mark)
                if marked is not None:
                    marked.set()

        stop = self._events.subscribe(hear)
        try:
            await start
        except BaseException:
            stop()
            raise
        typing = self._in_background(self._type(terminal, command, at_prompt, runs))
        typing.add_done_callback(lambda _: stop())
        await asyncio.wait([typing], timeout=HOLD_S)

    async def _type(
        self, terminal: Terminal, command: str, at_prompt: asyncio.Event, runs: asyncio.Event
    ) -> None:
        await self._readiness.wait(terminal.id)
        await _within(EDITOR_DEADLINE_S, at_prompt)
        if terminal.status.state is TerminalState.RUNNING:
            await self._send(terminal, command.encode("utf-8", "surrogateescape") + b"\r")
            await _within(RUNNING_DEADLINE_S, runs)


async def _within(deadline_s: float, event: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(deadline_s):
            await event.wait()

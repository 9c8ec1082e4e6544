"""Waits for something to happen in a terminal. Every wait has a deadline and ends when its terminal does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

import regex  # type: ignore[import-untyped] # types-regex is not installed with us

from cockpit.backends.base import ReadSpan
from cockpit.control.codes import ErrorCode
from cockpit.control.prompt_marks import PromptMarks
from cockpit.control.protocol import ProtocolError
from cockpit.model import CommandState, Session, Terminal, TerminalState
from cockpit.workspace.events import Event
from cockpit.workspace.workspace import Workspace

LOOK_INTERVAL_S = 0.05
"""How often a terminal that prints without pause is read."""
MATCH_TIMEOUT_S = 1.0
"""How long one search may take: an expression can be made to take for ever."""
_SEARCHERS = ThreadPoolExecutor(2, "search")
"""Threads of their own: the others are for what cannot wait, such as saving and who comes in."""
_RUNNING = (TerminalState.NEW, TerminalState.RUNNING)


@dataclass(frozen=True, slots=True)
class Condition:
    """What is waited for: exactly one of these."""

    pattern: Any | None = None
    quiet_s: float | None = None
    prompt: bool = False
    exit: bool = False
    status: TerminalState | None = None

    @property
    def name(self) -> str:
        """What the answer calls it."""
        if self.pattern is not None:
            return "text"
        if self.quiet_s is not None:
            return "quiet"
        if self.status is not None:
            return "status"
        return "prompt" if self.prompt else "exit"


def condition_from(
    *,
    text: str | None,
    expression: str | None,
    quiet: float | None,
    prompt: bool,
    exit: bool,
    status: str | None = None,
) -> Condition:
    """The condition a caller named.

    Raises:
        ProtocolError: none or several were named, or what was named means nothing.
    """
    named = (text is not None, expression is not None, quiet is not None, prompt, exit, status is not None)
    if sum(named) != 1:
        raise ProtocolError(
            ErrorCode.INVALID_PARAMS, "name one thing to wait for: text, regex, quiet, prompt, exit or status"
        )
    if status is not None and status not in list(TerminalState):
        states = ", ".join(TerminalState)
        raise ProtocolError(ErrorCode.INVALID_PARAMS, f"there is no such status; take one of: {states}")
    if quiet is not None and not 0 < quiet <= 86_400:
        raise ProtocolError(ErrorCode.INVALID_PARAMS, "quiet must be more than 0 seconds and at most a day")
    if text == "" or expression == "":
        raise ProtocolError(ErrorCode.INVALID_PARAMS, "an empty text is everywhere; name one")
    pattern = None
    if text is not None:
        pattern = regex.compile(regex.escape(text))
    elif expression is not None:
        try:
            pattern = regex.compile(expression, regex.MULTILINE)
        except (regex.error, RecursionError) as error:
            why = "it is nested too deep" if isinstance(error, RecursionError) else error
            message = f"the regular expression can't be read: {why}"
            raise ProtocolError(ErrorCode.INVALID_PARAMS, message) from error
    return Condition(pattern, quiet, prompt, exit, None if status is None else TerminalState(status))


class Wait:
    """One wait in one terminal."""

    def __init__(
        self, workspace: Workspace, marks: PromptMarks, session: Session, terminal: Terminal
    ) -> None:
        self._workspace = workspace
        self._marks = marks
        self._session = session
        self._terminal = terminal
        self._happened = asyncio.Event()
        self._printed_at = 0.0
        self._places: list[object] = []

    async def until(self, condition: Condition, timeout_s: float) -> dict[str, Any]:
        """The answer once the condition holds.

        Raises:
            ProtocolError: the deadline passed, or the terminal ended first.
        """
        loop = asyncio.get_running_loop()
        began = self._printed_at = loop.time()
        with ExitStack() as stack:
            stack.callback(self._workspace.events.subscribe(self._hear))
            if condition.pattern is not None or condition.quiet_s is not None:
                stack.callback(self._watch())
            try:
                async with asyncio.timeout(timeout_s):
                    found = await self._hold_on(condition)
            except TimeoutError:
                raise ProtocolError(ErrorCode.TIMED_OUT, self._timed_out(condition, timeout_s)) from None
        status = self._terminal.status
        return {
            "terminal": self._terminal.id,
            "reason": condition.name,
            "elapsed": round(loop.time() - began, 3),
            "exit_code": status.exit_code,
            "signal": status.signal,
            **found,
        }

    async def _hold_on(self, condition: Condition) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        while True:
            self._happened.clear()
            looked_at = loop.time()
            ended = self._ended  # asked first: what was printed before the end is still looked at
            found = await self._look(condition)
            if found is not None:
                return found
            if ended and (condition.status is None or self._closed):  # what has ended may be started again
                raise ProtocolError(ErrorCode.ENDED, f"{self._terminal.name} ended first{self._how}")
            if condition.quiet_s is not None:
                await self._quiet(condition.quiet_s)
                continue
            await self._happened.wait()
            # A pace for floods, not a wait for state: whatever happens meanwhile sets the event again.
            await asyncio.sleep(max(0.0, looked_at + LOOK_INTERVAL_S - loop.time()))

    async def _quiet(self, quiet_s: float) -> None:
        """Returns when the terminal may have been quiet for long enough, or something happened."""
        due = self._printed_at + quiet_s
        try:
            async with asyncio.timeout_at(due):
                await self._happened.wait()
        except TimeoutError:
            return

    async def _look(self, condition: Condition) -> dict[str, Any] | None:
        if condition.pattern is not None:
            match = await self._search(condition.pattern)
            return None if match is None else {"match": match}
        if condition.quiet_s is not None:
            quiet = asyncio.get_running_loop().time() - self._printed_at >= condition.quiet_s
            return {} if quiet else None
        if condition.status is not None:
            return {} if not self._closed and self._terminal.status.state is condition.status else None
        run = self._terminal.run
        if condition.prompt:
            waiting = run is not None and run.state is CommandState.WAITING
            return {} if self._marks.at_prompt(self._terminal.id) and not waiting else None
        if run is not None and run.state is CommandState.ENDED and not self._ended:
            return {"exit_code": run.exit_code}
        return {} if self._ended else None

    async def _search(self, pattern: Any) -> str | None:
        """Looks through the screen and what was printed since the look before the last one."""
        router = self._workspace.router
        place = await router.place(self._terminal)
        texts = [await router.read(self._terminal, ReadSpan(visible=True))]
        if self._places:
            texts.append(await router.read(self._terminal, ReadSpan(since=self._places[0])))
        self._places = [*self._places[-1:], place]
        for text in texts:
            try:
                search = partial(pattern.search, text, timeout=MATCH_TIMEOUT_S, concurrent=True)
                found = await asyncio.get_running_loop().run_in_executor(_SEARCHERS, search)
            except TimeoutError as error:
                raise ProtocolError(
                    ErrorCode.INVALID_PARAMS, "the regular expression takes too long; make it simpler"
                ) from error
            if found is not None:
                return str(found[0])
        return None

    def _watch(self) -> Callable[[], None]:
        return self._workspace.router.watch(self._terminal, self._printed)

    def _printed(self) -> None:
        self._printed_at = asyncio.get_running_loop().time()
        self._happened.set()

    def _hear(self, event: Event) -> None:
        if getattr(event, "session_id", None) in (None, self._session.id):
            self._happened.set()

    @property
    def _ended(self) -> bool:
        """Closed, or its program ended, or out of reach."""
        return self._closed or self._terminal.status.state not in _RUNNING

    @property
    def _closed(self) -> bool:
        return self._workspace.rows.find(self._terminal.id) is None

    @property
    def _how(self) -> str:
        status = self._terminal.status
        if status.exit_code is not None:
            return f", with exit status {status.exit_code}"
        return f", by signal {status.signal}" if status.signal is not None else ""

    def _timed_out(self, condition: Condition, timeout_s: float) -> str:
        hint = ""
        if condition.prompt and self._marks.at_prompt(self._terminal.id) is None:
            hint = "; its shell marks no prompts (OSC 133), so wait for quiet or text"
        return f"{timeout_s:g} s passed without {condition.status or condition.name} in {self._terminal.name}{hint}"

"""Types a tab's command into its shell once that is ready, so that the shell stays when the command ends.

What is typed or sent meanwhile is kept here and comes behind the command. Only where the shell's own files ask
something it goes to them: a terminal asks when its cursor stands behind a text, and in any case when the shell takes
very long. ctrl+c goes to them at once, and gives the command up, as it does with what a person has typed ahead.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cockpit.errors import CockpitError
from cockpit.model import BackendKind, CommandState, Terminal, TerminalState
from cockpit.terminal.input.keys import KeyPress
from cockpit.terminal.speech.events import PromptMark
from cockpit.workspace.command_lines import Script, Strategy, choose_strategy, script_line
from cockpit.workspace.command_runs import CommandRuns
from cockpit.workspace.events import Event, EventBus, TerminalPromptMarked, TerminalStatusChanged
from cockpit.workspace.readiness import Readiness

log = logging.getLogger(__name__)

ASKING_AFTER_S = 2.0
"""Before that nobody has read a question, and what is typed is for the command."""
KEPT_AT_MOST_S = 10.0
"""A question may end with its line; from then on what is typed is taken for an answer in any case."""
EDITOR_DEADLINES_S = {"fish": 0.1}
EDITOR_DEADLINE_S = 0.5
"""How long the end of the prompt is waited for; typed before it, a line may be echoed twice. fish doesn't mark it."""
RUNNING_DEADLINE_S = 3.0
"""How long the command's start is waited for: a return typed while the shell still edits is none to the command."""
LEAVING_DEADLINE_S = 2.0
"""How long cockpit's end waits for commands of terminals that outlive it."""
KEPT_LIMIT = 10_000
"""Keys and pastes kept for one terminal."""
INTERRUPTED = 130
"""The exit status of a command that ctrl+c ended before it began, as a shell has it."""
_KILL_LINE = b"\x15"

Typed = KeyPress | bytes
"""A key, or bytes as they are."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How terminals are reached."""

    send: Callable[[Terminal, bytes], Awaitable[None]]
    """Through the sending queue."""
    encode: Callable[[Terminal, Sequence[KeyPress]], Awaitable[bytes]]
    asks: Callable[[Terminal], bool]
    """Whether its cursor stands behind a text, as far as that is known."""
    shell: Callable[[], str]
    """The name of the shell that terminals get."""
    scripts: Path
    """The directory for script files."""


@dataclass(slots=True)
class _Launch:
    """A command on its way into its shell."""

    terminal: Terminal
    command: str
    began: float = field(default_factory=time.monotonic)
    kept: list[Typed] = field(default_factory=list)
    sending: asyncio.Lock = field(default_factory=asyncio.Lock)
    """While it is held, something is on its way; what comes now waits behind it."""
    typing: bool = False
    """The command is being typed: nothing else is."""
    answered: bool = False
    """The shell's files were given something, and what they didn't read may stand in the line editor."""
    passable: asyncio.Event = field(default_factory=asyncio.Event)
    """What is sent need not wait any more."""
    last_mark: PromptMark | None = None
    editing: asyncio.Event = field(default_factory=asyncio.Event)
    idle: asyncio.Event = field(default_factory=asyncio.Event)
    runs: asyncio.Event = field(default_factory=asyncio.Event)
    timers: list[asyncio.TimerHandle] = field(default_factory=list)
    work: asyncio.Task[Any] | None = None

    def marked(self, mark: PromptMark) -> None:
        """The shell marked something."""
        self.last_mark = mark
        if mark is PromptMark.OUTPUT:
            self.idle.clear()
            self.editing.clear()
            self.runs.set()
        elif mark in (PromptMark.PROMPT, PromptMark.COMMAND):
            self.idle.set()
            if mark is PromptMark.COMMAND:
                self.editing.set()

    def end(self) -> None:
        """Nobody waits any more."""
        for timer in self.timers:
            timer.cancel()
        self.passable.set()


class Launcher:
    """Belongs to the workspace. `wanted()` is the person's setting."""

    def __init__(
        self,
        events: EventBus,
        readiness: Readiness,
        runs: CommandRuns,
        ways: Ways,
        *,
        wanted: Callable[[], bool],
        in_background: Callable[[Coroutine[Any, Any, Any]], asyncio.Task[Any]],
    ) -> None:
        self._readiness = readiness
        self._runs = runs
        self._ways = ways
        self._wanted = wanted
        self._in_background = in_background
        self._launches: dict[str, _Launch] = {}
        events.subscribe(self._hear)

    def takes(self, command: str | None) -> bool:
        """Whether this command is typed into a shell that tells when it is ready."""
        return command is not None and self._wanted() and self._readiness.wrapped()

    def prepare(self, terminal: Terminal, command: str | None) -> None:
        """The terminal is about to start, with a shell for this command; None: nothing is to be typed into it."""
        self.forget(terminal.id)
        if command is not None:
            self._launches[terminal.id] = _Launch(terminal, command)
            self._runs.put(terminal, CommandState.WAITING)
        elif terminal.living_command is not None:
            self._runs.forget(terminal)

    def begin(self, terminal: Terminal) -> None:
        """Its shell was started: has the command typed when that is ready."""
        launch = self._launches.get(terminal.id)
        if launch is not None:
            later = asyncio.get_running_loop().call_later
            launch.timers = [later(wait_s, self._look, launch) for wait_s in (ASKING_AFTER_S, KEPT_AT_MOST_S)]
            launch.work = self._in_background(self._carry_out(launch))

    def forget(self, terminal_id: str) -> None:
        """The terminal has ended or never started: nothing is typed, what was kept is dropped, nobody waits."""
        launch = self._launches.pop(terminal_id, None)
        if launch is not None:
            launch.end()
            if launch.work is not None:
                launch.work.cancel()

    def keeps(self, terminal_id: str, typed: Typed) -> bool:
        """Takes what a person types behind a command that is still to come; False: it is for the program now."""
        launch = self._launches.get(terminal_id)
        if launch is None:
            return False
        if isinstance(typed, KeyPress) and typed.chord == "ctrl+c" and not launch.typing:
            self.forget(terminal_id)
            self._runs.put(launch.terminal, CommandState.ENDED, INTERRUPTED)
            return False
        if self._asks(launch) and not launch.kept and not launch.sending.locked():
            launch.answered = True
            return False
        if len(launch.kept) < KEPT_LIMIT:
            launch.kept.append(typed)
        self._look(launch)
        return True

    async def turn(self, terminal_id: str) -> None:
        """Returns when what is sent to the terminal comes behind its command, or answers its shell's files."""
        launch = self._launches.get(terminal_id)
        if launch is not None:
            await launch.passable.wait()
            launch.answered = True

    async def settle(self) -> None:
        """cockpit is about to leave: the commands of terminals that outlive it are typed first, or very late never."""
        outlive = [
            it.work for it in self._launches.values() if it.terminal.backend == BackendKind.TMUX and it.work
        ]
        if outlive:
            await asyncio.wait(outlive, timeout=LEAVING_DEADLINE_S)

    # Questions of the shell's files

    def _asks(self, launch: _Launch) -> bool:
        waited_s = time.monotonic() - launch.began
        if launch.typing or waited_s < ASKING_AFTER_S:
            return False
        return waited_s >= KEPT_AT_MOST_S or self._ways.asks(launch.terminal)

    def _look(self, launch: _Launch) -> None:
        """Gives what was kept to shell's files that ask for it."""
        if launch.sending.locked() or not self._asks(launch):
            return
        launch.passable.set()
        if launch.kept:
            launch.answered = True
            self._in_background(self._give(launch))

    async def _give(self, launch: _Launch) -> None:
        async with launch.sending:
            await self._give_kept(launch)

    async def _give_kept(self, launch: _Launch) -> None:
        """Sends what was kept, and what is typed meanwhile, in its order."""
        while launch.kept:
            kept, launch.kept = launch.kept, []
            data = b""
            for typed in kept:
                if isinstance(typed, KeyPress):
                    typed = await self._ways.encode(launch.terminal, [typed])
                data += typed
            await self._ways.send(launch.terminal, data)

    # The command

    async def _carry_out(self, launch: _Launch) -> None:
        terminal = launch.terminal
        try:
            await self._at_prompt(launch)
            async with launch.sending:
                await self._type(launch)
                await self._give_kept(launch)
        except CockpitError as error:  # who wanted it sees what became of the terminal
            log.warning("%s: its command was not typed: %s", terminal.id, error)
        finally:
            if self._launches.get(terminal.id) is launch:
                del self._launches[terminal.id]
            launch.end()

    async def _at_prompt(self, launch: _Launch) -> None:
        await self._readiness.wait(launch.terminal.id)
        while True:
            launch.typing = True
            launch.passable.clear()
            await _within(EDITOR_DEADLINES_S.get(self._ways.shell(), EDITOR_DEADLINE_S), launch.editing)
            if launch.last_mark is not PromptMark.OUTPUT:
                return
            launch.typing = False  # the shell runs what somebody typed when its files seemed to ask
            await launch.idle.wait()

    async def _type(self, launch: _Launch) -> None:
        terminal, shell = launch.terminal, self._ways.shell()
        line, script = launch.command, None
        if not line.isascii() or choose_strategy(line) is Strategy.SCRIPT:
            script = Script.named(self._ways.scripts, terminal.cwd)
            await script.write(line, shell, tells=False)
            line = script_line(script.file, shell)
        launch.runs.clear()
        self._runs.typing(terminal, prompted=launch.last_mark is not None)
        first = _KILL_LINE if launch.answered else b""
        try:
            await self._ways.send(terminal, first + line.encode("utf-8", "surrogateescape") + b"\r")
        except BaseException:  # cancelled too: nobody will read the script
            if script is not None:
                script.remove()
            raise
        await _within(RUNNING_DEADLINE_S, launch.runs)
        self._runs.typed(terminal)

    def _hear(self, event: Event) -> None:
        if not isinstance(event, TerminalPromptMarked | TerminalStatusChanged):
            return
        launch = self._launches.get(event.terminal_id)
        if launch is None:
            return
        if isinstance(event, TerminalPromptMarked):
            launch.marked(event.mark)
        elif launch.work is not None and event.status.state is not TerminalState.RUNNING:
            self.forget(event.terminal_id)


async def _within(deadline_s: float, event: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(deadline_s):
            await event.wait()

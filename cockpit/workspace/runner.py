"""Starts, restarts and ends the programs of rows through the router, one step at a time for each terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from cockpit.backends.artifacts import prepare_artifacts, remove_artifacts
from cockpit.backends.environment import own_variables
from cockpit.backends.router import Router
from cockpit.errors import CockpitError
from cockpit.model import (
    BackendKind,
    Session,
    Size,
    Terminal,
    TerminalSpec,
    TerminalState,
    TerminalStatus,
)
from cockpit.paths import Paths
from cockpit.workspace.launcher import Launcher
from cockpit.workspace.readiness import Readiness


@dataclass(slots=True)
class _Slot:
    """What keeps the steps of one terminal in order. An ended terminal takes no further step."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    ended: bool = False


class TerminalRunner:
    """The life of the programs behind the rows.

    `row_changed` is told when a row's backend or binding changed; `look_again` looks for the programs of all rows
    that are out of reach.
    """

    def __init__(
        self,
        router: Router,
        paths: Paths,
        *,
        set_status: Callable[[Terminal, TerminalStatus], None],
        row_changed: Callable[[Session], None],
        look_again: Callable[[], Awaitable[None]],
        readiness: Readiness,
        launcher: Launcher,
    ) -> None:
        self._router = router
        self._paths = paths
        self._set_status = set_status
        self._row_changed = row_changed
        self._look_again = look_again
        self.readiness = readiness
        self.launcher = launcher
        self._slots: dict[str, _Slot] = {}
        self.leader = ""
        """The leader in force, for a cockpit that is started inside this one; empty: the default."""
        self.adopted = asyncio.Event()
        """Set when the living windows were looked for: before that no tmux row is started anew."""
        self.starts_as: dict[str, str | None] = {}
        """What a row's first start runs in place of its own command, by id; None: the login shell."""

    async def ensure_started(self, session: Session, terminal: Terminal, size: Size) -> None:
        """Starts a terminal that was never started. A failure becomes its status and is raised."""
        if terminal.status.state is not TerminalState.NEW:
            return
        slot = self._slots.setdefault(terminal.id, _Slot())
        if terminal.backend == BackendKind.TMUX:
            await self.adopted.wait()
        async with slot.lock:
            if slot.ended or terminal.status.state is not TerminalState.NEW:
                return
            await self._start(session, terminal, size)

    async def restart(self, session: Session, terminal: Terminal, size: Size) -> None:
        """Starts the program again in its own place, ending it first if it still runs.

        A row that could not be reached is looked for before anything is started.
        """
        slot = self._slots.setdefault(terminal.id, _Slot())
        async with slot.lock:
            if slot.ended:
                return
            if terminal.status.state in (TerminalState.UNAVAILABLE, TerminalState.DETACHED):
                await self._look_again()
                if _is_running(terminal):
                    return
            if _is_running(terminal) or terminal.status.state is TerminalState.EXITED:
                await self._attempt(session, terminal, size, self._router.restart, terminal.command)
            else:
                await self._start(session, terminal, size)

    async def end(self, terminal: Terminal) -> None:
        """Ends the program for good; a start under way is waited for."""
        slot = self._slots.setdefault(terminal.id, _Slot())
        slot.ended = True
        async with slot.lock:
            try:
                await self._router.close(terminal)
            finally:
                self._forget(terminal)
                remove_artifacts(self._paths, terminal.id)
                self._slots.pop(terminal.id, None)
                self.starts_as.pop(terminal.id, None)

    def types(self, command: str | None) -> bool:
        """Whether a command that is started now is typed into a shell; else it is the terminal's program."""
        return self.launcher.takes(command)

    def _forget(self, terminal: Terminal) -> None:
        self.readiness.forget(terminal.id)
        self.launcher.forget(terminal.id)

    def clear_up(self, terminals: Iterable[Terminal]) -> None:
        """Removes the files of terminals whose programs ended with cockpit."""
        for terminal in terminals:
            remove_artifacts(self._paths, terminal.id)

    async def _start(self, session: Session, terminal: Terminal, size: Size) -> None:
        command = self.starts_as.pop(terminal.id, terminal.command)
        await self._attempt(session, terminal, size, self._router.create, command)

    async def _attempt(
        self,
        session: Session,
        terminal: Terminal,
        size: Size,
        step: Callable[[Terminal, TerminalSpec], Coroutine[Any, Any, None]],
        command: str | None,
    ) -> None:
        before = terminal.backend, terminal.binding
        typed = command if self.types(command) else None
        run = None if typed else command
        try:
            prepare_artifacts(self._paths, terminal.id)
            ready_file = self.readiness.starting(session.id, terminal.id, is_shell=run is None)
            self.launcher.prepare(terminal, typed)
            spec = self._spec(session, terminal, size, run, ready_file)
            await step(terminal, replace(spec, returns_to_cwd=typed is not None))
            self.launcher.begin(terminal)
        except CockpitError as error:
            self._forget(terminal)
            if self._router.out_of_reach(terminal) is None:
                self._set_status(terminal, TerminalStatus(TerminalState.FAILED, reason=str(error)))
            raise
        if before != (terminal.backend, terminal.binding):
            self._row_changed(session)

    def _spec(
        self, session: Session, terminal: Terminal, size: Size, command: str | None, ready_file: str
    ) -> TerminalSpec:
        return TerminalSpec(
            terminal_id=terminal.id,
            session_id=session.id,
            name=terminal.name,
            cwd=terminal.cwd,
            command=command,
            environment=own_variables(session, terminal, self._paths, leader=self.leader),
            size=size,
            row=row_facts(session, terminal),
            ready_file=ready_file,
        )


def row_facts(session: Session, terminal: Terminal) -> dict[str, object]:
    """What a lost store would need to know of a row."""
    return {
        "name": terminal.name,
        "cwd": terminal.cwd,
        "command": terminal.command,
        "named_by_user": terminal.named_by_user,
        "restore": terminal.restore,
        "session": session.name,
        "directory": session.directory,
        "group": session.group,
    }


def _is_running(terminal: Terminal) -> bool:
    return terminal.status.state is TerminalState.RUNNING

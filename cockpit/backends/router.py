"""The only place that picks a backend: by the row's own kind, and by the setting for rows that are new."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cockpit.backends.base import (
    Availability,
    Backend,
    BackendListener,
    ReadSpan,
    Scrollback,
    ServerState,
    StatusChanged,
    Survey,
)
from cockpit.errors import BackendUnavailableError, CockpitError, TerminalGoneError, TmuxError
from cockpit.model import BackendKind, Size, Terminal, TerminalSpec, TerminalState, TerminalStatus
from cockpit.text import clean_screen

if TYPE_CHECKING:
    from cockpit.backends.output_reading import OutputReader
    from cockpit.terminal.input.keys import KeyPress
    from cockpit.terminal.surface import Surface

log = logging.getLogger(__name__)

BackendFactory = Callable[[BackendListener], Backend]

_TURN_ON = "turn on the tmux backend in the settings (Experimental)"


class Router:
    """Creates, shows and ends terminals on the right backend. Backends are built when first needed.

    `tmux_wanted` is asked at the moment it matters. `notice` is told of every fallback, once per reason. `elsewhere`
    says why a row's program lives where its backend can't have it; empty: it doesn't.
    """

    def __init__(
        self,
        factories: Mapping[str, BackendFactory],
        *,
        listener: BackendListener,
        notice: Callable[[str, str], None],
        tmux_wanted: Callable[[], bool],
        elsewhere: Callable[[Terminal], str] = lambda _: "",
    ) -> None:
        self._factories = dict(factories)
        self.kinds = frozenset(factories)
        """The backends there are."""
        self._backends: dict[str, Backend] = {}
        self._listener = listener
        self._notice = notice
        self._tmux_wanted = tmux_wanted
        self._elsewhere = elsewhere
        self._size: Size | None = None
        self._told: set[str] = set()
        self.tmux: Availability | None = None
        """The last look at tmux, or None before the first one."""

    async def look_for_tmux(self) -> Availability:
        """Looks anew whether tmux can be used; starts nothing."""
        try:
            self.tmux = await self._backend(BackendKind.TMUX).availability()
        except CockpitError as error:
            self.tmux = Availability(False, reason=str(error))
        return self.tmux

    async def kind_for_new(self) -> str:
        """The backend of a terminal that is created now."""
        if not self._tmux_wanted():
            return BackendKind.PTY
        availability = self.tmux if self.tmux and self.tmux.usable else await self.look_for_tmux()
        if availability.usable:
            return BackendKind.TMUX
        self._tell(f"tmux can't be used: {availability.reason} New terminals end with cockpit.", "warning")
        return BackendKind.PTY

    def out_of_reach(self, terminal: Terminal) -> TerminalStatus | None:
        """Why a row can't be run by its backend now, or None when it can."""
        if terminal.backend not in self._factories:
            reason = f"this cockpit has no backend {terminal.backend!r}; the row is kept as it is"
            return TerminalStatus(TerminalState.UNAVAILABLE, reason=reason)
        if terminal.backend == BackendKind.TMUX and not self._tmux_wanted():
            return TerminalStatus(TerminalState.DETACHED, reason=f"it runs on tmux: {_TURN_ON} to see it")
        if reason := self._elsewhere(terminal):
            return TerminalStatus(TerminalState.UNAVAILABLE, reason=reason)
        return None

    async def survey(self) -> Survey:
        """What lives in tmux now, whether a row has it or not. What doesn't answer is said to be silent."""
        try:
            return await self._backend(BackendKind.TMUX).survey()
        except CockpitError as error:
            return Survey(ServerState.SILENT, reason=str(error))

    async def adopt(self, terminals: Sequence[Terminal], survey: Survey | None = None) -> None:
        """Finds the living programs of stored rows and reports each one's status.

        A row whose backend can't be asked is reported as unavailable: not knowing is no reason to start anew.
        """
        reachable: dict[str, list[Terminal]] = {}
        for terminal in terminals:
            status = self.out_of_reach(terminal)
            if status is not None:
                self._report(terminal, status)
            else:
                reachable.setdefault(terminal.backend, []).append(terminal)
        for kind, rows in reachable.items():
            try:
                found = await self._backend(kind).adopt(rows, survey)
            except CockpitError as error:
                for row in rows:
                    self._report(row, TerminalStatus(TerminalState.UNAVAILABLE, reason=str(error)))
                continue
            for row in rows:
                self._report(row, found.get(row.id, TerminalStatus()))

    async def create(self, terminal: Terminal, spec: TerminalSpec) -> None:
        """Starts a row's program and writes its backend and binding into the row.

        A tmux row that tmux refuses becomes a pty row, and the person is told (mission B5).

        Raises:
            CockpitError: nothing could be started.
        """
        backend = self._reachable(terminal)
        try:
            terminal.binding = await backend.create(spec)
        except (TmuxError, BackendUnavailableError) as error:
            if terminal.backend != BackendKind.TMUX:
                raise
            log.warning("terminal %s falls back to pty: %s", terminal.id, error)
            self._notice(f"{terminal.name} ends with cockpit, tmux could not take it: {error}", "warning")
            terminal.backend, terminal.binding = BackendKind.PTY, None
            await self._backend(BackendKind.PTY).create(spec)

    async def restart(self, terminal: Terminal, spec: TerminalSpec) -> None:
        """Starts an ended program again in its own place. Raises `CockpitError` when that fails."""
        terminal.binding = await self._reachable(terminal).restart(spec)

    async def select(self, terminal: Terminal) -> Surface:
        """The surface that shows this terminal from now on. Raises `CockpitError`."""
        return await self._reachable(terminal).select(terminal.id)

    def surface(self, terminal: Terminal) -> Surface | None:
        """The surface that shows this terminal now. Never makes one."""
        backend = self._backends.get(terminal.backend)
        return backend.surface(terminal.id) if backend else None

    async def send(self, terminal: Terminal, data: bytes) -> None:
        """Writes to the program. Raises `TerminalGoneError` when nothing was sent."""
        status = self.out_of_reach(terminal)
        if status is not None:
            raise TerminalGoneError(f"{terminal.name}: {status.reason}; nothing was sent")
        await self._backend(terminal.backend).send(terminal.id, data)

    def piece_bytes(self, terminal: Terminal) -> int:
        """How much one `send` takes at best."""
        return self._backend(terminal.backend).piece_bytes if terminal.backend in self._factories else 1

    def takes_pieces_whole(self, terminal: Terminal) -> bool:
        """Whether one `send` is taken as a whole or not at all."""
        return terminal.backend in self._factories and self._backend(terminal.backend).takes_pieces_whole

    async def drained(self, terminal: Terminal) -> None:
        """Returns when what was sent has been taken. Raises `TerminalGoneError` when it can't be any more."""
        await self._backend(terminal.backend).drained(terminal.id)

    async def encode(self, terminal: Terminal, presses: Sequence[KeyPress]) -> bytes:
        """The bytes of keys in the terminal's modes. Raises `CockpitError`."""
        return await self._reachable(terminal).encode(terminal.id, presses)

    async def scrollback(self, terminal: Terminal, *, capture: bool) -> Scrollback:
        """What can be read above the terminal's screen. Raises `CockpitError`."""
        found = await self._reachable(terminal).scrollback(terminal.id, capture=capture)
        return replace(found, last_output=lambda: self.read(terminal, ReadSpan(last_output=True)))

    async def read(self, terminal: Terminal, span: ReadSpan) -> str:
        """The text of a terminal; nothing in it can do anything to the one it is printed on. Raises `CockpitError`."""
        text = await self._reachable(terminal).read(terminal.id, span)
        return clean_screen(text, styled=span.styled)

    async def place(self, terminal: Terminal) -> object:
        """Where its cursor is now, for `ReadSpan.since`. Raises `CockpitError`."""
        return await self._reachable(terminal).place(terminal.id)

    async def outputs(self, terminal: Terminal) -> OutputReader:
        """What is known of its shell's commands. Raises `CockpitError`."""
        return await self._reachable(terminal).outputs(terminal.id)

    def watch(
        self, terminal: Terminal, heard: Callable[[], None], *, closely: bool = False
    ) -> Callable[[], None]:
        """Calls `heard` whenever its program printed. Raises `CockpitError`."""
        return self._reachable(terminal).watch(terminal.id, heard, closely=closely)

    async def describe(self, terminal: Terminal, session_id: str, facts: Mapping[str, object]) -> None:
        """Leaves with a living program what its row says, where the program may outlive the rows.

        Raises `CockpitError`.
        """
        if self.out_of_reach(terminal) is None and terminal.backend in self._backends:
            await self._backends[terminal.backend].describe(terminal.id, session_id, facts)

    async def end_server(self) -> None:
        """Ends the tmux server with everything in it, hung or not. Raises `CockpitError`."""
        await self._backend(BackendKind.TMUX).end_server()

    async def close(self, terminal: Terminal) -> None:
        """Ends the program, also of a tmux row while the tmux backend is off."""
        if terminal.backend not in self._factories or (
            terminal.binding is None and terminal.backend not in self._backends
        ):
            return
        await self._backend(terminal.backend).close(terminal.id)

    def resize(self, size: Size) -> None:
        """The pane has a new size."""
        self._size = size
        for backend in self._backends.values():
            backend.resize(size)

    async def toggle(self) -> None:
        """The wish for tmux changed: off lets go of the server; its programs live on."""
        self._told.clear()
        if not self._tmux_wanted():
            backend = self._backends.pop(BackendKind.TMUX, None)
            if backend is not None:
                await backend.shutdown(keep_programs=True)

    async def shutdown(self, *, keep_programs: bool) -> None:
        """cockpit leaves; see `Backend.shutdown`. A backend that fails doesn't keep the others."""
        backends = list(self._backends.values())
        self._backends.clear()
        ends = await asyncio.gather(
            *(backend.shutdown(keep_programs=keep_programs) for backend in backends), return_exceptions=True
        )
        for backend, end in zip(backends, ends, strict=True):
            if isinstance(end, BaseException):
                log.error("the %s backend did not end cleanly", backend.kind, exc_info=end)

    def _backend(self, kind: str) -> Backend:
        backend = self._backends.get(kind)
        if backend is None:
            backend = self._backends[kind] = self._factories[kind](self._listener)
            if self._size is not None:
                backend.resize(self._size)
        return backend

    def _reachable(self, terminal: Terminal) -> Backend:
        status = self.out_of_reach(terminal)
        if status is not None:
            self._report(terminal, status)
            raise BackendUnavailableError(f"{terminal.name}: {status.reason}")
        return self._backend(terminal.backend)

    def _report(self, terminal: Terminal, status: TerminalStatus) -> None:
        self._listener(StatusChanged(terminal.id, status))

    def _tell(self, message: str, severity: str) -> None:
        if message not in self._told:
            self._told.add(message)
            self._notice(message, severity)

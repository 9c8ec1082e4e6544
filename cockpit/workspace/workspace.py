"""The headless core: rows, backends, settings and commands as one thing that screens and sockets drive."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from cockpit.backends.base import Availability, Scrollback
from cockpit.backends.environment import base_environment
from cockpit.backends.factories import backend_factories
from cockpit.backends.router import BackendFactory, Router
from cockpit.errors import CommandError
from cockpit.model import Session, Size, Terminal
from cockpit.paths import Paths
from cockpit.settings import tmux_backend_override
from cockpit.settings_file import SettingsFile
from cockpit.telemetry import Telemetry
from cockpit.workspace import (
    session_commands,
    settings_commands,
    store_commands,
    terminal_commands,
    tmux_commands,
)
from cockpit.workspace.backend_events import BackendEvents
from cockpit.workspace.background import Background
from cockpit.workspace.commands import CommandRegistry
from cockpit.workspace.earlier_server import reason_out_of_reach, with_living_server
from cockpit.workspace.events import (
    Event,
    EventBus,
    FocusChanged,
    Noticed,
    SurfaceChanged,
    TerminalsChanged,
)
from cockpit.workspace.leaving import Leaving
from cockpit.workspace.measuring import Measuring
from cockpit.workspace.owner import Owner
from cockpit.workspace.pane import Pane
from cockpit.workspace.programs import launch_options, terminal_runner
from cockpit.workspace.restore import Restorer
from cockpit.workspace.row_tags import RowTags
from cockpit.workspace.rows import Rows
from cockpit.workspace.rows_format import StoredState, encode
from cockpit.workspace.saver import Saver
from cockpit.workspace.sending import Sender
from cockpit.workspace.server_care import ServerCare
from cockpit.workspace.settings_edits import SettingsEdits
from cockpit.workspace.store import RESCUE_NAME, Store
from cockpit.workspace.tmux_toggle import TmuxToggle

if TYPE_CHECKING:
    from cockpit.terminal.surface import Surface

log = logging.getLogger(__name__)


class Workspace:
    """One profile's sessions. Build it with `open`, then `start` it on the event loop, and `close` it."""

    screen: bool
    """Whether somebody looks on."""
    _finding: asyncio.Task[Any] | None = None  # the first look for tmux

    def __init__(
        self,
        paths: Paths,
        settings: SettingsFile,
        store: Store,
        *,
        owner: Owner,
        environment: Mapping[str, str],
        factories: Mapping[str, BackendFactory] | None = None,
        screen: bool = True,
    ) -> None:
        state, self._notices, store_was_complete = store.load()
        self._notices += owner.warnings
        self.rows = Rows(state.sessions, state.focused_session_id)
        paths = with_living_server(paths, self.rows.terminals(), owner.takes)
        self.paths, self.owner, self.screen = paths, owner, screen
        self.settings = settings
        self.environment = base_environment(environment)
        override = tmux_backend_override(environment)
        self.events = EventBus()
        telemetry = Telemetry(paths.telemetry_file)
        self.measuring = Measuring(telemetry, self.events, wanted=lambda: settings.values.general.telemetry)
        self.commands = CommandRegistry()
        self.store = store
        self._stored_extra = state.extra
        self.background = Background(lambda message: self.notice(message, "error"))
        self.in_background = self.background.run
        self.settle = self.background.settle
        self.settings_edits = SettingsEdits(self)
        self.leaving = Leaving(self)
        self.before_close = self.leaving.first
        self.saver = Saver(store, self._document, self.notice)
        self.care = ServerCare(self)
        backend_events = BackendEvents(self)
        if factories is None:
            factories = backend_factories(paths, self.environment, lambda: launch_options(settings))
        self.router = Router(
            factories,
            listener=backend_events,
            notice=self.notice,
            tmux_wanted=lambda: self.tmux_wanted,
            elsewhere=lambda row: reason_out_of_reach(row, paths.tmux_socket),
        )
        self.sender = Sender(self.router, self.in_background)
        self.toggle = TmuxToggle(self, override)
        self.runner = terminal_runner(self, backend_events.set_status)
        self.restorer = Restorer(self, complete=store_was_complete, set_status=backend_events.set_status)
        self.pane = Pane(
            self.router,
            self.runner,
            changed=lambda terminal_id: self.events.publish(SurfaceChanged(terminal_id)),
            failed=lambda message: self.notice(message, "error"),
            screen=screen,
        )
        self.keeps = self.pane.keeps
        self.row_tags = RowTags(self)
        self._host_socket = environment.get("TMUX", "").rsplit(",", 2)[0]
        for module in (session_commands, terminal_commands, settings_commands, tmux_commands, store_commands):
            module.register(self)

    @classmethod
    def open(
        cls,
        paths: Paths,
        *,
        environment: Mapping[str, str] | None = None,
        factories: Mapping[str, BackendFactory] | None = None,
        screen: bool = True,
        verb: bool = False,
    ) -> Self:
        """Takes the profile and reads settings and rows. Blocking and quick; starts no program.

        `screen`: somebody looks on; without, nothing is shown and no session made by itself. `verb`: it is opened for
        a verb alone, and others wait for its end.

        Raises:
            UsageError: COCKPIT_TMUX_BACKEND is not understood.
            SettingsError, StoreError, ProfileInUseError, PathError: they can't be used. Nothing was overwritten.
        """
        paths.prepare()
        owner = Owner.acquire(paths, server=not screen, verb=verb)
        try:
            owner.listen()
            with contextlib.suppress(OSError):
                paths.pid_file.unlink()  # left by a server that was killed
            return cls(
                paths,
                SettingsFile.load(paths.settings_file),
                Store(paths.store_file, paths.runtime_dir / RESCUE_NAME, owner.guard_store),
                owner=owner,
                environment=os.environ if environment is None else environment,
                factories=factories,
                screen=screen,
            )
        except BaseException:  # interrupted too: the next cockpit gets the profile
            owner.release()
            raise

    # What there is.

    @property
    def sessions(self) -> Sequence[Session]:
        """The sessions in the sidebar's order."""
        return self.rows.sessions

    @property
    def focused_session(self) -> Session | None:
        """The session whose tabs are shown."""
        return self.rows.focused_session

    @property
    def focused_terminal(self) -> Terminal | None:
        """The terminal that has the keyboard."""
        return self.rows.focused_terminal

    @property
    def surface(self) -> Surface | None:
        """What the pane shows now; None when nothing runs in the focused terminal."""
        return self.pane.surface

    @property
    def tmux(self) -> Availability:
        """The last look at tmux. Not usable and without a reason before the first one."""
        return self.router.tmux or Availability(False)

    @property
    def tmux_wanted(self) -> bool:
        """Whether new terminals run on tmux: the override, else the setting."""
        return self.toggle.wanted

    @property
    def overridden(self) -> bool | None:
        """What COCKPIT_TMUX_BACKEND decides, whatever the settings say; None when it decides nothing."""
        return self.toggle.override

    # What can be done.

    async def run(self, name: str, /, **arguments: object) -> Any:
        """Runs a command. Raises `CommandError` when it is refused, `CockpitError` when it fails."""
        if self.leaving.begun:
            raise CommandError("cockpit is closing; nothing more can be done")
        return await self.commands.run(name, **arguments)

    async def scrollback(self, *, capture: bool = True) -> Scrollback:
        """What can be read above the shown terminal's screen. Raises `CockpitError`."""
        terminal = self.focused_terminal
        if terminal is None:
            raise CommandError("no terminal is shown, so there is nothing to read")
        return await self.router.scrollback(terminal, capture=capture)

    def set_pane_size(self, size: Size) -> None:
        """The pane's size in cells. Terminals start once it is known."""
        if size == self.pane.size or size.columns < 1 or size.rows < 1:
            return
        first = self.pane.size is None
        self.pane.resize(size)
        if first:
            self.in_background(self.show_focused())

    async def start(self, directory: str | None = None) -> None:
        """Opens `directory` (see `cockpit --help`) and begins to watch settings, tmux and programs, on this loop.
        Living tmux windows are adopted in the background.
        """
        await self.begin(directory)
        self.look_around()

    async def begin(self, directory: str | None = None) -> None:
        """The part of `start` that shows something: rows, and the program that has the focus."""
        await self.leaving.listen()
        for notice in self._notices:
            self.notice(notice, "warning")
        if self._notices:
            self.saver.changed()  # what was found elsewhere belongs into the store
        self.settings_edits.watch()
        self.restorer.begin()
        if self.tmux_wanted:
            self._finding = self.in_background(self.toggle.look_and_adopt())
        if self._finding and self.restorer.rows_may_be_lost:
            await asyncio.wait([self._finding])  # else there would seem to be no session
        if self.screen:
            await session_commands.open_directory(self, directory)

    def look_around(self) -> None:
        """The part of `start` that nobody waits for: what other servers there are, whether tmux could be used."""
        self._finding = self._finding or self.in_background(self.toggle.look_and_adopt())
        from cockpit.workspace.leases import Leases  # not needed for the first frame

        self.leaving.leases = Leases(self, host_socket=self._host_socket)
        self.in_background(self.leaving.leases.begin())

    async def close(self) -> None:
        """Saves the rows, ends or leaves the programs as the settings say, and lets go of the profile."""
        if not self.leaving.begun:
            await self.leaving.leave()

    # For the commands and the facts backends report.

    def changed(self, event: Event) -> None:
        """Publishes a change of the rows and has it saved."""
        self.events.publish(event)
        self.saver.changed()

    def terminals_changed(self, session: Session) -> None:
        """Terminals of a session are other ones, or elsewhere."""
        self.changed(TerminalsChanged(session.id))

    async def focus_moved(self) -> None:
        """The focus is on another terminal: tells it at once, then brings the terminal into the pane."""
        session, terminal = self.focused_session, self.focused_terminal
        self.changed(FocusChanged(session.id if session else None, terminal.id if terminal else None))
        with self.measuring.switching(terminal):
            await self.show_focused()

    async def show_focused(self) -> None:
        """Brings the focused terminal into the pane."""
        await self.pane.show(self.focused_session, self.focused_terminal)

    def notice(self, message: str, severity: str = "information") -> None:
        """Something the person should read."""
        self.events.publish(Noticed(message, severity))

    def end(self, terminals: Iterable[Terminal]) -> None:
        """Ends the programs of rows that are gone. Some take seconds to go, and nobody has to wait for that."""
        for terminal in terminals:
            self.pane.forget(terminal)
            self.background.run(self.runner.end(terminal), to_the_end=True)

    def _document(self) -> dict[str, Any]:
        focused = self.focused_session
        state = StoredState(self.rows.sessions, focused.id if focused else None, self._stored_extra)
        return encode(state)

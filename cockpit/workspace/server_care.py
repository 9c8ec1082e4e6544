"""What the core does when tmux stops answering, answers again, dies, or is to be started anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cockpit.errors import CommandError
from cockpit.model import BackendKind, Terminal, TerminalState
from cockpit.telemetry import Event as Measured
from cockpit.workspace.events import TmuxEnded, TmuxHeard, TmuxSilent

if TYPE_CHECKING:
    from cockpit.workspace.workspace import Workspace

_ALIVE = (TerminalState.RUNNING, TerminalState.NEW, TerminalState.UNAVAILABLE)


class ServerCare:
    """Belongs to the workspace. Never ends anything by itself."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.silent = ""
        """Why tmux is held to be silent; empty: it answers, or there is none."""

    # What the backend tells

    def fell_silent(self, reason: str) -> None:
        """tmux stopped answering. That is not its end: nothing is touched."""
        self.silent = reason
        self._workspace.measuring.telemetry.count(Measured.SERVER_UNRESPONSIVE)
        self._workspace.events.publish(TmuxSilent(reason))

    def answered(self) -> None:
        """tmux answers again: what could not be shown or reached meanwhile is looked for."""
        self._heard()
        self._workspace.notice("tmux answers again. Its programs were not touched.")
        self._workspace.in_background(self._catch_up())

    def ended(self, reason: str) -> None:
        """The server is no more; the rows know already."""
        self._heard()
        self._workspace.measuring.telemetry.count(Measured.SERVER_SHUTDOWN)
        self._workspace.events.publish(TmuxEnded(reason))

    # What a person can do

    async def restart_server(self) -> None:
        """Ends the tmux server, hung or not, with everything in it, and brings its terminals back in a new one."""
        workspace = self._workspace
        workspace.measuring.telemetry.count(Measured.SERVER_RESTART_BY_USER)
        rows = self._rows(lambda row: row.status.lost or row.status.state in _ALIVE)
        await workspace.router.end_server()
        self._heard()
        await self._bring_back(rows)

    async def revive(self) -> None:
        """Brings back what ended with the tmux server."""
        rows = self._rows(lambda row: row.status.lost)
        if not rows:
            raise CommandError("nothing ended with the tmux server")
        await self._bring_back(rows)

    async def _bring_back(self, rows: list[Terminal]) -> None:
        """As at a launch: each row by its own rules, and started when its tab is shown."""
        workspace = self._workspace
        if rows:
            await workspace.restorer.find(rows)
        await workspace.show_focused()

    async def _catch_up(self) -> None:
        workspace = self._workspace
        await workspace.toggle.look_again()
        if workspace.pane.shown is None:
            await workspace.show_focused()

    def _heard(self) -> None:
        if self.silent:
            self.silent = ""
            self._workspace.events.publish(TmuxHeard())

    def _rows(self, wanted: Callable[[Terminal], bool]) -> list[Terminal]:
        rows = self._workspace.rows.terminals()
        return [row for row in rows if row.backend == BackendKind.TMUX and wanted(row)]

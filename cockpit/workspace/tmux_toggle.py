"""Whether tmux is wanted, and what follows when that changes while cockpit runs."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from cockpit.backends.base import Availability
from cockpit.model import BackendKind, Terminal, TerminalState
from cockpit.workspace.events import TmuxLooked

if TYPE_CHECKING:
    from cockpit.workspace.workspace import Workspace


class TmuxToggle:
    """The setting `experimental.tmux_backend` in force. `override` is what the environment decides, or None."""

    def __init__(self, workspace: Workspace, override: bool | None) -> None:
        self._workspace = workspace
        self._lock = asyncio.Lock()
        self.override = override
        self._in_force = self.wanted

    @property
    def wanted(self) -> bool:
        """Whether new terminals run on tmux."""
        if self.override is not None:
            return self.override
        return self._workspace.settings.values.experimental.tmux_backend

    async def look(self) -> Availability:
        """Looks anew whether tmux can be used, and tells it."""
        availability = await self._workspace.router.look_for_tmux()
        self._workspace.events.publish(TmuxLooked())
        return availability

    async def look_and_adopt(self) -> None:
        """What launching does: looks for tmux, then for the living windows of the rows."""
        workspace = self._workspace
        try:
            async with self._lock:
                await self.look()
                if self._in_force:
                    await workspace.restorer.find()
        finally:
            workspace.runner.adopted.set()

    async def apply(self) -> None:
        """Off lets go of the server and its programs, on adopts them; nothing when the wish is the same."""
        workspace = self._workspace
        async with self._lock:
            if self.wanted == self._in_force:
                return
            self._in_force = self.wanted
            shown = workspace.pane.shown
            if shown is not None and workspace.router.out_of_reach(shown):
                workspace.pane.forget(shown)
            if self.wanted:
                await self.look()
            await workspace.router.toggle()
            if self.wanted:
                await workspace.restorer.find()
            else:
                workspace.restorer.begin(self._tmux_rows())
            await workspace.show_focused()

    async def look_again(self) -> None:
        """Looks for the windows of the rows that could not be reached."""
        lost = (TerminalState.UNAVAILABLE, TerminalState.DETACHED)
        await self._workspace.router.adopt([r for r in self._tmux_rows() if r.status.state in lost])

    def _tmux_rows(self) -> list[Terminal]:
        return [row for row in self._workspace.rows.terminals() if row.backend == BackendKind.TMUX]

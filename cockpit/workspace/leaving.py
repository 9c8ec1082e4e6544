"""How cockpit leaves a profile: what ends with it, what is saved, and what goes on without it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from cockpit.model import BackendKind, Terminal, TerminalState
from cockpit.telemetry import Event as Measured
from cockpit.workspace.events import TakenOver
from cockpit.workspace.takeover import Handover

if TYPE_CHECKING:
    from cockpit.workspace.leases import Leases
    from cockpit.workspace.workspace import Workspace


class Leaving:
    """Belongs to the workspace, and lets go of its profile at the end."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._handover = Handover(
            self._ends_at_handover, lambda successor: workspace.events.publish(TakenOver(successor))
        )
        self._steps: list[Callable[[], Awaitable[None]]] = []
        self.begun = False
        self.last_words = ""
        """What the person must know after the screen is left."""
        self.leases: Leases | None = None

    def first(self, step: Callable[[], Awaitable[None]]) -> None:
        """Has `step` done before anything else is let go of."""
        self._steps.append(step)

    @property
    def ends_with_cockpit(self) -> list[Terminal]:
        """The running terminals that end when cockpit is left."""
        kept = self._workspace.settings.values.experimental.keep_server_alive
        return [row for row in self._running() if not (kept and row.backend == BackendKind.TMUX)]

    async def listen(self) -> None:
        """Begins to answer a cockpit that wants to take over."""
        listener = self._workspace.owner.listener
        if listener is not None:
            await self._handover.start(listener)

    async def leave(self) -> None:
        """Saves the rows, ends or leaves the programs as the settings say, and lets go of the profile."""
        workspace = self._workspace
        self.begun = True
        for step in self._steps:
            await step()
        workspace.settings_edits.stop()
        workspace.pane.blank()
        await workspace.runner.launcher.settle()
        await workspace.background.close()
        try:
            self.last_words = await workspace.saver.close()
            await self._end_programs()
        finally:
            self._handover.stop()
            workspace.runner.readiness.close()
            workspace.measuring.close()
            workspace.owner.release()
            self._handover.let_go()

    async def _end_programs(self) -> None:
        workspace = self._workspace
        keep = workspace.settings.values.experimental.keep_server_alive
        keep = keep or self._handover.successor is not None
        if not keep:
            workspace.measuring.telemetry.count(Measured.SERVER_SHUTDOWN)
        await workspace.router.shutdown(keep_programs=keep)
        rows = workspace.rows.terminals()
        workspace.runner.clear_up(row for row in rows if not (keep and row.backend == BackendKind.TMUX))
        if self.leases is not None:
            await self.leases.end(keep=keep)

    def _ends_at_handover(self) -> list[str]:
        """The running programs that nothing holds but this process."""
        rows = {row.id for row in self._running() if row.backend != BackendKind.TMUX}
        return [
            f"{session.name}: {row.name}" + (f" ({row.living_command})" if row.living_command else "")
            for session in self._workspace.sessions
            for row in session.terminals
            if row.id in rows
        ]

    def _running(self) -> list[Terminal]:
        rows = self._workspace.rows.terminals()
        return [row for row in rows if row.status.state is TerminalState.RUNNING]

"""Turns what backends report into the rows' state and the workspace's events. Decides nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.backends.base import (
    BackendAnswered,
    BackendEvent,
    BackendFailed,
    BackendNoticed,
    BackendSilent,
    BellRang,
    BindingChanged,
    ProgramSaid,
    ScreenSwitched,
    StatusChanged,
    SurfaceLost,
    TitleChanged,
)
from cockpit.model import Terminal, TerminalState, TerminalStatus
from cockpit.workspace.events import TerminalScreenSwitched, TerminalStatusChanged, TerminalTitleChanged
from cockpit.workspace.program_speech import ProgramSpeech

if TYPE_CHECKING:
    from cockpit.workspace.workspace import Workspace


class BackendEvents:
    """The listener of all backends. Facts about rows that are gone already are dropped."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._spoken = ProgramSpeech(workspace.events.publish, lambda: workspace.settings.values.clipboard)

    def __call__(self, event: BackendEvent) -> None:
        """Takes one fact over."""
        workspace = self._workspace
        if isinstance(event, BackendFailed):
            workspace.notice(event.reason, "error")
            workspace.care.ended(event.reason)
            self._surface_lost(event.kind)
            return
        if isinstance(event, BackendSilent):
            workspace.care.fell_silent(event.reason)
            return
        if isinstance(event, BackendAnswered):
            workspace.care.answered()
            return
        if isinstance(event, BackendNoticed):
            workspace.notice(event.message, "warning")
            return
        if isinstance(event, SurfaceLost):
            self._surface_lost(event.kind)
            return
        found = workspace.rows.find(event.terminal_id)
        if found is None:
            return
        session, terminal = found
        if isinstance(event, StatusChanged):
            self.set_status(terminal, event.status)
        elif isinstance(event, TitleChanged):
            terminal.title = event.title
            workspace.events.publish(TerminalTitleChanged(session.id, terminal.id, event.title))
        elif isinstance(event, ScreenSwitched):
            terminal.alternate_screen = event.alternate
            workspace.events.publish(TerminalScreenSwitched(session.id, terminal.id))
        elif isinstance(event, BellRang):
            self._spoken.ring(session, terminal)
        elif isinstance(event, ProgramSaid):
            self._spoken.say(session, terminal, event.event)
        elif isinstance(event, BindingChanged):
            terminal.binding = event.binding
            workspace.terminals_changed(session)

    def set_status(self, terminal: Terminal, status: TerminalStatus) -> None:
        """Puts a status into its row and tells it."""
        found = self._workspace.rows.find(terminal.id)
        if terminal.status == status or found is None:
            return
        terminal.status = status
        if status.state is not TerminalState.RUNNING:
            self._spoken.fell_silent(found[0], terminal)
        self._workspace.events.publish(TerminalStatusChanged(found[0].id, terminal.id, status))

    def _surface_lost(self, kind: str) -> None:
        """A shared surface ended: the focused terminal is brought up again at once when it was shown there."""
        workspace = self._workspace
        shown = workspace.pane.shown
        if shown is not None and shown.backend == kind:
            workspace.pane.forget(shown)
            workspace.in_background(workspace.show_focused())

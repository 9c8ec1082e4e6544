"""Keeps what living tmux windows say of their rows as true as the rows, so that a lost store can be made anew."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from cockpit.errors import CockpitError
from cockpit.model import BackendKind, Session, Terminal
from cockpit.workspace.events import Event, SessionsChanged, TerminalsChanged
from cockpit.workspace.runner import row_facts

if TYPE_CHECKING:
    from cockpit.workspace.workspace import Workspace

log = logging.getLogger(__name__)


class RowTags:
    """Listens to a workspace and writes in the background, one window after the other, only what has changed."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._written: dict[str, dict[str, object]] = {}
        self._writing: asyncio.Task[None] | None = None
        workspace.events.subscribe(self._heard)

    def _heard(self, event: Event) -> None:
        idle = self._writing is None or self._writing.done()
        if isinstance(event, SessionsChanged | TerminalsChanged) and idle and self._outdated():
            self._writing = self._workspace.in_background(self._write())

    async def _write(self) -> None:
        while outdated := self._outdated():
            session, terminal, facts = outdated[0]
            self._written[terminal.id] = facts
            try:
                await self._workspace.router.describe(terminal, session.id, facts)
            except CockpitError as error:  # the next change of the row writes all of it
                log.warning("the window of %s keeps its old tags: %s", terminal.id, error)

    def _outdated(self) -> list[tuple[Session, Terminal, dict[str, object]]]:
        found = []
        for session in self._workspace.sessions:
            for terminal in session.terminals:
                if terminal.backend != BackendKind.TMUX or terminal.binding is None:
                    continue
                facts = row_facts(session, terminal)
                if self._written.get(terminal.id) != facts:
                    found.append((session, terminal, facts))
        return found

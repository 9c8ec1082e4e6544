"""Keeps the widgets around the pane true to the core: hears events and draws anew only what changed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from textual.screen import Screen

from cockpit.app.branches import read_branches
from cockpit.app.calls.progress import Progresses
from cockpit.app.calls.unseen import Unseen
from cockpit.app.core import Core
from cockpit.app.looks.glyphs import Glyphs
from cockpit.app.looks.line_painter import LinePainter
from cockpit.app.widgets.session_list import SessionList
from cockpit.app.widgets.session_row import SessionRow, session_row
from cockpit.app.widgets.status_bar import StatusBar
from cockpit.app.widgets.terminal_tabs import TerminalTabs, tab_of
from cockpit.workspace.events import (
    Event,
    FocusChanged,
    SessionsChanged,
    TerminalBellRang,
    TerminalNotified,
    TerminalProgress,
    TerminalsChanged,
    TerminalScreenSwitched,
    TerminalStatusChanged,
    TerminalTitleChanged,
)

BRANCH_INTERVAL_S = 2.0
"""Titles change with every prompt; the branch of the shown session is read again at most this often for them."""


class Chrome:
    """Belongs to the main screen. `place_changed` is called when the status line has to be drawn anew."""

    def __init__(
        self, screen: Screen[Any], core: Core, glyphs: Glyphs, *, home: str, place_changed: Callable[[], None]
    ) -> None:
        self._screen = screen
        self._core = core
        self._glyphs = glyphs
        self._home = home
        self._place_changed = place_changed
        self._painter = LinePainter(screen)
        self.unseen = Unseen()
        self._progresses = Progresses()
        self._rows: dict[str, SessionRow] = {}
        self._branches: dict[str, str] = {}
        self._stale: set[str] = set()
        self._all_stale = True
        self._flush_asked = False
        self._branches_read_at = 0.0

    def hear(self, event: Event) -> None:
        """Notes what an event makes stale."""
        if isinstance(event, TerminalBellRang) and self._core.settings.values.notifications.bell == "off":
            return
        self.unseen.hear(event)
        self._progresses.hear(event)
        match event:
            case SessionsChanged():
                self._all_stale = True
                self.read_branches()
            case FocusChanged(session_id, _):
                self._stale.add(session_id or "")
                self.read_branches(only_shown=True)
            case (
                TerminalsChanged(session_id)
                | TerminalBellRang(session_id, _)
                | TerminalNotified(session_id=session_id)
            ):
                self._stale.add(session_id)
            case TerminalProgress(session_id=session_id):
                self._stale.add(session_id)
            case TerminalStatusChanged(session_id, _, _):
                self._stale.add(session_id)
                self._read_shown_branch_sometimes()
            case TerminalTitleChanged() | TerminalScreenSwitched():
                self._read_shown_branch_sometimes()
            case _:
                return
        self.refresh_soon()

    def refresh_soon(self) -> None:
        """Draws what is stale in the next turn of the loop, however much became stale until then."""
        if not self._flush_asked:
            self._flush_asked = True
            self._screen.call_later(self.refresh)

    def refresh(self) -> None:
        """Draws what is stale now."""
        self._flush_asked = False
        if not self._screen.is_attached:
            return
        self._refresh_rows()
        self._refresh_tabs()
        self._place_changed()
        query = self._screen.query_one
        self._painter.paint(query(TerminalTabs), query(SessionList), query(StatusBar))

    def read_branches(self, *, only_shown: bool = False) -> None:
        """Reads the branches in a thread, off the key path."""
        shown = self._core.focused_session
        if only_shown and shown is None:
            return
        sessions = [shown] if only_shown and shown else self._core.sessions
        directories = [session.directory for session in sessions]
        self._branches_read_at = time.monotonic()
        read: Callable[[], Awaitable[None]] = partial(self._read_branches, directories)
        self._screen.run_worker(read, group="branches", exclusive=not only_shown, exit_on_error=False)

    def _read_shown_branch_sometimes(self) -> None:
        if time.monotonic() - self._branches_read_at >= BRANCH_INTERVAL_S:
            self.read_branches(only_shown=True)

    async def _read_branches(self, directories: list[str]) -> None:
        found = await asyncio.to_thread(read_branches, directories)
        changed = {d for d, branch in found.items() if self._branches.get(d, "") != branch}
        self._branches.update(found)
        if changed:
            self._stale |= {s.id for s in self._core.sessions if s.directory in changed}
            self.refresh_soon()

    def _refresh_rows(self) -> None:
        sessions = self._core.sessions
        focused = self._core.focused_session
        stale = bool(self._stale) or self._all_stale
        if stale:
            known = {t.id for s in sessions for t in s.terminals}
            self.unseen.keep_only(known)
            self._progresses.keep_only(known)
        for session in sessions:
            if self._all_stale or session.id in self._stale or session.id not in self._rows:
                self._rows[session.id] = session_row(
                    session,
                    self._glyphs,
                    branch=self._branches.get(session.directory, ""),
                    unseen=self.unseen.of_session(session),
                    progress=self._progresses.of_session(session),
                    home=self._home,
                )
        self._stale, self._all_stale = set(), False
        listing = self._screen.query_one(SessionList)
        if stale:
            self._rows = {session.id: self._rows[session.id] for session in sessions}
            listing.show_rows(list(self._rows.values()))
        listing.focused_id = focused.id if focused else None

    def _refresh_tabs(self) -> None:
        session, terminal = self._core.focused_session, self._core.focused_terminal
        strip = self._screen.query_one(TerminalTabs)
        terminals = session.terminals if session else []
        strip.tabs = tuple(
            tab_of(
                t,
                self._glyphs,
                unseen=self.unseen.of_terminal(t.id),
                progress=self._progresses.of_terminal(t.id),
            )
            for t in terminals
        )
        strip.active_id = terminal.id if terminal else None

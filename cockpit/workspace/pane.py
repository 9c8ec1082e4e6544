"""What the one pane shows. The newest focus wins; one that was overtaken changes nothing any more."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from cockpit.backends.router import Router
from cockpit.errors import CockpitError, TerminalGoneError, TmuxGoneError, TmuxTimeoutError
from cockpit.model import Session, Size, Terminal, TerminalState
from cockpit.workspace.launcher import Typed
from cockpit.workspace.runner import TerminalRunner

if TYPE_CHECKING:
    from cockpit.terminal.surface import Surface

log = logging.getLogger(__name__)

_SHOWABLE = (TerminalState.NEW, TerminalState.RUNNING, TerminalState.EXITED)


class Pane:
    """Brings terminals into the pane. `changed` is told of every other surface, with its terminal's id.

    Without a `screen` what is shown is started, and that is all: there is nothing to bring it to.
    """

    def __init__(
        self,
        router: Router,
        runner: TerminalRunner,
        *,
        changed: Callable[[str | None], None],
        failed: Callable[[str], None],
        screen: bool = True,
    ) -> None:
        self._router = router
        self._runner = runner
        self._changed = changed
        self._failed = failed
        self._screen = screen
        self._ticket = 0
        self._shown: Terminal | None = None
        self.surface: Surface | None = None
        self.size: Size | None = None

    def resize(self, size: Size) -> None:
        """The pane has this size from now on."""
        self.size = size
        self._router.resize(size)

    async def show(self, session: Session | None, terminal: Terminal | None) -> None:
        """Shows a terminal, starting it if it never was. Returns when it is shown, can't be, or is overtaken.

        Nothing starts before the size is known. What fails becomes the terminal's status.
        """
        self._ticket += 1
        ticket = self._ticket
        if session is None or terminal is None or terminal.status.state not in _SHOWABLE:
            self._set(None, None)
            return
        if self.size is None:
            return
        surface = None
        try:
            await self._runner.ensure_started(session, terminal, self.size)
            if ticket != self._ticket:
                return
            if self._screen and terminal.status.state in _SHOWABLE:
                surface = await self._router.select(terminal)
        except (
            TerminalGoneError,
            TmuxGoneError,
            TmuxTimeoutError,
        ) as error:  # its status or the watchdog says so
            log.info("%s can't be shown: %s", terminal.id, error)
        except CockpitError as error:
            if ticket == self._ticket:
                self._failed(f"{terminal.name}: {error}")
        if ticket == self._ticket:
            self._set(surface, terminal if surface else None)

    def keeps(self, typed: Typed) -> bool:
        """Takes a key or a paste for the shown terminal whose own command is still to come; False: none is."""
        shown = self._shown
        return shown is not None and self._runner.launcher.keeps(shown.id, typed)

    def forget(self, terminal: Terminal) -> None:
        """Stops showing this terminal, if it is shown: its surface is about to be freed."""
        if self._shown is terminal:
            self._set(None, None)

    def blank(self) -> None:
        """Stops showing anything."""
        self._set(None, None)

    @property
    def shown(self) -> Terminal | None:
        """The terminal whose surface this is."""
        return self._shown

    def _set(self, surface: Surface | None, terminal: Terminal | None) -> None:
        changed = surface is not self.surface
        self.surface, self._shown = surface, terminal
        if changed:
            self._changed(terminal.id if terminal else None)

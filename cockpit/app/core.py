"""What the screens need of the workspace. The workspace is the only real one; tests bring a fake."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from cockpit.backends.base import Availability, Scrollback
from cockpit.model import Session, Size, Terminal
from cockpit.settings import Settings
from cockpit.terminal.surface import Surface
from cockpit.workspace.commands import CommandRegistry
from cockpit.workspace.events import EventBus
from cockpit.workspace.launcher import Typed


class SettingsSource(Protocol):
    """Where the settings in force can be read."""

    @property
    def values(self) -> Settings:
        """All settings."""
        ...


class Core(Protocol):
    """The headless core as the screen sees it: rows to show, one way to change them, events."""

    @property
    def sessions(self) -> Sequence[Session]:
        """All sessions in the sidebar's order."""
        ...

    @property
    def focused_session(self) -> Session | None:
        """The session whose terminal is shown."""
        ...

    @property
    def focused_terminal(self) -> Terminal | None:
        """The terminal that is shown."""
        ...

    @property
    def surface(self) -> Surface | None:
        """What the pane shows."""
        ...

    @property
    def settings(self) -> SettingsSource:
        """The settings in force."""
        ...

    @property
    def events(self) -> EventBus:
        """Everything that happens."""
        ...

    @property
    def commands(self) -> CommandRegistry:
        """Everything that can be done."""
        ...

    @property
    def tmux(self) -> Availability:
        """The last look for tmux."""
        ...

    @property
    def overridden(self) -> bool | None:
        """What COCKPIT_TMUX_BACKEND says, if anything."""
        ...

    def set_pane_size(self, size: Size) -> None:
        """The pane has room for this many cells."""
        ...

    async def scrollback(self, *, capture: bool = True) -> Scrollback:
        """What can be read above the shown terminal's screen. Raises `CockpitError`."""
        ...

    def keeps(self, typed: Typed) -> bool:
        """Takes a key or a paste for the shown terminal whose own command is still to come; False: none is."""
        ...

    async def run(self, name: str, /, **arguments: Any) -> object:
        """Runs one command. Raises `CockpitError`."""
        ...

"""What every test of the main screen looks at, whatever lies behind the screen."""

from __future__ import annotations

from cockpit.app.screens.main import MainScreen
from cockpit.app.widgets.session_list import SessionList
from cockpit.app.widgets.status_bar import StatusBar
from cockpit.app.widgets.terminal_tabs import TerminalTabs
from cockpit.model import Session
from cockpit.workspace.workspace import Workspace


class MainWorld:
    """The main screen and the workspace behind it."""

    def __init__(self, main: MainScreen, workspace: Workspace) -> None:
        self.main = main
        self.workspace = workspace

    @property
    def sessions(self) -> list[Session]:
        return list(self.workspace.sessions)

    @property
    def session_list(self) -> SessionList:
        return self.main.query_one(SessionList)

    @property
    def tabs(self) -> TerminalTabs:
        return self.main.query_one(TerminalTabs)

    @property
    def status(self) -> StatusBar:
        return self.main.query_one(StatusBar)

    @property
    def in_pane(self) -> bool:
        """Whether the pane has the keyboard and nothing lies over it."""
        return self.main.app.screen is self.main and self.main.app.focused is self.main.pane

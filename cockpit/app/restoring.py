"""The commands that show what became of the rows and bring earlier states back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.workspace.commands import Command, CommandRegistry

if TYPE_CHECKING:
    from cockpit.app.screens.main import MainScreen


class Restoring:
    """Belongs to the main screen. The dialogues are imported when they are opened."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def register(self, registry: CommandRegistry) -> None:
        """Adds the commands that are not there yet."""
        what = "Say what became of every terminal at this start."
        back = "Choose an earlier state of the sessions and bring it back."
        for command in (
            Command("view.restore_report", "Restore report", what, self.show_report),
            Command("view.restore_earlier", "Restore an earlier state…", back, self.choose_state),
        ):
            if command.name not in registry:
                registry.add(command)

    async def show_report(self) -> None:
        """Opens the report."""
        from cockpit.app.screens.restore_report import RestoreReportScreen

        self._screen.app.push_screen(
            RestoreReportScreen(await self._screen.core.commands.run("store.report"))
        )

    async def choose_state(self) -> None:
        """Lists the states, and brings back the one that is chosen."""
        from cockpit.app.screens.earlier_states import EarlierStatesScreen

        states = await self._screen.core.commands.run("store.list")
        self._screen.app.push_screen(EarlierStatesScreen(states), self._bring_back)

    def _bring_back(self, number: int | None) -> None:
        if number is not None:
            self._screen.runner.start("store.restore", {"generation": number})

"""The commands that show what became of the rows, bring earlier states back, and say how a tab comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.app.looks.text import safe_text
from cockpit.workspace.commands import Command, CommandRegistry

if TYPE_CHECKING:
    from cockpit.app.screens.main import MainScreen

AS_SET = "as set"
POLICIES = (
    (AS_SET, "As the settings say"),
    ("nothing", "Nothing, until enter is pressed in it"),
    ("shell", "A shell in its place"),
    ("relaunch", "It is run again"),
)


class Restoring:
    """Belongs to the main screen. The dialogues are imported when they are opened."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen

    def register(self, registry: CommandRegistry) -> None:
        """Adds the commands that are not there yet."""
        what = "Say what became of every terminal at this start."
        back = "Choose an earlier state of the sessions and bring it back."
        how = "Choose what becomes of this tab's command at the next start."
        for command in (
            Command("view.restore_report", "Restore report", what, self.show_report),
            Command("view.restore_earlier", "Restore an earlier state…", back, self.choose_state),
            Command("view.restore_as", "Tab at the next start…", how, self.choose_policy),
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
        from cockpit.app.screens.choice import ChoiceScreen
        from cockpit.workspace.earlier_states import line

        states = await self._screen.core.commands.run("store.list")
        choices = [(str(one.number) if one.state else "", line(one)) for one in states if one.number]
        note = "Sessions and tabs that are gone come back, order and names are as they were. Nothing that runs ends."
        screen = ChoiceScreen("Restore an earlier state", note, choices)
        self._screen.app.push_screen(screen, self._bring_back)

    def choose_policy(self) -> None:
        """Asks for the policy of the shown tab."""
        from cockpit.app.screens.choice import ChoiceScreen

        terminal = self._screen.core.focused_terminal
        if terminal is None or terminal.command is None:
            self._screen.tell("This tab runs a shell, which starts anew at every start.")
            return
        note = f"What becomes of “{safe_text(terminal.command, 100)}” when cockpit starts again."
        screen = ChoiceScreen("Tab at the next start", note, POLICIES, chosen=terminal.restore or AS_SET)
        terminal_id = terminal.id

        def use(policy: str | None) -> None:
            if policy is not None:
                given = {} if policy == AS_SET else {"policy": policy}
                self._screen.runner.start("terminal.restore_as", {"terminal_id": terminal_id, **given})

        self._screen.app.push_screen(screen, use)

    def _bring_back(self, number: str | None) -> None:
        if number is not None:
            self._screen.runner.start("store.restore", {"generation": int(number)})

"""The commands on the store: `store.*`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from cockpit.errors import CommandError
from cockpit.workspace.commands import Command, Parameter
from cockpit.workspace.events import SessionsChanged, TerminalsChanged
from cockpit.workspace.restore_earlier import bring_back
from cockpit.workspace.restore_plan import Policy
from cockpit.workspace.restore_report import Entry
from cockpit.workspace.store import Generation

if TYPE_CHECKING:
    from cockpit.workspace.workspace import Workspace


class StoreCommands:
    """What can be done with earlier states."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def states(self) -> list[Generation]:
        """The states there are; what is not saved yet is saved first."""
        await self._workspace.saver.flush()
        return await asyncio.to_thread(self._workspace.store.generations)

    def report(self) -> list[Entry]:
        """What became of every row at this launch."""
        return [*self._workspace.restorer.report]

    def restore_as(self, policy: str | None = None, terminal_id: str | None = None) -> None:
        """Says what becomes of a terminal's command at the next launch; no policy: what the settings say."""
        session, terminal = self._workspace.rows.terminal(terminal_id)
        if policy is not None and policy not in set(Policy):
            raise CommandError(f"there is no policy {policy!r:.40}; there are {', '.join(Policy)}")
        terminal.restore = policy
        self._workspace.terminals_changed(session)

    async def recover(self) -> int:
        """Gives rows to the terminals that tmux runs and no session has; answers how many those were."""
        workspace = self._workspace
        if not workspace.tmux_wanted:
            raise CommandError("the tmux backend is off: turn it on in the settings (Experimental) first")
        count = await workspace.restorer.recover()
        if not count:
            workspace.notice("Every terminal that tmux runs here has its tab.")
        return count

    async def restore(self, generation: int) -> int:
        """Brings back what an earlier state had and is gone now; answers how many terminals that were."""
        workspace = self._workspace
        await workspace.saver.flush()
        state = await asyncio.to_thread(workspace.store.read_generation, generation)
        focused = workspace.focused_session
        earlier = bring_back(workspace.sessions, state.sessions)
        workspace.rows.sessions[:] = earlier.sessions
        if focused is None and earlier.sessions:
            workspace.rows.focus(earlier.sessions[0])
        workspace.restorer.begin(earlier.returned)
        if workspace.tmux_wanted:
            await workspace.restorer.find(earlier.returned)
        workspace.changed(SessionsChanged())
        for session in earlier.sessions:
            workspace.events.publish(TerminalsChanged(session.id))
        if focused is None:
            await workspace.focus_moved()
        count = len(earlier.returned)
        back = (
            f"{count} {'terminal is' if count == 1 else 'terminals are'} back"
            if count
            else "nothing was gone"
        )
        workspace.notice(f"Names and order are those of state {generation}; {back}.")
        return count


def register(workspace: Workspace) -> None:
    """Adds the commands to the workspace's registry."""
    do = StoreCommands(workspace)
    policy = Parameter("policy", description="relaunch, shell or nothing; left out: as the settings say")
    terminal = Parameter("terminal_id", description="the terminal; left out: the focused one")
    lost = "Give a tab to what tmux runs and no session has."
    how = "What becomes of its command at the next start."
    generation = Parameter("generation", int, required=True, description="its number, 1 the youngest")
    back = "Bring back what an earlier state had."
    for command in (
        Command("store.list", "Earlier states", "List the earlier states of the sessions.", do.states),
        Command("store.report", "What was restored", "Say what became of every row.", do.report),
        Command("store.restore", "Restore an earlier state", back, do.restore, (generation,)),
        Command("terminal.recover", "Recover terminals", lost, do.recover),
        Command("terminal.restore_as", "Tab at the next start", how, do.restore_as, (policy, terminal)),
    ):
        workspace.commands.add(command)

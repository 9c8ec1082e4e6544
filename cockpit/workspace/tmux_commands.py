"""The commands on tmux itself: `tmux.*`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.workspace.commands import Command

if TYPE_CHECKING:
    from cockpit.workspace.workspace import Workspace


def register(workspace: Workspace) -> None:
    """Adds the commands to the workspace's registry."""
    look = Command(
        "tmux.look", "Look for tmux", "Look again whether tmux can be used here.", workspace.toggle.look
    )
    restart = Command(
        "tmux.restart_server",
        "Restart tmux server",
        "End the tmux server, hung or not, with every program in it, and bring its terminals back.",
        workspace.care.restart_server,
    )
    revive = Command(
        "tmux.revive",
        "Restart what ended with tmux",
        "Bring back every terminal that ended with the tmux server.",
        workspace.care.revive,
    )
    for command in (look, restart, revive):
        workspace.commands.add(command)

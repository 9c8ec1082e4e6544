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
    workspace.commands.add(look)

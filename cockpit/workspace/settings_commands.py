"""The commands on settings: `settings.*`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from cockpit.workspace.commands import Command, Parameter

if TYPE_CHECKING:
    from cockpit.workspace.workspace import Workspace


class SettingsCommands:
    """What can be done with settings. Changes are written one after the other, off the loop's thread."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = asyncio.Lock()

    async def set(self, key: str, value: object = None) -> None:
        """Sets one dotted key in the file and takes it into force; no value: back to the default."""
        async with self._lock:
            await asyncio.to_thread(self._workspace.settings.update, key, value)
        await self._workspace.settings_edits.in_force()


def register(workspace: Workspace) -> None:
    """Adds the commands to the workspace's registry."""
    do = SettingsCommands(workspace)
    parameters = (
        Parameter("key", required=True, description="section.name, such as general.theme"),
        Parameter("value", object, description="left out: back to the default"),
    )
    command = Command(
        "settings.set", "Change a setting", "Write one setting to the file.", do.set, parameters
    )
    workspace.commands.add(command)

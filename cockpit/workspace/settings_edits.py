"""What follows when the settings change, by a command or by an editor."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cockpit.errors import SettingsError
from cockpit.workspace.events import SettingsChanged

if TYPE_CHECKING:
    from cockpit.workspace.workspace import Workspace


class SettingsEdits:
    """Belongs to the workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._stop: Callable[[], None] | None = None

    def watch(self) -> None:
        """Notices edits of the file from now on, and tells what it doesn't know in it."""
        settings = self._workspace.settings
        self._stop = settings.watch(self._edited)
        for key in settings.unknown_keys:
            self._workspace.notice(
                f"{settings.path}: {key} is no setting cockpit knows; it is kept", "warning"
            )

    def stop(self) -> None:
        """Notices edits no longer."""
        if self._stop is not None:
            self._stop()

    def reload(self) -> None:
        """Reads the file again, edited or not; what is wrong in it is told."""
        try:
            self._workspace.settings.reload()
        except SettingsError as error:
            self._edited(error)
        else:
            self._edited(None)

    async def in_force(self) -> None:
        """New values count: tells it, and lets go of tmux or adopts when that changed."""
        self._workspace.events.publish(SettingsChanged())
        await self._workspace.toggle.apply()

    def _edited(self, error: SettingsError | None) -> None:
        if error is not None:
            self._workspace.notice(f"{error}\nThe last good settings stay in force.", "error")
        else:
            self._workspace.in_background(self.in_force())

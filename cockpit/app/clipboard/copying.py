"""Copies for the person and for programs: brings the clipboard in when it is needed, and lends it the terminal."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from cockpit.workspace.events import ClipboardWanted, Event

if TYPE_CHECKING:
    from cockpit.app.clipboard.clipboard import Clipboard, CopyResult


class Copying:
    """Belongs to the main screen. `tell` says when a program's text could not be copied."""

    def __init__(self, screen: Screen[Any], tell: Callable[[str, str], None]) -> None:
        self._screen = screen
        self._tell = tell
        self._clipboard: Clipboard | None = None

    def hear(self, event: Event) -> None:
        """Copies what a program puts into the clipboard (OSC 52)."""
        if isinstance(event, ClipboardWanted) and not event.ask:
            work: Callable[[], Awaitable[None]] = partial(self._copy_for_program, event.text)
            self._screen.run_worker(work, group="clipboard", exit_on_error=False)

    async def copy(self, text: str) -> CopyResult:
        """Copies text and tells which way it took."""
        return await self._the_clipboard().copy(text)

    async def open_link(self, target: str) -> bool:
        """Opens a link and says so; False where it can only be copied."""
        from cockpit.app.link_opener import LinkOpener

        return await LinkOpener(os.environ, tell=self._tell).open(target)

    async def read(self) -> str:
        """What is in the person's clipboard, as far as it can be read from here; else nothing."""
        return await self._the_clipboard().read()

    async def _copy_for_program(self, text: str) -> None:
        result = await self.copy(text)
        if not result.route:
            self._tell(result.message, "warning")

    def _the_clipboard(self) -> Clipboard:
        from cockpit.app.clipboard.clipboard import Clipboard  # late: the first frame needs no clipboard

        if self._clipboard is None:
            self._clipboard = Clipboard(os.environ, self.write)
        return self._clipboard

    def write(self, data: str) -> None:
        """Writes to the person's own terminal."""
        driver = self._screen.app._driver
        if driver is not None:
            driver.write(data)

"""What a person takes from the text of a terminal: a copy of it, or where a link leads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cockpit.app.clipboard.clipboard import CopyResult
    from cockpit.terminal.scrollback.local_view import LocalView


class ReadingCopies:
    """Belongs to the reading. Everything returns at once and tells how it went."""

    def __init__(
        self,
        *,
        copy: Callable[[str], Awaitable[CopyResult]],
        open_link: Callable[[str], Awaitable[bool]],
        tell: Callable[[str, str], None],
        start: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self.copy = copy
        self._open_link = open_link
        self._tell = tell
        self._start = start

    def text(self, text: str) -> None:
        """Copies this."""
        self._start(self._copy_and_tell(text))

    def selection(self, local: LocalView) -> None:
        """Copies what is selected."""
        text = local.selection.text()
        if text:
            self.text(text)

    def link(self, local: LocalView, row: int, column: int) -> None:
        """Opens what the cell of the viewport leads to where that can be seen, else copies it."""
        if target := local.link(row, column):
            self._start(self._follow(target))

    async def _follow(self, target: str) -> None:
        if not await self._open_link(target):
            await self._copy_and_tell(target)

    async def _copy_and_tell(self, text: str) -> None:
        result = await self.copy(text)
        self._tell(result.message, "information" if result.confirmed else "warning")

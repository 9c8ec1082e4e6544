"""The text tmux holds of the shown terminal, in an emulator of its own: the newest rows first, then everything."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cockpit.model import Size

if TYPE_CHECKING:
    from cockpit.backends.base import Scrollback
    from cockpit.terminal.emulator.emulator import Emulator


class CapturedHistory:
    """Owns at most one emulator. Coroutines raise `CockpitError`; who gave up meanwhile calls `close`."""

    def __init__(self, scrollback: Scrollback, size: Callable[[], Size | None]) -> None:
        self._scrollback = scrollback
        self._size = size
        self._closed = False
        self.emulator: Emulator | None = None

    @property
    def has_older(self) -> bool:
        """Whether there is more than what `read_newest` reads."""
        return self._scrollback.older is not None

    async def read_newest(self) -> None:
        """Makes the emulator, with the screen and the newest rows above it."""
        captured = self._scrollback.captured
        if captured is not None:
            self.keep(await self._build(captured))

    async def read_everything(self) -> Emulator | None:
        """Another emulator with all of it, to be kept or closed; None where there is no more."""
        newest, older = self._scrollback.captured, self._scrollback.older
        before = await older() if older is not None else b""
        return await self._build(before + newest) if before and newest is not None else None

    def keep(self, emulator: Emulator | None) -> None:
        """This emulator takes the place of the one before."""
        before, self.emulator = self.emulator, emulator
        if before is not None:
            before.close()
        if self._closed:
            self.close()

    def close(self) -> None:
        """Frees the emulator, and one that is still being made as soon as it is."""
        self._closed = True
        before, self.emulator = self.emulator, None
        if before is not None:
            before.close()

    async def _build(self, data: bytes) -> Emulator | None:
        """None when it isn't wanted any more."""
        from cockpit.terminal.scrollback.history import build_history, fit_history

        size = self._scrollback.end.size if self._scrollback.end is not None else self._size()
        if size is None or self._closed:
            return None
        emulator = await build_history(data, size)
        while not self._closed and (now := self._size()) is not None and now != emulator.size:
            await fit_history(emulator, now)  # the pane was resized meanwhile
        if self._closed:
            emulator.close()
            return None
        return emulator

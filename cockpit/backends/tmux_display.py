"""The one display client: a `tmux attach` on a PTY, and the surface that shows it. Made only when asked for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from cockpit.errors import TmuxError
from cockpit.model import Size

if TYPE_CHECKING:
    from cockpit.terminal.process.pty import ProcessExit
    from cockpit.terminal.speech.events import ProgramEvent
    from cockpit.terminal.surface import Surface

DEFAULT_SIZE = Size(80, 24)
SHORTEST_LIFE_S = 1.0
"""A client that ends sooner would most likely end again: the next one waits a little, later and later."""
FIRST_RETRY_S = 0.1
RETRIES = 4
"""So many that end at once are followed by another; after that it waits for the person."""


class Display:
    """At most one client at a time.

    `lost` is called when it ended by itself, `bell` when it rang, `typed` when something is typed into it.
    """

    def __init__(
        self, *, lost: Callable[[], None], bell: Callable[[], None], typed: Callable[[], None]
    ) -> None:
        self._typed = typed
        self.version = (0, 0)
        """Of the tmux whose client it is; to be set before the first one is made."""
        self._lost = lost
        self._bell = bell
        self._surface: Surface | None = None
        self._ended: list[Surface] = []
        self._listener: _DisplayListener | None = None
        self._size = DEFAULT_SIZE
        self._began_at = 0.0
        self._failures = 0
        """How many clients in a row ended as soon as they had started."""

    @property
    def surface(self) -> Surface | None:
        """The surface of the living client, if there is one."""
        return self._surface

    @property
    def bracketed_paste(self) -> bool | None:
        """Whether the shown program set mode 2004: tmux before 3.4 sets it in its client just then, later ones always.

        None where the client doesn't tell.
        """
        if self._surface is None or self.version >= (3, 4):
            return None
        return self._surface.emulator.modes.bracketed_paste

    async def ensure(self, command: tuple[Sequence[str], Mapping[str, str]]) -> Surface:
        """The surface of the client, which is started when there is none.

        Raises:
            TmuxError: the last ones ended as soon as they had started. Asking again tries again.
            TerminalError: it can't be started.
        """
        await self._free_ended()
        if self._surface is not None:
            return self._surface
        if self._failures > RETRIES:
            self._failures = 0
            raise TmuxError("tmux's display client ended as soon as it had started. Show the terminal again.")
        if self._failures:
            await asyncio.sleep(FIRST_RETRY_S * 2 ** (self._failures - 1))
        from cockpit.terminal.emulator.tmux_widths import as_drawn_by
        from cockpit.terminal.surface import Surface

        argv, environment = command
        listener = _DisplayListener(self)
        surface = Surface(self._size, listener, tmux_client=True, scrollback_lines=0)
        surface.on_typed = self._typed
        surface.output_filter = as_drawn_by(self.version)
        try:
            surface.start(argv, cwd="/", environment=environment)
        except BaseException:  # cancelled or not: nobody else knows the surface
            await surface.close()
            raise
        self._surface, self._listener, self._began_at = surface, listener, time.monotonic()
        return surface

    def resize(self, size: Size) -> None:
        """The pane has a new size."""
        self._size = size
        if self._surface is not None:
            self._surface.resize(size)

    async def close(self) -> None:
        """Ends the client without another word about it."""
        if self._listener is not None:
            self._listener.display = None
        self._failures = 0  # it was not the client's fault
        surface, self._surface = self._surface, None
        if surface is not None:
            await surface.close()
        await self._free_ended()

    def ended(self) -> None:
        """The client ended by itself. Its surface is freed later: the pane may still be drawing it."""
        if self._surface is not None:
            self._ended.append(self._surface)
            self._surface = None
        ended_at_once = time.monotonic() - self._began_at < SHORTEST_LIFE_S
        self._failures = self._failures + 1 if ended_at_once else 0
        self._lost()

    def rang(self) -> None:
        """The shown terminal rang."""
        self._bell()

    async def _free_ended(self) -> None:
        while self._ended:
            await self._ended.pop().close()


class _DisplayListener:
    """Passes on what one client's surface tells, until that client is given up."""

    def __init__(self, display: Display) -> None:
        self.display: Display | None = display

    def title_changed(self, title: str) -> None:
        """The client's own title is nobody's."""

    def bell_rang(self) -> None:
        """The shown terminal rang."""
        if self.display is not None:
            self.display.rang()

    def program_event(self, event: ProgramEvent) -> None:
        """The display client says nothing of its own; what programs say comes over the control connection."""

    def exited(self, exit_: ProcessExit) -> None:
        """The client ended."""
        if self.display is not None:
            self.display.ended()

"""Tells tmux the colours of the person's terminal, for programs that ask for those of theirs (OSC 10 and 11).

tmux answers such questions itself, from 3.4 on with the colours of the first client that has the window. The control
connection's are zeros, black on black: only a client with a terminal has its `tty.fg` set to "not known". From 3.5 on
a control client says for each pane what is to be answered (refresh-client(1), `-r`); 3.4 can't be told, and 3.3 answers
nothing.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from cockpit.errors import TmuxError

if TYPE_CHECKING:
    from cockpit.terminal.outer import Rgb
    from cockpit.tmux.server.server import TmuxServer

log = logging.getLogger(__name__)

TOLD_VERSION = (3, 5)
PANES_LIMIT = 1000
"""Panes remembered; nobody tells which are gone, and telling one again does no harm."""


class TmuxColors:
    """Remembers which pane was told what: nothing is told twice."""

    def __init__(self) -> None:
        self._told: dict[tuple[int | None, str], tuple[Rgb, Rgb]] = {}

    async def tell(self, server: TmuxServer, pane_id: str | None) -> None:
        """Lets a pane's programs know the colours, as far as they are known. A failure costs only that."""
        if pane_id is None or server.version < TOLD_VERSION:
            return
        from cockpit.terminal.outer import ASSUMED_BACKGROUND, ASSUMED_FOREGROUND, OUTER_COLORS

        pane = (server.pid, pane_id)
        colors = (
            OUTER_COLORS.foreground or ASSUMED_FOREGROUND,
            OUTER_COLORS.background or ASSUMED_BACKGROUND,
        )
        if self._told.get(pane) == colors:
            return
        try:
            await server.run(
                *(_report(pane_id, code, color) for code, color in zip((10, 11), colors, strict=True))
            )
        except TmuxError as error:
            log.debug("tmux wasn't told the colours of %s: %s", pane_id, error)
            return
        if len(self._told) >= PANES_LIMIT:
            self._told.clear()
        self._told[pane] = colors


def _report(pane_id: str, code: int, color: Rgb) -> tuple[str, str, str]:
    return ("refresh-client", "-r", "{}:\x1b]{};rgb:{:02x}/{:02x}/{:02x}\x1b\\".format(pane_id, code, *color))

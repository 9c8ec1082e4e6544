"""A second look at a tmux session, for what `capture-pane` leaves out: the backgrounds of erased cells.

A client whose terminal can't erase in colour has every cell drawn for it as a character, so a capture of that client's
own screen knows those backgrounds. The client ignores sizes and reads only, so the session doesn't notice it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Protocol

from tests.harness.grid import UNKNOWN, Cell, Grid
from tests.harness.outer import OuterTerminal
from tests.harness.tmux_server import plain_environment, tmux_binary

_TERMINAL = "screen-256color"
_REDRAWS = 5
_FEATURES = f",{_TERMINAL}:RGB:usstyle:strikethrough:overline"


class Server(Protocol):
    """A tmux server that takes commands."""

    @property
    def socket_path(self) -> str:
        """The server's socket."""
        ...

    def command(self, *arguments: str) -> list[str]:
        """Runs one command and returns the lines it printed."""
        ...


def completed(server: Server, session: str, capture: Callable[[], Grid]) -> Grid:
    """What `capture` says of the session, with its unknown cells looked up. The session has to be at rest."""
    captured = capture()
    if not any(cell is UNKNOWN for row in captured.cells for cell in row):
        return captured
    server.command("set", "-as", "terminal-features", _FEATURES)
    viewed = _viewed(server, session, capture)
    rows = (
        tuple(Cell(" ", seen.style) if cell is UNKNOWN else cell for cell, seen in zip(*pair, strict=True))
        for pair in zip(capture().cells, viewed.cells, strict=True)
    )
    return Grid(captured.columns, captured.rows, tuple(rows))


def _viewed(server: Server, session: str, capture: Callable[[], Grid]) -> Grid:
    """What a read-only client of the session shows.

    It is drawn anew while it differs: tmux 3.3a forgets a joiner that ends a read, so a cluster falls apart by chance.
    """
    captured = capture()
    attach = ["attach-session", "-r", "-f", "ignore-size,read-only", "-t", session]
    with OuterTerminal(
        ["env", f"TERM={_TERMINAL}", tmux_binary(), "-u", "-S", server.socket_path, *attach],
        columns=captured.columns,
        rows=captured.rows,
        environment=plain_environment("/"),
    ) as viewer:
        tty = viewer.server.command("display-message", "-p", "-t", viewer.pane, "#{pane_tty}")[0]
        for _attempt in range(_REDRAWS):
            with contextlib.suppress(AssertionError):
                return viewer.wait_for(
                    lambda screen: screen.text == capture().text, "the whole screen", deadline_s=1.0
                )
            server.command("refresh-client", "-t", tty)
        return viewer.wait_for(lambda screen: screen.text == capture().text, "the whole screen")

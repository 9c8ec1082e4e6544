"""Reads what a window's pane holds: its screen and its history. Never changes either."""

from __future__ import annotations

from cockpit.tmux.commands import run_tmux
from cockpit.tmux.server import TmuxServer

CAPTURE_TIMEOUT_S = 10.0
"""A full history of dense colours takes tmux a fraction of a second; a hung server is noticed elsewhere much sooner."""


async def on_alternate_screen(server: TmuxServer, window_id: str) -> bool:
    """Whether the program in the window uses the alternate screen, which has no history. Raises `TmuxError`."""
    ((answer, *_),) = await server.run(("display-message", "-p", "-t", window_id, "#{alternate_on}"))
    return answer.strip() == "1"


async def capture_history(server: TmuxServer, window_id: str) -> bytes:
    """Everything the pane holds with its SGR sequences, soft-wrapped lines joined. Raises `TmuxError`.

    A process of its own: megabytes on the control connection would stand in the way of the next command.
    """
    setup = server.setup
    result = await run_tmux(
        setup.binary,
        setup.socket_path,
        *("capture-pane", "-p", "-e", "-J", "-S", "-", "-t", window_id),
        timeout_s=CAPTURE_TIMEOUT_S,
    )
    return result.stdout.encode("utf-8", "replace")

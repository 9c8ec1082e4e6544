"""The text of a window's pane for programs to read. Never changes it."""

from __future__ import annotations

from cockpit.model import Size
from cockpit.tmux.commands import run_tmux
from cockpit.tmux.server.server import TmuxServer
from cockpit.tmux.windows.capture import CAPTURE_TIMEOUT_S


async def cursor_line(server: TmuxServer, window_id: str) -> int:
    """The line the cursor is in, counted from the oldest one there is.

    Raises `TmuxError`.
    """
    return sum(await _numbers(server, window_id, "#{history_size} #{cursor_y}"))


async def pane_size(server: TmuxServer, window_id: str) -> Size:
    """The size of the window's pane. Raises `TmuxError`."""
    columns, rows = await _numbers(server, window_id, "#{pane_width} #{pane_height}")
    return Size(columns, rows)


async def capture_text(
    server: TmuxServer, window_id: str, *, lines: int | None, visible: bool, since: int | None, styled: bool
) -> str:
    """Whole lines, soft-wrapped rows joined, blank ones at the end left out. Raises `TmuxError`.

    Args:
        lines: the last so many; None: all there are.
        visible: nothing but the screen.
        since: nothing before this line (see `cursor_line`); all there is where tmux may have dropped lines.
        styled: with SGR sequences.
    """
    setup = server.setup
    start = "0" if visible else "-"
    if since is not None and not visible:
        history, limit, height = await _numbers(
            server, window_id, "#{history_size} #{history_limit} #{pane_height}"
        )
        # A full history loses a tenth at once, and never is emptier again unless somebody clears it.
        if history < limit * 9 // 10 and since - history < height:
            start = str(since - history)
    elif lines is not None and not visible:
        start = str(-lines)
    result = await run_tmux(
        setup.binary,
        setup.socket_path,
        *("capture-pane", "-p", "-J", *(("-e",) if styled else ()), "-S", start, "-t", window_id),
        timeout_s=CAPTURE_TIMEOUT_S,
    )
    found = [line.rstrip(" ") for line in result.stdout.rstrip("\n ").split("\n")]
    return "\n".join(found[-lines:] if lines else found)


async def _numbers(server: TmuxServer, window_id: str, format_: str) -> list[int]:
    ((answer, *_),) = await server.run(("display-message", "-p", "-t", window_id, format_))
    return [int(word) for word in answer.split()]

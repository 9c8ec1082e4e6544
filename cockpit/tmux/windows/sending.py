"""Bytes for a program that isn't shown. (What is typed into the shown one goes through the display client.)

Short input goes as key bytes over the control connection; long input through a paste buffer of its own, filled over
the standard input of one bounded run: both arrive byte for byte.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Awaitable, Callable

from cockpit.errors import TerminalGoneError, TmuxError
from cockpit.tmux.commands import is_missing_target, run_tmux
from cockpit.tmux.server.startup import ServerSetup
from cockpit.tmux.windows.creation import Command
from cockpit.tmux.windows.maker import RunSequence

KEYS_LIMIT_BYTES = 1024
BYTES_PER_SECOND = 4 * 1024 * 1024
"""What a paste takes at worst; the deadline of a large one grows with it."""


async def send_bytes(
    setup: ServerSetup, run: RunSequence, server_version: tuple[int, int], window_id: str, data: bytes
) -> None:
    """Writes `data` to a window's program as if it were typed; leaves a copy mode first.

    Raises:
        TerminalGoneError: the window is gone or its program has ended; nothing was sent.
        TmuxError: tmux refused or did not answer.
    """
    if not data:
        return
    await _ready(run, window_id)
    if len(data) <= KEYS_LIMIT_BYTES:
        await run(("send-keys", "-t", window_id, "-H", *(f"{byte:02x}" for byte in data)))
        return
    buffer = f"cockpit-{secrets.token_hex(8)}"
    timeout_s = setup.timeout_s + len(data) / BYTES_PER_SECOND
    unchanged: Command = (
        ("-S",) if server_version >= (3, 7) else ()
    )  # newer ones rewrite control bytes otherwise
    try:
        await run_tmux(
            setup.binary,
            setup.socket_path,
            *("load-buffer", "-b", buffer, "-", ";"),
            *("paste-buffer", "-d", "-r", *unchanged, "-b", buffer, "-t", window_id),
            stdin=data,
            timeout_s=timeout_s,
            environment=setup.environment,
        )
    except BaseException:  # cancelled too: no buffer is left behind
        await _forget_buffer(lambda: run(("delete-buffer", "-b", buffer)))
        raise


async def _ready(run: RunSequence, window_id: str) -> None:
    """Out of any mode, and alive. `send-keys` and `paste-buffer` would succeed silently on a dead pane."""
    try:
        listed, _ = await run(
            ("list-panes", "-t", window_id, "-F", "#{pane_dead}"), ("copy-mode", "-q", "-t", window_id)
        )
    except TmuxError as error:
        if is_missing_target(error):
            raise TerminalGoneError("the terminal is closed; nothing was sent") from error
        raise
    if listed[0] == "1":
        raise TerminalGoneError("the terminal's program has ended; nothing was sent")


async def _forget_buffer(delete: Callable[[], Awaitable[object]]) -> None:
    with contextlib.suppress(TmuxError):  # it was never made, or is gone with the server
        await delete()

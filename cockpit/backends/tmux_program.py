"""What a tmux terminal's window runs, what it says of its row, and how bytes are pasted into it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping

from cockpit.backends.shell import find_shell, shell_argv
from cockpit.errors import TerminalGoneError, TmuxError
from cockpit.model import TerminalSpec
from cockpit.tmux.commands import is_missing_target, run_tmux
from cockpit.tmux.creation import Program
from cockpit.tmux.environment import UPDATED_VARIABLES
from cockpit.tmux.startup import ServerSetup

RAW_PASTE_VERSION = (3, 7)
"""From this tmux on, only `-S` keeps paste-buffer from rewriting control bytes."""


def program(spec: TerminalSpec, shell: str, environment: Mapping[str, str]) -> Program:
    """The same program as on a PTY. The server may be older than this log-in, so what that changed goes along.

    Raises:
        TerminalError: the configured shell can't be run.
    """
    current = {name: environment[name] for name in UPDATED_VARIABLES if name in environment}
    ours = {name: value for name, value in environment.items() if name.startswith("COCKPIT_")}
    argv = shell_argv(find_shell(shell, environment), spec.command)
    return Program(spec.cwd, argv, {**current, **ours, **spec.environment})


def window_options(spec: TerminalSpec) -> dict[str, str]:
    """What a window says of its row, so that it is found again and a lost store can be rebuilt."""
    row = {"cwd": spec.cwd, "command": spec.command, "name": spec.name, **spec.row}
    return {
        "@cockpit_terminal": spec.terminal_id,
        "@cockpit_session": spec.session_id,
        "@cockpit_name": spec.name,
        "@cockpit_row": json.dumps(row),
    }


async def paste(setup: ServerSetup, window_id: str, data: bytes) -> None:
    """Writes bytes to a window's program exactly, through a buffer of their own that is removed again.

    Raises:
        TerminalGoneError: there is no such window; nothing was sent.
        TmuxError: tmux refused or did not answer.
    """
    buffer = f"cockpit-{secrets.token_hex(8)}"
    raw = ("-r", "-S") if setup.binary.version >= RAW_PASTE_VERSION else ("-r",)
    load = ("load-buffer", "-b", buffer, "-")
    send = ("paste-buffer", "-d", *raw, "-b", buffer, "-t", window_id)
    try:
        await run_tmux(
            setup.binary,
            setup.socket_path,
            *(*load, ";", *send),
            stdin=data,
            timeout_s=setup.timeout_s,
            environment=setup.environment,
        )
    except TmuxError as error:
        if not is_missing_target(error):
            raise
        await run_tmux(
            setup.binary,
            setup.socket_path,
            *("delete-buffer", "-b", buffer),
            timeout_s=setup.timeout_s,
            environment=setup.environment,
        )
        raise TerminalGoneError("the terminal's window is gone; nothing was sent") from error

"""What a tmux terminal's window runs, what it says of its row, and how bytes are pasted into it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cockpit.backends.shell import find_shell, shell_start
from cockpit.model import TerminalSpec
from cockpit.tmux.server.environment import UPDATED_VARIABLES
from cockpit.tmux.windows.creation import Program

if TYPE_CHECKING:
    from cockpit.terminal.input.keys import KeyPress
    from cockpit.tmux.server.server import TmuxServer


def program(spec: TerminalSpec, shell: str, environment: Mapping[str, str]) -> Program:
    """The same program as on a PTY. The server may be older than this log-in, so what that changed goes along.

    Raises:
        TerminalError: the configured shell can't be run.
    """
    current = {name: environment[name] for name in UPDATED_VARIABLES if name in environment}
    ours = {name: value for name, value in environment.items() if name.startswith("COCKPIT_")}
    told = {**current, **ours, **spec.environment}
    directory = spec.cwd if spec.returns_to_cwd else ""
    start = shell_start(find_shell(shell, environment), spec.command, told, spec.ready_file, directory)
    return Program(spec.cwd, start.argv, {**told, **start.environment})


def window_options(spec: TerminalSpec) -> dict[str, str]:
    """What a window says of its row, so that it is found again and a lost store can be rebuilt."""
    row = {"cwd": spec.cwd, "command": spec.command, "name": spec.name, **spec.row}
    return row_options(spec.terminal_id, spec.session_id, row)


def row_options(terminal_id: str, session_id: str, row: Mapping[str, object]) -> dict[str, str]:
    """The same for a row that has changed. `row` has a `name`."""
    return {
        "@cockpit_terminal": terminal_id,
        "@cockpit_session": session_id,
        "@cockpit_name": str(row["name"]),
        "@cockpit_row": json.dumps(row),
    }


async def encode_keys(server: TmuxServer, window_id: str, presses: Sequence[KeyPress]) -> bytes:
    """What a plain xterm sends for these keys in the window's modes. Raises `TmuxError`."""
    from cockpit.terminal.input.legacy_keys import legacy_bytes

    ((answer, *_),) = await server.run(
        ("display-message", "-p", "-t", window_id, "#{keypad_cursor_flag} #{keypad_flag}")
    )
    cursor, _, keypad = answer.partition(" ")
    return b"".join(
        legacy_bytes(press, application_cursor=cursor == "1", application_keypad=keypad == "1")
        for press in presses
    )

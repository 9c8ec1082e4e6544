"""The environment of programs in terminals: the person's own, without what belongs to the terminal outside.

Every terminal also gets, as they were when it started:
    COCKPIT_SESSION        the session's id
    COCKPIT_SESSION_NAME   its name
    COCKPIT_TERMINAL       the terminal's id
    COCKPIT_AGENT          the coding agent its command starts ("claude"), empty for anything else
    COCKPIT_MODE           "command" when it was started to run a command, "interactive" for a shell
    COCKPIT_PROJECT_HASH   twelve digits that name the session's directory, see `paths.project_hash`
    COCKPIT_HEARTBEAT_FILE a file of this terminal that its agent may touch while it works
    COCKPIT_DONE_FILE      a path of this terminal that its agent may write when it has finished
    COCKPIT_SOCKET         the path of cockpit's control socket
    COCKPIT_LEADER         the leader in force, for a cockpit that is started inside
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from cockpit import __version__
from cockpit.model import Session, Terminal
from cockpit.paths import Paths, project_hash

KNOWN_AGENTS = frozenset(
    {"aider", "amp", "claude", "codex", "copilot", "crush", "gemini", "goose", "opencode"}
)

OWN_VARIABLES = (
    "COCKPIT_SESSION",
    "COCKPIT_SESSION_NAME",
    "COCKPIT_TERMINAL",
    "COCKPIT_AGENT",
    "COCKPIT_MODE",
    "COCKPIT_PROJECT_HASH",
    "COCKPIT_HEARTBEAT_FILE",
    "COCKPIT_DONE_FILE",
    "COCKPIT_SOCKET",
    "COCKPIT_LEADER",
)

_DROPPED = frozenset(
    {
        *OWN_VARIABLES,
        *(
            "COCKPIT_READY_FILE",
            "COCKPIT_EARLIER",
            "COCKPIT_DIRECTORY",
        ),  # between cockpit and one shell, see `backends.shell`
        "COCKPIT_SOCKET_PASSWORD",  # whoever is in a terminal doesn't know it because of that
        *("TMUX", "TMUX_PANE", "STY", "WINDOW", "LINES", "COLUMNS", "_", "TERMCAP"),
        # What the outer terminal says of itself: programs would use its features in a pane that lacks them.
        *("VTE_VERSION", "TERM_SESSION_ID", "LC_TERMINAL", "LC_TERMINAL_VERSION", "WT_SESSION"),
        *("WT_PROFILE_ID", "KONSOLE_VERSION", "KONSOLE_DBUS_SESSION", "WINDOWID", "TERMINAL_EMULATOR"),
    }
)
_DROPPED_PREFIXES = ("ZELLIJ", "KITTY_", "WEZTERM_", "ITERM_", "GHOSTTY_", "ALACRITTY_", "VSCODE_")


def base_environment(outer: Mapping[str, str]) -> dict[str, str]:
    """What every program starts with, from the environment cockpit was started in."""
    kept = {
        name: value
        for name, value in outer.items()
        if name not in _DROPPED and not name.startswith(_DROPPED_PREFIXES)
    }
    return kept | {
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "TERM_PROGRAM": "cockpit",
        "TERM_PROGRAM_VERSION": __version__,
    }


def own_variables(session: Session, terminal: Terminal, paths: Paths, *, leader: str = "") -> dict[str, str]:
    """The variables of this module's docstring for one terminal. `leader`: the one in force, if it is known."""
    return {
        **({"COCKPIT_LEADER": leader} if leader else {}),
        "COCKPIT_SESSION": session.id,
        "COCKPIT_SESSION_NAME": session.name,
        "COCKPIT_TERMINAL": terminal.id,
        "COCKPIT_AGENT": agent_name(terminal.command),
        "COCKPIT_MODE": "command" if terminal.command else "interactive",
        "COCKPIT_PROJECT_HASH": project_hash(session.directory),
        "COCKPIT_HEARTBEAT_FILE": str(paths.heartbeat_file(terminal.id)),
        "COCKPIT_DONE_FILE": str(paths.done_file(terminal.id)),
        "COCKPIT_SOCKET": str(paths.control_socket),
    }


def program_name(command: str) -> str:
    """The program a command line starts, without its directory; empty when the line can't be read."""
    try:
        words = shlex.split(command, comments=True)
    except ValueError:
        words = command.split()
    program = next((word for word in words if "=" not in word), "")
    return Path(program).name


def agent_name(command: str | None) -> str:
    """The coding agent that a command starts, or empty."""
    program = program_name(command) if command else ""
    return program if program in KNOWN_AGENTS else ""

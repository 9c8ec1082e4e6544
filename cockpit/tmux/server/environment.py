"""The environment tmux is started with. The server hands its own on to every pane, so this decides what leaks."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

DISPLAY_TERM = "xterm-256color"
"""What the display client's PTY claims to be: the emulator behind it is xterm-like, and tmux knows it everywhere."""

_LOCALE = (
    "LC_ALL LC_CTYPE LC_COLLATE LC_MESSAGES LC_MONETARY LC_NUMERIC LC_TIME LC_ADDRESS LC_IDENTIFICATION "
    "LC_MEASUREMENT LC_NAME LC_PAPER LC_TELEPHONE LANG LANGUAGE TZ LOCALE_ARCHIVE"
)
_XDG = (
    "XDG_RUNTIME_DIR XDG_CONFIG_HOME XDG_CONFIG_DIRS XDG_DATA_HOME XDG_DATA_DIRS XDG_STATE_HOME XDG_CACHE_HOME "
    "XDG_SESSION_ID XDG_SESSION_TYPE XDG_SESSION_CLASS XDG_SESSION_DESKTOP XDG_CURRENT_DESKTOP XDG_SEAT XDG_VTNR"
)
_SEAT = (
    "SSH_AUTH_SOCK SSH_AGENT_PID SSH_CONNECTION SSH_CLIENT SSH_TTY DISPLAY WAYLAND_DISPLAY XAUTHORITY "
    "DBUS_SESSION_BUS_ADDRESS"
)
_ACCOUNT = (
    "PATH HOME USER LOGNAME SHELL TMPDIR EDITOR VISUAL PAGER MANPATH TERMINFO TERMINFO_DIRS NIX_PROFILES"
)

KEPT_VARIABLES = frozenset(f"{_LOCALE} {_XDG} {_SEAT} {_ACCOUNT}".split())
"""All that passes. Named one by one: a pattern like XDG_* would let XDG_ACTIVATION_TOKEN through."""

UPDATED_VARIABLES = tuple(_SEAT.split())
"""What a new client brings up to date in tmux's session environment (a new log-in has a new agent and display)."""


def curated_environment(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """What tmux may know of `environment` (default: this process's): no TMUX, no LINES or COLUMNS, no secrets."""
    source = os.environ if environment is None else environment
    kept = {name: value for name, value in source.items() if name in KEPT_VARIABLES and value}
    kept.setdefault("PATH", os.defpath)
    kept.setdefault("HOME", str(Path.home()))
    return kept | {"TERM": DISPLAY_TERM, "COLORTERM": "truecolor"}


def pane_term(environment: Mapping[str, str]) -> str:
    """TERM for the programs inside tmux: `tmux-256color` where this system describes it, else `screen-256color`."""
    return "tmux-256color" if _has_terminfo("tmux-256color", environment) else "screen-256color"


def _has_terminfo(term: str, environment: Mapping[str, str]) -> bool:
    """Looks where ncurses looks (terminfo(5)); macOS names the letter directories by their hexadecimal code."""
    roots = [environment.get("TERMINFO", ""), environment.get("HOME", "") + "/.terminfo"]
    roots += environment.get("TERMINFO_DIRS", "").split(":")
    roots += ["/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo", "/usr/lib/terminfo"]
    roots += ["/usr/local/share/terminfo", "/opt/homebrew/share/terminfo"]
    letters = (term[0], f"{ord(term[0]):02x}")
    return any((Path(root) / letter / term).is_file() for root in roots if root for letter in letters)

"""The windows of the terminals' session as tmux lists them. Pure: formats out, rows in.

Fields are separated by a token drawn anew for every process, so no title, name or directory can break a row; free
text comes last, and whatever doesn't look like a row is skipped.
"""

from __future__ import annotations

import re
import secrets
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cockpit.tmux.quoting import TITLE_LIMIT, clean_text, decode_option

TERMINALS_SESSION = "cockpit"
"""The session whose windows are the terminals, and which the display client shows."""
CONTROL_SESSION = "_ctl"
"""The hidden session the control connection is attached to; every terminal's window is linked into it."""

OPTION_NAMES = (
    "@cockpit_terminal",
    "@cockpit_session",
    "@cockpit_name",
    "@cockpit_row",
    "@cockpit_creation",
)
"""The user options a window may carry: ids of its row, the row's name, the row itself, and the creation's tag."""

SEPARATOR = f"_{secrets.token_hex(8)}_"
_ROW_START = f"_{secrets.token_hex(8)}_"
_FIELDS = (
    "window_id",
    "window_index",
    "pane_id",
    "pane_pid",
    "pane_dead",
    "pane_dead_status",
    "pane_dead_signal",
    *OPTION_NAMES,
    "window_name",
    "?pane_current_path,#{pane_current_path},#{pane_start_path}",
    "pane_title",
)
_DOLLAR = "$_"
"""Tells whether this tmux prints a backslash before the `$` of what looks like a variable, as 3.4 does: its
utf8_strvis() asks nobody whether that is wanted (mended in 3.5)."""
WINDOW_FORMAT = _ROW_START + _DOLLAR + SEPARATOR.join(f"#{{{field}}}" for field in _FIELDS)

SUBSCRIPTION_FIELDS = ("pane_pid", "pane_dead", "@cockpit_bells", "alternate_on", "pane_title")
SUBSCRIPTION_FORMAT = SEPARATOR.join(f"#{{{field}}}" for field in SUBSCRIPTION_FIELDS)

_WINDOW_ID = re.compile(r"@\d+")
_ESCAPED = re.compile(r"\\([0-7]{3})")
_ESCAPED_DOLLAR = re.compile(r"\\(?=\$[A-Za-z_{])")


@dataclass(frozen=True, slots=True)
class WindowInfo:
    """One terminal's window at the moment it was listed."""

    window_id: str
    """tmux's `@N`, stable for the life of the server."""
    index: int
    name: str
    pane_id: str
    pane_pid: int
    dead: bool
    """The program has ended; the window keeps its last screen."""
    exit_status: int | None
    exit_signal: int | None
    options: Mapping[str, str]
    """The `@cockpit_*` user options that are set."""
    cwd: str
    """The program's directory as the system knows it, else the one it was started in. Not cleaned."""
    title: str
    """What the program calls itself, cleaned; empty when it never did."""


@dataclass(frozen=True, slots=True)
class PaneState:
    """What a subscription tells of one pane."""

    pid: int
    dead: bool
    bells: int
    alternate_screen: bool
    title: str


def is_window_id(text: str) -> bool:
    """True for `@N`."""
    return _WINDOW_ID.fullmatch(text) is not None


def parse_windows(lines: Iterable[str]) -> list[WindowInfo]:
    """The rows of a listing made with `WINDOW_FORMAT`, in tmux's order. Lines that are no row are skipped."""
    rows: list[str] = []
    for line in lines:
        if line.startswith(_ROW_START):
            rows.append(line.removeprefix(_ROW_START))
        elif rows:  # a line break inside a directory's name
            rows[-1] += "\n" + line
    return [window for row in map(_as_meant, rows) if (window := _window(row)) is not None]


def parse_pane_state(value: str) -> PaneState | None:
    """The value of a subscription made with `SUBSCRIPTION_FORMAT`, or None when it is something else."""
    parts = value.split(SEPARATOR, len(SUBSCRIPTION_FIELDS) - 1)
    if len(parts) != len(SUBSCRIPTION_FIELDS):
        return None
    pid, dead, bells, alternate, title = parts
    return PaneState(
        _number(pid) or 0, dead == "1", _number(bells) or 0, alternate == "1", program_title(title)
    )


def program_title(raw: str) -> str:
    """The title a program chose, cleaned; tmux's own default, the host's name, counts as none."""
    return "" if raw == socket.gethostname() else clean_text(raw, TITLE_LIMIT)


def _as_meant(row: str) -> str:
    """The row's fields, without the backslashes that tmux put before a `$`."""
    meant = row if row.startswith(_DOLLAR) else _ESCAPED_DOLLAR.sub("", row)
    return meant.removeprefix(_DOLLAR)


def _window(row: str) -> WindowInfo | None:
    parts = row.split(SEPARATOR, len(_FIELDS) - 1)
    if len(parts) != len(_FIELDS):
        return None
    values = dict(zip(_FIELDS, parts, strict=True))
    index, pid = _number(values["window_index"]), _number(values["pane_pid"])
    if index is None or pid is None or not is_window_id(values["window_id"]):
        return None
    return WindowInfo(
        window_id=values["window_id"],
        index=index,
        name=clean_text(values["window_name"]),
        pane_id=values["pane_id"],
        pane_pid=pid,
        dead=values["pane_dead"] == "1",
        exit_status=_number(values["pane_dead_status"]),
        exit_signal=_number(values["pane_dead_signal"]),
        options={name: decode_option(values[name]) for name in OPTION_NAMES if values[name]},
        cwd=_path(parts[-2]),
        title=program_title(values["pane_title"]),
    )


def _path(listed: str) -> str:
    """A directory as listed: tmux 3.4 and later print control characters as `\\ooo`."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 8)), listed)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None

"""The clients that show a session: there should be exactly one, ours. Pure: a command out, rows in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cockpit.tmux.windows import SEPARATOR

_FIELDS = ("client_control_mode", "client_pid", "client_name", "client_session")
LIST_CLIENTS = ("list-clients", "-F", SEPARATOR.join(f"#{{{field}}}" for field in _FIELDS))


@dataclass(frozen=True, slots=True)
class DisplayClient:
    """A client that shows a session: `name` is what tmux calls it (its tty)."""

    pid: int
    name: str
    session_name: str


def parse_display_clients(lines: Iterable[str]) -> list[DisplayClient]:
    """The clients of a listing made with `LIST_CLIENTS` that are not control clients."""
    rows = [line.split(SEPARATOR) for line in lines]
    return [
        DisplayClient(int(row[1]), row[2], row[3])
        for row in rows
        if len(row) == len(_FIELDS) and row[0] == "0" and row[1].isdigit()
    ]

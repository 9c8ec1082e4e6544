"""Finds the tmux server of a log-in whose runtime directory was another one, so that its programs aren't missed."""

from __future__ import annotations

import dataclasses
import logging
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from cockpit.errors import TmuxError
from cockpit.model import BackendKind, Terminal
from cockpit.paths import Paths, is_private

log = logging.getLogger(__name__)


def with_living_server(paths: Paths, rows: Iterable[Terminal], takes: Callable[[Path], bool]) -> Paths:
    """`paths`, with the socket of a living server elsewhere when that one holds the rows' terminals, or the usual
    place has none.

    `takes` is told the directory of that other socket; where it refuses, another cockpit has it. Costs a few look-ups
    of directories that mostly don't exist.
    """
    bound = Counter(row.binding.socket_path for row in rows if row.binding is not None)
    usual = paths.tmux_socket
    by_rows = sorted((Path(path) for path in bound), key=lambda path: (-bound[str(path)], path != usual))
    places = [path.parent for path in by_rows if path.name == usual.name and _is_of(path.parent, paths)]
    places += [
        paths.runtime_dir,
        *(place for place in paths.other_runtime_dirs() if _has_socket(place, usual)),
    ]
    if set(places) == {paths.runtime_dir}:
        return paths
    for place in dict.fromkeys(places):
        if not _listens(place / usual.name):
            continue
        if place == paths.runtime_dir:
            break
        if takes(place):
            log.info("the tmux server is that of an earlier log-in, in %s", place)
            return dataclasses.replace(paths, tmux_dir=place)
    return paths


def reason_out_of_reach(terminal: Terminal, socket_path: Path) -> str:
    """Why a row's program can't be had by the server at `socket_path`: it is in another living one. Empty: it can."""
    binding = terminal.binding
    if terminal.backend != BackendKind.TMUX or binding is None or binding.socket_path == str(socket_path):
        return ""
    there = Path(binding.socket_path)
    if not _listens(there) or _same_file(there, socket_path):
        return ""
    return f"it is in another tmux server of yours that lives, at {there}; nothing is started in its place"


def _is_of(place: Path, paths: Paths) -> bool:
    """Whether this is a private directory, and none of another profile, whose rows ours may be a copy of."""
    if place.parent.name == "profiles":
        fits = place.name == paths.profile
    else:
        fits = paths.profile == "default" or place.name.startswith("cockpit-")  # a shortened one doesn't tell
    return fits and is_private(place)


def _has_socket(place: Path, usual: Path) -> bool:
    return (place / usual.name).exists()


def _listens(socket_path: Path) -> bool:
    from cockpit.tmux.server.probe import SocketState, probe_socket  # late: hardly any launch needs it

    try:
        return probe_socket(socket_path)[0] is SocketState.LISTENING
    except TmuxError as error:
        log.warning("not looked at for a living tmux server: %s", error)
        return False


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False

"""Finds the tmux server of a log-in whose runtime directory was another one, so that its programs aren't missed."""

from __future__ import annotations

import dataclasses
import logging

from cockpit.errors import TmuxError
from cockpit.paths import Paths

log = logging.getLogger(__name__)


def with_living_server(paths: Paths) -> Paths:
    """`paths`, with the socket of a server that listens elsewhere when none does in the usual place.

    Places of another living cockpit are left to it. Costs a few look-ups of directories that mostly don't exist.
    """
    elsewhere = [place for place in paths.other_runtime_dirs() if (place / "tmux.sock").exists()]
    if not elsewhere:
        return paths
    from cockpit.tmux.probe import SocketState, probe_socket  # late: hardly any launch needs it
    from cockpit.workspace.owner import holder_of

    try:
        if probe_socket(paths.tmux_socket)[0] is SocketState.LISTENING:
            return paths
    except TmuxError:
        return paths  # told by whoever starts the server
    for place in elsewhere:
        candidate = dataclasses.replace(paths, tmux_dir=place)
        holder = holder_of(place / paths.owner_lock.name)
        try:
            listening = probe_socket(candidate.tmux_socket)[0] is SocketState.LISTENING
        except TmuxError as error:
            log.warning("not looked at for a living tmux server: %s", error)
            continue
        if listening and (holder is None or not holder.lives):
            log.info("the tmux server of an earlier log-in listens at %s", candidate.tmux_socket)
            return candidate
    return paths

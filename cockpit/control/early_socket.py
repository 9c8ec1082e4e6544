"""Listens before anything is there to answer: who calls from the first shell's files waits, and is served."""

from __future__ import annotations

import logging

from cockpit.control.access import AccessMode, socket_mode
from cockpit.control.socket_file import ControlSocketError, SocketFile
from cockpit.paths import Paths

log = logging.getLogger(__name__)


def listen_early(paths: Paths, access: str) -> SocketFile | None:
    """The control socket for `ControlServer`, which is too much to import before the first program runs.

    None where there is to be none, or it can't be had: the server tries again and tells why. `access` is the setting.
    """
    mode = AccessMode(access)
    if mode is AccessMode.OFF:
        return None
    try:
        return SocketFile.open(paths.control_socket, socket_mode(mode))
    except (ControlSocketError, OSError) as error:
        log.debug("the control socket is opened later: %s", error)
        return None

"""The files each terminal has for its program and whoever watches it: a heartbeat, a done file, a ready file.

An agent touches the heartbeat (`COCKPIT_HEARTBEAT_FILE`) while it works, and writes the done file
(`COCKPIT_DONE_FILE`) when it has finished. cockpit prepares the one, removes both, and reads neither.
Its shell makes the ready file once, before its first prompt (see `backends.shell`).
"""

from __future__ import annotations

import contextlib
import os

from cockpit.errors import TerminalError
from cockpit.paths import Paths


def prepare_artifacts(paths: Paths, terminal_id: str) -> None:
    """A fresh heartbeat file and no done file, before the program starts.

    Raises:
        TerminalError: they can't be prepared, so the terminal must not start.
    """
    heartbeat = paths.heartbeat_file(terminal_id)
    try:
        heartbeat.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        paths.done_file(terminal_id).unlink(missing_ok=True)
        paths.ready_file(terminal_id).unlink(missing_ok=True)
        heartbeat.unlink(missing_ok=True)
        os.close(
            os.open(heartbeat, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        )
    except OSError as error:
        raise TerminalError(
            f"the heartbeat file {heartbeat} can't be prepared: {error.strerror}. Mend that directory and restart."
        ) from error


def remove_artifacts(paths: Paths, terminal_id: str) -> None:
    """The terminal is gone, and so are its files."""
    for file in (paths.heartbeat_file, paths.done_file, paths.ready_file):
        with contextlib.suppress(OSError):
            file(terminal_id).unlink(missing_ok=True)

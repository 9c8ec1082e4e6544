"""cockpit without a screen: the workspace and its control socket, from the first signal mask to the last file.

Knows no command line and never imports the app: nothing of Textual is loaded.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from typing import Any

from cockpit.control.access import AccessMode
from cockpit.control.daemon import SIGNALS, Ready
from cockpit.control.server import ControlServer
from cockpit.errors import CockpitError
from cockpit.files import write_atomically
from cockpit.model import Size
from cockpit.paths import Paths
from cockpit.text import clean_text
from cockpit.workspace.events import Event, Noticed, TakenOver
from cockpit.workspace.log_file import log_to
from cockpit.workspace.workspace import Workspace

log = logging.getLogger(__name__)

SIZE = Size(80, 24)
"""What programs have until a screen shows them."""
_LEVELS = {"error": logging.ERROR, "warning": logging.WARNING}


def serve(paths: Paths, ready: Ready) -> int:
    """Serves the profile until it is told to leave, by a signal or by a cockpit that takes over.

    `ready` is told once verbs can come in. Runs an event loop of its own; SIGTERM, SIGINT and SIGHUP are its.

    Raises:
        CockpitError: settings, store, profile or control socket can't be used.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        workspace = Workspace.open(paths, screen=False)
        log_to(paths.log_file)
        _log_to_stderr()
        return asyncio.run(_serve(_Serving(workspace), ready))
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before - SIGNALS)


class _Serving:
    """One server at work. `leaving` is set once it is to end."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.leaving = asyncio.Event()
        self._told = ""
        hears_hangup = signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN  # nohup(1) would have it go on
        self._had_terminal = hears_hangup and _has_terminal()

    def take_signals(self) -> None:
        """Answers them from now on; what came before comes in now."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._leave, f"{number.name} came")
        loop.add_signal_handler(signal.SIGHUP, self._hang_up)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)

    async def start(self) -> None:
        """Opens what there is to open. Raises `CockpitError`."""
        workspace = self.workspace
        workspace.events.subscribe(self._hear)
        workspace.pane.resize(SIZE)
        workspace.before_close(self._remove_pid_file)
        _write_pid_file(workspace.paths)
        await workspace.start()
        await workspace.runner.adopted.wait()  # verbs see what lives, not what was stored
        server = ControlServer(workspace)
        workspace.before_close(server.close)
        await server.start()
        wanted = AccessMode(workspace.settings.values.automation.socket_access)
        if wanted is not AccessMode.OFF and not server.listening:
            raise CockpitError(self._told or "the control socket can't be opened")

    def about(self) -> dict[str, Any]:
        """What is told once it serves."""
        paths = self.workspace.paths
        return {
            "pid": os.getpid(),
            "profile": paths.profile,
            "socket": str(paths.control_socket),
            "warning": _access_warning(AccessMode(self.workspace.settings.values.automation.socket_access)),
        }

    def _hear(self, event: Event) -> None:
        if isinstance(event, Noticed):
            self._told = event.message
            log.log(
                _LEVELS.get(event.severity, logging.INFO),
                "%s",
                clean_text(event.message.replace("\n", " "), 2000),
            )
        elif isinstance(event, TakenOver):
            self._leave(f"taken over ({event.successor}); terminals on tmux carry on there")

    def _leave(self, why: str) -> None:
        log.warning("the server leaves: %s", why)
        self.leaving.set()

    def _hang_up(self) -> None:
        if self._had_terminal and not _has_terminal():
            self._leave("its terminal is gone")
            return
        log.info("SIGHUP came: the settings are read again")
        self.workspace.settings_edits.reload()

    async def _remove_pid_file(self) -> None:
        self.workspace.paths.pid_file.unlink(missing_ok=True)


async def _serve(serving: _Serving, ready: Ready) -> int:
    workspace = serving.workspace
    try:
        serving.take_signals()
        await serving.start()
        ready(serving.about())
        await serving.leaving.wait()
    finally:
        await workspace.close()
        if workspace.leaving.last_words:
            log.warning("%s", clean_text(workspace.leaving.last_words, 2000))
    return 0


def _write_pid_file(paths: Paths) -> None:
    try:
        write_atomically(paths.pid_file, f"{os.getpid()}\n".encode())
    except OSError as error:
        raise CockpitError(f"{paths.pid_file} can't be written: {error.strerror}") from error


def _access_warning(mode: AccessMode) -> str:
    """What a person should know who started a server that hardly anybody may talk to; empty: nothing."""
    if mode is AccessMode.OFF:
        who = "the control socket is off, so no verb reaches this server"
    elif mode is AccessMode.COCKPIT_ONLY:
        who = "only programs in its own terminals may use this server"
    else:
        return ""
    return f"{who}: cockpit config set automation.socket_access automation"


def _log_to_stderr() -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("cockpit: %(message)s"))
    logging.getLogger("cockpit").addHandler(handler)


def _has_terminal() -> bool:
    """Whether there is a controlling terminal, and it still is one (tty(4): ENXIO, EIO)."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC))
    except OSError:
        return False
    return True

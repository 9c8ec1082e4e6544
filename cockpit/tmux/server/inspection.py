"""What libtmux sees of a server: a cold look for reports and tests, never on the way of a key.

libtmux has no deadline of its own: its client hands its stdout to the server, and with a stopped server neither the
client nor its pipe ever ends. So libtmux gets a `Popen` whose `communicate` gives up, and it runs in a small thread
pool of its own. Its field separator (`␞`) may occur in any title, so it is replaced by our random one.
"""

from __future__ import annotations

import asyncio
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.errors import TmuxError, TmuxTimeoutError
from cockpit.tmux.deadline import default_timeout_s
from cockpit.tmux.server.discovery import TmuxBinary
from cockpit.tmux.server.environment import curated_environment
from cockpit.tmux.server.probe import SocketState, probe_socket
from cockpit.tmux.windows.windows import SEPARATOR

if TYPE_CHECKING:
    import libtmux

_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="cockpit-libtmux")
_KILL_DEADLINE_S = 1.0


@dataclass(frozen=True, slots=True)
class SeenSession:
    """One session of a server, with the ids of its windows."""

    name: str
    attached_clients: int
    window_ids: tuple[str, ...]


class _Expired(Exception):
    """Raised inside libtmux. Not derived from its own errors, which it swallows in places."""

    def __init__(self, argv: tuple[str, ...]) -> None:
        super().__init__(argv)
        self.argv = argv


class _BoundedPopen(subprocess.Popen[str]):
    """Gives up on a client that doesn't end: kills it, reaps it, closes the pipes, and never reads them again."""

    def __init__(self, args: list[str], **options: object) -> None:
        options["env"] = curated_environment()
        options["stdin"] = subprocess.DEVNULL
        super().__init__(args, **options)  # type: ignore[call-overload]  # passed on as libtmux gives them

    def communicate(self, input: str | None = None, timeout: float | None = None) -> tuple[str, str]:
        """As `Popen.communicate`, within the deadline of every tmux call."""
        try:
            return super().communicate(input, timeout or default_timeout_s())
        except subprocess.TimeoutExpired:
            self.kill()
            self.wait(_KILL_DEADLINE_S)
            for pipe in (self.stdout, self.stderr):
                if pipe is not None:
                    pipe.close()
            arguments = self.args if isinstance(self.args, list) else [str(self.args)]
            raise _Expired(tuple(str(argument) for argument in arguments)) from None


class _BoundedSubprocess:
    """Stands in for the module `subprocess` inside libtmux."""

    Popen = _BoundedPopen
    PIPE = subprocess.PIPE
    DEVNULL = subprocess.DEVNULL
    CalledProcessError = subprocess.CalledProcessError
    SubprocessError = subprocess.SubprocessError


def libtmux_server(binary: TmuxBinary, socket_path: Path) -> libtmux.Server:
    """A libtmux server object with deadlines. Its methods block: call them in a thread or a test."""
    import libtmux
    import libtmux.common
    import libtmux.neo
    import libtmux.pane

    libtmux.common.subprocess = _BoundedSubprocess  # type: ignore[assignment,attr-defined]  # the only way in it leaves
    for module in (libtmux.neo, libtmux.pane):
        module.FORMAT_SEPARATOR = SEPARATOR  # type: ignore[attr-defined]  # its variable works only before the import
    libtmux.neo.get_output_format.cache_clear()
    return libtmux.Server(socket_path=socket_path, tmux_bin=binary.path)


async def inspect_server(binary: TmuxBinary, socket_path: Path) -> list[SeenSession]:
    """The sessions of a server, hidden ones too; empty when nobody listens there.

    Raises:
        TmuxTimeoutError: it doesn't answer.
        TmuxError: libtmux could not read its answer.
    """
    if probe_socket(socket_path)[0] is not SocketState.LISTENING:
        return []
    started = time.monotonic()
    try:
        return await asyncio.get_running_loop().run_in_executor(_THREADS, _look, binary, socket_path)
    except _Expired as expired:
        waited = time.monotonic() - started
        raise TmuxTimeoutError(f"tmux did not answer within {waited:.1f} s", args=expired.argv) from None
    except (ValueError, OSError) as error:
        raise TmuxError(f"libtmux can't read {socket_path}: {error}") from error


def _look(binary: TmuxBinary, socket_path: Path) -> list[SeenSession]:
    server = libtmux_server(binary, socket_path)
    seen = []
    for session in server.sessions:
        windows = server.cmd("list-windows", "-t", session.session_id or "", "-F", "#{window_id}").stdout
        attached = int(session.session_attached or 0)
        seen.append(SeenSession(session.session_name or "", attached, tuple(windows)))
    return seen

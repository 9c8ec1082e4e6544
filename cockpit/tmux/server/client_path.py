"""Which program talks to a server: the server's own, where tmux was upgraded or removed while the server runs.

Clients and servers of different versions don't understand one another: an older client gets `server exited
unexpectedly`, a newer control client hangs without a word (measured with 3.3a and 3.7c).
"""

from __future__ import annotations

import os
from pathlib import Path

from cockpit.errors import TmuxError
from cockpit.tmux.server.discovery import TmuxBinary
from cockpit.tmux.server.probe import SocketState, probe_socket


def client_path(binary: TmuxBinary, socket_path: Path) -> str:
    """The path to run as a client of whoever listens on the socket: `binary`, or the server's executable.

    The second is `/proc/PID/exe` (proc(5)), which can be run even when its file is gone. Without `/proc`, or when
    nobody listens, it is always `binary`.
    """
    try:
        state, pid = probe_socket(socket_path)
    except TmuxError:  # told by the client itself
        return binary.path
    if state is not SocketState.LISTENING or pid is None:
        return binary.path
    process = Path("/proc", str(pid))
    try:
        servers = (process / "exe").stat()
        is_tmux = (process / "comm").read_text().startswith("tmux")
    except OSError:
        return binary.path
    if not is_tmux:
        return binary.path
    try:
        ours = Path(binary.path).stat()
    except OSError:
        return str(process / "exe")
    return binary.path if os.path.samestat(servers, ours) else str(process / "exe")

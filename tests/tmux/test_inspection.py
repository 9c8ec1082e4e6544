from __future__ import annotations

from pathlib import Path

from cockpit.tmux.server.discovery import TmuxBinary
from cockpit.tmux.server.inspection import SeenSession, inspect_server
from cockpit.tmux.server.server import TmuxServer
from tests.tmux.support import sh


async def test_libtmux_sees_what_is_there(server: TmuxServer, binary: TmuxBinary, socket_path: Path) -> None:
    windows = [
        await server.new_window(f"w{number} ␞", sh("printf '\\033]2;t␞itle\\007'; exec sleep 60"))
        for number in range(3)
    ]
    ids = tuple(window.window_id for window in windows)
    seen = {session.name: session for session in await inspect_server(binary, socket_path)}
    assert seen["cockpit"] == SeenSession("cockpit", 0, ids)
    assert seen["_ctl"].attached_clients == 2, "the control connection and the listener"
    assert seen["_ctl"].window_ids[1:] == ids


async def test_nobody_there_is_nothing_seen(binary: TmuxBinary, socket_path: Path) -> None:
    assert await inspect_server(binary, socket_path) == []

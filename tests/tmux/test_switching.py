"""Whatever is typed before a switch reaches the terminal shown before it, at any speed."""

from __future__ import annotations

from pathlib import Path

import pytest

from cockpit.errors import TerminalGoneError, TmuxError
from cockpit.tmux.commands import is_missing_target
from cockpit.tmux.server.server import TmuxServer
from tests.tmux.support import DisplayProcess, sh

ROUNDS = 200
ENDINGS = (b"\x1b", b"a", b"\x1b[A", b"\x1b[200~paste\x1b[201~", "ü".encode())
"""A lone Escape is held back by tmux, which waits for the rest of a key."""


async def test_no_byte_typed_before_a_switch_lands_in_the_next_terminal(
    server: TmuxServer, tmp_path: Path
) -> None:
    """Typed and switched without a pause."""
    words = [b"%d" % number + ENDINGS[number // 2 % len(ENDINGS)] for number in range(ROUNDS)]
    expected = [b"".join(words[0::2]), b"".join(words[1::2])]
    windows = []
    for place, typed in enumerate(expected):
        taking = f"dd bs=1 count={len(typed)} of={tmp_path / str(place)} 2>/dev/null"
        script = f"stty raw -echo; printf '\\033[?2004hready'; {taking}; printf taken; read _"
        windows.append(await server.new_window("takes", sh(script)))
    display = DisplayProcess(*server.display_argv())
    try:
        await display.wait_for(b"ready")
        for place in (1, 0):
            display.screen.clear()
            await server.select_window(windows[place].window_id, display.type)
            await display.wait_for(b"ready")
        for number, word in enumerate(words):
            display.type(word)
            await server.select_window(windows[(number + 1) % 2].window_id, display.type)
        await display.wait_for(b"taken")
        display.screen.clear()
        await server.select_window(windows[1].window_id, display.type)
        await display.wait_for(b"taken")
    finally:
        display.close()
    assert [(tmp_path / str(place)).read_bytes() for place in (0, 1)] == expected


async def test_a_switch_goes_beside_the_tty_where_that_can_not_be_written(server: TmuxServer) -> None:
    def gone(data: bytes) -> None:
        raise TerminalGoneError("no client")

    windows = [await server.new_window(f"w{number}", sh("exec sleep 60")) for number in range(2)]
    for window in (windows[1], windows[1], windows[0]):
        await server.select_window(window.window_id, gone)
        assert await server.run(("display-message", "-p", "-t", "=cockpit:", "#{window_id}")) == [
            [window.window_id]
        ]
    with pytest.raises(TmuxError) as refused:
        await server.select_window("@99", gone)
    assert is_missing_target(refused.value)

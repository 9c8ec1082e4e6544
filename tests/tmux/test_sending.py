from __future__ import annotations

import random
from pathlib import Path

import pytest

from cockpit.errors import TerminalGoneError
from cockpit.tmux.events import WindowExited
from cockpit.tmux.server.server import TmuxServer
from tests.tmux.support import Recorder, sh

EVERY_BYTE = bytes(range(256))


@pytest.mark.parametrize("length", [1, 256, 1024, 1025, 16_384, 300_000])
async def test_bytes_arrive_exactly(
    server: TmuxServer, events: Recorder, tmp_path: Path, length: int
) -> None:
    data = (EVERY_BYTE + random.Random(1).randbytes(length))[:length]
    out = tmp_path / "out"
    script = f"stty raw -echo; printf '\\033]2;ready\\007'; head -c {length} >{out}"
    hidden = await server.new_window("hidden", sh(script))
    await server.new_window("shown", sh("exec sleep 60"))
    await _raw(server, hidden.window_id)
    await server.send(hidden.window_id, data)
    assert (await events.wait_for(WindowExited)).exit_code == 0
    assert out.read_bytes() == data
    assert (await server.run(("list-buffers",)))[0] == []


async def _raw(server: TmuxServer, window_id: str) -> None:
    """Waits, by its title, until the program has set its terminal up; the answer is a matter of round trips."""
    for _ in range(5000):
        format_ = "#{pane_title}"
        if (await server.run(("display-message", "-p", "-t", window_id, format_)))[0] == ["ready"]:
            return
    raise AssertionError("the program never got ready")


async def test_a_copy_mode_is_left_first(server: TmuxServer, events: Recorder, tmp_path: Path) -> None:
    window = await server.new_window("one", sh("read x; exit ${#x}"))
    await server.run(("copy-mode", "-t", window.window_id))
    await server.send(window.window_id, b"four\n")
    assert (await events.wait_for(WindowExited)).exit_code == 4


async def test_nothing_is_sent_to_what_is_gone(server: TmuxServer, events: Recorder) -> None:
    window = await server.new_window("one", sh("exit 0"))
    await events.wait_for(WindowExited)
    with pytest.raises(TerminalGoneError, match="ended"):
        await server.send(window.window_id, b"x")
    await server.kill_window(window.window_id)
    for data in (b"x", b"x" * 5000):
        with pytest.raises(TerminalGoneError, match="closed"):
            await server.send(window.window_id, data)

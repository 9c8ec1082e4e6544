"""What tmux's client draws stands in the emulator where tmux believes it to stand, drawn at once and drawn anew."""

from __future__ import annotations

import shlex

import pytest

from cockpit.model import Size
from cockpit.terminal.emulator.cells import row_columns, row_text
from cockpit.terminal.emulator.emulator import Emulator
from cockpit.terminal.emulator.tmux_widths import as_drawn_by
from cockpit.tmux.server.server import TmuxServer
from tests.tmux.support import DisplayProcess, sh
from tests.unit.test_emulator import Recorder

WHOLE = (
    "\U0001f1e9\U0001f1ea",
    "a \U0001f1e9\U0001f1ea b",
    "👍\U0001f3fd",
    "👩\u200d💻 x",
    "e\u0301 日本 \ud55c",
)
"""Shown as they are on every tmux; of the others only the columns are right."""
OTHERS = (
    "\u26a0\ufe0f warning",
    "\u2611\ufe0f\u2714\ufe0f\u2139\ufe0f x",
    "a\U0001f1e9\U0001f1ea\U0001f1eb\U0001f1f7 b",
)


@pytest.mark.parametrize("text", (*WHOLE, *OTHERS), ids=ascii)
async def test_characters_stand_where_tmux_puts_them(server: TmuxServer, text: str) -> None:
    script = f"stty -echo; echo ready; read _; printf %sEND {shlex.quote(text)}; exec sleep 60"
    window = await server.new_window("one", sh(script))
    display = DisplayProcess(*server.display_argv())
    emulator = Emulator(Size(80, 24), Recorder())
    try:
        await display.wait_for(b"ready")
        display.type(b"\r")
        for _drawn in ("at once", "anew"):
            await display.wait_for(b"END")
            emulator.feed(as_drawn_by(server.version)(bytes(display.screen)))
            ((columns,),) = await server.run(("list-panes", "-t", window.window_id, "-F", "#{cursor_x}"))
            row = dict(emulator.all_rows())[1]
            assert row_text(row).rstrip().endswith(f"{text}END" if text in WHOLE else "END")
            assert row_columns(row) == int(columns)
            display.screen.clear()
            await server.run(("refresh-client", "-t", display.tty))
    finally:
        display.close()
        emulator.close()

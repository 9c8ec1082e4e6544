"""Captured history carries the shell's prompt marks where tmux tells them, and is otherwise what it was without."""

from __future__ import annotations

from cockpit.model import Size
from cockpit.terminal.scrollback.history import build_history
from cockpit.terminal.scrollback.local_view import LocalView
from cockpit.terminal.scrollback.prompts import last_output, previous_prompt
from cockpit.tmux.commands import run_tmux
from cockpit.tmux.events import TitleChanged
from cockpit.tmux.server.server import TmuxServer
from cockpit.tmux.windows.capture import HistoryCapture
from cockpit.tmux.windows.marks import MARKED_VERSION, as_joined, capture_command
from tests.tmux.support import Recorder, sh

SIZE = Size(30, 8)
PROMPT, OUTPUT = b"\x1b]133;A;redraw=0\x07", b"\x1b]133;C\x07"
SCRIPT = r"""
for n in 1 2 3; do
    printf '\033]133;A\a\033[42m$\033[m \033]133;B\acommand %s\n\033]133;C\a' $n
    seq 1 $((n * 5))
    printf 'a line that is longer than the screen is wide   \n\033]133;D;0\a'
done
printf '\033]133;A\a$ \033]133;B\a\033]2;printed\a'
read _
"""


def test_flags_become_marks_and_wrapped_rows_one_line() -> None:
    flagged = b"P $ ls\nO one\nWX long l\n- ine\nPW $ \n- typed\nOP both\nD \n- - dashed\n"
    joined = (
        PROMPT
        + b"$ ls\n"
        + OUTPUT
        + b"one\nlong line\n"
        + PROMPT
        + b"$ typed\n"
        + PROMPT
        + b"both\n\n- dashed\n"
    )
    assert as_joined(flagged, MARKED_VERSION) == joined
    assert as_joined(flagged, (3, 6)) == flagged
    assert as_joined(b"", MARKED_VERSION) == b""


async def test_prompts_are_known_in_what_was_captured(server: TmuxServer, events: Recorder) -> None:
    window = await server.new_window("shell", sh(SCRIPT), size=SIZE)
    await events.wait_for(TitleChanged, lambda event: event.title == "printed")
    _, data = await HistoryCapture(server, window.window_id).newest()
    setup, target = server.setup, ("-S", "-", "-t", window.window_id)
    plain = await run_tmux(setup.binary, setup.socket_path, "capture-pane", "-p", "-e", "-J", *target)
    assert data.replace(PROMPT, b"").replace(OUTPUT, b"") == plain.stdout.encode()
    grid = LocalView(await build_history(data, SIZE)).grid
    if server.version < MARKED_VERSION:
        assert capture_command(server.version) == ("capture-pane", "-p", "-e", "-J")
        assert previous_prompt(grid, grid.total) is None
        return
    rows, row = [], previous_prompt(grid, grid.total)
    while row is not None:
        rows.append(row)
        row = previous_prompt(grid, row)
    assert len(rows) == 4
    output = last_output(grid)
    assert output is not None
    text = grid.text(*output).splitlines()
    assert text[:15] == [str(number) for number in range(1, 16)]
    assert text[15] == "a line that is longer than the screen is wide"

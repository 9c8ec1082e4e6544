"""What can be read of a tmux terminal's window, as the backend answers it. Keeps nothing."""

from __future__ import annotations

from collections.abc import Callable

from cockpit.backends.base import ReadSpan, Scrollback
from cockpit.backends.output_reading import OutputReader
from cockpit.model import Size
from cockpit.terminal.scrollback.screen_end import ScreenEnd, screen_end
from cockpit.tmux.server.server import TmuxServer
from cockpit.tmux.windows.capture import HistoryCapture, PaneReading, read_pane
from cockpit.tmux.windows.marks import MARKED_VERSION
from cockpit.tmux.windows.reading import capture_text, pane_size


async def look_above(server: TmuxServer, window_id: str, *, bracketed_paste: bool | None) -> Scrollback:
    """Whether there is anything above the screen, read without capturing it. Raises `TmuxError`.

    Args:
        bracketed_paste: what counts where tmux doesn't tell.
    """
    reading = await read_pane(server, window_id)
    told = reading.bracketed_paste
    bracketed = bracketed_paste if told is None else told
    return Scrollback(reading.alternate_screen, end=_end(reading), bracketed_paste=bracketed)


async def capture_above(server: TmuxServer, window_id: str) -> Scrollback:
    """The screen and what is above it. Raises `TmuxError`."""
    history = HistoryCapture(server, window_id)
    reading, newest = await history.newest()
    if reading.alternate_screen:
        return Scrollback(alternate_screen=True, end=_end(reading))
    return Scrollback(False, newest, history.older if history.has_more else None, _end(reading))


async def read_span(
    server: TmuxServer, window_id: str, span: ReadSpan, has_ended: Callable[[str], bool]
) -> str:
    """Whole lines of what tmux holds, or what was kept of the last command's output. Raises `CockpitError`."""
    if span.last_output:
        reader = await read_outputs(server, window_id, has_ended)
        return await reader.last(
            styled=span.styled, from_screen=lambda: _captured_output(server, window_id, span)
        )
    return await capture_text(
        server,
        window_id,
        lines=span.lines,
        visible=span.visible,
        since=span.since if isinstance(span.since, int) else None,
        styled=span.styled,
    )


async def read_outputs(server: TmuxServer, window_id: str, has_ended: Callable[[str], bool]) -> OutputReader:
    """What was heard of a window's shell. Raises `CockpitError`.

    When a pane's program ends, tmux drops what control clients were not given yet (`control_write_pending`).

    Args:
        has_ended: whether the program of the window with that id has ended.
    """
    outputs = await server.outputs(window_id)
    return OutputReader(outputs, lambda: pane_size(server, window_id), lambda: has_ended(window_id))


async def _captured_output(server: TmuxServer, window_id: str, span: ReadSpan) -> str | None:
    """What the marks say that tmux keeps, from 3.7 on; None where they don't tell."""
    from cockpit.terminal.scrollback.history import build_history
    from cockpit.terminal.scrollback.reading import last_command_output

    if server.version < MARKED_VERSION:
        return None
    history = HistoryCapture(server, window_id)
    reading, newest = await history.newest()
    if reading.alternate_screen:
        return None
    emulator = await build_history(await history.older() + newest, Size(reading.columns, reading.rows))
    try:
        return last_command_output(emulator, styled=span.styled)
    finally:
        emulator.close()


def _end(reading: PaneReading) -> ScreenEnd:
    return screen_end(reading.screen, reading.history_rows, Size(reading.columns, reading.rows))

"""What is captured of a pane in slices is what tmux holds of it, soft wraps and colours included."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from cockpit.errors import TmuxError
from cockpit.model import Size
from cockpit.terminal.emulator.cells import Row
from cockpit.terminal.scrollback.anchors import Point
from cockpit.terminal.scrollback.history import build_history
from cockpit.terminal.scrollback.local_view import LocalView
from cockpit.tmux.commands import run_tmux
from cockpit.tmux.server.server import TmuxServer
from cockpit.tmux.windows import capture
from cockpit.tmux.windows.capture import HistoryCapture, read_pane
from tests.tmux.support import sh

SIZE = Size(30, 8)
NEWEST, SLICE = 50, 37
"""Uneven, so that soft-wrapped lines lie across the ends of slices."""


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "NEWEST_ROWS", NEWEST)
    monkeypatch.setattr(capture, "SLICE_ROWS", SLICE)


def colourful(lines: int) -> str:
    """Lines of many lengths, soft-wrapped ones among them; colours and backgrounds go on from line to line."""
    chance = random.Random(7)
    text = []
    for number in range(lines):
        colour = chance.choice(["\x1b[m", "\x1b[31m", "\x1b[44m", "\x1b[1;38;5;99m", ""])
        body = "".join(chance.choice("abc 字d") for _ in range(chance.choice([0, 5, 29, 30, 31, 75, 200])))
        text.append(f"{colour}{number}:{body}\n")
    return "".join(text)


async def printed(server: TmuxServer, file: Path, text: str) -> str:
    """A window in which a program has printed a text and ended; answers the window's id."""
    await asyncio.to_thread(file.write_text, text)
    window = await server.new_window("printed", sh(f"exec cat '{file}'"), size=SIZE)
    await said(server, window.window_id, "#{pane_dead}", "1")
    return window.window_id


async def said(server: TmuxServer, window_id: str, format_: str, text: str) -> None:
    """Waits until tmux answers this: it has read everything up to there; a matter of round trips."""
    for _ in range(5000):
        if (await server.run(("display-message", "-p", "-t", window_id, format_)))[0] == [text]:
            return
    raise AssertionError(f"{format_} never became {text}")


async def cells(data: bytes) -> tuple[list[Row], list[bool]]:
    """Every row from the oldest on, and which of them wrap."""
    view = LocalView(await build_history(data, SIZE))
    total = view.position.total
    view.to_top()
    rows = view.rows()
    while view.scroll(SIZE.rows):
        rows = rows[: view.grid.top] + view.rows()
    assert len(rows) == total
    return rows, [view.grid.wraps(row) for row in range(total)]


async def everything(server: TmuxServer, window_id: str) -> bytes:
    setup = server.setup
    arguments = ("capture-pane", "-p", "-e", "-J", "-S", "-", "-t", window_id)
    return (await run_tmux(setup.binary, setup.socket_path, *arguments)).stdout.encode()


async def test_slices_make_the_whole(server: TmuxServer, tmp_path: Path) -> None:
    window_id = await printed(server, tmp_path / "text", colourful(200))
    history = HistoryCapture(server, window_id)
    reading, newest = await history.newest()
    assert reading == await read_pane(server, window_id)
    assert (reading.alternate_screen, reading.columns, reading.rows) == (False, SIZE.columns, SIZE.rows)
    assert len(reading.screen) == SIZE.rows
    assert history.has_more
    rows, wraps = await cells(await history.older() + newest)
    assert len(rows) == reading.history_rows + SIZE.rows
    assert (rows, wraps) == await cells(await everything(server, window_id))
    assert wraps.count(True) > SLICE


async def test_little_history_comes_at_once(server: TmuxServer, tmp_path: Path) -> None:
    window_id = await printed(server, tmp_path / "text", "one\ntwo\n")
    history = HistoryCapture(server, window_id)
    _, newest = await history.newest()
    assert newest.startswith(b"one\ntwo\n")
    assert not history.has_more
    assert await history.older() == b""


@pytest.mark.parametrize("added", [1, 60])
async def test_what_is_printed_meanwhile_changes_nothing_above(
    server: TmuxServer, tmp_path: Path, added: int
) -> None:
    text, more = colourful(120), "".join(f"more {number}\n" for number in range(added))
    file, gate = tmp_path / "text", tmp_path / "gate"
    file.write_text(text)
    script = f"mkfifo {gate}; cat {file}; printf '\\033]2;ready\\007'; cat {gate}"
    window = await server.new_window("printing", sh(script), size=SIZE)
    await said(server, window.window_id, "#{pane_title}", "ready")
    history = HistoryCapture(server, window.window_id)
    _, newest = await history.newest()
    before = await everything(server, window.window_id)
    gate.write_text(more)
    await said(server, window.window_id, "#{pane_dead}", "1")
    assert await cells(await history.older() + newest) == await cells(before)


async def test_a_pane_that_prints_without_end_is_captured_in_one_piece(
    server: TmuxServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window_id = await printed(server, tmp_path / "text", colourful(200))
    history = HistoryCapture(server, window_id)
    _, newest = await history.newest()
    monkeypatch.setattr(capture, "RETRIES", -1)
    assert await cells(await history.older() + newest) == await cells(await everything(server, window_id))


async def test_history_that_was_dropped_meanwhile_is_not_made_up(server: TmuxServer, tmp_path: Path) -> None:
    window_id = await printed(server, tmp_path / "text", colourful(200))
    history = HistoryCapture(server, window_id)
    _, newest = await history.newest()
    await server.run(("clear-history", "-t", window_id))
    assert await history.older() == b""
    view = LocalView(await build_history(newest, SIZE))
    assert view.grid.text(Point(0, 0), Point(view.grid.total - 1, 0)).strip()


async def test_a_window_that_is_gone_is_an_error(server: TmuxServer, tmp_path: Path) -> None:
    await server.new_window("stays", sh("exec sleep 60"))
    window_id = await printed(server, tmp_path / "text", colourful(200))
    history = HistoryCapture(server, window_id)
    await history.newest()
    await server.kill_window(window_id)
    with pytest.raises(TmuxError):
        await history.older()

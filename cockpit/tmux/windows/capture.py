"""Reads what a window's pane holds: its screen and its history. Never changes either.

Screen and newest history come at once, the rest in slices: tmux answers nobody while it prints, and 50,000 rows of
dense colours take it more than a second. Slices are asked for from the newest to the oldest and by their distance
from the screen, so a slice counts only if the history is as long as it was thought to be; otherwise it is asked for
again. A pane that prints too fast for that is captured in one piece.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from cockpit.errors import TerminalGoneError
from cockpit.tmux.commands import run_tmux
from cockpit.tmux.server.server import TmuxServer
from cockpit.tmux.windows.marks import as_joined, capture_command

CAPTURE_TIMEOUT_S = 10.0
"""A full history of dense colours takes tmux a second or two; a hung server is noticed elsewhere much sooner."""
NEWEST_ROWS = 1000
"""Rows of history that come at once with the screen: 5 to 25 ms."""
SLICE_ROWS = 1000
RETRIES = 4
"""How often a slice is asked for again before everything is captured in one piece."""
_SPLICE_LINES = 40
"""So many lines tell where in everything the newest part begins."""
_FRESH = b"\x1b]8;;\x1b\\\x1b[m\x0f"
"""Every capture begins with no link, no colour and no line drawing; the one before it may not end so."""
_SEQUENCES = re.compile(rb"(\x1b\[[0-9;:]*m|\x1b\]8;[^\x1b]*\x1b\\|[\x0e\x0f])")
_SEPARATOR = f"_{secrets.token_hex(8)}_"


@dataclass(frozen=True, slots=True)
class PaneReading:
    """How much can be read in a pane."""

    alternate_screen: bool
    history_rows: int
    columns: int
    rows: int
    screen: tuple[str, ...] = ()
    """The text of the visible rows; left out where only the history was asked for."""
    bracketed_paste: bool | None = None
    """Mode 2004; None where this tmux has no format for it (before 3.7)."""


@dataclass(frozen=True, slots=True)
class _Slice:
    reading: PaneReading
    text: bytes
    joined: bool
    """Its first row goes on a line that began in the row above."""


async def read_pane(server: TmuxServer, window_id: str) -> PaneReading:
    """How much can be read now, and what the screen shows. Raises `TmuxError`."""
    target = ("-t", window_id)
    (answer, *_), screen = await server.run(
        ("display-message", "-p", *target, _READING), ("capture-pane", "-p", *target)
    )
    return _reading(answer, window_id, screen)


_READING = "#{alternate_on} #{history_size} #{pane_width} #{pane_height} #{bracket_paste_flag}"


class HistoryCapture:
    """One reading of a pane: `newest` first, then `older` once. Both raise `TmuxError`.

    The bytes are those of `capture-pane -p -e -J`: SGR sequences, soft-wrapped lines joined; prompt marks where tmux
    tells them (see `marks`). What `older` answers
    goes before `newest`; it ends without a newline where the first row of `newest` goes on its last line.
    """

    def __init__(self, server: TmuxServer, window_id: str) -> None:
        self._server = server
        self._window_id = window_id
        self._newest: _Slice | None = None

    async def newest(self) -> tuple[PaneReading, bytes]:
        """The screen and the newest rows of the history."""
        found = self._newest = await self._slice(-NEWEST_ROWS, None)
        return found.reading, found.text

    @property
    def has_more(self) -> bool:
        """Whether there was more above what `newest` answered."""
        return self._newest is not None and self._newest.reading.history_rows > NEWEST_ROWS

    async def older(self) -> bytes:
        """Everything above what `newest` answered, as far as tmux still holds it."""
        newest = self._newest
        if newest is None or not self.has_more:
            return b""
        columns, rows = newest.reading.columns, newest.reading.history_rows
        first = rows - NEWEST_ROWS
        parts = [_FRESH] if newest.joined else [_FRESH, b"\n"]
        tries = 0
        while first > 0:
            begin = max(0, first - SLICE_ROWS)
            found = await self._slice(begin - rows, first - 1 - rows)
            if found.reading.columns != columns or found.reading.history_rows < rows or tries > RETRIES:
                return await self._in_one_piece(newest.text)
            if found.reading.history_rows != rows:
                rows, tries = found.reading.history_rows, tries + 1
                continue
            parts += [found.text.removesuffix(b"\n"), _FRESH]
            if begin and not found.joined:
                parts.append(b"\n")
            first, tries = begin, 0
        return b"".join(reversed(parts))

    async def _in_one_piece(self, newest: bytes) -> bytes:
        """What is above the newest part in a capture of everything; nothing when that has been dropped meanwhile."""
        everything = (await self._slice(None, None)).text
        begin = newest.find(b"\n") + 1
        lines = newest[begin:].split(b"\n", _SPLICE_LINES)[:-1]
        place = everything.rfind(b"\n" + b"\n".join(lines) + b"\n") if begin else -1
        if place < 0:
            return b""
        above, newline, line = everything[:place].rpartition(b"\n")
        return above + newline + _before(line, newest[: begin - 1]) + _FRESH

    async def _slice(self, first: int | None, last: int | None) -> _Slice:
        """Rows counted from the screen's first, negative in the history; None: from the oldest, to the newest.

        A process of its own: megabytes on the control connection would stand in the way of the next command. tmux
        runs the commands of one client without anything in between.
        """
        target = ("-t", self._window_id)
        start = "-" if first is None else str(first)
        commands = [
            *("display-message", "-p", *target, _READING, ";"),
            *(*capture_command(self._server.version), *target, "-S", start),
            *(("-E", str(last)) if last is not None else ()),
        ]
        if last is None:
            commands += [
                ";",
                "display-message",
                "-p",
                *target,
                _SEPARATOR,
                ";",
                "capture-pane",
                "-p",
                *target,
            ]
        if first is not None:
            commands += [";", "display-message", "-p", *target, _SEPARATOR, ";"]
            commands += ["capture-pane", "-p", "-J", *target, "-S", str(first - 1), "-E", str(first)]
        setup = self._server.setup
        result = await run_tmux(setup.binary, setup.socket_path, *commands, timeout_s=CAPTURE_TIMEOUT_S)
        answer, _, rest = result.stdout.encode("utf-8", "surrogateescape").partition(b"\n")
        text, *more = rest.split(_SEPARATOR.encode() + b"\n")
        screen = more.pop(0).decode("utf-8", "replace").split("\n")[:-1] if last is None else []
        joined = bool(more) and more[0].count(b"\n") == 1
        text = as_joined(text, self._server.version)
        return _Slice(_reading(answer.decode(), self._window_id, screen), text, joined)


def _before(line: bytes, end: bytes) -> bytes:
    """The beginning of a line whose end was captured by itself, and so with the colours written out."""
    left = len(_SEQUENCES.sub(b"", line)) - len(_SEQUENCES.sub(b"", end))
    kept = []
    for part in _SEQUENCES.split(line):
        if left <= 0:
            break
        kept.append(part if _SEQUENCES.fullmatch(part) else part[:left])
        left -= 0 if _SEQUENCES.fullmatch(part) else len(part)
    return b"".join(kept)


def _reading(answer: str, window_id: str, screen: Sequence[str]) -> PaneReading:
    alternate, *fields = answer.split() or [""]
    if len(fields) < 3 or not all(field.isdigit() for field in fields):
        raise TerminalGoneError(f"tmux no longer knows the window {window_id}; restart the terminal")
    bracketed = fields[3] == "1" if len(fields) > 3 else None
    return PaneReading(
        alternate == "1", int(fields[0]), int(fields[1]), int(fields[2]), tuple(screen), bracketed
    )

"""What a capable terminal answers when a program asks about it. Pure: output bytes in, reply bytes out.

Sources: xterm's ctlseqs, the kitty keyboard protocol, the synchronized output and in-band resize proposals.
"""

from __future__ import annotations

import re

_QUERY = re.compile(
    rb"\x1b\[(?P<da>[>=]?)0?c"
    rb"|\x1b\[(?P<dsr>\??[56])n"
    rb"|\x1b\[(?P<private>\??)(?P<mode>\d+)\$p"
    rb"|\x1b\[(?P<kitty>\?)u"
    rb"|\x1b\[>0?(?P<version>q)"
    rb"|\x1b\](?P<colour>1[012]|4;\d+);\?(?P<end>\x07|\x1b\\)"
    rb"|\x1b\[(?P<window>1[4568])t"
    rb"|\x1b\[\?(?P<scheme>996)n"
    rb"|\x1bP\+q(?P<cap>[0-9A-Fa-f;]*)\x1b\\"
    rb"|\x1bP\$q(?P<setting>[^\x1b]*)\x1b\\"
    rb"|\x1b\[\?2048(?P<inband>[hl])"
)
_UNFINISHED = re.compile(rb"\x1b(?:[\[\]P][^\x07\x1b]{0,40})?\Z")

_SUPPORTED_MODES = frozenset({b"69", b"1004", b"1006", b"2004", b"2026", b"2048"})
_COLOURS = {b"10": b"rgb:d0d0/d0d0/d0d0", b"11": b"rgb:1010/1010/1010", b"12": b"rgb:ffff/ffff/ffff"}
_CELL_PIXELS = (9, 18)


class QueryResponder:
    """Answers the queries in a stream of output; the cursor's place is not followed (`CPR` says 1;1)."""

    def __init__(self, columns: int, rows: int, *, kitty_keyboard: bool = True) -> None:
        self.columns = columns
        self.rows = rows
        self._kitty_keyboard = kitty_keyboard
        self._in_band_resize = False
        self._rest = b""

    def feed(self, output: bytes) -> bytes:
        """The replies to every query that `output` completes."""
        data = self._rest + output
        queries = list(_QUERY.finditer(data))
        answered = queries[-1].end() if queries else 0
        tail = _UNFINISHED.search(data, max(answered, len(data) - 48))
        self._rest = tail[0] if tail else b""
        return b"".join(self._reply(match) for match in queries)

    def resized(self, columns: int, rows: int) -> bytes:
        """The in-band report of a new size, when the program asked for such reports."""
        self.columns, self.rows = columns, rows
        return self._size_report() if self._in_band_resize else b""

    def _reply(self, match: re.Match[bytes]) -> bytes:
        kind = match.lastgroup
        if kind == "da":
            return {b"": b"\x1b[?62;22;52c", b">": b"\x1b[>1;10;0c", b"=": b""}[match["da"]]
        if kind == "dsr":
            return b"\x1b[0n" if match["dsr"].endswith(b"5") else b"\x1b[1;1R"
        if kind == "mode":
            known = match["mode"] in _SUPPORTED_MODES
            return b"\x1b[%s%s;%d$y" % (match["private"], match["mode"], 2 if known else 0)
        if kind == "kitty":
            return b"\x1b[?0u" if self._kitty_keyboard else b""
        if kind == "version":
            return b"\x1bP>|harness(1)\x1b\\"
        if kind == "end":
            colour = _COLOURS.get(match["colour"], b"rgb:8080/8080/8080")
            return b"\x1b]%s;%s%s" % (match["colour"], colour, match["end"])
        if kind == "scheme":
            return b"\x1b[?997;1n"
        if kind == "cap":
            return b"\x1bP0+r%s\x1b\\" % match["cap"]
        if kind == "setting":
            return b"\x1bP0$r\x1b\\"
        return self._window(match)

    def _window(self, match: re.Match[bytes]) -> bytes:
        width, height = _CELL_PIXELS
        if match["inband"]:
            self._in_band_resize = match["inband"] == b"h"
            return self._size_report() if self._in_band_resize else b""
        if match["window"] == b"14":
            return b"\x1b[4;%d;%dt" % (self.rows * height, self.columns * width)
        if match["window"] == b"16":
            return b"\x1b[6;%d;%dt" % (height, width)
        return b"\x1b[8;%d;%dt" % (self.rows, self.columns) if match["window"] == b"18" else b""

    def _size_report(self) -> bytes:
        width, height = _CELL_PIXELS
        size = (self.rows, self.columns, self.rows * height, self.columns * width)
        return b"\x1b[48;%d;%d;%d;%dt" % size

"""What is known of the terminal cockpit itself runs in, for programs that ask theirs. One per process."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cockpit.terminal.color_depth import ColorDepth, asked_depth, depth_of, fitted_sgr
from cockpit.terminal.emulator.cells import CellStyle

_COLOR_REPLY = re.compile(rb"\x1b\](10|11);rgb:([0-9a-f]{1,4})/([0-9a-f]{1,4})/([0-9a-f]{1,4})", re.I)

Rgb = tuple[int, int, int]

ASSUMED_FOREGROUND: Rgb = (229, 229, 229)
ASSUMED_BACKGROUND: Rgb = (0, 0, 0)
"""What a terminal that doesn't tell its colours is taken to have: programs wait for an answer, so there is one."""


@dataclass(slots=True)
class OuterColors:
    """The default colours of the person's terminal; None until it has answered."""

    foreground: Rgb | None = None
    background: Rgb | None = None

    @property
    def dark(self) -> bool:
        """Whether the background is dark; assumed when it isn't known."""
        if self.background is None:
            return True
        red, green, blue = self.background
        return 0.299 * red + 0.587 * green + 0.114 * blue < 128

    def read_reply(self, reply: bytes) -> bool:
        """Takes the answer to an OSC 10 or 11 query (ctlseqs, "Set Text Parameters"); tells whether it was one."""
        match = _COLOR_REPLY.match(reply)
        if match is None:
            return False
        red, green, blue = (int(part, 16) * 255 // (16 ** len(part) - 1) for part in match.groups()[1:])
        if match[1] == b"10":
            self.foreground = (red, green, blue)
        else:
            self.background = (red, green, blue)
        return True


OUTER_COLORS = OuterColors()
"""Filled by the driver, read by every emulator: a process has one terminal."""

_SIMPLE_TERM = re.compile(r"linux|vt\d|ansi|pcansi|cons25|sun|wsvt|at386")
_UNUSABLE_TERMS = frozenset({"", "dumb", "unknown"})
_MARGINS_REPLY = re.compile(rb"\x1b\[\?69;[12]\$y")
_DEPTH_PROBE = (7, 8, 9)
_DEPTH_REPLY = re.compile(rb"\x1bP1\$r[\d;:]*48[;:]2[;:](?:\d*[;:])?7[;:]8[;:]9m")


@dataclass(slots=True)
class OuterTerminal:
    """What the person's terminal can show.

    A `simple` one prints what it doesn't know, or is too old for anything beyond ECMA-48: it gets no mouse modes, no
    operating system commands, no links, no private queries, no cursor shapes.
    """

    depth: ColorDepth = ColorDepth.TRUE
    simple: bool = False
    erases: bool = True
    """Whether it knows ECH, which VT100 doesn't."""
    side_margins: bool = False
    """Whether it can scroll a part of its width (DECLRMM, mode 69)."""
    doubtful: bool = False
    """Whether it may have more colours than its environment tells, so that it is worth asking."""

    def look(self, environment: Mapping[str, str]) -> None:
        """Decides everything from the environment."""
        term = environment.get("TERM", "").lower()
        self.simple = _SIMPLE_TERM.match(term) is not None
        self.erases = not term.startswith(("vt1", "ansi", "pcansi"))
        self.depth = depth_of(environment)
        asked = asked_depth(environment) is not None
        between = term.startswith(("screen", "tmux"))  # what answers is not what shows
        self.doubtful = self.depth < ColorDepth.TRUE and not (asked or self.simple or between)

    def sgr(self, style: CellStyle) -> str:
        """The parameters that come nearest to `style` here; empty for the default style."""
        if self.depth is ColorDepth.TRUE and not self.simple:
            return style.sgr
        return fitted_sgr(style, self.depth, simple=self.simple)

    @property
    def depth_query(self) -> str:
        """Asks for the colour it really keeps (DECRQSS of SGR, as vim and neovim do); empty where that is known.

        COLORTERM is lost on the way through SSH, the answer isn't.
        """
        color = ";".join(map(str, _DEPTH_PROBE))
        return f"\x1b[48;2;{color}m\x1bP$qm\x1b\\\x1b[m" if self.doubtful else ""

    def read_margins_reply(self, reply: bytes) -> bool:
        """Takes the answer to the question for mode 69 (DECRQM); tells whether it was one that says yes."""
        known = _MARGINS_REPLY.fullmatch(reply) is not None
        self.side_margins = self.side_margins or known
        return known

    def read_depth_reply(self, reply: bytes) -> bool:
        """Takes the answer to `depth_query`; tells whether there are more colours now."""
        if not self.doubtful or not _DEPTH_REPLY.match(reply):
            return False
        self.depth, self.doubtful = ColorDepth.TRUE, False
        return True


OUTER_TERMINAL = OuterTerminal()
"""Decided once at the start, before anything is shown; a process has one terminal."""


def unusable(environment: Mapping[str, str]) -> str:
    """Why nothing can be drawn on the terminal behind `environment`; empty where that is not known."""
    term = environment.get("TERM", "")
    if term.lower() not in _UNUSABLE_TERMS:
        return ""
    told = f"TERM is {term!r}" if term else "TERM is not set"
    return (
        f"{told}, so this terminal can't place text: run cockpit in another, or set TERM to what this one is"
    )

"""What is known of the terminal cockpit itself runs in, for programs that ask theirs. One per process."""

from __future__ import annotations

import re
from dataclasses import dataclass

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

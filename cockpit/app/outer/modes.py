"""What is written to the outer terminal when cockpit takes it over and gives it back. Pure."""

from __future__ import annotations

from cockpit.terminal.outer import OuterTerminal

_ENTER = (
    "\x1b[?1049h"  # alternate screen
    "\x1b[?25l"  # the cursor is shown by the pane
    "\x1b[?1000h\x1b[?1003h\x1b[?1006h"  # mouse: buttons, any motion, SGR coordinates
    "\x1b[?1004h"  # focus in and out
    "\x1b[?2004h"  # bracketed paste
    "\x1b[?7l"  # no automatic wrap: the last column is ours to fill
    "\x1b[>4;1m"  # xterm, tmux: modified keys that have no code of their own
    "\x1b[>1u"  # kitty keyboard protocol: disambiguate
    "\x1b[?2026$p\x1b[?69$p"  # are synchronized output, and margins at the sides, known?
)
_COLOR_QUERIES = "\x1b]10;?\x1b\\\x1b]11;?\x1b\\"
_LEAVE = (
    "\x1b[<u\x1b[>4m\x1b[?7h\x1b[?2004l\x1b[?1004l\x1b[?1006l\x1b[?1003l\x1b[?1000l"
    "\x1b[0 q\x1b[?1049l\x1b[?25h"
)
_SIMPLE_ENTER = "\x1b[?25l\x1b[?7l"
_SIMPLE_LEAVE = "\x1b[m\x1b[?7h\x1b[H\x1b[J\x1b[?25h"
"""The Linux console prints what follows `>`, `$` or a blank in a sequence, and has no other screen to go back to."""


def entering(terminal: OuterTerminal) -> str:
    """Takes the terminal over, and asks what it can't tell by its name."""
    return _SIMPLE_ENTER if terminal.simple else _ENTER + _COLOR_QUERIES + terminal.depth_query


def leaving(terminal: OuterTerminal) -> str:
    """Gives the terminal back as it was."""
    return _SIMPLE_LEAVE if terminal.simple else _LEAVE

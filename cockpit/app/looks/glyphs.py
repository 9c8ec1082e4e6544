"""The symbols cockpit draws: one cell each, told apart by shape as well as by colour."""

from __future__ import annotations

import locale
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from cockpit.model import TerminalState, TerminalStatus


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One set of symbols. Every field is one character that takes one cell."""

    running: str
    new: str
    succeeded: str
    """Ended with code 0."""
    ended: str
    """Ended with another code or by a signal."""
    detached: str
    unavailable: str
    failed: str
    bell: str
    wheel: str
    paused: str
    busy: str
    """At work, and nobody knows for how long."""
    bar: str
    """Stands in front of what has the focus."""
    close: str
    add: str
    find: str
    menu: str
    more_left: str
    more_right: str
    folded: str
    unfolded: str
    divider: str
    dot: str
    ellipsis: str
    marked: str
    unmarked: str
    plain: Literal["", "ascii", "console"] = ""
    """What else is drawn, by Textual's own widgets: anything, ASCII only, or ASCII with light boxes and blocks."""

    def status(self, status: TerminalStatus) -> str:
        """The symbol of one terminal's state."""
        match status.state:
            case TerminalState.RUNNING:
                return self.running
            case TerminalState.EXITED:
                return self.succeeded if status.exit_code == 0 else self.ended
            case TerminalState.DETACHED:
                return self.detached
            case TerminalState.UNAVAILABLE:
                return self.unavailable
            case TerminalState.FAILED:
                return self.failed
            case TerminalState.NEW | TerminalState.HELD:
                return self.new


UNICODE = Glyphs(
    running="●",
    new="○",
    succeeded="✓",
    ended="✗",
    detached="◌",
    unavailable="⊘",
    failed="!",
    bell="♪",
    wheel="↕",
    paused="‖",
    busy="⋯",
    bar="▌",
    close="×",
    add="+",
    find="/",
    menu="≡",
    more_left="‹",
    more_right="›",
    folded="▸",
    unfolded="▾",
    divider="│",
    dot="·",
    ellipsis="…",
    marked="■",
    unmarked="□",
)

ASCII = Glyphs(
    running="*",
    new="o",
    succeeded="+",
    ended="x",
    detached="~",
    unavailable="-",
    failed="!",
    bell="&",
    wheel="^",
    paused="=",
    busy="%",
    bar=">",
    close="x",
    add="+",
    find="/",
    menu="=",
    more_left="<",
    more_right=">",
    folded=">",
    unfolded="v",
    divider="|",
    dot="-",
    ellipsis="~",
    marked="#",
    unmarked=".",
    plain="ascii",
)
CONSOLE = replace(ASCII, divider="│", plain="console")
"""For a virtual console, whose fonts have a few hundred characters: light boxes and blocks, but few symbols."""
_SIMPLE_TERMS = ("vt", "ansi", "pcansi", "cons25", "sun", "wsvt")


def glyphs_for(environment: Mapping[str, str]) -> Glyphs:
    """The set the terminal behind `environment` can show: ASCII when the locale says that it isn't UTF-8.

    The first of LC_ALL, LC_CTYPE and LANG that is set decides, as setlocale(3) has it; with none of them set
    the encoding Python found does. `COCKPIT_ASCII` asks for ASCII whatever the locale, or with `0` never for it.
    """
    asked = environment.get("COCKPIT_ASCII", "").lower()
    if asked in {"1", "true", "yes", "on"}:
        return ASCII
    if asked in {"0", "false", "no", "off"}:
        return UNICODE
    term = environment.get("TERM", "").lower()
    if term.startswith(_SIMPLE_TERMS) or not _is_utf8(environment):
        return ASCII
    return CONSOLE if term.startswith("linux") else UNICODE


def _is_utf8(environment: Mapping[str, str]) -> bool:
    for variable in ("LC_ALL", "LC_CTYPE", "LANG"):
        value = environment.get(variable)
        if value:
            return value.lower().replace("-", "").endswith(("utf8", "utf8@euro"))
    return locale.getpreferredencoding(False).lower().replace("-", "") == "utf8"

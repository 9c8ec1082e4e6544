"""The symbols cockpit draws: one cell each, told apart by shape as well as by colour."""

from __future__ import annotations

import locale
from dataclasses import dataclass

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
            case TerminalState.NEW:
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
)


def glyphs_for(environment: dict[str, str]) -> Glyphs:
    """The set the terminal behind `environment` can show: ASCII when the locale says that it isn't UTF-8.

    The first of LC_ALL, LC_CTYPE and LANG that is set decides, as setlocale(3) has it; with none of them set
    the encoding Python found does. `COCKPIT_ASCII=1` asks for ASCII whatever the locale.
    """
    if environment.get("COCKPIT_ASCII", "").lower() in {"1", "true", "yes", "on"}:
        return ASCII
    for variable in ("LC_ALL", "LC_CTYPE", "LANG"):
        value = environment.get(variable)
        if value:
            return UNICODE if value.lower().replace("-", "").endswith(("utf8", "utf8@euro")) else ASCII
    return UNICODE if locale.getpreferredencoding(False).lower().replace("-", "") == "utf8" else ASCII

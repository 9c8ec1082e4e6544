"""What closing something ends, in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cockpit.app.looks.glyphs import Glyphs
from cockpit.app.looks.text import safe_text
from cockpit.model import Session, Terminal, TerminalState

ENDING_STATES = frozenset({TerminalState.RUNNING, TerminalState.DETACHED})
MAX_LISTED = 12


@dataclass(frozen=True, slots=True)
class Question:
    """A question before something ends. Texts are safe to show."""

    title: str
    verb: str
    """What the button says."""
    ending: tuple[str, ...] = ()
    """Each running program that ends, one a line."""
    note: str = ""

    @property
    def ends_something(self) -> bool:
        """Whether there is anything to ask about."""
        return bool(self.ending)


def of_terminal(terminal: Terminal, glyphs: Glyphs, last_of: Session | None = None) -> Question:
    """The question before a tab is closed. `last_of` is its session when that is closed along with it."""
    note = f"It is the last tab: the session “{safe_text(last_of.name, 40)}” closes too." if last_of else ""
    return Question(f"Close the tab “{_name(terminal)}”?", "Close tab", _ending([terminal], glyphs), note)


def of_sessions(sessions: Sequence[Session], glyphs: Glyphs) -> Question:
    """The question before sessions are closed."""
    terminals = [terminal for session in sessions for terminal in session.terminals]
    if len(sessions) == 1:
        title = f"Close the session “{safe_text(sessions[0].name, 40)}”?"
        return Question(title, "Close session", _ending(terminals, glyphs))
    names = ", ".join(safe_text(session.name, 24) for session in sessions[:6])
    more = f" and {len(sessions) - 6} more" if len(sessions) > 6 else ""
    return Question(
        f"Close {len(sessions)} sessions?", "Close sessions", _ending(terminals, glyphs), f"{names}{more}"
    )


def _ending(terminals: Sequence[Terminal], glyphs: Glyphs) -> tuple[str, ...]:
    ending = [t for t in terminals if t.status.state in ENDING_STATES]
    lines = [f"{glyphs.status(t.status)} {_name(t)}{_program(t)}" for t in ending[:MAX_LISTED]]
    if len(ending) > MAX_LISTED:
        lines.append(f"and {len(ending) - MAX_LISTED} more")
    return tuple(lines)


def _name(terminal: Terminal) -> str:
    return safe_text(terminal.name, 40) or "terminal"


def _program(terminal: Terminal) -> str:
    """What runs in it, as far as more is known than the name says."""
    program = safe_text(terminal.living_command or terminal.title, 60)
    where = " in tmux" if terminal.backend == "tmux" else ""
    return (f": {program}" if program and program != _name(terminal) else "") + where


def of_server(terminals: Sequence[Terminal], glyphs: Glyphs) -> Question:
    """The question before the tmux server is started anew. `terminals` are those on it."""
    note = "Its terminals come back as after a start of cockpit, with what runs in them begun anew."
    return Question("Restart the tmux server?", "Restart", _ending(terminals, glyphs), note)


def of_quitting(terminals: Sequence[Terminal], glyphs: Glyphs) -> Question:
    """The question before cockpit is left. `terminals` are those that end with it."""
    return Question("Leave cockpit?", "Leave", _ending(terminals, glyphs), "These end with cockpit.")

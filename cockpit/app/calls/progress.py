"""How far programs say they are (OSC 9;4), by terminal, and the few cells that tell it. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from cockpit.app.looks.glyphs import Glyphs
from cockpit.model import Session
from cockpit.terminal.speech.events import ProgressState
from cockpit.workspace.events import Event, TerminalProgress

_MATTERS_LEAST_FIRST = (
    ProgressState.NONE,
    ProgressState.BUSY,
    ProgressState.RUNNING,
    ProgressState.PAUSED,
    ProgressState.ERROR,
)


@dataclass(frozen=True, slots=True)
class Reached:
    """How far one program is; nothing moves, and the states differ in shape: `42%`, `⋯`, `‖ 42%`, `! 42%`."""

    state: ProgressState
    percent: int | None = None

    def text(self, glyphs: Glyphs) -> str:
        """What a row or a tab shows of it. At most six cells."""
        share = "" if self.percent is None else f"{self.percent}%"
        match self.state:
            case ProgressState.ERROR:
                return f"{glyphs.failed} {share}".rstrip()
            case ProgressState.PAUSED:
                return f"{glyphs.paused} {share}".rstrip()
            case _:
                return share or glyphs.busy

    @property
    def words(self) -> str:
        """The same for a tooltip: `42%`, `paused at 42%`."""
        if self.state is ProgressState.RUNNING:
            return "at work" if self.percent is None else f"{self.percent}%"
        name = {ProgressState.BUSY: "at work", ProgressState.ERROR: "went wrong"}.get(self.state, "paused")
        return name if self.percent is None else f"{name} at {self.percent}%"


class Progresses:
    """What is known of every terminal that tells it."""

    def __init__(self) -> None:
        self._reached: dict[str, Reached] = {}

    def hear(self, event: Event) -> None:
        """Takes what a program tells; one that ended has told that it is over (see `workspace.program_speech`)."""
        if not isinstance(event, TerminalProgress):
            return
        if event.state is ProgressState.NONE:
            self._reached.pop(event.terminal_id, None)
        else:
            self._reached[event.terminal_id] = Reached(event.state, event.percent)

    def of_terminal(self, terminal_id: str) -> Reached | None:
        """How far one terminal's program is, if it tells."""
        return self._reached.get(terminal_id)

    def of_session(self, session: Session) -> Reached | None:
        """What stands for a session: trouble first, then whoever has the longest way to go."""
        told = [r for t in session.terminals if (r := self._reached.get(t.id))]
        return max(told, key=lambda r: (_MATTERS_LEAST_FIRST.index(r.state), -(r.percent or 0)), default=None)

    def keep_only(self, terminal_ids: Collection[str]) -> None:
        """Forgets terminals that are gone."""
        self._reached = {i: reached for i, reached in self._reached.items() if i in terminal_ids}

"""What became of every row at this launch, as far as it is known by now. Bookkeeping and words; starts nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from cockpit.model import BackendKind, Session, Terminal, TerminalState, TerminalStatus
from cockpit.text import clean_text
from cockpit.workspace.restore_plan import Action, Step

MAX_TOLD = 4


class Outcome(StrEnum):
    """How a row ended, in a word that is shown."""

    ADOPTED = "adopted"
    RECREATED = "recreated"
    RELAUNCHED = "relaunched"
    FELL_BACK = "fell back"
    FAILED = "failed"
    WAITS = "waits"
    LEFT = "left in tmux"
    UNREACHABLE = "out of reach"


PLANNED = {
    Action.ADOPT: Outcome.ADOPTED,
    Action.RECREATE: Outcome.RECREATED,
    Action.RELAUNCH: Outcome.RELAUNCHED,
    Action.FALL_BACK: Outcome.FELL_BACK,
    Action.HOLD: Outcome.WAITS,
    Action.LEAVE: Outcome.LEFT,
    Action.UNREACHABLE: Outcome.UNREACHABLE,
}
"""What a step is meant to come to."""


@dataclass(slots=True)
class Entry:
    """One row of the report. Texts are clean."""

    terminal_id: str
    session: str
    terminal: str
    backend: str
    outcome: Outcome
    reason: str
    command: str
    """What was started, or waits; empty: a shell."""
    pending: bool
    """It starts when its tab is shown for the first time."""
    notable: bool
    """Not as the person left it, and not as the settings ask for."""

    def __str__(self) -> str:
        what = f"{self.outcome}{', when shown' if self.pending else ''}"
        return f"{self.session} · {self.terminal}: {what}{f': {self.reason}' if self.reason else ''}"


class RestoreReport:
    """The entries in the rows' order. Filled by the restorer, kept true by the rows' statuses."""

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, session: Session, row: Terminal, step: Step, note: str = "") -> Entry:
        """Takes a step in, in place of an earlier one for the same row."""
        held = step.action is Action.HOLD
        reason = note or step.reason
        entry = self._entries[row.id] = Entry(
            row.id,
            clean_text(session.name, 40),
            clean_text(row.name, 40),
            clean_text(row.backend, 16),
            PLANNED[step.action],
            clean_text(reason, 300),
            clean_text((row.command if held else step.command) or "", 120),
            pending=step.starts,
            notable=step.action in (Action.FALL_BACK, Action.UNREACHABLE)
            or bool(note)
            or (
                bool(reason)
                and row.backend == BackendKind.TMUX
                and row.binding is not None
                and (step.starts or held)
            ),
        )
        return entry

    def status_changed(self, row: Terminal, status: TerminalStatus) -> None:
        """A row's program started, or could not."""
        entry = self._entries.get(row.id)
        if entry is None:
            return
        if entry.outcome is Outcome.ADOPTED and status.state is TerminalState.EXITED and not entry.reason:
            entry.reason = "its program had ended; its last screen can be read"
        if entry.outcome is Outcome.ADOPTED and status.state is TerminalState.UNAVAILABLE:
            entry.outcome, entry.reason, entry.notable = (
                Outcome.UNREACHABLE,
                clean_text(status.reason, 300),
                True,
            )
        if not entry.pending and entry.outcome is not Outcome.FAILED:
            return
        if status.state is TerminalState.FAILED:
            entry.pending, entry.notable = False, True
            entry.outcome, entry.reason = Outcome.FAILED, clean_text(status.reason, 300)
        elif status.state is TerminalState.RUNNING:
            entry.pending = False
            if entry.backend == BackendKind.TMUX and row.backend != BackendKind.TMUX:
                entry.outcome, entry.notable = Outcome.FELL_BACK, True
                entry.reason = entry.reason or "tmux could not take it"
            elif entry.outcome is Outcome.FAILED:
                entry.outcome, entry.reason = Outcome.RELAUNCHED, "it was started again by hand"

    def message(self) -> str:
        """What the person should know unasked; empty when everything is as they left it."""
        notable = [entry for entry in self if entry.notable]
        if not notable:
            return ""
        lines = [str(entry) for entry in notable[:MAX_TOLD]]
        if len(notable) > MAX_TOLD:
            lines.append(f"and {len(notable) - MAX_TOLD} more")
        return "\n".join([*lines, "Commands, “Restore report” has the rest."])

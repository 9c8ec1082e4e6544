"""What became of every row at this launch, one a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll

from cockpit.app.looks.text import safe_text
from cockpit.app.screens.dialog import Dialog, Plain
from cockpit.workspace.restore_report import Entry

MAX_LISTED = 1000


class RestoreReportScreen(Dialog[None]):
    """Lists the entries; scrolled by keys and wheel."""

    AUTO_FOCUS = "#report"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "leave", "Close", id="restore_report.close", tooltip="Close the report"),
    ]

    def __init__(self, entries: Iterable[Entry]) -> None:
        super().__init__()
        self._entries = list(entries)

    def compose(self) -> ComposeResult:
        """Title, what it adds up to, the entries."""
        with Vertical(classes="dialog dialog-tall"):
            yield Plain("Restore report", classes="dialog-title")
            yield Plain(summary(self._entries), classes="dialog-note")
            with VerticalScroll(classes="dialog-body", id="report"):
                yield Plain("\n".join(lines(self._entries)), classes="dialog-list")
            yield Plain("esc closes", classes="field-hint")


def summary(entries: Sequence[Entry]) -> str:
    """How many of each outcome."""
    if not entries:
        return "There was nothing to bring back at this start."
    counts: dict[str, int] = {}
    for entry in entries:
        counts[entry.outcome] = counts.get(entry.outcome, 0) + 1
    return ", ".join(f"{count} {outcome}" for outcome, count in counts.items())


def lines(entries: Sequence[Entry]) -> list[str]:
    """One line for each entry, what is notable first."""
    ordered = sorted(entries, key=lambda entry: not entry.notable)
    listed = [_line(entry) for entry in ordered[:MAX_LISTED]]
    return [*listed, f"and {len(ordered) - MAX_LISTED} more"] if len(ordered) > MAX_LISTED else listed


def _line(entry: Entry) -> str:
    place = f"{safe_text(entry.session, 24)} · {safe_text(entry.terminal, 24)}"
    outcome = f"{entry.outcome}{' when shown' if entry.pending else ''}"
    details = " · ".join(safe_text(text, 200) for text in (entry.command, entry.reason) if text)
    return f"{'! ' if entry.notable else '  '}{place}: {outcome}{f' · {details}' if details else ''}"

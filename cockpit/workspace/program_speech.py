"""Turns what programs say into the workspace's events, by the person's policy. Cleans nothing: that is done below."""

from __future__ import annotations

from collections.abc import Callable

from cockpit.model import Session, Terminal
from cockpit.settings import Clipboard
from cockpit.terminal.program_events import (
    ClipboardRead,
    ClipboardWrite,
    DirectoryChanged,
    Notification,
    ProgramEvent,
    Progress,
    ProgressState,
    PromptMarked,
)
from cockpit.workspace.events import (
    ClipboardAsked,
    ClipboardWanted,
    Event,
    TerminalDirectoryChanged,
    TerminalNotified,
    TerminalProgress,
    TerminalPromptMarked,
)


class ProgramSpeech:
    """Publishes each thing said, if the policy lets it through; asks for the policy at that moment."""

    def __init__(self, publish: Callable[[Event], None], policy: Callable[[], Clipboard]) -> None:
        self._publish = publish
        self._policy = policy
        self._progressing: set[str] = set()

    def say(self, session: Session, terminal: Terminal, event: ProgramEvent) -> None:
        """A terminal's program said this."""
        told = self._event(session.id, terminal.id, event)
        if told is not None:
            self._publish(told)

    def fell_silent(self, session: Session, terminal: Terminal) -> None:
        """The terminal's program ended: it progresses no more, whatever it said last."""
        if terminal.id in self._progressing:
            self.say(session, terminal, Progress(ProgressState.NONE))

    def _event(self, session_id: str, terminal_id: str, said: ProgramEvent) -> Event | None:
        match said:
            case Notification():
                return TerminalNotified(session_id, terminal_id, said.title, said.body)
            case Progress():
                if said.state is ProgressState.NONE:
                    self._progressing.discard(terminal_id)
                else:
                    self._progressing.add(terminal_id)
                return TerminalProgress(session_id, terminal_id, said.state, said.percent)
            case PromptMarked():
                return TerminalPromptMarked(session_id, terminal_id, said.mark, said.exit_code)
            case DirectoryChanged():
                return TerminalDirectoryChanged(session_id, terminal_id, said.path)
            case ClipboardWrite():
                policy = self._policy().program_write
                if policy == "deny":
                    return None
                return ClipboardWanted(session_id, terminal_id, said.text, said.selection, policy == "ask")
            case ClipboardRead():
                policy = self._policy().program_read
                if policy == "deny":
                    return None
                return ClipboardAsked(session_id, terminal_id, said, policy == "ask")

"""Turns what programs say into the workspace's events, by the person's policy. Cleans nothing: that is done below."""

from __future__ import annotations

import time
from collections.abc import Callable

from cockpit.model import Session, Terminal
from cockpit.settings import Clipboard
from cockpit.terminal.speech.events import (
    ClipboardRead,
    ClipboardWrite,
    DirectoryChanged,
    Notification,
    ProgramEvent,
    Progress,
    ProgressState,
    PromptMarked,
)
from cockpit.terminal.speech.voice import TokenBucket
from cockpit.workspace.events import (
    ClipboardAsked,
    ClipboardWanted,
    Event,
    TerminalBellRang,
    TerminalDirectoryChanged,
    TerminalNotified,
    TerminalProgress,
    TerminalPromptMarked,
)

BELL_RATE = (5, 1.0)
"""How many bells of one terminal are told at once, and seconds for one more."""


class ProgramSpeech:
    """Publishes each thing said, if the policy lets it through; asks for the policy at that moment."""

    def __init__(
        self,
        publish: Callable[[Event], None],
        policy: Callable[[], Clipboard],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._publish = publish
        self._policy = policy
        self._clock = clock
        self._bells: dict[str, TokenBucket] = {}
        self._progressing: set[str] = set()

    def say(self, session: Session, terminal: Terminal, event: ProgramEvent) -> None:
        """A terminal's program said this."""
        told = self._event(session.id, terminal.id, event)
        if told is not None:
            self._publish(told)

    def ring(self, session: Session, terminal: Terminal) -> None:
        """A terminal rang its bell; of too many, most are not told."""
        bucket = self._bells.get(terminal.id)
        if bucket is None:
            bucket = self._bells[terminal.id] = TokenBucket(*BELL_RATE)
        if bucket.take(self._clock()):
            self._publish(TerminalBellRang(session.id, terminal.id))

    def fell_silent(self, session: Session, terminal: Terminal) -> None:
        """The terminal's program ended: it progresses no more, whatever it said last."""
        self._bells.pop(terminal.id, None)
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

"""What the programs of tmux terminals tell, read and bounded as on a PTY (see `terminal.program_voice`)."""

from __future__ import annotations

from collections.abc import Callable

from cockpit.backends.base import BackendListener, ProgramSaid
from cockpit.terminal.speech.events import ClipboardRead, ProgramEvent, Progress
from cockpit.terminal.speech.voice import ProgramVoice


class Voices:
    """One voice for each terminal that has said something.

    A question for the clipboard is passed on where `clipboard_reads()`, asked at that moment, allows it; else it gets
    no answer, as from a terminal that doesn't know it.
    """

    def __init__(self, listener: BackendListener, clipboard_reads: Callable[[], bool]) -> None:
        self._listener = listener
        self._clipboard_reads = clipboard_reads
        self._voices: dict[str, ProgramVoice] = {}
        self._silent: set[str] = set()

    def hear(self, terminal_id: str, payload: bytes) -> None:
        """One OSC string of the terminal's program."""
        voice = self._voices.get(terminal_id)
        if voice is None:
            voice = self._voices[terminal_id] = ProgramVoice(lambda event: self._said(terminal_id, event))
        voice.hear(payload)

    def began(self, terminal_id: str) -> None:
        """The terminal has a new program."""
        self.forget(terminal_id)

    def ended(self, terminal_id: str) -> None:
        """The terminal's program ended. Its last words may still come; it progresses no more."""
        self.forget(terminal_id)
        self._silent.add(terminal_id)

    def forget(self, terminal_id: str) -> None:
        """The terminal is gone."""
        self._silent.discard(terminal_id)
        voice = self._voices.pop(terminal_id, None)
        if voice is not None:
            voice.close()

    def close(self) -> None:
        """Nothing more is told."""
        for terminal_id in tuple(self._voices):
            self.forget(terminal_id)

    def _said(self, terminal_id: str, event: ProgramEvent) -> None:
        if terminal_id in self._silent and isinstance(event, Progress):
            return
        if not isinstance(event, ClipboardRead) or self._clipboard_reads():
            self._listener(ProgramSaid(terminal_id, event))

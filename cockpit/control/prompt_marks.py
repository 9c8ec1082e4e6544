"""What is known of the terminals' prompts: which of them mark any, and which stand at one now."""

from __future__ import annotations

from cockpit.terminal.speech.events import PromptMark
from cockpit.workspace.events import Event, TerminalPromptMarked, TerminalStatusChanged


class PromptMarks:
    """The last mark of every terminal (OSC 133). Subscribe `hear` to the workspace's events."""

    def __init__(self) -> None:
        self._last: dict[str, PromptMark] = {}

    def hear(self, event: Event) -> None:
        """Takes one event over."""
        if isinstance(event, TerminalPromptMarked):
            self._last[event.terminal_id] = event.mark
        elif isinstance(event, TerminalStatusChanged):  # another program, or none
            self._last.pop(event.terminal_id, None)

    def at_prompt(self, terminal_id: str) -> bool | None:
        """Whether the shell waits for a command; None while it has marked nothing."""
        mark = self._last.get(terminal_id)
        return None if mark is None else mark in (PromptMark.PROMPT, PromptMark.COMMAND)

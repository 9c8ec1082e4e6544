"""What a program tells the person through its terminal: facts, cleaned and bounded, ready to be shown."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from enum import StrEnum

TITLE_LIMIT = 100
BODY_LIMIT = 400
PATH_LIMIT = 4096


class ProgressState(StrEnum):
    """ConEmu's progress states (OSC 9;4), which Windows Terminal, Ghostty and others share."""

    NONE = "none"
    RUNNING = "running"
    ERROR = "error"
    BUSY = "busy"
    """It works, and nobody knows how long."""
    PAUSED = "paused"


class PromptMark(StrEnum):
    """The shell's marks (OSC 133, FinalTerm)."""

    PROMPT = "prompt"
    COMMAND = "command"
    """The prompt ended; what is typed now is a command."""
    OUTPUT = "output"
    """The command runs."""
    DONE = "done"


class Selection(StrEnum):
    """Which of the clipboards."""

    CLIPBOARD = "clipboard"
    PRIMARY = "primary"


@dataclass(frozen=True, slots=True)
class Notification:
    """The program wants to be noticed (OSC 9, 99, 777). At least one of the texts is not empty."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the program is; `percent` is None where it doesn't say."""

    state: ProgressState
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class DirectoryChanged:
    """The shell is in another directory of this machine (OSC 7, 9;9). An absolute path, as the program wrote it."""

    path: str


@dataclass(frozen=True, slots=True)
class PromptMarked:
    """The shell marked a prompt or a command (OSC 133). `exit_code` comes with DONE, if the shell tells it."""

    mark: PromptMark
    exit_code: int | None = None


@dataclass(frozen=True, slots=True)
class ClipboardWrite:
    """The program wants this text in the clipboard (OSC 52). Not cleaned: it is not for showing."""

    text: str
    selection: Selection = Selection.CLIPBOARD


@dataclass(frozen=True, slots=True)
class ClipboardRead:
    """The program asks for what is in the clipboard (OSC 52 with `?`)."""

    selection_name: str
    """As the program wrote it, for the answer: `c`, `p` or nothing."""

    def answer(self, text: str) -> bytes:
        """The bytes to write to the program; the empty text tells it nothing."""
        encoded = base64.b64encode(text.encode())
        return b"\x1b]52;" + self.selection_name.encode() + b";" + encoded + b"\x1b\\"


ProgramEvent = Notification | Progress | DirectoryChanged | PromptMarked | ClipboardWrite | ClipboardRead

"""The one tree of errors cockpit raises on purpose.

Every message says what happened, to what, and what to do about it; it is shown to the person as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class CockpitError(Exception):
    """Base of everything cockpit raises on purpose. `str(error)` is fit to be shown."""


class UsageError(CockpitError):
    """The command line or an argument is wrong (exit code 2)."""


class SettingsError(CockpitError):
    """The settings file is unreadable or holds an invalid value."""


class StoreError(CockpitError):
    """The store can't be read or written; nothing was overwritten."""


class ProfileInUseError(StoreError):
    """Another cockpit owns the profile. `lock` is the file it holds, which says who it is."""

    def __init__(self, message: str, *, lock: Path | None = None) -> None:
        super().__init__(message)
        self.lock = lock


class PathError(CockpitError):
    """A directory of ours is missing, has the wrong owner or mode, or makes a path too long."""


class CommandError(CockpitError):
    """A command was refused: unknown name, wrong arguments, or a target that does not exist."""


class TerminalError(CockpitError):
    """A terminal could not be started, reached or resized."""


class TerminalGoneError(TerminalError):
    """The terminal is closed or its program has ended; nothing was sent."""


class PartlySentError(TerminalError):
    """Sending broke off in the middle: the first `sent` of `total` bytes were taken, at most one piece more.

    `timed_out`: the program runs on and may still read what of that piece is on its way.
    """

    def __init__(self, reason: str, *, sent: int, total: int, timed_out: bool = False) -> None:
        super().__init__(f"{sent:,} of {total:,} bytes were sent: {reason}")
        self.sent = sent
        self.total = total
        self.timed_out = timed_out


class OutputUnknownError(TerminalError):
    """What a command printed is not known, or not all of it."""


class BackendUnavailableError(CockpitError):
    """A backend can't be used here, for example because tmux is missing or too old."""


class TmuxError(CockpitError):
    """tmux refused a command. Carries what was asked and what it answered."""

    def __init__(self, message: str, *, args: Sequence[str] = (), stdout: str = "", stderr: str = "") -> None:
        super().__init__(message)
        self.tmux_args = tuple(args)
        self.stdout = stdout
        self.stderr = stderr


class TmuxTimeoutError(TmuxError):
    """tmux did not answer before the deadline. The command may still run later: list before retrying."""


class TmuxGoneError(TmuxError):
    """The tmux server or the connection to it has ended."""

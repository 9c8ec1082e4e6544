"""Which shell a terminal runs, and how it is asked to run a command."""

from __future__ import annotations

import os
import pwd
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cockpit.errors import TerminalError


@dataclass(frozen=True, slots=True)
class LaunchOptions:
    """What the settings say about terminals that start from now on."""

    shell: str = ""
    """Empty for the login shell."""
    scrollback_lines: int = 10_000
    clipboard_reads: bool = False
    """Programs that ask for the clipboard are answered by whoever hears `ClipboardRead`; else they are told nothing."""


def find_shell(configured: str, environment: Mapping[str, str]) -> str:
    """The path of the shell: the configured one, else `$SHELL`, else the one of the user database.

    Raises:
        TerminalError: the configured one can't be executed.
    """
    if configured:
        found = shutil.which(Path(configured).expanduser(), path=environment.get("PATH"))
        if found is None:
            raise TerminalError(
                f"the shell {configured!r} can't be run. Mend workspaces.shell in the settings."
            )
        return found
    try:
        from_database = pwd.getpwuid(os.getuid()).pw_shell
    except KeyError:  # a container may run us with a uid that has no entry
        from_database = ""
    for candidate in (environment.get("SHELL", ""), from_database):
        if candidate and Path(candidate).is_absolute() and os.access(candidate, os.X_OK):
            return candidate
    return "/bin/sh"


def shell_argv(shell: str, command: str | None) -> list[str]:
    """How to start a terminal's program.

    A command runs in a login shell that is interactive too: people set up PATH and aliases in files that only
    such a shell reads. The terminal's program ends with the command, with its exit code.
    """
    if command is None:
        return [shell, "-l"]
    if Path(shell).name in ("csh", "tcsh"):  # they take -l only alone
        return [shell, "-c", command]
    return [shell, "-l", "-i", "-c", command]

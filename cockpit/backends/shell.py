"""Which shell a terminal runs, how it is asked to run a command, and how it is made to tell when it is ready."""

from __future__ import annotations

import os
import pwd
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cockpit.errors import TerminalError

READY_VARIABLE = "COCKPIT_READY_FILE"
"""Names the file that a wrapped shell makes once, before its first prompt. Gone from its environment by then."""
DIRECTORY_VARIABLE = "COCKPIT_DIRECTORY"
"""Names where a wrapped shell goes once it has read the person's files, if these left it elsewhere."""
EARLIER_VARIABLE = "COCKPIT_EARLIER"
"""What the one variable held that the wrapper is passed by, if it was set."""
WRAPPERS = Path(__file__).with_name("shell_wrapper")


@dataclass(frozen=True, slots=True)
class ShellStart:
    """How a terminal's program is started."""

    argv: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables on top of the terminal's own."""


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
        expanded = os.path.expanduser(configured)  # noqa: PTH111 - pathlib's raises for nobody's home
        found = shutil.which(expanded, path=environment.get("PATH"))
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


def is_wrapped(shell: str, environment: Mapping[str, str]) -> bool:
    """Whether this shell can be started with cockpit's wrapper, which marks prompts and tells when it is ready.

    macOS's own bash reads no file of ours as a log-in shell, and a bash that is to be POSIX's must stay so.
    """
    name = Path(shell).name
    if name == "bash":
        return "POSIXLY_CORRECT" not in environment and not (
            sys.platform == "darwin" and shell == "/bin/bash"
        )
    return name in ("zsh", "fish")


def tells_when_ready(configured: str, environment: Mapping[str, str]) -> bool:
    """Whether the shell that terminals get can be wrapped; one that can't be run tells nothing."""
    try:
        return is_wrapped(find_shell(configured, environment), environment)
    except TerminalError:  # starting it will say so
        return False


def shell_start(
    shell: str, command: str | None, environment: Mapping[str, str], ready_file: str = "", directory: str = ""
) -> ShellStart:
    """How to start a terminal's program in this environment; with `ready_file`, a shell in cockpit's wrapper.

    With `directory` it is there at its first prompt, wherever the person's files went.
    The wrapper has the shell read the person's own files as it does without it, and leaves no variable behind.
    """
    argv = shell_argv(shell, command)
    if command is not None or not ready_file or not is_wrapped(shell, environment):
        return ShellStart(argv)
    told = {READY_VARIABLE: ready_file} | ({DIRECTORY_VARIABLE: directory} if directory else {})
    match Path(shell).name:
        case "fish":
            return ShellStart([*argv, "-C", f"source {_fish_quoted(WRAPPERS / 'cockpit.fish')}"], told)
        case "zsh":
            variable, value = "ZDOTDIR", WRAPPERS / "zsh"
        case _:
            variable, value = "ENV", WRAPPERS / "cockpit.bash"
            argv = [shell, "--posix", "-l"]
    if variable in environment:
        told[EARLIER_VARIABLE] = environment[variable]
    return ShellStart(argv, told | {variable: str(value)})


def _fish_quoted(path: Path) -> str:
    text = str(path).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{text}'"

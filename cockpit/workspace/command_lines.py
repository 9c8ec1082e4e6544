"""How a command line reaches a shell so that it runs exactly as given: typed, or from a script file.

A line editor changes some lines, and the kernel cuts those over 4,095 bytes. These are put into a file of their own,
which the shell reads in place and which removes itself.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import shlex
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cockpit.errors import CockpitError
from cockpit.files import write_atomically
from cockpit.paths import project_hash

TYPED_LIMIT = 500
"""Characters of a command line that is still typed."""
_EDITED = re.compile(r"!|\A\^|(?:\A|[\s;&|()])#")
"""What interactive shells take for something else: history (bash, zsh), and a comment, which zsh has only in files."""
_STATUS_SHELLS = frozenset({"fish", "csh", "tcsh", "rc", "elvish"})
"""Shells that keep the last exit status in `$status` and read scripts by `source`."""
_FINISH = (
    'printf "\\033]133;D;%s;aid=cockpit-run\\007" "$1" >/dev/tty; '
    'printf "%s\\n" "$1" >"$2.new" && mv -f "$2.new" "$2"; i=0; '
    'while [ -e "$2" ] && [ $i -lt 50 ]; do sleep 0.02; i=$((i+1)); done; rm -f "$2"; exit "$1"'
)
"""Marks the end of the output (OSC 133), leaves the status, waits until cockpit took it (at most a second), and ends
with it, so that `$?` is kept."""


class Strategy(StrEnum):
    """How a command line reaches the shell."""

    TYPED = "typed"
    SCRIPT = "script"


def choose_strategy(command: str) -> Strategy:
    """A pure choice: typed is what a person would have done, and stays in the shell's history."""
    if len(command) > TYPED_LIMIT or not command.isprintable() or _EDITED.search(command):
        return Strategy.SCRIPT
    try:
        shlex.split(command)
    except ValueError:  # an open quote or a backslash at the end: the shell would wait for more
        return Strategy.SCRIPT
    return Strategy.TYPED


@dataclass(frozen=True, slots=True)
class Script:
    """A script file, and the done file beside it. Named after the directory it runs in."""

    file: Path
    done: Path

    @classmethod
    def named(cls, directory: Path, cwd: str) -> Script:
        """The paths of a new one in `directory`; writes nothing."""
        stem = f"run-{project_hash(cwd)}-{secrets.token_hex(4)}"
        return cls(directory / f"{stem}.sh", directory / f"{stem}.done")

    async def write(self, command: str, shell: str, *, tells: bool) -> None:
        """Makes the file, for its owner alone; with `tells` it leaves the exit status in the done file.

        A thread writes it, which can't be cancelled: a caller that is leaves no file behind all the same.

        Raises:
            CockpitError: it can't be written.
        """
        text = script_text(command, self.file, self.done if tells else None, shell)
        data = text.encode("utf-8", "surrogateescape")
        writing = asyncio.ensure_future(asyncio.to_thread(write_atomically, self.file, data))
        try:
            await asyncio.shield(writing)
        except asyncio.CancelledError:
            writing.add_done_callback(self._unwanted)
            raise
        except OSError as error:
            raise CockpitError(f"{self.file} can't be written: {error.strerror}") from error

    def _unwanted(self, writing: asyncio.Future[None]) -> None:
        if not writing.cancelled() and writing.exception() is None:
            self.remove()

    def remove(self) -> None:
        """Removes the file, if the shell hasn't."""
        self.file.unlink(missing_ok=True)


def script_text(command: str, script: Path, done: Path | None, shell: str) -> str:
    """What the script file holds: it removes itself first, so nothing stays whatever happens then.

    `eval` keeps a command that can't be read, or ends in a backslash, from taking the rest of the file along.
    """
    run = command
    if shell == "fish":
        run = "eval '" + command.replace("\\", "\\\\").replace("'", "\\'") + "'"
    elif shell not in _STATUS_SHELLS:
        run = f"eval {shlex.quote(command)}"
    lines = [f"rm -f -- {shlex.quote(str(script))}", run]
    if done is not None:
        status = '"$status"' if shell in _STATUS_SHELLS else '"$?"'
        lines.append(f"sh -c {shlex.quote(_FINISH)} cockpit {status} {shlex.quote(str(done))}")
    return "\n".join(lines) + "\n"


def script_line(script: Path, shell: str) -> str:
    """What is typed to have the script read; the blank keeps it out of the history of shells set up so."""
    word = "source" if shell in _STATUS_SHELLS else "."
    return f" {word} {shlex.quote(str(script))}"

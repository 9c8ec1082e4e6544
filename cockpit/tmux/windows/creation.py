"""The commands that start a program in a window, and what may go into them. Pure but for looking at the directory.

Nothing chosen by a person, a repository or a program is expanded: directory and name are made literal, options are
encoded, the environment and the program's arguments are taken by tmux as they are.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cockpit.errors import TerminalError
from cockpit.model import Size
from cockpit.tmux.quoting import clean_text, encode_option, literal
from cockpit.tmux.windows.windows import CONTROL_SESSION, OPTION_NAMES, TERMINALS_SESSION, WINDOW_FORMAT

LINE_LIMIT_BYTES = 1024 * 1024
TAG_OPTION = "@cockpit_creation"
LAST_WINDOW = f"={TERMINALS_SESSION}:{{end}}"

_VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

Command = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Program:
    """What is to run in a window. An empty `argv` means the login shell (tmux's default-shell, as a login shell)."""

    cwd: str
    argv: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    def check(self) -> None:
        """Refuses what could not start, before any window exists.

        Raises:
            TerminalError: the directory can't be entered, or a variable or argument can't be passed on.
        """
        shown = clean_text(self.cwd)
        if not self.cwd.startswith("/") or "\0" in self.cwd:
            raise TerminalError(f"{shown!r} is not an absolute directory. Choose another directory.")
        if not os.path.isdir(self.cwd):  # noqa: PTH112 - a Path would normalise what tmux gets verbatim
            raise TerminalError(
                f"the directory {shown} does not exist. Create it or choose another directory."
            )
        if not os.access(self.cwd, os.X_OK):
            raise TerminalError(f"the directory {shown} can't be entered. Check its permissions.")
        for name, value in self.environment.items():
            if not _VARIABLE_NAME.fullmatch(name) or "\0" in value:
                raise TerminalError(
                    f"the variable {clean_text(name)!r} can't be set: bad name or a NUL in its value."
                )
        if any("\0" in argument for argument in self.argv):
            raise TerminalError("the command contains a NUL character.")
        texts = [self.cwd, *self.argv, *self.environment, *self.environment.values()]
        if sum(len(text) for text in texts) * 4 > LINE_LIMIT_BYTES:
            raise TerminalError("the command and its environment are too long to be started.")

    def start_arguments(self) -> Command:
        """`-c`, `-e` and the program, as new-window, new-session and respawn-pane take them."""
        variables = [part for name, value in self.environment.items() for part in ("-e", f"{name}={value}")]
        return ("-c", literal(self.cwd), *variables, *self._program())

    def _program(self) -> Command:
        """A single argument would be read by a shell, so it gets a companion that isn't."""
        if not self.argv:
            return ()
        if len(self.argv) == 1:
            return ("--", "/bin/sh", "-c", 'exec "$0"', self.argv[0])
        return ("--", *self.argv)


@dataclass(frozen=True, slots=True)
class Creation:
    """One new window. `tag` marks it, so that one made by a command that timed out is recognised later."""

    program: Program
    name: str
    options: Mapping[str, str]
    size: Size | None
    tag: str

    def commands(self, *, first_of_session: bool) -> list[Command]:
        """One control-mode line: the window (with the session, when it is the first), its options, its hidden link."""
        options = {TAG_OPTION: self.tag, **self.options}
        unknown = options.keys() - set(OPTION_NAMES)
        if unknown:
            raise ValueError(f"not one of windows.OPTION_NAMES: {sorted(unknown)}")
        return [
            self._make_session() if first_of_session else self._make_window(),
            *(option_command(LAST_WINDOW, name, value) for name, value in options.items()),
            link_command(LAST_WINDOW),
        ]

    def _make_window(self) -> Command:
        head = ("new-window", "-d", "-a", "-t", LAST_WINDOW, "-P", "-F", WINDOW_FORMAT)
        return (*head, "-n", window_name(self.name), *self.program.start_arguments())

    def _make_session(self) -> Command:
        # Without -x and -y: they would pin the session's default-size, and later windows would be of that size.
        head = ("new-session", "-d", "-s", TERMINALS_SESSION, "-P", "-F", WINDOW_FORMAT)
        return (*head, "-n", window_name(self.name), *self.program.start_arguments())


def window_name(name: str) -> str:
    """A window's name for new-window and rename-window, which both expand it."""
    return literal(clean_text(name) or "terminal")


def option_command(target: str, name: str, value: str) -> Command:
    """Sets one of a window's user options."""
    return ("set-option", "-w", "-t", target, name, encode_option(value))


def replace_commands(window_id: str, program: Program) -> list[Command]:
    """One control-mode line: the program in the window's place, in a new pane; the last command lists it.

    A pane that has printed is never respawned: with output that tmux or one of its clients has not dealt with yet,
    that ends every tmux before 3.8 (tmux 5499). So a pane that nothing was ever read from takes its place, and what
    runs in it is what is respawned, in the window's size. The first command finds out whether there is such a window.
    """
    name = f"cockpit-{secrets.token_hex(8)}"
    spare = f"={CONTROL_SESSION}:={name}"
    return [
        ("list-panes", "-t", window_id, "-F", "#{pane_id}"),
        ("new-window", "-d", "-t", f"={CONTROL_SESSION}:", "-n", name, "-c", "/", "--", "cat"),
        ("swap-pane", "-d", "-s", spare, "-t", window_id),
        ("kill-window", "-t", spare),
        ("respawn-pane", "-k", "-t", window_id, *program.start_arguments()),
        ("list-panes", "-t", window_id, "-F", WINDOW_FORMAT),
    ]


def link_command(window: str) -> Command:
    """Links a window into the hidden session, where the control connection hears of it."""
    return ("link-window", "-d", "-s", window, "-t", f"={CONTROL_SESSION}:")

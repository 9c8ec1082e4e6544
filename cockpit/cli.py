"""The command line: checks what was asked, then starts the app. Imports nothing heavy before it must."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from cockpit import __version__
from cockpit.control.codes import ExitCode as ExitCode
from cockpit.errors import CockpitError, UsageError

_DESCRIPTION = "One full-screen terminal application for every shell and coding agent you run."

_EPILOG = """\
environment:
  COCKPIT_HOME           keep settings, sessions and sockets below this directory
  COCKPIT_TMUX_BACKEND   1 runs new terminals in tmux, 0 does not, whatever the settings say
  COCKPIT_TMUX           the tmux program to use
  COCKPIT_TMUX_TIMEOUT_SECONDS
                         how long a tmux command may take (2)

exit status:
  0  cockpit was left in order
  1  it could not start or go on: settings, stored sessions, or the profile is open elsewhere
  2  it was called wrongly: an unknown option, a DIR that is none, or no terminal to draw on

A running cockpit is driven by verbs, such as cockpit list: cockpit help names them all. A directory
with a verb's name is opened as ./list.
`cockpit serve` runs it without a screen: sessions and control socket, for verbs alone.
`cockpit store list` shows the earlier states of your sessions, `cockpit store restore` goes back to one.

Inside, ctrl+b ? shows the keys.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs cockpit and returns its exit code. Messages go to stderr."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        if (store := _store_words(words)) is not None:
            from cockpit.workspace.store_cli import main as store_main

            return store_main(*store)
        options = _parser().parse_args(words)
        directory = _checked_directory(options.directory)
        _check_terminal()
        from cockpit.paths import resolve

        paths = resolve(options.profile)
        gc.disable()  # a launch makes what is kept; the app enables it again once it has settled
        from cockpit.app.app import run

        return run(paths, directory, take_over=options.take_over)
    except UsageError as error:
        return _complain(error, ExitCode.USAGE)
    except CockpitError as error:
        return _complain(error, ExitCode.FAILED)


def _store_words(words: Sequence[str]) -> tuple[list[str], str] | None:
    """What follows `store` and the profile before it; None when the words are something else, as a directory."""
    profile, rest = "default", list(words)
    if rest[:1] in (["-L"], ["--profile"]) and len(rest) > 1:
        profile, rest = rest[1], rest[2:]
    if rest[:1] == ["store"] and rest[1:2] and rest[1] in ("list", "restore", "-h", "--help"):
        return rest[1:], profile
    return None


class _Parser(argparse.ArgumentParser):
    """argparse, but what it quotes of the command line can't reach the terminal as control bytes."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        sys.exit(_complain(UsageError(message), ExitCode.USAGE))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="cockpit",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "directory",
        metavar="DIR",
        nargs="?",
        help="open the session of this directory, made when there is none; without it, the sessions as they were",
    )
    parser.add_argument(
        "-L",
        "--profile",
        metavar="PROFILE",
        default="default",
        help="keep a separate world: its own settings, sessions and tmux server",
    )
    parser.add_argument(
        "--take-over",
        action="store_true",
        help="when another cockpit has the profile open, have it leave without asking first",
    )
    parser.add_argument("--version", action="version", version=f"cockpit {__version__}")
    return parser


def _checked_directory(directory: str | None) -> str | None:
    if directory is None:
        return None
    if not os.path.isdir(directory):  # noqa: PTH112 - pathlib costs more than all of this
        raise UsageError(f"there is no directory {directory!r}: name one that exists")
    return os.path.abspath(directory)  # noqa: PTH100 - resolve() would follow links


def _check_terminal() -> None:
    for stream, name in ((sys.stdin, "stdin"), (sys.stdout, "stdout")):
        if stream is None or stream.closed or not stream.isatty():
            raise UsageError(f"{name} is not a terminal: run cockpit in one, without redirecting it")
    from cockpit.terminal.outer import unusable

    if reason := unusable(os.environ):
        raise UsageError(reason)


def _complain(error: CockpitError, code: ExitCode) -> int:
    from cockpit.text import clean_text

    for line in str(error).splitlines():
        print(f"cockpit: {clean_text(line, 2000)}", file=sys.stderr)
    return code

"""The command line without a verb: checks what was asked, then starts the app. Imports nothing heavy before it must."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from cockpit import __version__
from cockpit.control.codes import ExitCode as ExitCode
from cockpit.errors import CockpitError, UsageError

if TYPE_CHECKING:
    import argparse

_OPTIONS = ("--profile", "--take-over", "--version", "--help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs cockpit and returns its exit code. Messages go to stderr."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        options = _parsed(words)
        directory = _checked_directory(options.directory)
        _check_terminal()
        from cockpit.paths import resolve

        paths = resolve(options.profile)
        gc.disable()  # a launch makes what is kept; the app enables it again once it has settled
        from cockpit.app.launch import run

        return run(paths, directory, take_over=options.take_over)
    except UsageError as error:
        return _complain(error, ExitCode.USAGE)
    except CockpitError as error:
        return _complain(error, ExitCode.FAILED)


def _parsed(words: Sequence[str]) -> argparse.Namespace:
    """What the command line asks for; help and version end the program.

    Raises:
        UsageError: it can't be read.
    """
    import argparse

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            raise UsageError(f"{message} (cockpit help)")

        def format_help(self) -> str:
            from cockpit.control.verbs.local import all_verbs
            from cockpit.control.verbs.pages import overview

            return overview(all_verbs())

    parser = Parser(prog="cockpit", allow_abbrev=False)
    parser.add_argument("directory", nargs="?")
    parser.add_argument("-L", "--profile", default="default")
    parser.add_argument("--take-over", action="store_true")
    parser.add_argument("--version", action="version", version=f"cockpit {__version__}")
    known, others = parser.parse_known_args(words)
    for word in others:  # mostly what follows a mistyped verb
        if known.directory is not None and words.index(known.directory) < words.index(word):
            _checked_directory(known.directory)
        if word.startswith("-"):
            from cockpit.text import did_you_mean

            parser.error(f"there is no option {word!r}{did_you_mean(word, _OPTIONS)}")
        parser.error(f"there is one word too many, {word!r}")
    return known


def _checked_directory(directory: str | None) -> str | None:
    if directory is None:
        return None
    if not os.path.isdir(directory):  # noqa: PTH112 - pathlib costs more than all of this
        raise UsageError(f"there is no directory {directory!r}{_other_than(directory)}")
    return os.path.abspath(directory)  # noqa: PTH100 - resolve() would follow links


def _other_than(directory: str) -> str:
    """What may have been meant."""
    if "/" in directory:
        return ": name one that exists"
    from cockpit.control.verbs import MODULES
    from cockpit.text import did_you_mean

    return f", nor a verb of that name{did_you_mean(directory, MODULES) or '; cockpit help has them all'}"


def _check_terminal() -> None:
    for stream, name in ((sys.stdin, "stdin"), (sys.stdout, "stdout")):
        if stream is None or stream.closed or not stream.isatty():
            raise UsageError(f"{name} is not a terminal: run cockpit in one, without redirecting it")
    from cockpit.terminal.outer import unusable

    if reason := unusable(os.environ):
        raise UsageError(reason)


def _complain(error: CockpitError, code: ExitCode) -> int:
    from cockpit.control.verbs.streams import complain

    return complain(error, code)

"""A verb's three streams: data on stdout, complaints on stderr, text to send from stdin. Any may be closed or full."""

from __future__ import annotations

import json
import os
import re
import sys

from cockpit.errors import CockpitError, UsageError

_UNSAFE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


class OutputError(CockpitError):
    """stdout does not take what was printed."""


def mend() -> None:
    """Makes closed streams usable, so that nothing lands on another one; stdin stays None. Called first."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:  # else a socket would become stdout
        continue
    os.close(descriptor)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - for good
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # what a program printed may hold half characters


def write(text: str) -> None:
    """Prints a text as it is.

    Raises:
        BrokenPipeError: whoever read has gone.
        OutputError: it can't be written.
    """
    try:
        sys.stdout.write(text)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _unwritable(error) from error


def write_json(value: object, indent: int | None = None) -> None:
    """Prints a value as JSON. Raises as `write` does."""
    write(f"{json_text(value, indent=indent)}\n")


def json_text(value: object, *, indent: int | None = None) -> str:
    """JSON that does nothing to a terminal: json.dumps leaves DEL, C1 and direction marks as they are.

    It is ASCII where stdout doesn't take UTF-8.
    """
    encoding = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "")
    text = json.dumps(value, ensure_ascii=encoding != "utf8", indent=indent)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def flush() -> None:
    """Has what was printed written. Raises as `write` does."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _unwritable(error) from error


def colored() -> bool:
    """Whether stdout is a terminal with colours, and they are wanted (https://no-color.org)."""
    terminal = os.environ.get("TERM", "")
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and terminal not in ("", "dumb")


def read_stdin(missing: str) -> bytes:
    """All of stdin.

    Raises:
        UsageError: there is none, or a person sits there; it says what is missing.
        CockpitError: it can't be read.
    """
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError(missing)
    try:
        return sys.stdin.buffer.read()
    except OSError as error:
        raise CockpitError(f"stdin can't be read: {error.strerror or error}") from error


def complain(error: CockpitError, code: int) -> int:
    """Says on stderr what went wrong; returns the exit status."""
    from cockpit.text import clean_text

    if sys.stderr is None:  # print() would take stdout instead
        return code
    try:
        for line in str(error).splitlines():
            print(f"cockpit: {clean_text(line, 2000)}", file=sys.stderr)
    except OSError:  # nobody can be told; the exit status still says it
        discard(2)
    return code


def discard(descriptor: int) -> None:
    """Sends what is still to be written there nowhere: Python would complain at its exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)


def _unwritable(error: OSError) -> OutputError:
    discard(1)
    return OutputError(f"stdout can't be written: {error.strerror or error}")

"""Leaves the terminal for good: a double fork whose outcome the parent is told. Knows nothing of what is run.

See daemon(7), "SysV Daemons". The parent and the daemon share a socket pair: one JSON object on one line says that it
is ready, or why it never will be; the pair's end without one says that it died.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cockpit.errors import CockpitError, UsageError

READY_DEADLINE_S = 60.0
SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
"""What would end the process before there is anybody to take it."""
LOG_BYTES = 1_000_000
"""A log that has grown longer begins anew with the next daemon."""
LAST_DESCRIPTOR = 65_536
"""Nobody has as many open, and where the system closes them one by one it takes milliseconds."""
WORD_BYTES = 65_536

Ready = Callable[[Mapping[str, Any]], None]


class DaemonError(CockpitError):
    """The daemon is not there: it could not start, or died over it."""


def daemonize(run: Callable[[Ready], int], log_file: Path, *, deadline_s: float = READY_DEADLINE_S) -> Any:
    """Has `run` called in a daemon; returns, in the parent, what `run` told when it was ready.

    `run` gets the call that tells, is entered with `SIGNALS` blocked, and returns the exit status. There must be no
    event loop and no second thread yet.

    Raises:
        UsageError, DaemonError: the daemon says why it could not start, or it didn't within `deadline_s`.
    """
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()  # else both would write what is in it
        with signals_blocked():
            child = os.fork()
            if child == 0:
                ours.close()
                _first_child(run, theirs, log_file)
        theirs.close()
        os.waitpid(child, 0)
        return _told(ours, log_file, deadline_s)


@contextlib.contextmanager
def signals_blocked() -> Iterator[None]:
    """Holds back what would end the process; it arrives afterwards."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _first_child(run: Callable[[Ready], int], theirs: socket.socket, log_file: Path) -> None:
    """Gives up the terminal and forks again, so that none can be had by accident. Never returns."""
    code = 1
    try:
        os.setsid()
        code = _daemon(run, theirs, log_file) if os.fork() == 0 else 0
    finally:
        os._exit(code)  # what the parent has registered for its exit, and its buffers, are the parent's


def _daemon(run: Callable[[Ready], int], theirs: socket.socket, log_file: Path) -> int:
    try:
        _close_others(theirs.fileno())
        _leave_terminal(log_file)
        return run(lambda about: _tell(theirs, {"ready": dict(about)}))
    except CockpitError as error:
        print(f"cockpit: {error}", file=sys.stderr)
        with contextlib.suppress(DaemonError):  # it was ready, and told so
            _tell(theirs, {"error": str(error), "usage": isinstance(error, UsageError)})
        return 1
    except BaseException:  # the last boundary: nobody else is left who could tell
        traceback.print_exc()
        return 1
    finally:
        logging.shutdown()
        with contextlib.suppress(OSError):  # a full disk
            sys.stderr.flush()


def _tell(theirs: socket.socket, word: Mapping[str, Any]) -> None:
    """Raises `DaemonError` when nobody waits for it any more."""
    try:
        with theirs:
            theirs.sendall(json.dumps(word).encode() + b"\n")
    except OSError as error:
        raise DaemonError(
            f"whoever started this server doesn't wait for it any more: {error.strerror}"
        ) from error


def _close_others(kept: int) -> None:
    """Closes what the starter left open: a lock or a pipe of a script would be held as long as we run."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    end = LAST_DESCRIPTOR if most == resource.RLIM_INFINITY else min(most, LAST_DESCRIPTOR)
    os.closerange(3, kept)
    os.closerange(kept + 1, end)


def _leave_terminal(log_file: Path) -> None:
    """stdin is empty, what is printed goes to the log, and no directory is held."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
    try:
        if log_file.exists() and log_file.stat().st_size > LOG_BYTES:
            flags |= os.O_TRUNC
        log = os.open(log_file, flags, 0o600)
    except OSError as error:
        raise DaemonError(f"{log_file} can't be opened: {error.strerror}") from error
    nothing = os.open(os.devnull, os.O_RDWR)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    for descriptor in (nothing, log):
        if descriptor > 2:
            os.close(descriptor)
    os.chdir("/")


def _told(ours: socket.socket, log_file: Path, deadline_s: float) -> Any:
    ours.settimeout(deadline_s)
    data = b""
    try:
        while not data.endswith(b"\n") and len(data) < WORD_BYTES:
            part = ours.recv(WORD_BYTES)
            if not part:
                raise DaemonError(f"the server ended before it was ready; what it said is in {log_file}")
            data += part
    except TimeoutError:
        raise DaemonError(
            f"the server was not ready within {deadline_s:g} s, and leaves again; what it said is in {log_file}"
        ) from None
    word = json.loads(data)
    if "ready" in word:
        return word["ready"]
    kind = UsageError if word["usage"] else DaemonError
    raise kind(word["error"])

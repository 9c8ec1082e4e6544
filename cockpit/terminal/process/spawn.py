"""Starts one program as the leader of a new session on a PTY. Waits for nothing and keeps nothing.

On Linux through `posix_spawn`: it shares the parent's memory until the program runs, so it takes well under
a millisecond whatever cockpit's size, and no Python code runs in a forked copy of a threaded process. Where
the C library lacks the calls (before glibc 2.34, macOS) through `subprocess` with a hook in the child.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import functools
import os
import signal
import stat
import subprocess
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path

from cockpit.errors import TerminalError

_SPAWN_SETSIGDEF = 0x04
_SPAWN_SETSIGMASK = 0x08
_SPAWN_SETSID = 0x80  # glibc's value
_OPAQUE_BYTES = 1024
"""More than glibc's `posix_spawnattr_t` (336), `posix_spawn_file_actions_t` (80) and `sigset_t` (128)."""


def spawn_on_terminal(argv: Sequence[str], *, cwd: str, environment: Mapping[str, str], slave_fd: int) -> int:
    """Runs `argv` with `slave_fd`'s terminal as its input, output, errors and controlling terminal; returns
    the pid.

    The program leads a session and a process group of its own, has default signal dispositions, an empty
    signal mask, no other open descriptor, and cockpit's umask. `argv[0]` is looked up in the PATH of
    `environment`.

    Raises:
        TerminalError: the directory can't be entered or the program can't be run; nothing was started.
    """
    _check_arguments(argv, cwd, environment)
    program = _find_program(argv[0], cwd, environment)
    try:
        libc = _libc_with_spawn()
        if libc is None:
            return _spawn_by_fork(program, argv, cwd, environment, slave_fd)
        return _spawn_by_libc(libc, program, argv, cwd, environment, os.ttyname(slave_fd))
    except OSError as error:
        raise TerminalError(f"{program} can't be started in {cwd}: {error.strerror}") from error


def _check_arguments(argv: Sequence[str], cwd: str, environment: Mapping[str, str]) -> None:
    if not argv or not argv[0]:
        raise TerminalError("no program to start: the command is empty")
    if any("\0" in text for text in (cwd, *argv, *environment, *environment.values())):
        raise TerminalError(
            f"{argv[0]!r} can't be started: a NUL is in its arguments, environment or directory"
        )
    try:
        is_directory = stat.S_ISDIR(Path(cwd).stat().st_mode)
    except OSError as error:
        raise TerminalError(f"the directory {cwd} can't be used: {error.strerror}") from error
    if not is_directory:
        raise TerminalError(f"{cwd} is not a directory")
    if not os.access(cwd, os.X_OK):
        raise TerminalError(f"the directory {cwd} can't be entered: {os.strerror(errno.EACCES)}")


def _find_program(name: str, cwd: str, environment: Mapping[str, str]) -> str:
    """The path to run, as execvp(3) would find it from `cwd`."""
    if "/" in name:
        candidates = [name]
    else:
        candidates = [f"{d or '.'}/{name}" for d in environment.get("PATH", os.defpath).split(":")]
    reason = errno.ENOENT
    for candidate in candidates:
        path = Path(cwd, candidate)
        try:
            if path.is_file() and os.access(path, os.X_OK):
                return candidate
            if path.exists():
                reason = errno.EACCES
        except OSError as error:
            reason = error.errno or reason
    where = "" if "/" in name else " in PATH"
    raise TerminalError(f"{name} can't be started{where}: {os.strerror(reason)}")


@functools.cache
def _libc_with_spawn() -> ctypes.CDLL | None:
    """The C library, or None when it can't start a program in a directory on a controlling terminal."""
    if not Path("/proc/self/fd").is_dir():
        return None  # not Linux: opening a terminal doesn't make it the controlling one everywhere
    libc = ctypes.CDLL(None)
    needed = ("posix_spawn_file_actions_addchdir_np", "posix_spawn_file_actions_addclosefrom_np")
    return libc if all(hasattr(libc, name) for name in needed) else None


def _spawn_by_libc(
    libc: ctypes.CDLL, program: str, argv: Sequence[str], cwd: str, environment: Mapping[str, str], tty: str
) -> int:
    """posix_spawn(3): glibc makes the session first, so the first terminal opened becomes the controlling
    one.
    """
    actions, attributes, signals = (ctypes.create_string_buffer(_OPAQUE_BYTES) for _ in range(3))
    _check(libc.posix_spawn_file_actions_init(actions))
    try:
        _check(libc.posix_spawnattr_init(attributes))
        try:
            _check(libc.posix_spawn_file_actions_addopen(actions, 0, os.fsencode(tty), os.O_RDWR, 0))
            for fd in (1, 2):
                _check(libc.posix_spawn_file_actions_adddup2(actions, 0, fd))
            _check(libc.posix_spawn_file_actions_addchdir_np(actions, os.fsencode(cwd)))
            _check(libc.posix_spawn_file_actions_addclosefrom_np(actions, 3))
            libc.sigfillset(signals)
            _check(libc.posix_spawnattr_setsigdefault(attributes, signals))
            libc.sigemptyset(signals)
            _check(libc.posix_spawnattr_setsigmask(attributes, signals))
            flags = _SPAWN_SETSID | _SPAWN_SETSIGDEF | _SPAWN_SETSIGMASK
            _check(libc.posix_spawnattr_setflags(attributes, ctypes.c_short(flags)))
            pid = ctypes.c_int()
            variables = [f"{name}={value}" for name, value in environment.items()]
            _check(
                libc.posix_spawn(
                    ctypes.byref(pid),
                    os.fsencode(program),
                    actions,
                    attributes,
                    _string_array(argv),
                    _string_array(variables),
                )
            )
            return pid.value
        finally:
            libc.posix_spawnattr_destroy(attributes)
    finally:
        libc.posix_spawn_file_actions_destroy(actions)


def _string_array(texts: Sequence[str]) -> ctypes.Array[ctypes.c_char_p]:
    encoded = [os.fsencode(text) for text in texts]
    return (ctypes.c_char_p * (len(encoded) + 1))(*encoded, None)


def _check(error_number: int) -> None:
    if error_number:
        raise OSError(error_number, os.strerror(error_number))


def _spawn_by_fork(
    program: str, argv: Sequence[str], cwd: str, environment: Mapping[str, str], slave_fd: int
) -> int:
    # ruff and the docs warn of preexec_fn beside threads: the hook only makes system calls, and takes no lock
    process = subprocess.Popen(
        list(argv),
        executable=program,
        stdin=slave_fd,
        stdout=slave_fd,
        stderr=slave_fd,
        cwd=cwd,
        env=dict(environment),
        start_new_session=True,
        close_fds=True,
        preexec_fn=_become_foreground,
    )
    process.returncode = 0  # reaped by its pid: keeps Popen from waiting for it or warning of it
    return process.pid


def _become_foreground() -> None:
    """In the child: takes the terminal on descriptor 0 and forgets what cockpit did to signals."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])

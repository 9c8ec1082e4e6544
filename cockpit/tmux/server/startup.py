"""Starts the private server with the bundled configuration, at most one per socket. Owns nothing once it returned."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from cockpit.errors import TmuxError, TmuxGoneError, TmuxTimeoutError
from cockpit.tmux.commands import run_tmux
from cockpit.tmux.quoting import glob_literal, shell_word
from cockpit.tmux.server import login_scope
from cockpit.tmux.server.config_errors import explain
from cockpit.tmux.server.discovery import TmuxBinary
from cockpit.tmux.server.environment import UPDATED_VARIABLES, pane_term
from cockpit.tmux.server.lifecycle import ask_to_end, end_process
from cockpit.tmux.server.probe import SocketIdentity, SocketState, probe_socket
from cockpit.tmux.server.start_lock import StartLock
from cockpit.tmux.windows.windows import CONTROL_SESSION, WindowInfo

log = logging.getLogger(__name__)

LOCK_DEADLINES = 5
"""How many call deadlines a start waits for another one: it may be loading a slow configuration."""
END_DEADLINE_S = 2.0

_ALWAYS = (
    ("set-option", "-s", "exit-empty", "off"),
    ("set-option", "-s", "exit-unattached", "off"),
    ("set-option", "-g", "destroy-unattached", "off"),
    ("set-option", "-g", "detach-on-destroy", "on"),
    ("set-option", "-wg", "remain-on-exit", "on"),
)
"""Set after the person's own file: without these, terminals or the server would be lost."""


@dataclass(frozen=True, slots=True)
class ServerSetup:
    """Everything a start needs to know."""

    binary: TmuxBinary
    socket_path: Path
    config_files: Sequence[Path]
    """Loaded after the bundled one, where they exist."""
    environment: Mapping[str, str]
    history_lines: int
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Launch:
    """What a start did."""

    started: bool
    """False: a server was there already."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StartReport:
    """What entering a server, started or not, found."""

    pid: int
    started: bool
    """A new server was started; False: a living one was adopted."""
    warnings: tuple[str, ...]
    """For the person, for example that their tmux.conf has an error and was left out."""
    windows: tuple[WindowInfo, ...]
    """The terminals' windows that live there already."""


def bundled_config() -> Path:
    """The configuration shipped with cockpit, as a file on disk."""
    path = Path(str(resources.files("cockpit.tmux.resources").joinpath("cockpit.tmux.conf")))
    if not path.is_file():
        raise TmuxError(f"{path} is missing. Install cockpit again, unpacked (not from a zip).")
    return path


async def ensure_server(setup: ServerSetup) -> Launch:
    """Makes sure a server listens on the socket: looks, locks, looks again, removes a stale socket, starts one.

    Raises:
        TmuxError: the server can't be started with the bundled configuration either.
        TmuxTimeoutError: it didn't start in time, or somebody else's start didn't end.
    """
    if probe_socket(setup.socket_path)[0] is SocketState.LISTENING:
        return Launch(started=False)
    async with start_lock(setup):
        state, _ = probe_socket(setup.socket_path)
        if state is SocketState.LISTENING:
            return Launch(started=False)
        if state is SocketState.STALE:
            setup.socket_path.unlink(missing_ok=True)
        return Launch(started=True, warnings=await _launch(setup))


async def make_control_session(setup: ServerSetup) -> None:
    """Makes the hidden session where it is missing because somebody killed it. The caller holds the start lock."""
    try:
        await _run(setup, ("has-session", "-t", f"={CONTROL_SESSION}"))
    except (TmuxGoneError, TmuxTimeoutError):
        raise
    except TmuxError:
        await _run(setup, *_control_session())


def start_lock(setup: ServerSetup) -> StartLock:
    """Held by whoever starts, enters or leaves the server."""
    return StartLock(setup.socket_path, setup.timeout_s * LOCK_DEADLINES)


async def clear_dying_server(setup: ServerSetup) -> None:
    """Waits for the end of a server that refuses everything because it is going down, kills it if it can't end, and
    removes its socket. (A client whose output nobody reads keeps a server in that state for ever.)"""
    async with start_lock(setup):
        state, pid = probe_socket(setup.socket_path)
        if state is SocketState.LISTENING:
            try:
                await _run(setup, ("has-session", "-t", f"={CONTROL_SESSION}"))
                return  # somebody started another one meanwhile
            except TmuxGoneError:
                if pid is not None:
                    await end_process(pid, END_DEADLINE_S)
            except TmuxTimeoutError:
                raise
            except TmuxError:
                return
        if probe_socket(setup.socket_path)[0] is SocketState.STALE:
            setup.socket_path.unlink(missing_ok=True)


async def end_server(
    setup: ServerSetup, pid: int | None, identity: SocketIdentity | None, *, hangs: bool = False
) -> None:
    """Ends the server with its programs: asks, waits, then kills. Removes the socket if it is still `identity`.

    Args:
        pid: the server's, where it is known; else whoever listens on the socket.
        hangs: it is known not to answer, so it is not asked first.
    """
    state, listening_pid = probe_socket(setup.socket_path)
    pid = pid or listening_pid
    deadline_s = END_DEADLINE_S
    if hangs and pid is not None:
        deadline_s = 0.0
    elif state is SocketState.LISTENING and listening_pid in (None, pid):
        try:
            await run_for(setup, "kill-server")
        except TmuxTimeoutError:
            deadline_s = 0.0
        except TmuxError as error:
            log.debug("kill-server: %s", error)
    elif pid is not None:  # its socket was taken away; tmux ends in order on this signal too
        ask_to_end(pid)
    if pid is not None:
        await end_process(pid, deadline_s)
    if identity is not None and SocketIdentity.of(setup.socket_path) == identity:
        setup.socket_path.unlink(missing_ok=True)


async def run_for(setup: ServerSetup, *args: str, prefix: Sequence[str] = ()) -> str:
    """One bounded run of the client without a control connection; what it printed. Raises as `run_tmux` does."""
    result = await run_tmux(
        setup.binary,
        setup.socket_path,
        *args,
        timeout_s=setup.timeout_s,
        environment=setup.environment,
        prefix=prefix,
    )
    return result.stdout


async def _launch(setup: ServerSetup) -> tuple[str, ...]:
    """Starts the server outside the log-in session where that would end it; what a person should know of it."""
    scope = login_scope.plan(await login_scope.gather(setup.environment))
    told = (scope.warning,) if scope.warning else ()
    if not scope.prefix:
        return told + await _load(setup, ())
    try:
        return told + await _load(setup, scope.prefix)
    except TmuxError as error:
        log.warning("no scope for the tmux server: %s", error)
    return (login_scope.REFUSED, *await _load(setup, ()))


async def _load(setup: ServerSetup, prefix: Sequence[str]) -> tuple[str, ...]:
    """Starts the server; without the person's files when they fail, which the returned warnings then say."""
    files = [path for path in setup.config_files if path.exists()]
    try:
        await _run(setup, *_start_commands(setup, files), prefix=prefix)
        return ()
    except TmuxError as error:
        await end_server(setup, None, SocketIdentity.of(setup.socket_path))
        if not files:
            raise
        warning = explain(error.stderr or str(error), files)
    await _run(setup, *_start_commands(setup, []), prefix=prefix)
    return (warning,)


def _start_commands(setup: ServerSetup, files: Sequence[Path]) -> list[tuple[str, ...]]:
    environment_names = " ".join(UPDATED_VARIABLES)
    return [
        ("start-server",),
        ("source-file", glob_literal(str(bundled_config()))),
        ("set-option", "-g", "history-limit", str(setup.history_lines)),
        ("set-option", "-s", "default-terminal", pane_term(setup.environment)),
        ("set-option", "-g", "update-environment", environment_names),
        *(("source-file", glob_literal(str(path.absolute()))) for path in files),
        *_ALWAYS,
        *_control_session(),
    ]


_EMPTY_RUNS_A_SHELL = r"#{m/r:^3\.7[ab]?$,#{version}}"
"""Of the server, which may be older than the binary: 3.7 to 3.7b start the person's shell for an empty command, and
have `-E` for an empty pane; 3.7c takes either (its commit 18d523280)."""


def _control_session() -> list[tuple[str, ...]]:
    """The hidden session with one window that runs nothing: an empty pane, whose first companion is ended at once.

    Bells are acted upon there for every window, which is what counts them (see the bundled configuration).
    """
    target = f"={CONTROL_SESSION}:"
    empty = (f"split-window -t '{target}' -E", f"split-window -t '{target}' ''")
    return [
        ("new-session", "-d", "-s", CONTROL_SESSION, "-n", CONTROL_SESSION, "-c", "/", "--", "cat"),
        ("if-shell", "-F", _EMPTY_RUNS_A_SHELL, *empty),
        ("kill-pane", "-a", "-t", target),
        ("set-option", "-t", target, "bell-action", "any"),
    ]


async def _run(setup: ServerSetup, *commands: tuple[str, ...], prefix: Sequence[str] = ()) -> str:
    """Several commands in one run of the client, `/dev/null` standing in for the configuration tmux would read."""
    args: list[str] = ["-f", "/dev/null"]
    for number, command in enumerate(commands):
        args += [";"] if number else []
        args += [shell_word(argument) for argument in command]
    return await run_for(setup, *args, prefix=prefix)

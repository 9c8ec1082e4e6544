"""One bounded run of the tmux binary: for what can't go over the control connection. Never blocks the event loop.

The tmux client hands its own stdout to the server, so with a stopped server killing the client brings no end of file:
on expiry the client is killed, our ends of the pipes are closed, and nothing is awaited but the client's own end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from cockpit.errors import TmuxError, TmuxGoneError, TmuxTimeoutError
from cockpit.tmux.deadline import default_timeout_s
from cockpit.tmux.finishing import to_the_end
from cockpit.tmux.quoting import clean_text
from cockpit.tmux.server.client_path import client_path
from cockpit.tmux.server.discovery import TmuxBinary
from cockpit.tmux.server.environment import curated_environment

OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024
REAP_DEADLINE_S = 1.0
MESSAGE_LIMIT = 500

_GONE_TEXTS = ("no server running on", "server exited", "lost server")
_MISSING_TEXTS = (
    "can't find session",
    "can't find window",
    "can't find pane",
    "no sessions",
    "no current target",
)


@dataclass(frozen=True, slots=True)
class Result:
    """What the tmux client printed and how it ended."""

    rc: int
    stdout: str
    stderr: str


async def run_tmux(
    binary: TmuxBinary,
    socket_path: Path,
    *args: str,
    stdin: bytes | None = None,
    timeout_s: float | None = None,
    environment: Mapping[str, str] | None = None,
    prefix: Sequence[str] = (),
) -> Result:
    """Runs `tmux -u -S socket_path args…` with a curated environment and a deadline.

    Args:
        prefix: a command that runs it, such as `systemd-run`.

    Raises:
        TmuxTimeoutError: no answer in time. The command may still run later.
        TmuxGoneError: there is no server, or it ended meanwhile.
        TmuxError: tmux refused (a bad exit code, or anything on stderr: some refusals exit with 0).
    """
    argv = (client_path(binary, socket_path), "-u", "-S", str(socket_path), *args)
    deadline_s = default_timeout_s() if timeout_s is None else timeout_s
    env = curated_environment() if environment is None else environment
    try:
        result = await _run(argv, stdin, deadline_s, env, prefix)
    except OSError as error:
        raise TmuxError(f"{argv[0]} can't be run: {error.strerror or error}", args=argv) from error
    if result.rc != 0 or result.stderr.strip():
        raise refusal(argv, result.stdout, result.stderr)
    return result


def refusal(argv: Sequence[str], stdout: str, stderr: str) -> TmuxError:
    """The typed error for what tmux said; `argv` is the command as it was asked."""
    text = clean_text(stderr or stdout, MESSAGE_LIMIT) or "no reason given"
    gone = text.startswith(_GONE_TEXTS) or (
        text.startswith("error connecting to") and text.endswith("(No such file or directory)")
    )
    kind = TmuxGoneError if gone else TmuxError
    return kind(f"tmux: {text}", args=argv, stdout=stdout, stderr=stderr)


def is_missing_target(error: TmuxError) -> bool:
    """True when tmux answered that the session, window or pane does not exist."""
    return error.stderr.strip().startswith(_MISSING_TEXTS)


class _Collector(asyncio.SubprocessProtocol):
    """Gathers both outputs, up to the limit, and tells when the client ended."""

    def __init__(self, finished: asyncio.Future[None], exited: asyncio.Future[None]) -> None:
        self.chunks: dict[int, bytearray] = {1: bytearray(), 2: bytearray()}
        self._finished = finished
        self._exited = exited

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Keeps what was printed."""
        room = OUTPUT_LIMIT_BYTES - len(self.chunks[fd])
        self.chunks[fd] += data[: max(room, 0)]

    def process_exited(self) -> None:
        """The client itself ended; its pipes may be held open by the server."""
        if not self._exited.done():
            self._exited.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client ended and every pipe is closed."""
        if not self._finished.done():
            self._finished.set_result(None)

    def text(self, fd: int) -> str:
        """What came out of this descriptor; undecodable bytes are kept as surrogates."""
        return self.chunks[fd].decode("utf-8", "surrogateescape")


async def _run(
    argv: Sequence[str],
    stdin: bytes | None,
    deadline_s: float,
    environment: Mapping[str, str],
    prefix: Sequence[str],
) -> Result:
    loop = asyncio.get_running_loop()
    finished: asyncio.Future[None] = loop.create_future()
    exited: asyncio.Future[None] = loop.create_future()
    transport, collector = await loop.subprocess_exec(
        lambda: _Collector(finished, exited),
        *prefix,
        *argv,
        stdin=asyncio.subprocess.PIPE if stdin is not None else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=dict(environment),
        cwd="/",  # a server started from here must not hold anyone's directory
        start_new_session=True,
    )
    try:
        if stdin is not None:
            pipe = cast(asyncio.WriteTransport, transport.get_pipe_transport(0))
            pipe.write(stdin)
            pipe.close()
        await asyncio.wait_for(asyncio.shield(finished), deadline_s)
    except TimeoutError:
        message = f"tmux did not answer within {deadline_s:g} s: {describe(argv[4:])}"
        out, err = collector.text(1), collector.text(2)
        raise TmuxTimeoutError(message, args=argv, stdout=out, stderr=err) from None
    finally:
        await to_the_end(_end_client(transport, exited))
    rc = transport.get_returncode()
    return Result(-1 if rc is None else rc, collector.text(1), collector.text(2))


async def _end_client(transport: asyncio.SubprocessTransport, exited: asyncio.Future[None]) -> None:
    """Closes our ends (which kills a client that still runs) and waits until the client was reaped."""
    transport.close()
    if not exited.done():
        await asyncio.wait((exited,), timeout=REAP_DEADLINE_S)


def describe(args: Sequence[str]) -> str:
    """A command as shown in a message: cleaned and short."""
    return clean_text(" ".join(args), 120)

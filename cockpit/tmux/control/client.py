"""The control connection: one `tmux -C` client on plain pipes, its commands and its notifications.

Replies come in the order of the commands, each in a block flagged 1. A command whose caller gave up leaves its place
in the queue as a tombstone, so its late reply is dropped and the next one still meets its own caller.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from cockpit.errors import TmuxError, TmuxGoneError, TmuxTimeoutError
from cockpit.tmux.commands import describe, refusal
from cockpit.tmux.control.parser import OURS, ControlEvent, ControlParser, Exited, Reply
from cockpit.tmux.deadline import default_timeout_s
from cockpit.tmux.finishing import to_the_end
from cockpit.tmux.quoting import clean_text, command_line
from cockpit.tmux.server.client_path import client_path
from cockpit.tmux.server.discovery import TmuxBinary

CLIENT_FLAGS = "ignore-size,no-output"
"""It never counts for a window's size, and hidden floods cost it nothing."""
WRITE_LIMIT_BYTES = 8 * 1024 * 1024
WAITING_LIMIT = 4096
REPLY_LIMIT_BYTES = 64 * 1024 * 1024
CLOSE_DEADLINE_S = 0.5
LAST_WORDS_S = 0.1

Listener = Callable[[ControlEvent], None]


@dataclass(slots=True)
class _Waiting:
    """One line on its way: its commands and the replies so far. A finished future makes it a tombstone."""

    commands: Sequence[Sequence[str]]
    answered: asyncio.Future[list[list[str]]]
    replies: list[list[str]] = field(default_factory=list)

    def take(self, reply: Reply) -> bool:
        """Adds a reply; True when the line is done. After an error tmux drops the rest of the line."""
        command = self.commands[len(self.replies)]
        if not reply.ok:
            if not self.answered.done():
                done = "\n".join("\n".join(earlier) for earlier in self.replies)
                self.answered.set_exception(refusal(command, done, "\n".join(reply.lines)))
            return True
        self.replies.append(list(reply.lines))
        if len(self.replies) < len(self.commands):
            return False
        if not self.answered.done():
            self.answered.set_result(self.replies)
        return True


class ControlConnection:
    """A control client attached to one session. Build it with `open`; whoever opens it closes it."""

    def __init__(self, on_event: Listener, on_closed: Callable[[str], None]) -> None:
        self._on_event = on_event
        self._on_closed = on_closed
        self._parser = ControlParser()
        self._waiting: deque[_Waiting] = deque()
        self._idle = asyncio.Event()
        self._idle.set()
        self._attached: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._process_ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.SubprocessTransport | None = None
        self._stdin: asyncio.WriteTransport | None = None
        self._errors = bytearray()
        self._exit_reason: str | None = None
        self._closed_reason: str | None = None
        self._opened = False

    @classmethod
    async def open(
        cls,
        binary: TmuxBinary,
        socket_path: Path,
        *,
        session: str,
        environment: Mapping[str, str],
        on_event: Listener,
        on_closed: Callable[[str], None],
        flags: str = CLIENT_FLAGS,
        timeout_s: float | None = None,
    ) -> ControlConnection:
        """Attaches to `session`. `on_event` gets every notification; `on_closed` is called once, with the reason,
        when the connection ends without `close` having been called.

        Raises:
            TmuxTimeoutError, TmuxGoneError, TmuxError: it could not attach; nothing is left behind.
        """
        client = (client_path(binary, socket_path), "-u", "-S", str(socket_path), "-C")
        argv = (*client, "attach-session", "-t", f"={session}", "-f", flags)
        connection = cls(on_event, on_closed)
        deadline_s = default_timeout_s() if timeout_s is None else timeout_s
        try:
            await connection._spawn(argv, environment)
            await asyncio.wait_for(asyncio.shield(connection._attached), deadline_s)
            if connection.closed:
                raise TmuxGoneError(f"tmux: {connection._closed_reason}", args=argv)
        except OSError as error:
            await connection.close()
            if isinstance(error, TimeoutError):
                message = f"tmux did not let the control connection in within {deadline_s:g} s"
                raise TmuxTimeoutError(message, args=argv, stderr=connection._error_text()) from None
            raise TmuxError(f"{argv[0]} can't be run: {error.strerror or error}", args=argv) from error
        except BaseException:  # cancelled too: no client is left behind
            await connection.close()
            raise
        connection._opened = True
        return connection

    @property
    def closed(self) -> bool:
        """No command can be sent any more."""
        return self._closed_reason is not None

    async def command(self, *argv: str, timeout_s: float | None = None) -> list[str]:
        """One command and the lines it answers.

        Raises:
            TmuxError: tmux refused it (`stderr` holds its words).
            TmuxTimeoutError: no answer in time; the command may still run.
            TmuxGoneError: the connection has ended.
        """
        return (await self.sequence(argv, timeout_s=timeout_s))[0]

    async def sequence(self, *commands: Sequence[str], timeout_s: float | None = None) -> list[list[str]]:
        """Several commands on one line, which tmux runs without anything of another client in between.

        The first refusal ends the line; what came before it stays done, and its answers are the error's `stdout`.
        Raises as `command` does.
        """
        first = commands[0]
        waiting = self._write(commands)
        deadline_s = default_timeout_s() if timeout_s is None else timeout_s
        try:
            async with asyncio.timeout(deadline_s):
                return await waiting.answered
        except TimeoutError:
            message = f"tmux did not answer within {deadline_s:g} s: {describe(first)}"
            partial = "\n".join("\n".join(reply) for reply in waiting.replies)
            raise TmuxTimeoutError(message, args=first, stdout=partial) from None

    def post(self, *argv: str) -> None:
        """One command nobody waits for: its answer, and a refusal too, is dropped. Raises as `command` does."""
        self._write((argv,)).answered.cancel()

    def hold_reading(self, held: bool) -> None:
        """Reads nothing more of what the client prints, or reads on. The client and its server wait meanwhile."""
        pipe = self._transport.get_pipe_transport(1) if self._transport else None
        if isinstance(pipe, asyncio.ReadTransport) and not pipe.is_closing():
            (pipe.pause_reading if held else pipe.resume_reading)()

    async def idle(self) -> None:
        """Waits until every line was answered, those whose caller gave up too, or the connection ended."""
        await self._idle.wait()

    async def close(self) -> None:
        """Ends the client and waits until it was reaped. Idempotent; `on_closed` is not called."""
        if self._closed_reason is None:
            self._closed_reason = "the control connection was closed"
        self._fail_waiting()
        if self._transport is not None:
            await to_the_end(self._end_client(self._transport))

    def _write(self, commands: Sequence[Sequence[str]]) -> _Waiting:
        first = commands[0]
        line = command_line(commands)
        if self._stdin is None or self.closed:
            raise TmuxGoneError(f"tmux: {self._closed_reason or 'not connected'}", args=first)
        buffered = self._stdin.get_write_buffer_size()
        if len(self._waiting) >= WAITING_LIMIT or buffered + len(line) > WRITE_LIMIT_BYTES:
            raise TmuxTimeoutError("tmux does not answer; too many commands are waiting for it", args=first)
        waiting = _Waiting(commands, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._idle.clear()
        self._stdin.write(line)
        return waiting

    async def _end_client(self, transport: asyncio.SubprocessTransport) -> None:
        self.hold_reading(False)  # what it still has to print would keep the server from letting it go
        if self._stdin is not None:
            self._stdin.close()  # end of input makes a healthy client detach
        if not self._process_ended.done():
            await asyncio.wait((self._process_ended,), timeout=CLOSE_DEADLINE_S)
        transport.close()  # kills a client whose server doesn't let it go
        if not self._process_ended.done():
            await asyncio.wait((self._process_ended,), timeout=CLOSE_DEADLINE_S)

    async def _spawn(self, argv: Sequence[str], environment: Mapping[str, str]) -> None:
        transport, _ = await asyncio.get_running_loop().subprocess_exec(
            lambda: _Pipes(self),
            *argv,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=dict(environment),
            cwd="/",
            start_new_session=True,
        )
        self._transport = transport
        self._stdin = cast(asyncio.WriteTransport, transport.get_pipe_transport(0))

    def _received(self, data: bytes) -> None:
        for event in self._parser.feed(data):
            self._dispatch(event)
        if self._parser.pending_bytes > REPLY_LIMIT_BYTES:
            self._ended("tmux sent an endless reply")

    def _dispatch(self, event: ControlEvent) -> None:
        if isinstance(event, Exited):
            self._exit_reason = event.reason
        if not isinstance(event, Reply):
            self._on_event(event)
        elif event.flags != OURS:
            self._attach_answered(event)
        elif self._waiting and self._waiting[0].take(event):
            self._waiting.popleft()
            if not self._waiting:
                self._idle.set()

    def _attach_answered(self, reply: Reply) -> None:
        if self._attached.done():
            return
        if reply.ok:
            self._attached.set_result(None)
        else:
            self._attached.set_exception(refusal(("attach-session",), "", "\n".join(reply.lines)))

    def _ended(self, fallback: str) -> None:
        """The pipes or the client ended; the first to notice tells."""
        if not self._attached.done():
            text = self._error_text() or self._exit_reason or fallback
            self._attached.set_exception(refusal(("attach-session",), "", text))
            self._attached.exception()  # a caller that gave up already never looks
        if self.closed:
            return
        self._closed_reason = clean_text(self._exit_reason or self._error_text() or fallback)
        self._fail_waiting()
        if self._opened:
            self._on_closed(self._closed_reason)

    def _fail_waiting(self) -> None:
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.answered.done():
                command = waiting.commands[len(waiting.replies)]
                waiting.answered.set_exception(TmuxGoneError(f"tmux: {self._closed_reason}", args=command))
        self._idle.set()

    def _error_text(self) -> str:
        return self._errors.decode("utf-8", "replace").strip()


class _Pipes(asyncio.SubprocessProtocol):
    """Hands what the client prints to its connection."""

    def __init__(self, connection: ControlConnection) -> None:
        self._connection = connection

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if fd == 1:
            self._connection._received(data)
        elif len(self._connection._errors) < 4096:
            self._connection._errors += data[:4096]

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if fd == 1:
            self._connection._ended("the control connection ended")

    def process_exited(self) -> None:
        ended = self._connection._process_ended
        with contextlib.suppress(asyncio.InvalidStateError):
            ended.set_result(None)
        # Its last words may still be in the pipe; but a stopped server holds the pipe open, so its end may never come.
        asyncio.get_running_loop().call_later(
            LAST_WORDS_S, self._connection._ended, "the control client was ended"
        )

"""One client of the control socket: its lines in, its answers and events out, in bounds. Knows no method."""

from __future__ import annotations

import asyncio
import logging
import select
from collections import deque
from typing import Protocol

from cockpit.control.codes import ErrorCode
from cockpit.control.protocol import (
    MAX_FRAME_BYTES,
    FrameSplitter,
    ProtocolError,
    Request,
    encode_error,
    encode_result,
    parse_request,
    request_id_of,
)
from cockpit.control.subscriptions import Subscription
from cockpit.errors import CockpitError, CommandError, PartlySentError, TerminalGoneError

log = logging.getLogger(__name__)

IN_FLIGHT_LIMIT = 32
"""Requests of one client that are served at once; more wait in its socket."""
SUBSCRIPTION_LIMIT = 16
"""Every event is offered to each of them."""
UNREAD_LIMIT_BYTES = 1024 * 1024
"""Above this nothing more is written until the client has read."""
UNREAD_TIMEOUT_S = 30.0
"""How long a client may leave answers unread before it is cut off."""
GREETING_LIMIT_BYTES = 64 * 1024
"""The longest line of somebody who has not given the password yet."""


class Service(Protocol):
    """Who serves the requests of connections."""

    async def serve(self, connection: Connection, request: Request) -> object:
        """The result of a request. Raises `CockpitError`."""
        ...

    def is_lasting(self, request: Request) -> bool:
        """Whether the request is given up when its client goes."""
        ...

    def disconnected(self, connection: Connection) -> None:
        """The client is gone."""
        ...


class Connection(asyncio.Protocol):
    """The server's end. `trusted` is False until a password that is needed was given."""

    def __init__(self, service: Service, *, trusted: bool) -> None:
        self._service = service
        self._transport: asyncio.Transport | None = None
        self._splitter = FrameSplitter()
        self._tasks: dict[asyncio.Task[None], Request] = {}
        self._pumps: dict[asyncio.Task[None], Subscription] = {}
        self._one_by_one = asyncio.Lock()
        self._room = asyncio.Event()
        self._room.set()
        self._lines: deque[bytes | None] = deque()
        self._unread_timer: asyncio.TimerHandle | None = None
        self._read_all = False
        self._refusal: tuple[ErrorCode, str] | None = None
        self.wrong_passwords = 0
        self.trusted = trusted

    @property
    def trusted(self) -> bool:
        """Whether anything but a greeting is served."""
        return self._trusted

    @trusted.setter
    def trusted(self, trusted: bool) -> None:
        self._trusted = trusted
        self._splitter.limit = MAX_FRAME_BYTES if trusted else GREETING_LIMIT_BYTES

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begins to read."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=UNREAD_LIMIT_BYTES)
        if self._refusal is not None:
            self.refuse(*self._refusal)

    def data_received(self, data: bytes) -> None:
        """Serves every line that is complete."""
        self._lines.extend(self._splitter.feed(data))
        self._advance()

    def eof_received(self) -> bool:
        """The client sends no more; it may still read what it asked for."""
        self._read_all = True
        if self._splitter.pending_bytes:
            message = "the last line did not end with a newline; it was not served"
            self._write(encode_error(ErrorCode.INVALID_FRAME, message))
        for pump in tuple(self._pumps):
            pump.cancel()
        if self._is_hung_up():
            return False
        self._close_when_done()
        return True

    def connection_lost(self, error: Exception | None) -> None:
        """Gives up what was for this client alone."""
        self._forget_timer()
        self._lines.clear()
        self._room.set()
        for pump in tuple(self._pumps):
            pump.cancel()
        for task, request in tuple(self._tasks.items()):
            if self._service.is_lasting(request):
                task.cancel()
        self._service.disconnected(self)

    def pause_writing(self) -> None:
        """The client doesn't read; if it goes on so it is cut off."""
        self._room.clear()
        self._unread_timer = asyncio.get_running_loop().call_later(UNREAD_TIMEOUT_S, self._cut_off)

    def resume_writing(self) -> None:
        """It does again."""
        self._forget_timer()
        self._room.set()
        self._advance()

    # For the service

    def subscribe(self, subscription: Subscription) -> None:
        """Writes the subscription's events from now on, and closes it in the end.

        Raises `ProtocolError` when there are too many.
        """
        if self._transport is None or self._transport.is_closing():
            subscription.close()
            return
        if len(self._pumps) >= SUBSCRIPTION_LIMIT:
            subscription.close()
            message = (
                f"there are {SUBSCRIPTION_LIMIT} subscriptions already; take a connection for each purpose"
            )
            raise ProtocolError(ErrorCode.BUSY, message)
        task = asyncio.get_running_loop().create_task(self._pump(subscription))
        self._pumps[task] = subscription
        task.add_done_callback(lambda done: self._pumps.pop(done).close())

    def refuse(self, code: ErrorCode, message: str) -> None:
        """Says why, answers what is under way with it, and closes."""
        self._refusal = code, message  # it may not be connected yet
        if not self._give_up(code, message):
            self._write(encode_error(code, message))
        self.close()

    def distrust(self, code: ErrorCode, message: str) -> None:
        """Serves nothing more until the password is given; what is under way and subscriptions end."""
        self.trusted = False
        if not self._give_up(code, message) and self._pumps:
            self._write(encode_error(code, message))
        for pump in tuple(self._pumps):
            pump.cancel()

    def close(self) -> None:
        """Closes once everything was written, or the client has left it unread for too long."""
        for pump in tuple(self._pumps):
            pump.cancel()
        transport = self._transport
        if transport is not None and not transport.is_closing():
            transport.close()
            if transport.get_write_buffer_size() and self._unread_timer is None:
                self._unread_timer = asyncio.get_running_loop().call_later(UNREAD_TIMEOUT_S, self._cut_off)

    # Requests

    def _give_up(self, code: ErrorCode, message: str) -> bool:
        """Answers every request that is under way with an error; False when there is none."""
        for task, request in tuple(self._tasks.items()):
            self._write(encode_error(code, message, request_id=request.id, plain=request.plain))
            task.cancel()
        return bool(self._tasks)

    def _advance(self) -> None:
        """Takes the lines that can be served now; what is left keeps the client from sending more."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        while self._lines and len(self._tasks) < IN_FLIGHT_LIMIT and self._room.is_set():
            self._take(self._lines.popleft())
        if self._read_all:
            self._close_when_done()
        elif self._lines:
            transport.pause_reading()
        else:
            transport.resume_reading()

    def _take(self, line: bytes | None) -> None:
        if line is None:
            self._write(encode_error(ErrorCode.TOO_LARGE, f"a frame may take {self._splitter.limit:,} bytes"))
            return
        try:
            request = parse_request(line)
        except ProtocolError as error:
            self._write(encode_error(error.code, str(error), request_id=request_id_of(line)))
            return
        if request is not None:
            task = asyncio.get_running_loop().create_task(self._serve(request))
            self._tasks[task] = request
            task.add_done_callback(self._served)

    async def _serve(self, request: Request) -> None:
        if request.id is not None:
            await self._answer(await self._outcome(request))
            return
        async with self._one_by_one:  # answers without an id are told apart by their order
            await self._answer(await self._outcome(request))

    async def _outcome(self, request: Request) -> bytes:
        try:
            result = await self._service.serve(self, request)
            data = encode_result(request, result)
            if len(data) <= MAX_FRAME_BYTES:
                return data
            code, message = ErrorCode.TOO_LARGE, "the answer is too long for one frame; ask for less"
        except CockpitError as error:
            code, message = code_of(error), str(error)
        except Exception:  # boundary: a defect in one method is logged and told, the others are served
            log.exception("serving %s failed", request.method)
            code, message = ErrorCode.INTERNAL, "cockpit failed; its log says how"
        return encode_error(code, message, request_id=request.id, plain=request.plain)

    def _served(self, task: asyncio.Task[None]) -> None:
        del self._tasks[task]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("answering a client failed", exc_info=error)
        self._advance()

    def _close_when_done(self) -> None:
        if not self._tasks and not self._lines:
            self.close()

    # Writing

    async def _answer(self, data: bytes) -> None:
        """Writes once there is room."""
        await self._room.wait()
        self._write(data)

    async def _pump(self, subscription: Subscription) -> None:
        while True:
            await self._answer(await subscription.frames())

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def _cut_off(self) -> None:
        log.warning("a client of the control socket reads nothing; it is cut off")
        if self._transport is not None:
            self._transport.abort()

    def _forget_timer(self) -> None:
        if self._unread_timer is not None:
            self._unread_timer.cancel()
            self._unread_timer = None

    def _is_hung_up(self) -> bool:
        """Whether the client closed its end whole, so that nobody waits for an answer."""
        assert self._transport is not None
        poll = select.poll()
        poll.register(self._transport.get_extra_info("socket").fileno(), 0)
        return any(events & select.POLLHUP for _, events in poll.poll(0))


def code_of(error: CockpitError) -> ErrorCode:
    """What an error is called in the protocol."""
    if isinstance(error, ProtocolError):
        return error.code
    if isinstance(error, PartlySentError):
        return ErrorCode.TIMED_OUT if error.timed_out else ErrorCode.ENDED
    if isinstance(error, TerminalGoneError):
        return ErrorCode.ENDED
    return ErrorCode.REFUSED if isinstance(error, CommandError) else ErrorCode.FAILED

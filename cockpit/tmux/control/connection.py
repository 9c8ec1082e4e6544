"""The living link to one server: control connection, the server's pidfd, and the way back when only the link broke.

A link that ends while the server lives (somebody ended the client) is made again; a server that ended is told once.

Three defects of tmux before 3.7 end the whole server, with every program in it, so this module goes around them:
- A notice to the control clients while another one is being let in (tmux 4980): entering and leaving happen under the
  start lock, and a departure is waited for, since it causes such a notice.
- A session destroyed right after a selection in it, in one go (tmux 5243, in 3.7 too): one line at a time is under way.
- A control client whose session is destroyed (tmux 4916): nothing of ours ever ends the hidden session.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from cockpit.errors import TmuxError, TmuxGoneError, TmuxTimeoutError
from cockpit.tmux.commands import describe, is_missing_target, run_tmux
from cockpit.tmux.control.client import ControlConnection, Listener
from cockpit.tmux.control.observer import SUBSCRIPTION
from cockpit.tmux.server.discovery import parse_version
from cockpit.tmux.server.leftovers import LIST_CONTROL_CLIENTS, end_leftovers
from cockpit.tmux.server.lifecycle import ProcessWatch
from cockpit.tmux.server.startup import ServerSetup, make_control_session, start_lock
from cockpit.tmux.windows.windows import CONTROL_SESSION, SEPARATOR, SUBSCRIPTION_FORMAT

log = logging.getLogger(__name__)

Then = Callable[[list[list[str]]], Awaitable[None]]
LEAVE_DEADLINE_S = 0.5
UNBOUNDED_S = 3600.0
"""For the inner of two deadlines."""
LAST_WORDS_S = 0.05
"""How long after the server's end its client may take to say why."""
_SERVER_ENDED = ("server exited", "lost server")


_REPEATABLE = frozenset(
    {
        *("select-window", "bind-key", "kill-window", "rename-window", "set-option"),
        *("list-windows", "list-panes", "list-clients", "show-options", "display-message"),
    }
)
"""Doing these twice is doing them once."""


class LinkBrokenError(TmuxTimeoutError):
    """The connection broke while a command was under way, and is up again: whether it was done is unknown."""


class ServerLink:
    """Connected to one server process from `connect` until `close` or the server's end."""

    def __init__(
        self,
        setup: ServerSetup,
        *,
        on_event: Listener,
        on_reconnected: Callable[[], Awaitable[None]],
        on_gone: Callable[[int, str], None],
    ) -> None:
        self._setup = setup
        self._on_event = on_event
        self._on_reconnected = on_reconnected
        self._on_gone = on_gone
        self._control: ControlConnection | None = None
        self._server_watch: ProcessWatch | None = None
        self._reconnecting: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._over = ""
        self.pid = 0
        self.version: tuple[int, int] = setup.binary.version
        """Of the running server, which may be older than the binary."""

    @property
    def control(self) -> ControlConnection | None:
        """The control connection, while it is up."""
        return self._control

    @property
    def over(self) -> bool:
        """Closed, or its server ended: no command will go through any more."""
        return bool(self._over)

    async def connect(self) -> None:
        """Attaches, and watches the server. Raises `TmuxError` and its kinds; nothing is left behind then."""
        await self._attach()
        self._server_watch = ProcessWatch.start(self.pid, self._server_ended)

    async def sequence(
        self, *commands: Sequence[str], timeout_s: float | None = None, then: Then | None = None
    ) -> list[list[str]]:
        """As `ControlConnection.sequence`; waits for a link that is being made again.

        What can be repeated is, when the link broke under it; the rest raises `LinkBrokenError`. `then` gets the
        answers, and nothing of ours is sent until it is done.
        """
        deadline_s = self._setup.timeout_s if timeout_s is None else timeout_s
        control = self._control
        if control is None or control.closed:
            control = await self._way_back(commands[0])
        try:
            return await self._in_turn(control, commands, deadline_s, then)
        except TmuxGoneError:
            control = await self._way_back(commands[0])
        if all(command[0] in _REPEATABLE for command in commands):
            return await self._in_turn(control, commands, deadline_s, then)
        message = f"the connection to tmux broke during: {describe(commands[0])}"
        raise LinkBrokenError(message, args=commands[0])

    @contextlib.asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """While another client of ours enters: no command of ours is under way, and nobody else enters or leaves.

        Raises `TmuxError` when the server is over, and `TmuxTimeoutError` when the others take too long.
        """
        try:
            async with asyncio.timeout(self._setup.timeout_s):
                await self._turn.acquire()
        except TimeoutError:
            raise TmuxTimeoutError("tmux is busy; nobody can enter it now") from None
        try:
            if self._over:
                raise TmuxGoneError(f"tmux: {self._over}")
            async with start_lock(self._setup):
                yield
        finally:
            self._turn.release()

    async def close(
        self, *, server_lives_on: bool = True, companion: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """Lets go of the server. Idempotent.

        Args:
            server_lives_on: others may enter it meanwhile, so leave it in order.
            companion: makes another client of ours leave; called while nobody can enter.
        """
        leave_in_order = server_lives_on and not self._over
        self._over = self._over or "the connection was closed"
        if self._server_watch is not None:
            self._server_watch.close()
        if self._reconnecting is not None and self._reconnecting is not asyncio.current_task():
            self._reconnecting.cancel()
            await asyncio.wait((self._reconnecting,))
        leaving = [companion] if companion is not None else []
        leaving += [self._control.close] if self._control is not None else []
        if leave_in_order and leaving:
            try:
                async with start_lock(self._setup):
                    await asyncio.gather(*(leave() for leave in leaving))
                    await self._settle(LEAVE_DEADLINE_S)
            except TmuxError as error:
                log.debug("leaving tmux: %s", error)
        await asyncio.gather(*(leave() for leave in leaving))

    async def _in_turn(
        self,
        control: ControlConnection,
        commands: Sequence[Sequence[str]],
        deadline_s: float,
        then: Then | None,
    ) -> list[list[str]]:
        """One line at a time, a timed-out one included: until it is answered nothing else is sent, so that a hung
        server finds one command when it goes on, not a heap. Waiting counts towards the deadline."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + deadline_s
        try:
            async with asyncio.timeout_at(deadline), self._turn:
                await control.idle()
                answers = await control.sequence(*commands, timeout_s=UNBOUNDED_S)
                if then is not None:
                    await then(answers)
                return answers
        except TimeoutError:
            message = f"tmux did not answer within {deadline_s:g} s: {describe(commands[0])}"
            raise TmuxTimeoutError(message, args=commands[0]) from None

    async def _settle(self, timeout_s: float) -> None:
        """One round trip of a plain client: whatever reached the server before it was dealt with."""
        setup = self._setup
        arguments = ("has-session", "-t", f"={CONTROL_SESSION}")
        await run_tmux(
            setup.binary, setup.socket_path, *arguments, timeout_s=timeout_s, environment=setup.environment
        )

    async def _attach(self) -> None:
        async with start_lock(self._setup):
            try:
                self._control = await self._open()
            except TmuxError as error:
                if not is_missing_target(error):
                    raise
                await make_control_session(self._setup)
                self._control = await self._open()
            await self._end_leftovers(self._control)
        control = self._control
        try:
            answer, _ = await control.sequence(
                ("display-message", "-p", SEPARATOR.join(("#{pid}", "#{version}"))),
                ("refresh-client", "-B", f"{SUBSCRIPTION}:%*:{SUBSCRIPTION_FORMAT}"),
                timeout_s=self._setup.timeout_s,
            )
            pid, _, version = answer[0].partition(SEPARATOR)
            self.pid = int(pid)
        except BaseException:  # cancelled too: no client is left behind
            await control.close()
            raise
        self.version = parse_version(f"tmux {version}") or self._setup.binary.version

    async def _end_leftovers(self, control: ControlConnection) -> None:
        """Sees off the clients of a cockpit that was killed, while nobody enters or leaves."""
        try:
            listed = await control.sequence(LIST_CONTROL_CLIENTS, timeout_s=self._setup.timeout_s)
            if ended := await end_leftovers(listed[0]):
                log.info("%d clients of a cockpit that was killed were ended", ended)
        except TmuxError as error:  # what comes next tells it
            log.debug("leftover clients were not looked for: %s", error)
        except BaseException:  # cancelled too: no client is left behind
            await control.close()
            raise

    async def _open(self) -> ControlConnection:
        return await ControlConnection.open(
            self._setup.binary,
            self._setup.socket_path,
            session=CONTROL_SESSION,
            environment=self._setup.environment,
            on_event=self._on_event,
            on_closed=self._control_closed,
            timeout_s=self._setup.timeout_s,
        )

    async def _way_back(self, command: Sequence[str]) -> ControlConnection:
        """The connection once it was made again; one attempt at a time, shared by all who wait."""
        if asyncio.current_task() is self._reconnecting:
            raise TmuxGoneError("tmux: the connection broke again", args=command)
        if not self._over:
            await asyncio.wait((self._reconnect(),))
        if self._over:
            raise TmuxGoneError(f"tmux: {self._over}", args=command)
        if self._control is None or self._control.closed:
            raise TmuxTimeoutError("tmux does not let the control connection in again", args=command)
        return self._control

    def _control_closed(self, reason: str) -> None:
        if self._over:
            return
        if reason.startswith(_SERVER_ENDED):
            self._gone(reason)
        else:
            self._reconnect()

    def _reconnect(self) -> asyncio.Task[None]:
        if self._reconnecting is None or self._reconnecting.done():
            self._reconnecting = asyncio.get_running_loop().create_task(self._come_back())
        return self._reconnecting

    async def _come_back(self) -> None:
        old, old_pid = self._control, self.pid
        if old is not None:
            await old.close()
        try:
            try:
                await self._settle(self._setup.timeout_s)
            except TmuxTimeoutError:
                raise
            except TmuxError as error:  # no session: `_attach` makes it; no server: it says so
                log.debug("before entering tmux again: %s", error)
            await self._attach()
        except TmuxTimeoutError:
            return  # hung: the next command tries again
        except TmuxGoneError:
            self._gone("server exited")  # in order: after a crash its client would have said so
            return
        except TmuxError as error:
            self._gone(str(error))
            return
        if self.pid != old_pid:
            if self._control is not None:
                await self._control.close()
            self.pid = old_pid
            self._gone("another server took its place")
            return
        try:
            await self._on_reconnected()
        except TmuxError as error:
            log.warning("tmux was reached again, but not heard out: %s", error)

    def _server_ended(self) -> None:
        asyncio.get_running_loop().call_later(LAST_WORDS_S, self._gone, "server exited unexpectedly")

    def _gone(self, reason: str) -> None:
        if not self._over:
            self._over = reason
            self._on_gone(self.pid, reason)

"""The server of the control socket: who is let in, what is served, who is told. Runs on the app's event loop."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import resource
import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cockpit import __version__
from cockpit.control.access import (
    AccessMode,
    Decision,
    Kinship,
    PeerFacts,
    decide,
    needs_kinship,
    socket_mode,
)
from cockpit.control.codes import ErrorCode
from cockpit.control.connection import Connection
from cockpit.control.event_json import EVENT_NAMES, event_json
from cockpit.control.hooks import Hooks
from cockpit.control.passwords import FILE_NAME, find_password, make_password_file
from cockpit.control.peers import Peer, kinship_of, listener_pid, peer_of
from cockpit.control.prompt_marks import PromptMarks
from cockpit.control.protocol import VERSIONS, Request, encode_error
from cockpit.control.refusals import Refusals
from cockpit.control.socket_file import SocketFile, remember_path
from cockpit.control.subscriptions import Subscribers
from cockpit.errors import CockpitError
from cockpit.text import clean_text
from cockpit.workspace.events import Event, SettingsChanged
from cockpit.workspace.workspace import Workspace

if TYPE_CHECKING:
    from cockpit.control.dispatch import Dispatcher

log = logging.getLogger(__name__)

CONNECTION_LIMIT = 1000
AUTH_TIMEOUT_S = 20.0
"""How long a client that needs a password may stay without having given it."""
_CLIENT_LEFT = frozenset({errno.ECONNABORTED, errno.EPROTO, errno.EINTR})
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.05, 2.0


class ControlServer:
    """One profile's control socket, from `start` to `close`. Follows `automation.socket_access` as it changes."""

    def __init__(self, workspace: Workspace, listening: SocketFile | None = None) -> None:
        self._workspace = workspace
        self._early = listening  # see `early_socket`
        self._file: SocketFile | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._connections: dict[Connection, Peer] = {}
        self._admitting: set[asyncio.Task[None]] = set()
        self._judging: set[socket.socket] = set()  # who is no connection yet
        self._applying, self._looking = asyncio.Lock(), asyncio.Lock()
        self._dispatcher: Dispatcher | None = None
        self._unsubscribe: Callable[[], None] = lambda: None
        self._sequence = 0
        self._password: str | None = None
        self._started_at = time.time()
        self._limit = _connection_limit()
        self._refusals = Refusals()
        self.subscribers = Subscribers()
        self.marks = PromptMarks()
        self.hooks = Hooks()
        self.mode = AccessMode.OFF
        """What is in force now."""

    @property
    def listening(self) -> bool:
        """Whether anybody can connect."""
        return self._file is not None

    async def start(self) -> None:
        """Opens the socket as the settings say. What keeps it from that is told; cockpit goes on without."""
        self._unsubscribe = self._workspace.events.subscribe(self._hear)
        await self.apply()

    async def close(self) -> None:
        """Tells every client, closes the socket and removes its file. Idempotent."""
        self._unsubscribe()
        async with self._applying:
            await self._shut("cockpit is closing")

    async def apply(self) -> None:
        """Takes the settings' mode into force, for those who are connected too."""
        async with self._applying:
            mode = AccessMode(self._workspace.settings.values.automation.socket_access)
            if mode is self.mode and (self.listening or (mode is AccessMode.OFF and not self._early)):
                return
            if mode is AccessMode.OFF:
                await self._shut("the control socket was turned off")
                return
            self.mode = mode
            try:
                await self._open(mode)
            except (CockpitError, OSError) as error:
                self._workspace.notice(f"The control socket is off: {error}", "warning")
                await self._shut("the control socket was turned off")
                return
            await self._judge_connected()

    async def _open(self, mode: AccessMode) -> None:
        paths = self._workspace.paths
        if mode is AccessMode.PASSWORD:
            file = str(paths.config_dir / FILE_NAME)
            found = await asyncio.to_thread(find_password, file, paths.profile)
            self._password = found or make_password_file(file)
        if self._file is None:
            self._file = self._early or SocketFile.open(paths.control_socket, socket_mode(mode))
            self._early = None
            remember_path(paths.socket_marker, paths.control_socket)
            self._accepting = asyncio.get_running_loop().create_task(self._accept(self._file.socket))
        self._file.set_mode(socket_mode(mode))

    async def _shut(self, why: str) -> None:
        self.mode = AccessMode.OFF
        self._refusals.sum_up()
        tasks = [*self._admitting, *([self._accepting] if self._accepting else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._accepting = None
        self._judging.clear()  # some may not have begun
        for connection in tuple(self._connections):
            connection.refuse(ErrorCode.CLOSING, why)
        for file in filter(None, (self._file, self._early)):
            file.close()
        self._file = self._early = None

    # Who comes in

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        pause_s = _FIRST_PAUSE_S
        while True:
            try:
                connected, _ = await loop.sock_accept(listening)
            except OSError as error:
                if error.errno in _CLIENT_LEFT:
                    continue
                log.warning("no client can be accepted for %g s: %s", pause_s, error)
                await asyncio.sleep(pause_s)  # nothing tells when descriptors are free again
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
                continue
            pause_s = _FIRST_PAUSE_S
            await asyncio.sleep(0)  # sock_accept doesn't wait while more are there: others have their turn
            connected.setblocking(False)
            peer = peer_of(connected)
            if len(self._connections) + len(self._judging) >= self._limit:
                _turn_away(connected, ErrorCode.BUSY, f"{self._limit:,} clients are connected; try later")
                continue
            self._judging.add(connected)
            task = loop.create_task(self._admit(connected, peer))
            self._admitting.add(task)
            task.add_done_callback(self._admitting.discard)

    async def _admit(self, connected: socket.socket, peer: Peer) -> None:
        try:
            try:
                decision = await self._judge(peer, password_right=None)
            finally:
                self._judging.discard(connected)
            if not decision.allowed and not decision.wants_password:
                self._refusals.tell(peer, decision.reason)
                _turn_away(connected, ErrorCode.ACCESS_DENIED, decision.reason)
                return
            connection = Connection(self, trusted=decision.allowed)
            self._connections[connection] = peer
            try:
                await asyncio.get_running_loop().connect_accepted_socket(lambda: connection, connected)
            except BaseException:  # cancelled too: it takes no place among the clients
                del self._connections[connection]
                raise
            if not connection.trusted:
                self._expect_password(connection)
        except asyncio.CancelledError:
            connected.close()
            raise
        except OSError as error:
            log.debug("a client of the control socket went away: %s", error)
            connected.close()

    def _expect_password(self, connection: Connection) -> None:
        asyncio.get_running_loop().call_later(AUTH_TIMEOUT_S, self._expire, connection)

    def _expire(self, connection: Connection) -> None:
        if connection in self._connections and not connection.trusted:
            connection.refuse(ErrorCode.AUTH_REQUIRED, f"no password came within {AUTH_TIMEOUT_S:g} s")

    async def _judge(self, peer: Peer, *, password_right: bool | None) -> Decision:
        """Asks the policy; the process table is read only where that decides anything."""
        kinship = Kinship.FOREIGN
        if needs_kinship(self.mode) and peer.uid == os.getuid():
            async with self._looking:  # more threads at once would only take the screen's time
                kinship = await asyncio.to_thread(self._kinship, peer)
        return decide(self.mode, PeerFacts(peer.uid, os.getuid(), kinship, password_right))

    def _kinship(self, peer: Peer) -> Kinship:
        """Programs on PTYs descend from this process, those on tmux from its server."""
        found = kinship_of(peer, {os.getpid()})
        if found is Kinship.FOREIGN:
            server = listener_pid(str(self._workspace.paths.tmux_socket))
            return kinship_of(peer, {server}) if server else found
        return found

    async def _judge_connected(self) -> None:
        for connection, peer in tuple(self._connections.items()):
            decision = await self._judge(peer, password_right=None)
            if decision.wants_password:
                connection.distrust(ErrorCode.AUTH_REQUIRED, decision.reason)
                self._expect_password(connection)
            elif not decision.allowed:
                self._refusals.tell(peer, decision.reason)
                connection.refuse(ErrorCode.ACCESS_DENIED, decision.reason)
            else:
                connection.trusted = True

    # What is served (connection.Service)

    async def serve(self, connection: Connection, request: Request) -> object:
        """Serves one request of a client that was let in."""
        return await self._dispatch().serve(connection, request)

    def is_lasting(self, request: Request) -> bool:
        """Whether it is for its client alone."""
        return self._dispatch().is_lasting(request)

    def disconnected(self, connection: Connection) -> None:
        """Forgets a client."""
        self._connections.pop(connection, None)

    async def try_password(self, connection: Connection, password: str) -> Decision:
        """What a client may do now that it has given this password."""
        import hmac

        right = hmac.compare_digest(password.encode("utf-8", "replace"), (self._password or "").encode())
        peer = self._connections.get(connection)
        if peer is None:
            return Decision(False, "the connection is closed")
        decision = await self._judge(peer, password_right=right and self._password is not None)
        if not decision.allowed:
            self._refusals.tell(peer, decision.reason)
        return decision

    def about(self) -> dict[str, Any]:
        """What is told of cockpit itself."""
        workspace = self._workspace
        return {
            "version": __version__,
            "protocol": VERSIONS[-1],
            "pid": os.getpid(),
            "profile": workspace.paths.profile,
            "socket": str(workspace.paths.control_socket),
            "socket_access": str(self.mode),
            "started": round(self._started_at, 3),
            "sessions_count": len(workspace.sessions),
            "terminals_count": sum(len(session.terminals) for session in workspace.sessions),
            "clients": len(self._connections),
            "tmux": workspace.tmux_wanted,
        }

    def _dispatch(self) -> Dispatcher:
        if self._dispatcher is None:
            from cockpit.control.dispatch import Dispatcher  # brings what only a request needs

            self._dispatcher = Dispatcher(self._workspace, self)
        return self._dispatcher

    def _hear(self, event: Event) -> None:
        self.marks.hear(event)
        if isinstance(event, SettingsChanged):
            self._workspace.in_background(self.apply())
        self._sequence += 1
        if self.subscribers.want(EVENT_NAMES.get(type(event))):
            self.subscribers.tell(event_json(event, self._sequence, time.time()))


def _turn_away(connected: socket.socket, code: ErrorCode, message: str) -> None:
    """Says why in one frame, as far as it fits without waiting, and closes."""
    try:
        connected.send(encode_error(code, clean_text(message, 400)))
    except OSError as error:
        log.debug("a client that is turned away doesn't hear why: %s", error)
    connected.close()


def _connection_limit() -> int:
    """Leaves half of the descriptors to the terminals."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return CONNECTION_LIMIT if soft == resource.RLIM_INFINITY else max(16, min(CONNECTION_LIMIT, soft // 2))

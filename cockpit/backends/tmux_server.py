"""The one tmux server behind the backend: found, started when first needed, let go of or ended."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

from cockpit.backends.shell import LaunchOptions
from cockpit.errors import BackendUnavailableError, TerminalGoneError, TmuxError, TmuxTimeoutError
from cockpit.paths import Paths
from cockpit.tmux.events import TmuxListener
from cockpit.tmux.server.discovery import find_tmux, unusable_reason
from cockpit.tmux.server.probe import SocketState, probe_socket
from cockpit.tmux.server.server import TmuxServer
from cockpit.tmux.server.startup import StartReport
from cockpit.tmux.windows.windows import WindowInfo

log = logging.getLogger(__name__)

SILENT = "tmux does not answer; it was not asked again, and nothing was changed"


class OneServer:
    """Belongs to the backend. `heard` is told what happens on it, `entered` what each start found."""

    def __init__(
        self,
        paths: Paths,
        environment: Mapping[str, str],
        options: Callable[[], LaunchOptions],
        *,
        heard: TmuxListener,
        entered: Callable[[TmuxServer, StartReport], None],
    ) -> None:
        self._paths = paths
        self._environment = environment
        self._options = options
        self._heard = heard
        self._entered = entered
        self._server: TmuxServer | None = None

    @property
    def listens(self) -> bool:
        """Whether there is one, started by whomever. Raises `TmuxError` when that can't be seen."""
        return probe_socket(self._paths.tmux_socket)[0] is SocketState.LISTENING

    @property
    def running(self) -> TmuxServer | None:
        """The server while it is started and not known to have ended."""
        return self._server if self._server is not None and self._server.running else None

    @property
    def answering(self) -> TmuxServer:
        """The server, to be asked something.

        Raises:
            TerminalGoneError: it was not started.
            TmuxTimeoutError: it is known not to answer, and nobody waits for that again.
        """
        if self._server is None:
            raise TerminalGoneError("tmux is not running; restart the terminal")
        if self._server.silent:
            raise TmuxTimeoutError(SILENT)
        return self._server

    async def start(self) -> Sequence[WindowInfo] | None:
        """Starts or adopts it where that was not done yet; then, the windows it had. Raises `CockpitError`."""
        if self._server is None:
            server = await self._find()
            if self._server is None:  # another call may have been quicker
                self._server = server
                server.subscribe(self._heard)
        server = self.answering
        if server.running:
            return None
        report = await server.start()
        self._entered(server, report)
        return report.windows

    async def list_windows(self) -> Sequence[WindowInfo]:
        """The windows of a server that listens, which is entered for that. Raises `CockpitError`."""
        windows = await self.start()
        return await self.answering.list_windows() if windows is None else windows

    async def let_go(self, *, keep_programs: bool) -> None:
        """Lets go of it, or ends it; one that runs nothing any more is always ended."""
        server, self._server = self._server, None
        if server is None:
            if keep_programs or not self.listens:
                return
            server = await self._find()
        if keep_programs and not server.silent:
            try:
                keep_programs = bool(await server.list_windows())
            except TmuxError as error:  # not knowing what runs there is no reason to end it
                log.warning("the tmux server is left as it is: %s", error)
        await server.shutdown(keep=keep_programs)

    async def end(self, before_kill: Callable[[], Awaitable[None]]) -> None:
        """Ends it with its programs, hung or not; see `TmuxServer.shutdown`."""
        server = self._server or await self._find()
        await server.shutdown(keep=False, before_kill=before_kill)

    async def _find(self) -> TmuxServer:
        binary = await asyncio.to_thread(find_tmux, self._environment)
        if binary is None or not binary.usable:
            raise BackendUnavailableError(unusable_reason(binary))
        return TmuxServer(
            binary,
            self._paths.tmux_socket,
            config_files=(self._paths.user_tmux_conf,),
            environment=self._environment,
            history_lines=self._options().scrollback_lines,
        )

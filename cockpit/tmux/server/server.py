"""The private tmux server as the backend sees it: its windows, its display client's command line, its life and end.

Owns the control connection, the watches and (when it asks for it) the server's end. Never shows anything and never
runs a display client: the backend spawns that in a PTY of its own.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from cockpit.command_outputs import CommandOutputs
from cockpit.errors import TmuxError, TmuxGoneError, TmuxTimeoutError
from cockpit.model import Size
from cockpit.tmux.commands import is_missing_target
from cockpit.tmux.control.attachment import Attachment
from cockpit.tmux.deadline import default_timeout_s
from cockpit.tmux.events import (
    ServerAnswered,
    ServerGone,
    ServerSilent,
    SocketRestored,
    TmuxEvent,
    TmuxListener,
)
from cockpit.tmux.server.client_path import client_path
from cockpit.tmux.server.discovery import TmuxBinary
from cockpit.tmux.server.environment import curated_environment
from cockpit.tmux.server.liveness import Liveness
from cockpit.tmux.server.probe import SocketIdentity
from cockpit.tmux.server.socket_keeper import SocketKeeper
from cockpit.tmux.server.startup import (
    Launch,
    ServerSetup,
    StartReport,
    clear_dying_server,
    end_server,
    ensure_server,
    run_for,
)
from cockpit.tmux.windows.creation import Creation, Program, option_command, replace_commands, window_name
from cockpit.tmux.windows.sending import send_bytes
from cockpit.tmux.windows.windows import CONTROL_SESSION, TERMINALS_SESSION, WindowInfo, parse_windows

log = logging.getLogger(__name__)

HISTORY_LINES = 50_000


class TmuxServer:
    """One server on one private socket. All coroutines raise `TmuxError` or its kinds and never block the loop."""

    def __init__(
        self,
        binary: TmuxBinary,
        socket_path: Path,
        *,
        config_files: Sequence[Path] = (),
        environment: Mapping[str, str] | None = None,
        history_lines: int = HISTORY_LINES,
        timeout_s: float | None = None,
    ) -> None:
        self.setup = ServerSetup(
            binary=binary,
            socket_path=socket_path,
            config_files=tuple(config_files),
            environment=curated_environment(environment),
            history_lines=history_lines,
            timeout_s=default_timeout_s() if timeout_s is None else timeout_s,
        )
        self._listeners: list[TmuxListener] = []
        self._liveness = Liveness(
            self._ping,
            fell_silent=lambda reason: self._publish(ServerSilent(reason)),
            answered=lambda: self._publish(ServerAnswered()),
        )
        self.pulse = self._liveness.pulse
        """Somebody types into the display client: makes sure that the server answers (see `Liveness.pulse`)."""
        self._attached = Attachment(self.setup, self._publish, self._liveness.doubt)
        self._socket = SocketKeeper(socket_path, lambda: self._publish(SocketRestored()))
        self._starting = asyncio.Lock()

    @property
    def socket_path(self) -> Path:
        """Where the server listens."""
        return self.setup.socket_path

    @property
    def pid(self) -> int | None:
        """The server's process id while it is started and alive."""
        return self._attached.pid or None

    @property
    def version(self) -> tuple[int, int]:
        """Of the running server, which may be older than the binary; of the binary while there is none."""
        return self._attached.version

    @property
    def running(self) -> bool:
        """Started here (or adopted) and not known to have ended."""
        return self._attached.running

    @property
    def silent(self) -> bool:
        """It stopped answering: what it does is unknown. Told by `ServerSilent` and `ServerAnswered`."""
        return self._liveness.silent

    def subscribe(self, listener: TmuxListener) -> Callable[[], None]:
        """Adds a listener for every `TmuxEvent` and returns the call that removes it again."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def watch_output(
        self, window_id: str, heard: Callable[[], None], *, closely: bool = False
    ) -> Callable[[], None]:
        """Calls `heard` whenever the window's program printed, shown or not, until the returned call.

        `closely`: nothing it prints is missed meanwhile. Raises `TerminalGoneError` when the window is unknown then.
        """
        return self._attached.watch_output(window_id, heard, closely=closely)

    async def outputs(self, window_id: str) -> CommandOutputs:
        """What is known of the commands of the window's shell, by what it has printed so far."""
        return await self._attached.outputs(window_id)

    async def start(self) -> StartReport:
        """Adopts the living server or starts one. Idempotent, and safe against any number of others doing the same.

        Raises:
            TmuxTimeoutError: a server is there but does not answer (`shutdown` ends it).
            TmuxError: it can't be started.
        """
        async with self._starting:
            if self.running:
                return StartReport(self._attached.pid, False, (), tuple(await self.list_windows()))
            await self._attached.let_go()
            try:
                launch = await self._enter()
                self._socket.keep(self._attached.pid)
                windows = await self._attached.look_around()
            except TmuxTimeoutError as error:
                self._liveness.doubt(error)
                raise
        return StartReport(self._attached.pid, launch.started, launch.warnings, tuple(windows))

    async def _enter(self) -> Launch:
        launch = await ensure_server(self.setup)
        try:
            await self._attached.attach()
        except TmuxGoneError:  # it was on its way out: see it off, then start its successor
            await clear_dying_server(self.setup)
            launch = await ensure_server(self.setup)
            await self._attached.attach()
        return launch

    async def shutdown(self, *, keep: bool, before_kill: Callable[[], Awaitable[None]] | None = None) -> None:
        """Lets go of the server (`keep`), or ends it with its programs and removes its socket. Idempotent.

        Args:
            keep: leave the server and its programs running.
            before_kill: ends the caller's own display client. It must: a client whose output nobody reads would
                keep the server from ending, so that it has to be killed.
        """
        hangs = self._liveness.silent
        self._liveness.forget()
        self._socket.close()
        if keep:
            await self._attached.let_go()
            return
        if before_kill is not None:
            await before_kill()
        identity = self._socket.identity or SocketIdentity.of(self.socket_path)
        pid = self.pid
        await self._attached.let_go(server_lives_on=False)
        await end_server(self.setup, pid, identity, hangs=hangs)
        self._socket.identity = None

    async def list_windows(self) -> list[WindowInfo]:
        """The terminals' windows in tmux's order; empty when there is no server, no session or no socket."""
        return await self._attached.list_windows()

    async def new_window(
        self,
        name: str,
        program: Program,
        *,
        options: Mapping[str, str] | None = None,
        size: Size | None = None,
        tag: str | None = None,
    ) -> WindowInfo:
        """Starts a program in a new window behind the others, without showing it.

        Args:
            options: user options to set on the window, from `windows.OPTION_NAMES`.
            size: the window's size while no display client is there to decide it.
            tag: names this creation. When one with the same tag timed out before, the window it may have made after
                all is adopted instead of making a second one.

        Raises:
            TerminalError: the program can't be started there; no window exists.
            TmuxTimeoutError: no answer; try again with the same tag.
        """
        program.check()
        window = await self._attached.maker.make(
            Creation(program, name, options or {}, size, tag or secrets.token_hex(8))
        )
        self._attached.observer.started(window)
        return window

    async def respawn_window(self, window_id: str, program: Program) -> WindowInfo:
        """Starts a program in a window again, in its own place; one that still runs there is ended.

        Raises:
            TerminalError: the program can't be started there; the window is as it was.
            TmuxError: there is no such window (`commands.is_missing_target`).
        """
        program.check()
        if not program.argv:  # without a program tmux would repeat the window's last one
            shell = (await self._attached.sequence(("show-options", "-gv", "default-shell")))[0]
            program = replace(program, argv=(shell[0], "-l"))
        self._attached.forget_program(window_id)
        *_, lines = await self._attached.sequence(*replace_commands(window_id, program))
        window = parse_windows(lines)[0]
        self._attached.observer.started(window)
        return window

    async def select_window(self, window_id: str, type_: Callable[[bytes], None] | None = None) -> None:
        """Makes this window the one the display client shows; `type_` writes into that client's tty.

        With it, what was typed before reaches the window shown before (see `switching`).
        """
        await self._attached.switch.select(window_id, type_)

    async def kill_window(self, window_id: str) -> None:
        """Ends a window with its program. One that is gone already is not an error; no event tells of it."""
        self._attached.observer.forget(window_id)
        try:
            await self._attached.sequence(("kill-window", "-t", window_id))
        except TmuxError as error:
            if not is_missing_target(error):
                raise

    async def describe_window(self, window_id: str, name: str, options: Mapping[str, str]) -> None:
        """Names a window and sets user options (`windows.OPTION_NAMES`, any text) on it, in one go.

        The name is stripped of control characters and never expanded (tmux would). A window that is gone already is
        not an error.
        """
        rename = ("rename-window", "-t", window_id, "--", window_name(name))
        try:
            settings = (option_command(window_id, key, value) for key, value in options.items())
            await self._attached.sequence(rename, *settings)
        except TmuxError as error:
            if not is_missing_target(error):
                raise

    async def run(self, *commands: Sequence[str], timeout_s: float | None = None) -> list[list[str]]:
        """Other commands, on one line of the control connection (see `ControlConnection.sequence`).

        The caller makes sure that nothing a person, a repository or a program chose is expanded (`quoting.literal`).
        """
        return await self._attached.sequence(*commands, timeout_s=timeout_s)

    async def send(self, window_id: str, data: bytes) -> None:
        """Writes bytes to a window's program, shown or not, byte for byte (see `sending.send_bytes`)."""
        try:
            await send_bytes(self.setup, self._attached.sequence, self.version, window_id, data)
        except TmuxTimeoutError as error:
            self._liveness.doubt(error)
            raise

    def display_argv(self) -> tuple[tuple[str, ...], dict[str, str]]:
        """argv and environment of the one display client. It can attach once the first window exists."""
        binary, socket_path = client_path(self.setup.binary, self.socket_path), str(self.socket_path)
        argv = (binary, "-u", "-S", socket_path, "attach-session", "-t", f"={TERMINALS_SESSION}")
        return argv, dict(self.setup.environment)

    async def _ping(self) -> None:
        if self.running:
            await self._attached.sequence(("display-message", "-p", ""))
        else:
            await run_for(self.setup, "has-session", "-t", f"={CONTROL_SESSION}")

    def _publish(self, event: TmuxEvent) -> None:
        if isinstance(event, ServerGone):
            self._liveness.forget()
            self._socket.close()
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except Exception:  # boundary: one listener's defect must not keep the rest from hearing
                log.exception("a listener failed on %s", type(event).__name__)

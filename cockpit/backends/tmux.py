"""The tmux backend: each terminal is a window on cockpit's private server, all shown by one display client."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from cockpit.backends.base import (
    Availability,
    BackendListener,
    BackendNoticed,
    BindingChanged,
    ReadSpan,
    Scrollback,
    ServerState,
    StatusChanged,
    Survey,
    TitleChanged,
)
from cockpit.backends.shell import LaunchOptions
from cockpit.backends.tmux_display import Display
from cockpit.backends.tmux_news import TmuxNews
from cockpit.backends.tmux_program import encode_keys, program, row_options, window_options
from cockpit.backends.tmux_reading import capture_above, look_above, read_span
from cockpit.backends.tmux_voices import Voices
from cockpit.backends.tmux_windows import KnownWindows, match_windows, status_of
from cockpit.errors import (
    BackendUnavailableError,
    CommandError,
    TerminalGoneError,
    TmuxError,
    TmuxTimeoutError,
)
from cockpit.model import BackendKind, Binding, Size, Terminal, TerminalSpec, TerminalState, TerminalStatus
from cockpit.paths import Paths
from cockpit.tmux.commands import is_missing_target
from cockpit.tmux.creation import Program
from cockpit.tmux.discovery import TmuxBinary, find_tmux, unusable_reason
from cockpit.tmux.probe import SocketState, probe_socket
from cockpit.tmux.reading import cursor_line
from cockpit.tmux.server import TmuxServer
from cockpit.tmux.windows import TERMINALS_SESSION, WindowInfo

if TYPE_CHECKING:
    from cockpit.terminal.keys import KeyPress
    from cockpit.terminal.surface import Surface

log = logging.getLogger(__name__)

SILENT = "tmux does not answer; it was not asked again, and nothing was changed"


class TmuxBackend:
    """Runs terminals in tmux. See `Backend` for what callers may rely on.

    The server is started by the first terminal, the display client made by the first `select`.
    """

    kind: str = BackendKind.TMUX
    piece_bytes = 1024 * 1024

    def __init__(
        self,
        listener: BackendListener,
        options: Callable[[], LaunchOptions],
        environment: Mapping[str, str],
        paths: Paths,
    ) -> None:
        self._listener = listener
        self._options = options
        self._environment = dict(environment)
        self._paths = paths
        self._server: TmuxServer | None = None
        self._windows = KnownWindows()
        self._voices = Voices(listener, lambda: options().clipboard_reads)
        self._news = TmuxNews(listener, self._windows, self._voices, self._server_gone)
        self._display = Display(lost=self._news.display_lost, bell=self._news.display_rang, typed=self._typed)
        self._selecting = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def availability(self) -> Availability:
        """Looks for the binary; neither needs nor starts a server."""
        binary = await asyncio.to_thread(find_tmux, self._environment)
        reason = unusable_reason(binary)
        return Availability(not reason, binary.version_text if binary else "", reason)

    async def survey(self) -> Survey:
        """Lists the living windows. Raises `CockpitError` when a server is there and can't be asked."""
        path = str(self._paths.tmux_socket)
        if probe_socket(self._paths.tmux_socket)[0] is not SocketState.LISTENING:
            return Survey(ServerState.NONE, socket_path=path)
        windows = await self._started()
        if windows is None:
            windows = await self._living_server().list_windows()
        return Survey(ServerState.LISTED, windows, path)

    async def adopt(
        self, terminals: Sequence[Terminal], survey: Survey | None = None
    ) -> dict[str, TerminalStatus]:
        """Finds the rows' living windows, by the row's id that a window carries or else by the binding.

        Windows that carry an id of ours without a row are told of and left alone.
        """
        windows = (survey or await self.survey()).windows
        matches, strangers = match_windows(terminals, windows, str(self._paths.tmux_socket))
        for terminal in terminals:
            window = matches.get(terminal.id)
            if window is None:
                continue
            self._windows.add(terminal.id, window)
            binding = self._binding(window)
            if terminal.binding != binding:
                self._listener(BindingChanged(terminal.id, binding))
            if window.title:
                self._listener(TitleChanged(terminal.id, window.title))
        unknown = [window.name for window in strangers if not self._windows.knows(window.window_id)]
        if unknown:
            names = ", ".join(unknown[:5])
            message = (
                f"tmux runs {len(unknown)} terminals that no session here has: {names}. They are left alone; "
                "“Recover terminals”, among the commands, gives them tabs."
            )
            self._listener(BackendNoticed(self.kind, message))
        return {terminal_id: status_of(window) for terminal_id, window in matches.items()}

    async def create(self, spec: TerminalSpec) -> Binding | None:
        """Starts the program in a window of its own; what a call that timed out made is taken over."""
        await self._started()
        window = await self._living_server().new_window(
            spec.name,
            self._program(spec),
            options=window_options(spec),
            size=spec.size,
            tag=spec.terminal_id,
        )
        return self._running(spec, window)

    async def restart(self, spec: TerminalSpec) -> Binding | None:
        """Starts the program again in its window, or in a new one when that is gone."""
        await self._started()
        window_id = self._windows.window_id(spec.terminal_id)
        if window_id is None:
            return await self.create(spec)
        try:
            window = await self._living_server().respawn_window(window_id, self._program(spec))
        except TmuxError as error:
            if not is_missing_target(error):
                raise
            self._windows.forget(spec.terminal_id)
            return await self.create(spec)
        return self._running(spec, window)

    async def select(self, terminal_id: str) -> Surface:
        """Shows the terminal's window in the display client, which is made when there is none."""
        async with self._selecting:  # first come, first served: the last one asked for is shown in the end
            server, window_id = self._living_server(), self._living_window(terminal_id)
            shown = self._display.surface
            await server.select_window(window_id, shown.write if shown else None)
            self._windows.shown_id = terminal_id
            return await self._display.ensure(server.display_argv())

    def surface(self, terminal_id: str) -> Surface | None:
        """The shared surface, while it shows this terminal."""
        return self._display.surface if terminal_id == self._windows.shown_id else None

    async def send(self, terminal_id: str, data: bytes) -> None:
        """Pastes the bytes as they are through a buffer of their own, whether the terminal is shown or not."""
        window_id = self._windows.window_id(terminal_id)
        if window_id is None or self._windows.has_ended(window_id):
            raise TerminalGoneError("the terminal's program has ended; nothing was sent")
        await self._living_server().send(window_id, data)

    async def drained(self, terminal_id: str) -> None:
        """tmux has taken it when it answers."""

    async def encode(self, terminal_id: str, presses: Sequence[KeyPress]) -> bytes:
        """What a plain xterm sends, in the cursor and keypad modes of the window."""
        return await encode_keys(self._living_server(), self._living_window(terminal_id), presses)

    async def scrollback(self, terminal_id: str, *, capture: bool) -> Scrollback:
        """What tmux holds of the window; on the alternate screen that is nothing."""
        server, window_id = self._living_server(), self._living_window(terminal_id)
        if capture:
            return await capture_above(server, window_id)
        shown = terminal_id == self._windows.shown_id
        bracketed = self._display.bracketed_paste(server.version) if shown else None
        return await look_above(server, window_id, bracketed_paste=bracketed)

    async def read(self, terminal_id: str, span: ReadSpan) -> str:
        """Captures what tmux holds of the window."""
        if span.last_output:
            raise CommandError(
                "tmux keeps no prompt marks; read the last lines, or run the command with --wait"
            )
        return await read_span(self._living_server(), self._living_window(terminal_id), span)

    async def place(self, terminal_id: str) -> object:
        """The number of the line the window's cursor is in."""
        return await cursor_line(self._living_server(), self._living_window(terminal_id))

    def watch(self, terminal_id: str, heard: Callable[[], None]) -> Callable[[], None]:
        """Listens to what the window's pane prints."""
        return self._living_server().watch_output(self._living_window(terminal_id), heard)

    async def describe(self, terminal_id: str, session_id: str, facts: Mapping[str, object]) -> None:
        """Names the living window anew and writes its user options."""
        window_id = self._windows.window_id(terminal_id)
        if window_id is not None and self._server is not None and self._server.running:
            options = row_options(terminal_id, session_id, facts)
            await self._server.describe_window(window_id, options["@cockpit_name"], options)

    def resize(self, size: Size) -> None:
        """Resizes the display client; tmux resizes the windows."""
        self._display.resize(size)

    async def close(self, terminal_id: str) -> None:
        """Ends the terminal's window, also one that was never adopted here."""
        window_id = self._windows.window_id(terminal_id)
        if self._windows.shown_id == terminal_id:
            self._windows.shown_id = None
        self._windows.forget(terminal_id)
        self._voices.forget(terminal_id)
        if window_id is None:
            await self._close_unadopted(terminal_id)
        elif self._server is not None and self._server.running:
            await self._server.kill_window(window_id)

    async def shutdown(self, *, keep_programs: bool) -> None:
        """Lets go of the server, or ends it; one that runs nothing any more is always ended."""
        self._news.close()
        if self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._display.close()
        server, self._server = self._server, None
        if server is None:
            if keep_programs or probe_socket(self._paths.tmux_socket)[0] is not SocketState.LISTENING:
                return
            server = await self._find_server()
        if keep_programs and not server.silent:
            try:
                keep_programs = bool(await server.list_windows())
            except TmuxError as error:  # not knowing what runs there is no reason to end it
                log.warning("the tmux server is left as it is: %s", error)
        await server.shutdown(keep=keep_programs)

    async def end_server(self) -> None:
        """Ends the server, hung or not."""
        server = self._server or await self._find_server()
        await server.shutdown(keep=False, before_kill=self._display.close)
        self._news.server_gone("it was restarted", by_person=True)

    # Steps.

    def _typed(self) -> None:
        if self._server is not None and self._server.running:
            self._server.pulse()

    def _server_gone(self) -> None:
        task = asyncio.get_running_loop().create_task(self._display.close())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _started(self) -> Sequence[WindowInfo] | None:
        """Starts or adopts the server where that was not done yet; then, the windows it had."""
        if self._server is None:
            server = await self._find_server()
            if self._server is None:  # another call may have been quicker
                self._server = server
                server.subscribe(self._news.heard)
        if self._living_server().running:
            return None
        report = await self._server.start()
        self._display.joins_clusters = self._server.version >= (3, 4)
        for warning in report.warnings:
            self._listener(BackendNoticed(self.kind, warning))
        return report.windows

    async def _find_server(self) -> TmuxServer:
        binary: TmuxBinary | None = await asyncio.to_thread(find_tmux, self._environment)
        if binary is None or not binary.usable:
            raise BackendUnavailableError(unusable_reason(binary))
        return TmuxServer(
            binary,
            self._paths.tmux_socket,
            config_files=(self._paths.user_tmux_conf,),
            environment=self._environment,
            history_lines=self._options().scrollback_lines,
        )

    def _living_server(self) -> TmuxServer:
        if self._server is None:
            raise TerminalGoneError("tmux is not running; restart the terminal")
        if self._server.silent:  # nobody waits for a server that is known not to answer
            raise TmuxTimeoutError(SILENT)
        return self._server

    def _living_window(self, terminal_id: str) -> str:
        window_id = self._windows.window_id(terminal_id)
        if window_id is None:
            raise TerminalGoneError("the terminal has no window; restart it")
        return window_id

    async def _close_unadopted(self, terminal_id: str) -> None:
        """Ends a window whose row was never shown in this launch, without keeping a connection for it."""
        if probe_socket(self._paths.tmux_socket)[0] is not SocketState.LISTENING:
            return
        await self._started()
        server = self._living_server()
        for window in await server.list_windows():
            if window.options.get("@cockpit_terminal") == terminal_id:
                await server.kill_window(window.window_id)

    def _program(self, spec: TerminalSpec) -> Program:
        return program(spec, self._options().shell, self._environment)

    def _running(self, spec: TerminalSpec, window: WindowInfo) -> Binding:
        self._windows.add(spec.terminal_id, window)
        self._voices.began(spec.terminal_id)
        self._listener(StatusChanged(spec.terminal_id, TerminalStatus(TerminalState.RUNNING)))
        return self._binding(window)

    def _binding(self, window: WindowInfo) -> Binding:
        return Binding(str(self._paths.tmux_socket), TERMINALS_SESSION, window.window_id, window.index)

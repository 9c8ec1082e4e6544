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
from cockpit.backends.tmux_colors import TmuxColors
from cockpit.backends.tmux_display import Display
from cockpit.backends.tmux_news import TmuxNews
from cockpit.backends.tmux_program import encode_keys, program, row_options, window_options
from cockpit.backends.tmux_reading import capture_above, look_above, read_outputs, read_span
from cockpit.backends.tmux_server import OneServer
from cockpit.backends.tmux_voices import Voices
from cockpit.backends.tmux_windows import KnownWindows, match_windows, status_of
from cockpit.errors import TerminalGoneError, TmuxError
from cockpit.model import BackendKind, Binding, Size, Terminal, TerminalSpec, TerminalState, TerminalStatus
from cockpit.paths import Paths
from cockpit.tmux.commands import is_missing_target
from cockpit.tmux.server.discovery import find_tmux, unusable_reason
from cockpit.tmux.server.server import TmuxServer
from cockpit.tmux.server.startup import StartReport
from cockpit.tmux.windows.creation import Program
from cockpit.tmux.windows.reading import cursor_line
from cockpit.tmux.windows.windows import TERMINALS_SESSION, WindowInfo

if TYPE_CHECKING:
    from cockpit.backends.output_reading import OutputReader
    from cockpit.terminal.input.keys import KeyPress
    from cockpit.terminal.surface import Surface

log = logging.getLogger(__name__)


class TmuxBackend:
    """Runs terminals in tmux. See `Backend` for what callers may rely on.

    The server is started by the first terminal, the display client made by the first `select`.
    """

    kind: str = BackendKind.TMUX
    piece_bytes = 1024 * 1024
    takes_pieces_whole = True

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
        self._socket_path = str(paths.tmux_socket)
        self._windows = KnownWindows()
        self._voices = Voices(listener, lambda: options().clipboard_reads)
        self._news = TmuxNews(listener, self._windows, self._voices, self._server_gone)
        self._display = Display(lost=self._news.display_lost, bell=self._news.display_rang, typed=self._typed)
        self._server = OneServer(
            paths, self._environment, options, heard=self._news.heard, entered=self._entered
        )
        self._colors = TmuxColors()
        self._selecting = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def availability(self) -> Availability:
        """Looks for the binary; neither needs nor starts a server."""
        binary = await asyncio.to_thread(find_tmux, self._environment)
        reason = unusable_reason(binary)
        return Availability(not reason, binary.version_text if binary else "", reason)

    async def survey(self) -> Survey:
        """Lists the living windows. Raises `CockpitError` when a server is there and can't be asked."""
        if not self._server.listens:
            return Survey(ServerState.NONE, socket_path=self._socket_path)
        return Survey(ServerState.LISTED, await self._server.list_windows(), self._socket_path)

    async def adopt(
        self, terminals: Sequence[Terminal], survey: Survey | None = None
    ) -> dict[str, TerminalStatus]:
        """Finds the rows' living windows, by the row's id that a window carries or else by the binding.

        Windows that carry an id of ours without a row are told of and left alone.
        """
        windows = (survey or await self.survey()).windows
        matches, strangers = match_windows(terminals, windows, self._socket_path)
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
        await self._server.start()
        window = await self._server.answering.new_window(
            spec.name,
            self._program(spec),
            options=window_options(spec),
            size=spec.size,
            tag=spec.terminal_id,
        )
        return await self._running(spec, window)

    async def restart(self, spec: TerminalSpec) -> Binding | None:
        """Starts the program again in its window, or in a new one when that is gone."""
        await self._server.start()
        window_id = self._windows.window_id(spec.terminal_id)
        if window_id is None:
            return await self.create(spec)
        try:
            window = await self._server.answering.respawn_window(window_id, self._program(spec))
        except TmuxError as error:
            if not is_missing_target(error):
                raise
            self._windows.forget(spec.terminal_id)
            return await self.create(spec)
        return await self._running(spec, window)

    async def select(self, terminal_id: str) -> Surface:
        """Shows the terminal's window in the display client, which is made when there is none."""
        async with self._selecting:  # first come, first served: the last one asked for is shown in the end
            server, window_id = self._server.answering, self._living_window(terminal_id)
            shown = self._display.surface
            await server.select_window(window_id, shown.write if shown else None)
            await self._colors.tell(server, self._windows.pane_id(terminal_id))
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
        await self._server.answering.send(window_id, data)

    async def drained(self, terminal_id: str) -> None:
        """tmux has taken it when it answers."""

    async def encode(self, terminal_id: str, presses: Sequence[KeyPress]) -> bytes:
        """What a plain xterm sends, in the cursor and keypad modes of the window."""
        return await encode_keys(self._server.answering, self._living_window(terminal_id), presses)

    async def scrollback(self, terminal_id: str, *, capture: bool) -> Scrollback:
        """What tmux holds of the window; on the alternate screen that is nothing."""
        server, window_id = self._server.answering, self._living_window(terminal_id)
        if capture:
            return await capture_above(server, window_id)
        shown = terminal_id == self._windows.shown_id
        bracketed = self._display.bracketed_paste if shown else None
        return await look_above(server, window_id, bracketed_paste=bracketed)

    async def read(self, terminal_id: str, span: ReadSpan) -> str:
        """Captures what tmux holds of the window, or takes what was heard of its last command."""
        window_id = self._living_window(terminal_id)
        return await read_span(self._server.answering, window_id, span, self._windows.has_ended)

    async def place(self, terminal_id: str) -> object:
        """The number of the line the window's cursor is in."""
        return await cursor_line(self._server.answering, self._living_window(terminal_id))

    async def outputs(self, terminal_id: str) -> OutputReader:
        """What was heard of the window's pane, up to now."""
        window_id = self._living_window(terminal_id)
        return await read_outputs(self._server.answering, window_id, self._windows.has_ended)

    def watch(
        self, terminal_id: str, heard: Callable[[], None], *, closely: bool = False
    ) -> Callable[[], None]:
        """Listens to what the window's pane prints."""
        window_id = self._living_window(terminal_id)
        return self._server.answering.watch_output(window_id, heard, closely=closely)

    async def describe(self, terminal_id: str, session_id: str, facts: Mapping[str, object]) -> None:
        """Names the living window anew and writes its user options."""
        window_id, server = self._windows.window_id(terminal_id), self._server.running
        if window_id is not None and server is not None:
            options = row_options(terminal_id, session_id, facts)
            await server.describe_window(window_id, options["@cockpit_name"], options)

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
        elif (server := self._server.running) is not None:
            await server.kill_window(window_id)

    async def shutdown(self, *, keep_programs: bool) -> None:
        """Lets go of the server, or ends it; one that runs nothing any more is always ended."""
        self._news.close()
        if self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._display.close()
        await self._server.let_go(keep_programs=keep_programs)

    async def end_server(self) -> None:
        """Ends the server, hung or not."""
        await self._server.end(before_kill=self._display.close)
        self._news.server_gone("it was restarted", by_person=True)

    # Steps.

    def _typed(self) -> None:
        if (server := self._server.running) is not None:
            server.pulse()

    def _server_gone(self) -> None:
        task = asyncio.get_running_loop().create_task(self._display.close())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _entered(self, server: TmuxServer, report: StartReport) -> None:
        self._display.version = server.version
        for warning in report.warnings:
            self._listener(BackendNoticed(self.kind, warning))

    def _living_window(self, terminal_id: str) -> str:
        window_id = self._windows.window_id(terminal_id)
        if window_id is None:
            raise TerminalGoneError("the terminal has no window; restart it")
        return window_id

    async def _close_unadopted(self, terminal_id: str) -> None:
        """Ends a window whose row was never shown in this launch, without keeping a connection for it."""
        if not self._server.listens:
            return
        for window in await self._server.list_windows():
            if window.options.get("@cockpit_terminal") == terminal_id:
                await self._server.answering.kill_window(window.window_id)

    def _program(self, spec: TerminalSpec) -> Program:
        return program(spec, self._options().shell, self._environment)

    async def _running(self, spec: TerminalSpec, window: WindowInfo) -> Binding:
        self._windows.add(spec.terminal_id, window)
        self._voices.began(spec.terminal_id)
        self._listener(StatusChanged(spec.terminal_id, TerminalStatus(TerminalState.RUNNING)))
        if (server := self._server.running) is not None:
            await self._colors.tell(server, window.pane_id)
        return self._binding(window)

    def _binding(self, window: WindowInfo) -> Binding:
        return Binding(self._socket_path, TERMINALS_SESSION, window.window_id, window.index)

"""What holds on to one server: the control connection, the listener, the watches, and what they make known.

Knows how to attach and to let go. Never starts or ends a server.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress

from cockpit.command_outputs import CommandOutputs
from cockpit.errors import TerminalGoneError, TmuxError, TmuxGoneError, TmuxTimeoutError
from cockpit.tmux.commands import is_missing_target
from cockpit.tmux.control.connection import LinkBrokenError, ServerLink, Then
from cockpit.tmux.control.observer import WindowObserver
from cockpit.tmux.control.parser import ControlEvent
from cockpit.tmux.events import ServerGone, TmuxListener
from cockpit.tmux.listening.listener import PaneListener
from cockpit.tmux.listening.output_watch import OutputWatch
from cockpit.tmux.listening.speakers import Speakers
from cockpit.tmux.server.lifecycle import wait_ended
from cockpit.tmux.server.startup import END_DEADLINE_S, ServerSetup, run_for
from cockpit.tmux.windows.creation import link_command
from cockpit.tmux.windows.exits import read_exit
from cockpit.tmux.windows.maker import WindowMaker
from cockpit.tmux.windows.switching import WindowSwitch
from cockpit.tmux.windows.windows import (
    CONTROL_SESSION,
    TERMINALS_SESSION,
    WINDOW_FORMAT,
    WindowInfo,
    parse_windows,
)

_LIST_WINDOWS = ("list-windows", "-t", f"={TERMINALS_SESSION}", "-F", WINDOW_FORMAT)


class Attachment:
    """At most one server at a time. Its parts are for `TmuxServer`, which carries out what is asked of windows."""

    def __init__(
        self, setup: ServerSetup, publish: TmuxListener, timed_out: Callable[[TmuxTimeoutError], None]
    ) -> None:
        self._timed_out = timed_out
        speakers = self._speakers = Speakers(publish)
        self.observer = WindowObserver(publish, self._read_exit, speakers)
        self._output = OutputWatch(speakers.window_of)
        self.switch = WindowSwitch(self.sequence)
        self.maker = WindowMaker(self.sequence, self.list_windows)
        self._setup = setup
        self._publish = publish
        self._listener = PaneListener(setup, speakers.heard, self._output.printed)
        self._link: ServerLink | None = None

    @property
    def running(self) -> bool:
        """Attached, and the server is not known to have ended."""
        return self._link is not None and not self._link.over

    @property
    def pid(self) -> int:
        """The attached server's process id; 0 without one."""
        return self._link.pid if self._link is not None and not self._link.over else 0

    @property
    def version(self) -> tuple[int, int]:
        """Of the running server, which may be older than the binary; of the binary while there is none."""
        return self._link.version if self._link else self._setup.binary.version

    def pane_of(self, window_id: str) -> str:
        """The pane of a window. Raises `TerminalGoneError` when there is no such window."""
        pane_id = self._speakers.pane_of(window_id)
        if pane_id is None:
            raise TerminalGoneError(f"tmux no longer knows the window {window_id}; restart the terminal")
        return pane_id

    def watch_output(self, window_id: str, heard: Callable[[], None], *, closely: bool) -> Callable[[], None]:
        """As `TmuxServer.watch_output`."""
        with ExitStack() as stack:
            stack.callback(self._output.watch(window_id, heard))
            if closely:
                stack.callback(self._listener.listen_closely(self.pane_of(window_id)))
            return stack.pop_all().close

    async def outputs(self, window_id: str) -> CommandOutputs:
        """As `TmuxServer.outputs`."""
        with suppress(TmuxError):  # what was not heard is told as a gap
            await self._listener.catch_up()
        return self._listener.outputs(self.pane_of(window_id))

    def forget_program(self, window_id: str) -> None:
        """Another program comes into the window: what the one before printed is not that one's."""
        pane_id = self._speakers.pane_of(window_id)
        if pane_id is not None:
            self._listener.forget(pane_id)

    async def attach(self) -> None:
        """Enters the server that runs. Raises `TmuxError` and its kinds; nothing is left behind then."""
        link = ServerLink(
            self._setup, on_event=self._noticed, on_reconnected=self._reconnected, on_gone=self._gone
        )
        await link.connect()
        self._link = link

    async def look_around(self) -> list[WindowInfo]:
        """After `attach`: listens, and knows the windows that are there already. Raises `TmuxError`."""
        assert self._link is not None
        await self._listener.begin(self._link)
        self.maker.reset()
        await self.sequence(*self.switch.setup_commands())
        windows = await self.list_windows()
        self.observer.adopt(windows)
        await self._link_hidden(windows)
        return windows

    async def let_go(self, *, server_lives_on: bool = True) -> None:
        """Closes every connection and watch. Idempotent."""
        self.observer.close()
        await self._listener.stop()
        link, self._link = self._link, None
        if link is None:
            return
        ended = link.over
        await link.close(server_lives_on=server_lives_on, companion=self._listener.leave)
        if ended:  # one on its way out still lets clients in, and a new session would keep it
            await wait_ended(link.pid, END_DEADLINE_S)

    async def sequence(
        self, *commands: Sequence[str], timeout_s: float | None = None, then: Then | None = None
    ) -> list[list[str]]:
        """As `ServerLink.sequence`. Raises `TmuxGoneError` when nothing is attached."""
        if self._link is None:
            raise TmuxGoneError("tmux is not started", args=commands[0])
        try:
            return await self._link.sequence(*commands, timeout_s=timeout_s, then=then)
        except LinkBrokenError:  # it is up again
            raise
        except TmuxTimeoutError as error:
            self._timed_out(error)
            raise

    async def list_windows(self) -> list[WindowInfo]:
        """The terminals' windows in tmux's order; empty when there is no server, no session or no socket."""
        try:
            if self.running:
                lines = (await self.sequence(_LIST_WINDOWS))[0]
            else:
                lines = (await run_for(self._setup, *_LIST_WINDOWS)).splitlines()
        except TmuxGoneError:
            return []
        except TmuxError as error:
            if is_missing_target(error):
                return []
            raise
        windows = parse_windows(lines)
        if self.running:
            self.observer.listed(windows)
        return windows

    async def _reconnected(self) -> None:
        windows = await self.list_windows()
        self.observer.resync(windows)
        await self._link_hidden(windows)

    async def _link_hidden(self, windows: Sequence[WindowInfo]) -> None:
        """Links the windows into the hidden session that are not linked yet, so that they are heard of."""
        listing = ("list-windows", "-t", f"={CONTROL_SESSION}", "-F", "#{window_id}")
        linked = set((await self.sequence(listing))[0])
        for window in windows:
            if window.window_id not in linked:
                await self.sequence(link_command(window.window_id))

    def _noticed(self, event: ControlEvent) -> None:
        self.switch.notice(event)
        self.observer.notice(event)

    def _gone(self, pid: int, reason: str) -> None:
        self.observer.close()
        self._publish(ServerGone(pid, reason))

    async def _read_exit(self, window_id: str, pid: int) -> WindowInfo | None:
        return await read_exit(self._link, window_id, pid) if self._link else None

"""The terminal cockpit itself runs in: its modes, what is typed into it, what is written to it.

Differs from Textual's own driver in having no threads: keys are read and frames are written on the event loop, because
two thread hand-overs are most of the time between a key and its echo. What is typed goes to the pane first
(`PaneInput`); the rest becomes Textual events.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from textual import events
from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.geometry import Size
from textual.message import Message

from cockpit.app.keys.textual_keys import event_for
from cockpit.app.looks.painter import SYNC_END, SYNC_START
from cockpit.app.messages import ColorsFound
from cockpit.app.outer.key_echo import KeyEcho
from cockpit.app.outer.modes import entering, leaving
from cockpit.app.outer.output import TerminalOutput
from cockpit.terminal.input.decoder import InputDecoder, Other, Paste, Token
from cockpit.terminal.input.keys import KeyPress
from cockpit.terminal.outer import OUTER_COLORS, OUTER_TERMINAL

if TYPE_CHECKING:
    from textual.app import App

ESCAPE_TIMEOUT_S = 0.025
"""How long an escape may be the beginning of a longer sequence. Terminals send those in one piece."""
READ_BYTES = 65_536

_STRING_INTRODUCERS = (b"\x1b]", b"\x1bP", b"\x1b_", b"\x1b^")
"""OSC, DCS, APC and PM: answers of the terminal, which Textual's parser would take for typed keys."""


@runtime_checkable
class PaneInput(Protocol):
    """Implemented by the app: takes what is typed while the pane has the keyboard."""

    def take_typed(self, token: KeyPress | Paste) -> bool:
        """Uses the token, or answers False when it is for another widget."""
        ...

    def take_mouse(self, event: events.MouseEvent, give: Callable[[events.MouseEvent], None]) -> None:
        """Gives a mouse event in its turn among the keys."""
        ...


class CockpitDriver(Driver):
    """Reads and writes the terminal on the event loop."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self.output = TerminalOutput(self._loop)
        self.key_echo = KeyEcho()
        self._pane: PaneInput | None = app if isinstance(app, PaneInput) else None
        self._stdin = sys.__stdin__.fileno() if sys.__stdin__ else 0
        self._attributes: list[Any] | None = None
        self._decoder = InputDecoder()
        self._parser = XTermParser()
        self._escape_timer: asyncio.TimerHandle | None = None
        self._active = False
        self._update: list[str] = []
        """The pieces of a synchronized update that hasn't ended."""
        self._read_at = 0.0
        """When the last keys were read, in seconds of the loop's clock."""

    @property
    def can_suspend(self) -> bool:
        """SIGTSTP can put cockpit in the background."""
        return True

    def write(self, data: str) -> None:
        """Writes without blocking, in order; nothing while the terminal isn't ours: the pane hides its cursor late.

        A synchronized update, which Textual writes in three pieces, goes out as one: fewer packets over a network.
        """
        if not self._active:
            return
        if data == SYNC_START or self._update:
            self._update.append(data)
            if data != SYNC_END:
                return
            data = "".join(self._update)
            self._update.clear()
        self.output.write(data)

    def key_given(self) -> None:
        """A key that was read just now went to the shown program."""
        self.key_echo.typed(self._read_at)

    def frame_written(self) -> None:
        """The pane wrote a frame."""
        if self.key_echo.waiting:
            self.key_echo.painted(self._loop.time())

    def start_application_mode(self) -> None:
        """Takes the terminal over."""
        with contextlib.suppress(termios.error):
            self._attributes = termios.tcgetattr(self._stdin)
            termios.tcsetattr(self._stdin, termios.TCSANOW, _raw(termios.tcgetattr(self._stdin)))
        self._active = True
        loop = self._loop
        loop.add_signal_handler(signal.SIGWINCH, self._report_size)
        loop.add_signal_handler(signal.SIGTSTP, self._suspend)
        loop.add_signal_handler(signal.SIGCONT, self._resume)
        loop.add_reader(self._stdin, self._readable)
        self.output.start(entering(OUTER_TERMINAL))
        self._report_size()

    def disable_input(self) -> None:
        """Reads no more keys; what is still in the terminal's queue is dropped."""
        if not self._active:
            return
        self._active = False
        loop = self._loop
        for number in (signal.SIGWINCH, signal.SIGTSTP):
            loop.remove_signal_handler(number)
        loop.remove_reader(self._stdin)
        if self._escape_timer is not None:
            self._escape_timer.cancel()

    def stop_application_mode(self) -> None:
        """Gives the terminal back as it was."""
        self.disable_input()
        self.output.finish(leaving(OUTER_TERMINAL), self._stdin)
        with contextlib.suppress(termios.error):
            termios.tcflush(self._stdin, termios.TCIFLUSH)
            if self._attributes is not None:
                termios.tcsetattr(self._stdin, termios.TCSANOW, self._attributes)

    def close(self) -> None:
        """Forgets what is still to be written."""
        self.output.close()

    # Input

    def _readable(self) -> None:
        try:
            data = os.read(self._stdin, READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self._read_at = self._loop.time()
        if not data:
            # The terminal is gone (closed window, dropped connection): leave in order.
            self._loop.remove_reader(self._stdin)
            self._app.call_later(self._app.exit)
            return
        if self._escape_timer is not None:
            self._escape_timer.cancel()
            self._escape_timer = None
        self._dispatch(self._decoder.feed(data))
        if self._decoder.pending:
            self._escape_timer = self._loop.call_later(ESCAPE_TIMEOUT_S, self._escape_timeout)

    def _escape_timeout(self) -> None:
        self._escape_timer = None
        self._dispatch(self._decoder.flush())

    def _dispatch(self, tokens: list[Token]) -> None:
        for token in tokens:
            if isinstance(token, Other):
                if self.output.take_reply(token.raw) or OUTER_TERMINAL.read_margins_reply(token.raw):
                    continue
                if token.raw[:2] in _STRING_INTRODUCERS:
                    OUTER_COLORS.read_reply(token.raw)
                    if OUTER_TERMINAL.read_depth_reply(token.raw):
                        self._post(ColorsFound())
                    continue
                for message in self._parser.feed(token.raw.decode("utf-8", "replace")):
                    if isinstance(message, events.MouseEvent) and self._pane is not None:
                        self._pane.take_mouse(message, self.process_message)
                    else:
                        self.process_message(message)
            elif self._pane is None or not self._pane.take_typed(token):
                self._post(event_for(token))

    def send_message(self, message: Message) -> None:
        """Delivers an event to the app. We are on its loop already."""
        self._post(message)

    def _post(self, message: Message | None) -> None:
        if message is not None:
            message.set_sender(self._app)
            self._app.post_message(message)

    # Size and job control

    def _report_size(self) -> None:
        try:
            columns, rows = os.get_terminal_size(self.output.descriptor)
        except OSError:
            return
        size = Size(columns, rows)
        self._post(events.Resize(size, size))

    def _suspend(self) -> None:
        self.suspend_application_mode()
        os.kill(os.getpid(), signal.SIGSTOP)

    def _resume(self) -> None:
        if not self._active:
            self.resume_application_mode()
            self._post(self.SignalResume())
            self._app.refresh(layout=True)

    @contextlib.contextmanager
    def no_automatic_restart(self) -> Iterator[None]:
        """Used by `App.suspend`, which stops and starts us itself."""
        yield


def _raw(attributes: list[Any]) -> list[Any]:
    attributes[tty.LFLAG] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
    attributes[tty.IFLAG] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
    attributes[tty.IFLAG] &= ~(termios.ISTRIP | termios.BRKINT)
    attributes[tty.CC][termios.VMIN] = 1
    attributes[tty.CC][termios.VTIME] = 0
    return attributes

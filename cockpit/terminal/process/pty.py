"""One program on a PTY of its own: its bytes in and out, its size, its end. Knows nothing of escape
sequences.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import signal
import termios
from collections.abc import Callable, Mapping, Sequence

from cockpit.errors import TerminalError, TerminalGoneError
from cockpit.model import Size
from cockpit.terminal.process.exits import ProcessExit, watch_exit
from cockpit.terminal.process.groups import (
    foreground_group,
    living_members,
    signal_group,
    signal_session,
    wait_for_ends,
)
from cockpit.terminal.process.spawn import spawn_on_terminal
from cockpit.terminal.process.writer import PtyWriter

log = logging.getLogger(__name__)

READ_BOUND_BYTES = 65536
"""What one turn of the loop reads at most, so that a flood leaves room for keys and frames."""
LAST_OUTPUT_S = 0.1
"""How long an ended program's terminal may stay open (a background job holds it) before the end is
reported.
"""
LAST_ROUNDS = 16
"""How many more reads a terminal held open may ask for then: a background job could print for ever."""
CLOSE_STEPS = ((signal.SIGHUP, 0.3), (signal.SIGTERM, 0.7), (signal.SIGKILL, 2.0))
"""What a program is told when its terminal is closed, and how long it has to go, in seconds."""

_IUTF8 = 0x4000  # the same bit on Linux and macOS; the termios module lacks it
_IFLAG, _CC = 0, 6


class PtyProcess:
    """A running program and the master side of its terminal. Build it with `spawn`; the loop that ran then
    owns it.

    `on_output` gets every byte in order. `on_exit` comes exactly once, after the last output, also when
    `close` ended the program; by then every descriptor is closed and the program reaped.
    """

    def __init__(
        self,
        pid: int,
        master_fd: int,
        loop: asyncio.AbstractEventLoop,
        on_output: Callable[[bytes], None],
        on_exit: Callable[[ProcessExit], None],
    ) -> None:
        self.pid = pid
        self._master_fd = master_fd
        self._on_output = on_output
        self._on_exit = on_exit
        self._loop = loop
        self._writer = PtyWriter(self._loop, master_fd)
        self._reading = True
        self._at_end_of_output = False
        self._exit: ProcessExit | None = None
        self._finished: asyncio.Future[ProcessExit] = self._loop.create_future()
        self._last_output_timer: asyncio.TimerHandle | None = None
        self._close_task: asyncio.Task[ProcessExit] | None = None
        self._loop.add_reader(master_fd, self._read)
        watch_exit(loop, pid, self._ended)

    @classmethod
    def spawn(
        cls,
        argv: Sequence[str],
        *,
        cwd: str,
        environment: Mapping[str, str],
        size: Size,
        on_output: Callable[[bytes], None],
        on_exit: Callable[[ProcessExit], None],
    ) -> PtyProcess:
        """Starts `argv` in `cwd` with exactly `environment`, on a new terminal of `size`. Needs the running
        loop.

        Raises:
            TerminalError: there is no terminal to be had, or the program can't be run there. Nothing is
                left behind.
        """
        loop = asyncio.get_running_loop()
        try:
            master_fd, slave_fd = os.openpty()
        except OSError as error:
            raise TerminalError(
                f"no terminal for {argv[0] if argv else 'it'}: {error.strerror}. Close some and try again."
            ) from error
        try:
            os.set_blocking(master_fd, False)
            _prepare_terminal(slave_fd, size)
            pid = spawn_on_terminal(argv, cwd=cwd, environment=environment, slave_fd=slave_fd)
        except BaseException:  # interrupted too: nobody else knows the descriptor
            os.close(master_fd)
            raise
        finally:
            os.close(slave_fd)
        return cls(pid, master_fd, loop, on_output, on_exit)

    @property
    def exit(self) -> ProcessExit | None:
        """How the program ended, or None while it runs or its last output is still being read."""
        return self._finished.result() if self._finished.done() else None

    @property
    def pending_bytes(self) -> int:
        """Bytes taken by `write` which the program's terminal has not taken yet."""
        return self._writer.pending_bytes

    def write(self, data: bytes) -> None:
        """Sends `data` to the program, in order, without waiting: what its terminal can't take now is queued.

        Raises:
            TerminalGoneError: the program has ended or its terminal is closed; nothing of `data` was sent.
        """
        if self._master_fd < 0 or self._exit is not None:
            raise TerminalGoneError("the terminal's program has ended; nothing was sent")
        self._writer.write(data)

    async def drain(self) -> None:
        """Returns when all that was written has been taken by the terminal, or the program is gone."""
        await self._writer.drain()

    def resize(self, size: Size) -> None:
        """Tells the kernel the new size, which tells the program (SIGWINCH). Nothing happens once it has
        ended.
        """
        if self._master_fd >= 0:
            with contextlib.suppress(OSError):  # macOS refuses when the other side is gone
                termios.tcsetwinsize(self._master_fd, _winsize(size))

    def pause_reading(self) -> None:
        """Leaves output in the kernel, which stops a program that floods. Its end is reported after
        `resume_reading`.
        """
        if self._reading and self._master_fd >= 0:
            self._reading = False
            self._loop.remove_reader(self._master_fd)

    def resume_reading(self) -> None:
        """Takes output again."""
        if not self._reading and self._master_fd >= 0:
            self._reading = True
            if not self._at_end_of_output:
                self._loop.add_reader(self._master_fd, self._read)
            if self._exit is not None:
                self._expect_last_output()

    async def close(self) -> ProcessExit:
        """Ends the program: hangup, then termination, then a kill, each with its time (`CLOSE_STEPS`).

        Returns how it ended, at once when it had already. May be called again and from several tasks. A
        process the kernel doesn't let go even after the kill is given up with both fields None, and reaped
        whenever it ends.
        """
        if self._close_task is None:
            self._close_task = self._loop.create_task(self._end_program(), name=f"close pty of {self.pid}")
        return await asyncio.shield(self._close_task)

    # reading

    def _read(self) -> bool:
        """Passes on what there is, up to the bound; tells whether there was anything."""
        chunks: list[bytes] = []
        size = 0
        try:
            while size < READ_BOUND_BYTES:
                chunk = os.read(self._master_fd, READ_BOUND_BYTES - size)
                if not chunk:
                    self._at_end_of_output = True
                    break
                chunks.append(chunk)
                size += len(chunk)
        except (BlockingIOError, InterruptedError):
            pass
        except OSError as error:
            if error.errno != errno.EIO:  # EIO is how Linux says that nobody has the terminal open any more
                log.warning("reading the terminal of process %d failed: %s", self.pid, error)
            self._at_end_of_output = True
        if chunks:
            self._on_output(chunks[0] if len(chunks) == 1 else b"".join(chunks))
        if self._at_end_of_output and self._master_fd >= 0:
            self._loop.remove_reader(self._master_fd)
            if self._exit is not None:
                self._finish()
        return bool(chunks)

    # the end

    def _ended(self, ended: ProcessExit) -> None:
        self._exit = ended
        self._writer.close()
        if self._at_end_of_output or self._master_fd < 0:
            self._finish()
        elif self._reading:
            self._expect_last_output()

    def _expect_last_output(self) -> None:
        """The rest comes with the hangup; a background job that holds the terminal open must not delay the
        news.
        """
        self._last_output_timer = self._loop.call_later(LAST_OUTPUT_S, self._take_last_output, LAST_ROUNDS)

    def _take_last_output(self, rounds: int) -> None:
        if self._read() and not self._finished.done() and rounds:  # a slow loop: more may wait
            self._last_output_timer = self._loop.call_later(0, self._take_last_output, rounds - 1)
        else:
            self._finish()

    def _finish(self) -> None:
        if self._last_output_timer is not None:
            self._last_output_timer.cancel()
        self._close_master()
        if not self._finished.done():
            ended = self._exit or ProcessExit(None, None)
            self._finished.set_result(ended)
            self._on_exit(ended)

    def _close_master(self) -> None:
        if self._master_fd >= 0:
            self._writer.close()
            self._loop.remove_reader(self._master_fd)
            os.close(self._master_fd)
            self._master_fd = -1

    async def _end_program(self) -> ProcessExit:
        if self._finished.done():
            return self._finished.result()
        self.resume_reading()
        groups = {self.pid}
        for number, seconds in CLOSE_STEPS:
            if self._master_fd >= 0 and (group := foreground_group(self._master_fd)):
                groups.add(group)
            if number != signal.SIGHUP:
                self._close_master()  # the kernel hangs up as well: reads fail, and programs of other users hear it
            for group in groups:
                signal_group(group, number)
            if number == signal.SIGKILL:
                signal_session(self.pid, number)
            deadline = self._loop.time() + seconds
            await asyncio.wait([self._finished], timeout=seconds)
            await wait_for_ends(living_members(groups), max(0.0, deadline - self._loop.time()))
            if self._finished.done() and not living_members(groups):
                break
        self._finish()
        return self._finished.result()


def _prepare_terminal(slave_fd: int, size: Size) -> None:
    """The kernel's defaults, with UTF-8 aware line editing and DEL as the erase key every terminal of today
    sends.
    """
    attributes = termios.tcgetattr(slave_fd)
    attributes[_IFLAG] |= _IUTF8
    attributes[_CC][termios.VERASE] = b"\x7f"
    termios.tcsetattr(slave_fd, termios.TCSANOW, attributes)
    termios.tcsetwinsize(slave_fd, _winsize(size))


def _winsize(size: Size) -> tuple[int, int]:
    return (min(max(size.rows, 1), 65535), min(max(size.columns, 1), 65535))


__all__ = ["ProcessExit", "PtyProcess"]

"""A program on a PTY held by the test: what it is typed arrives unaltered, all it prints is seen."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Self

from tests.harness.replies import QueryResponder

READ_BYTES = 1 << 16
_STEP_DEADLINE_S = 2.0


class ProgramEndedError(AssertionError):
    """The program ended while something was awaited from it."""


class PtyProgram:
    """One program on a PTY of `columns` × `rows`, with a terminal's answers to its queries.

    A context manager. `on_output`, when set, gets every chunk as it was read.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        environment: Mapping[str, str],
        columns: int = 100,
        rows: int = 30,
        cwd: str = "/",
        kitty_keyboard: bool = True,
    ) -> None:
        self.columns, self.rows = columns, rows
        self.on_output: Callable[[bytes], None] | None = None
        self._responder = QueryResponder(columns, rows, kitty_keyboard=kitty_keyboard)
        self._argv = list(argv)
        self._environment = {"TERM": "xterm-256color", "COLORTERM": "truecolor", **environment}
        self._cwd = cwd
        self.fd = -1
        self._to_type = bytearray()
        self._typing = False

    def __enter__(self) -> Self:
        self.fd, slave = pty.openpty()
        try:
            self._set_size()
            self._child = subprocess.Popen(
                self._argv,
                stdin=slave,
                stdout=slave,
                stderr=slave,
                cwd=self._cwd,
                env=self._environment,
                start_new_session=True,
                preexec_fn=_take_terminal,
            )
        except BaseException:
            os.close(self.fd)
            raise
        finally:
            os.close(slave)
        os.set_blocking(self.fd, False)
        self._poll = select.poll()
        self._poll.register(self.fd, select.POLLIN)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The program's process id, which is its session's and process group's too."""
        return self._child.pid

    def type(self, data: bytes) -> None:
        """Types bytes, reading what the program prints meanwhile so that neither side blocks.

        What the terminal answers meanwhile follows them: a terminal doesn't answer in the middle of a paste.
        """
        self._to_type += data
        if self._typing:
            return
        self._typing = True
        try:
            while self._to_type:
                try:
                    del self._to_type[: os.write(self.fd, self._to_type[:4096])]
                except BlockingIOError:
                    self.read(0.005)
        finally:
            self._typing = False

    def read(self, timeout_s: float) -> bytes:
        """The next chunk of output, or nothing when none came within `timeout_s`.

        Raises:
            ProgramEndedError: the program has ended and everything was read.
        """
        if not self._poll.poll(max(0.0, timeout_s) * 1000):
            return b""
        try:
            chunk = os.read(self.fd, READ_BYTES)
        except BlockingIOError:
            return b""
        except OSError:
            chunk = b""
        if not chunk:
            raise ProgramEndedError(f"{self._argv[0]} ended")
        if b"\x1b" in chunk and (reply := self._responder.feed(chunk)):
            self.type(reply)
        if self.on_output:
            self.on_output(chunk)
        return chunk

    def read_until(self, done: Callable[[bytes], object], what: str, deadline_s: float = 20.0) -> bytes:
        """Everything printed from now until `done(everything)` is true.

        Raises:
            AssertionError: that didn't happen before the deadline; shows the end of what was printed.
        """
        end = time.monotonic() + deadline_s
        received = bytearray()
        while not done(bytes(received)):
            remaining = end - time.monotonic()
            assert remaining > 0, (
                f"waited {deadline_s} s for {what}; printed last: {bytes(received[-600:])!r}"
            )
            received += self.read(remaining)
        return bytes(received)

    def read_until_quiet(self, quiet_s: float, deadline_s: float = 10.0) -> bytes:
        """Everything printed until nothing came for `quiet_s` (or the deadline passed)."""
        end = time.monotonic() + deadline_s
        received = bytearray()
        while time.monotonic() < end:
            chunk = self.read(quiet_s)
            if not chunk:
                break
            received += chunk
        return bytes(received)

    def resize(self, columns: int, rows: int) -> None:
        """Gives the PTY a new size and tells the program so."""
        self.columns, self.rows = columns, rows
        self._set_size()
        if report := self._responder.resized(columns, rows):
            self.type(report)

    def close(self) -> int:
        """Ends the program, in steps, and returns its exit code (negative: the signal). Idempotent."""
        if self.fd >= 0:
            for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGKILL):
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.pid, number)
                if self._ended_within(_STEP_DEADLINE_S):
                    break
            os.close(self.fd)
            self.fd = -1
        return self._child.wait()

    def _ended_within(self, seconds: float) -> bool:
        """Reads on meanwhile: a program that can't print its farewell can't end."""
        pidfd = os.pidfd_open(self.pid)
        end = time.monotonic() + seconds
        try:
            while (remaining := end - time.monotonic()) > 0:
                readable = select.select([pidfd, self.fd], [], [], remaining)[0]
                if pidfd in readable:
                    return True
                with contextlib.suppress(ProgramEndedError, OSError):
                    if self.read(0):
                        continue
                return bool(select.select([pidfd], [], [], remaining)[0])
            return False
        finally:
            os.close(pidfd)

    def _set_size(self) -> None:
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", self.rows, self.columns, 0, 0))


def _take_terminal() -> None:
    """In the child: makes the PTY on stdin the controlling terminal."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)

"""Hears what a program in the pane was typed: a FIFO the program writes to, read beside the program's own output."""

from __future__ import annotations

import os
import select
import time
from pathlib import Path
from typing import Self

from tests.harness.pty_program import PtyProgram


class Listener:
    """The reading end of a FIFO at `path`. A context manager."""

    def __init__(self, path: Path, program: PtyProgram) -> None:
        self.path = path
        self._program = program
        os.mkfifo(path, 0o600)
        self._fd = -1

    def __enter__(self) -> Self:
        self._fd = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._fd)
        self.path.unlink()

    def hear(self, quiet_s: float) -> bytes:
        """What the program was typed until nothing more arrived for `quiet_s`."""
        heard = bytearray()
        end = time.monotonic() + quiet_s
        while (remaining := end - time.monotonic()) > 0:
            if chunk := self._next(remaining):
                heard += chunk
                end = time.monotonic() + quiet_s
        return bytes(heard)

    def hear_until(self, expected: bytes, deadline_s: float) -> bytes:
        """What the program was typed until that is `expected`, or as long, or the deadline passed."""
        heard = bytearray()
        end = time.monotonic() + deadline_s
        while len(heard) < len(expected) and (remaining := end - time.monotonic()) > 0:
            heard += self._next(remaining)
        return bytes(heard)

    def _next(self, timeout_s: float) -> bytes:
        readable = select.select([self._fd, self._program.fd], [], [], timeout_s)[0]
        if self._program.fd in readable:
            self._program.read(0)
        return os.read(self._fd, 1 << 16) if self._fd in readable else b""

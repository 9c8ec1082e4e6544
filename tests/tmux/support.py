"""What tmux tests share: a record of events that can be awaited, and programs that say what they got."""

from __future__ import annotations

import asyncio
import os
import pty
import signal
import struct
import termios
from collections.abc import Callable, Mapping, Sequence
from fcntl import ioctl
from pathlib import Path
from typing import TypeVar

from cockpit.tmux.events import TmuxEvent
from cockpit.tmux.windows.creation import Program

DEADLINE_S = 10.0
E = TypeVar("E", bound=TmuxEvent)


class Recorder:
    """A listener that keeps every event and lets a test await one."""

    def __init__(self) -> None:
        self.events: list[TmuxEvent] = []
        self._changed = asyncio.Event()

    def __call__(self, event: TmuxEvent) -> None:
        self.events.append(event)
        self._changed.set()

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    async def wait_for(
        self, kind: type[E], matches: Callable[[E], bool] = lambda _: True, deadline_s: float = DEADLINE_S
    ) -> E:
        async with asyncio.timeout(deadline_s):
            while True:
                found = [event for event in self.of(kind) if matches(event)]
                if found:
                    return found[0]
                self._changed.clear()
                await self._changed.wait()

    async def wait_count(self, kind: type[E], count: int, deadline_s: float = DEADLINE_S) -> list[E]:
        async with asyncio.timeout(deadline_s):
            while len(self.of(kind)) < count:
                self._changed.clear()
                await self._changed.wait()
        return self.of(kind)


def sh(script: str, cwd: str | Path = "/tmp", environment: Mapping[str, str] | None = None) -> Program:
    """A program that is a shell script."""
    return Program(str(cwd), ("/bin/sh", "-c", script), environment or {})


class DisplayProcess:
    """The display client in a PTY that is read all the time, as the backend does it."""

    def __init__(self, argv: Sequence[str], environment: Mapping[str, str]) -> None:
        self._master, slave = pty.openpty()
        ioctl(self._master, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
        os.set_blocking(self._master, False)
        self.screen = bytearray()
        self._changed = asyncio.Event()
        self.ended = asyncio.Event()
        self.pid = os.posix_spawn(
            argv[0],
            list(argv),
            dict(environment),
            file_actions=[(os.POSIX_SPAWN_DUP2, slave, fd) for fd in (0, 1, 2)],
            setsid=True,
        )
        self.tty = os.ttyname(slave)
        os.close(slave)
        asyncio.get_running_loop().add_reader(self._master, self._readable)

    def _readable(self) -> None:
        try:
            data = os.read(self._master, 65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._master)
            self.ended.set()
        self.screen += data
        self._changed.set()

    async def wait_for(self, text: bytes) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while text not in self.screen:
                self._changed.clear()
                await self._changed.wait()

    def type(self, data: bytes) -> None:
        os.write(self._master, data)

    def close(self) -> None:
        if self._master >= 0:
            asyncio.get_running_loop().remove_reader(self._master)
            os.close(self._master)
            self._master = -1
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)

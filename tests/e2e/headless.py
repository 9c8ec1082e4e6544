"""The workspace without a screen, on real backends, and answers from the shells in it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shlex
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from cockpit.model import Size
from cockpit.workspace.workspace import Workspace
from tests.harness.cockpit_home import CockpitHome

DEADLINE_S = 15.0


@contextlib.asynccontextmanager
async def opened(home: CockpitHome) -> AsyncIterator[Workspace]:
    """A started workspace whose pane is 80 × 24."""
    workspace = Workspace.open(home.paths, environment=home.environment)
    try:
        workspace.set_pane_size(Size(80, 24))
        await workspace.start(str(home.home))
        await workspace.settle()
        yield workspace
    finally:
        await workspace.close()


async def answer(workspace: Workspace, home: CockpitHome, expression: str) -> bytes:
    """What the focused shell makes of `expression`, as a double-quoted word."""
    fifo = home.directory / "answer"
    os.mkfifo(fifo, 0o600)
    reading = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    try:
        await workspace.run(
            "terminal.send", data=f'printf %s "{expression}" > {shlex.quote(str(fifo))}\r'.encode()
        )
        return await _read_to_end(reading)
    finally:
        os.close(reading)
        fifo.unlink()


async def happened(workspace: Workspace, condition: Callable[[], bool], what: str) -> None:
    """Returns when `condition` holds, looked at again after each of the workspace's events."""
    changed = asyncio.Event()
    stop = workspace.events.subscribe(lambda _event: changed.set())
    try:
        async with asyncio.timeout(DEADLINE_S):
            while not condition():
                changed.clear()
                await changed.wait()
    except TimeoutError:
        raise AssertionError(f"waited {DEADLINE_S} s for {what}") from None
    finally:
        stop()


def files_below(directory: Path) -> set[str]:
    """The names of all files below a directory, without the ones a shell or a lock may leave."""
    return {str(path.relative_to(directory)) for path in directory.rglob("*")}


async def _read_to_end(descriptor: int) -> bytes:
    loop = asyncio.get_running_loop()
    received = bytearray()
    ended = loop.create_future()

    def readable() -> None:
        with contextlib.suppress(BlockingIOError):
            chunk = os.read(descriptor, 65536)
            received.extend(chunk)
            if not chunk and received and not ended.done():
                ended.set_result(None)

    loop.add_reader(descriptor, readable)
    try:
        async with asyncio.timeout(DEADLINE_S):
            await ended
    finally:
        loop.remove_reader(descriptor)
    return bytes(received)

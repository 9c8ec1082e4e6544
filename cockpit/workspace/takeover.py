"""How a cockpit lets the next one have its profile: what is asked over the owner's socket, from both sides.

One question to a connection: a JSON object on one line, answered by one. After `leave` the owner keeps the connection
until it has let go of the profile, so that its end, however it comes, says that the profile is free.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import select
import signal
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cockpit.errors import StoreError
from cockpit.text import clean_text
from cockpit.workspace.occupant import Occupant

log = logging.getLogger(__name__)

ANSWER_DEADLINE_S = 3.0
"""How long a cockpit that is well may take to answer; its screen never stops that long."""
LEAVE_DEADLINE_S = 20.0
"""How long it may take to end its programs and leave."""
KILL_DEADLINE_S = 5.0
LINE_BYTES = 65_536
MAX_NAMED = 100


class NotAnsweringError(StoreError):
    """The owner can't be asked: it hangs, is stopped, or is older than this question."""


# The owner.


class Handover:
    """Answers the next cockpit. `ends` names the programs that end with this one; `leave` is told once, who asks."""

    def __init__(self, ends: Callable[[], Sequence[str]], leave: Callable[[Occupant], None]) -> None:
        self._ends = ends
        self._leave = leave
        self._server: asyncio.Server | None = None
        self._waiting: list[asyncio.StreamWriter] = []
        self.successor: Occupant | None = None
        """Who takes over, once that was asked."""

    async def start(self, listener: socket.socket) -> None:
        """Begins to answer."""
        self._server = await asyncio.start_unix_server(self._answer, sock=listener, limit=LINE_BYTES)

    def stop(self) -> None:
        """Answers nobody any more; whoever waits goes on waiting."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def let_go(self) -> None:
        """The profile is free: whoever waits for that goes on."""
        for writer in self._waiting:
            writer.close()
        self._waiting.clear()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        kept = False
        try:
            async with asyncio.timeout(ANSWER_DEADLINE_S):
                question = _parsed(await reader.readline())
            successor = Occupant.decoded(question.get("leave"))
            ends = [clean_text(name, 120) for name in self._ends()]
            answer = {"ends": ends[:MAX_NAMED], "more": max(0, len(ends) - MAX_NAMED)}
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
            if successor is not None:
                kept = True
                self._waiting.append(writer)
                if self.successor is None:
                    self.successor = successor
                    self._leave(successor)
        except (OSError, ValueError, TimeoutError) as error:
            log.info("a question to leave was not understood: %s", error)
        finally:
            if not kept:
                writer.close()


# The next one.


@dataclass(frozen=True, slots=True)
class Answer:
    """What an owner says before it leaves."""

    ends: tuple[str, ...]
    """The programs that end with it; clean."""
    more: int
    """How many it doesn't name."""


def ask(path: Path) -> Answer:
    """What would end if the owner left. Blocks, at most `ANSWER_DEADLINE_S`.

    Raises:
        NotAnsweringError: it doesn't say.
    """
    with _asked(path, {}) as (_, answer):
        return answer


def ask_to_leave(path: Path, successor: Occupant) -> None:
    """Has the owner leave and returns when the profile is free. Blocks, at most `LEAVE_DEADLINE_S`.

    Raises:
        NotAnsweringError: it doesn't leave.
    """
    with _asked(path, {"leave": successor.encoded()}) as (connection, _):
        connection.settimeout(LEAVE_DEADLINE_S)
        try:
            while connection.recv(LINE_BYTES):
                pass
        except TimeoutError:
            raise NotAnsweringError(
                f"it said it would leave, and did not within {LEAVE_DEADLINE_S:.0f} s"
            ) from None
        except OSError:
            return  # it ended hard; its lock is free


def kill(holder: Occupant) -> bool:
    """Ends a cockpit that hangs with SIGKILL and waits for its end; False when that very process is gone already.

    Raises:
        NotAnsweringError: it can't be ended.
    """
    try:
        handle = os.pidfd_open(holder.pid)
    except ProcessLookupError:
        return False
    except (OSError, AttributeError):
        handle = -1  # no such handles here: the mark is looked at right before
    try:
        if not holder.lives:
            return False
        if handle >= 0:
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            if not select.select([handle], [], [], KILL_DEADLINE_S)[0]:
                raise NotAnsweringError(f"pid {holder.pid} did not end on SIGKILL")
        else:
            os.kill(holder.pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    except PermissionError as error:
        raise NotAnsweringError(f"pid {holder.pid} can't be ended: {error.strerror}") from error
    finally:
        if handle >= 0:
            os.close(handle)
    return True


@contextlib.contextmanager
def _asked(path: Path, question: dict[str, object]) -> Iterator[tuple[socket.socket, Answer]]:
    """Asks, and keeps the connection while the caller looks at the answer."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(ANSWER_DEADLINE_S)
        try:
            connection.connect(os.fspath(path))
            connection.sendall(json.dumps(question).encode() + b"\n")
            answer = _parsed(_line(connection))
        except TimeoutError:
            raise NotAnsweringError(f"no answer within {ANSWER_DEADLINE_S:.0f} s") from None
        except (OSError, ValueError) as error:
            raise NotAnsweringError(f"it can't be asked: {error}") from error
        named = answer.get("ends")
        ends = (
            [clean_text(name, 120) for name in named if isinstance(name, str)]
            if isinstance(named, list)
            else []
        )
        more = answer.get("more")
        yield connection, Answer(tuple(ends[:MAX_NAMED]), more if isinstance(more, int) else 0)


def _line(connection: socket.socket) -> bytes:
    """One line, within the deadline as a whole."""
    end = time.monotonic() + ANSWER_DEADLINE_S
    data = b""
    while b"\n" not in data and len(data) < LINE_BYTES:
        connection.settimeout(max(0.001, end - time.monotonic()))
        part = connection.recv(4096)
        if not part:
            raise ValueError("the connection ended")
        data += part
    return data.partition(b"\n")[0]


def _parsed(line: bytes) -> dict[str, object]:
    data = json.loads(line)
    if not isinstance(data, dict):
        raise ValueError("it is no JSON object")
    return data

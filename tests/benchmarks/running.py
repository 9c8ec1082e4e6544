"""A subject at work: typed into and timed by chunks of output, with a screen that is only fed between timings."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.harness.cockpit_home import CockpitHome
from tests.harness.pty_program import PtyProgram
from tests.harness.screen import Screen

_ESCAPES = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|P[^\x1b]*\x1b\\|[()][0-9A-B]|[=>78M])"
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Output as it was read; `at` is in seconds of `time.perf_counter`."""

    at: float
    data: bytes


def printed(data: bytes) -> bytes:
    """`data` without its control sequences: what it puts on the screen."""
    return _ESCAPES.sub(b"", data)


class Running:
    """A started subject. Everything read goes to the screen, but outside the timed paths."""

    def __init__(self, program: PtyProgram, home: CockpitHome) -> None:
        self.program = program
        self.home = home
        self.screen = Screen(program.columns, program.rows)
        self.taken = 0
        """Bytes shown so far."""
        self._numbers = itertools.count(1000)

    def chunks(self, done: Callable[[bytes], object], deadline_s: float = 30.0) -> list[Chunk]:
        """Chunks of output until `done` is true of everything printed since the call; not shown yet."""
        found: list[Chunk] = []
        received = bytearray()
        end = time.perf_counter() + deadline_s
        while True:
            data = self.program.read(end - time.perf_counter())
            now = time.perf_counter()
            if data:
                found.append(Chunk(now, data))
                received += data
                if done(bytes(received)):
                    return found
            if now > end:
                raise AssertionError(f"nothing fit came in {deadline_s} s; the screen:\n{self._shown(found)}")

    def chunks_until_quiet(self, quiet_s: float, deadline_s: float = 5.0) -> list[Chunk]:
        """Chunks of output until none came for `quiet_s`; not shown yet."""
        found: list[Chunk] = []
        end = time.perf_counter() + deadline_s
        while time.perf_counter() < end and (data := self.program.read(quiet_s)):
            found.append(Chunk(time.perf_counter(), data))
        return found

    def show(self, chunks: list[Chunk]) -> None:
        """Feeds what was timed to the screen."""
        for chunk in chunks:
            self._feed(chunk.data)

    def settle(self, quiet_s: float = 0.05) -> int:
        """Shows everything until it is quiet; the number of bytes that came."""
        late = self.chunks_until_quiet(quiet_s)
        self.show(late)
        return sum(len(chunk.data) for chunk in late)

    def wait_screen(self, predicate: Callable[[str], bool], what: str, deadline_s: float = 30.0) -> None:
        """Reads and shows until the screen's text fulfils `predicate`."""
        end = time.perf_counter() + deadline_s
        while not predicate(self.screen.text):
            if time.perf_counter() > end:
                raise AssertionError(f"waited {deadline_s} s for {what}; the screen:\n{self.screen.text}")
            self._feed(self.program.read(0.5))

    def _feed(self, data: bytes) -> None:
        self.taken += len(data)
        self.screen.feed(data)

    def barrier(self) -> None:
        """Returns when the shell in the terminal has carried out everything typed so far; clears the screen."""
        number = next(self._numbers)
        self.program.type(b"printf 'r%%sN' %d\r" % number)
        self.wait_screen(lambda text: f"r{number}N" in text, f"the shell to answer {number}")
        self.program.type(b"clear\r")
        self.wait_screen(lambda text: f"r{number}N" not in text, "a clear screen")
        self.settle()

    def _shown(self, chunks: list[Chunk]) -> str:
        self.show(chunks)
        return self.screen.text

"""Lines that scroll are shifted where they stand, and never wrong, whatever lay over them a moment ago."""

from __future__ import annotations

import contextlib
import os
import random
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.benchmarks.programs import stepper
from tests.harness.cockpit_app import ROOT
from tests.harness.cockpit_home import CockpitHome
from tests.harness.pty_program import PtyProgram
from tests.harness.screen import Screen

DEADLINE_S = 20.0
COLUMNS, ROWS = 130, 30
LEADER, ESCAPE = b"\x02", b"\x1b[27u"
BRIEF = [LEADER + b"?", LEADER, LEADER + b":", LEADER + b"S", LEADER + b","]
"""What opens something over the pane; escape closes it."""
LASTING = [LEADER + b"s", LEADER + b"z"]
"""What moves the pane until it is typed again."""


class Steps:
    """cockpit with a program that prints one more line for every key."""

    def __init__(self, program: PtyProgram, screen: Screen, steering: int, taken: Callable[[], int]) -> None:
        self.program = program
        self._screen = screen
        self._steering = steering
        self._number = stepper.FIRST
        self.taken = taken
        """Bytes that cockpit has written so far."""

    def step(self, count: int) -> None:
        """Has so many lines printed."""
        self._number += count
        self.program.type(b"x" * count)

    def has_toast(self, text: str) -> None:
        """Lets a toast lie over the pane."""
        os.write(self._steering, f"notice {text}\n".encode())

    def wait_right(self, what: str) -> None:
        """Returns when the pane shows nothing but the newest lines, in the right places."""
        wanted = [stepper.line(self._number - above)[:60] for above in range(10)]

        def right(_: object = None) -> bool:
            lines = self._screen.text.split("\n")
            last = next((y for y, line in enumerate(lines) if wanted[0] in line), -1)
            return last > 20 and all(line in lines[last - above] for above, line in enumerate(wanted))

        try:
            if not right():
                self.program.read_until(right, what, DEADLINE_S)
        except AssertionError:
            pytest.fail(
                f"{what}: the pane doesn't show {wanted[0]!r} and what is above:\n{self._screen.text}"
            )


@contextlib.contextmanager
def steps() -> Iterator[Steps]:
    with CockpitHome("pty", settings={"general": {"show_tmux_hint": False}}) as home:
        fifo = home.directory / "steering"
        os.mkfifo(fifo, 0o600)
        argv = [sys.executable, "-m", "tests.e2e.steered", str(fifo)]
        environment = {**home.environment, "PYTHONPATH": str(ROOT)}
        screen = Screen(COLUMNS, ROWS)
        program = PtyProgram(argv, environment=environment, columns=COLUMNS, rows=ROWS, cwd=str(home.home))
        with program, contextlib.ExitStack() as stack:
            taken = [0]

            def take(chunk: bytes) -> None:
                taken[0] += len(chunk)
                screen.feed(chunk)

            program.on_output = take
            program.type(f"exec {sys.executable} {stepper.__file__}\n".encode())
            last = stepper.line(stepper.FIRST)[:60]
            program.read_until(lambda _: last in screen.text, "the lines", DEADLINE_S)
            steering = os.open(fifo, os.O_WRONLY)
            stack.callback(os.close, steering)
            yield Steps(program, screen, steering, lambda: taken[0])


def test_lines_stay_right_while_things_come_and_go() -> None:
    chance = random.Random(7)
    with steps() as running:
        running.wait_right("at first")
        for number in range(24):
            over = chance.choice([*BRIEF, *LASTING])
            running.program.type(over)
            if chance.random() < 0.5:
                running.has_toast(f"toast {number}")
            if over in BRIEF:
                running.program.type(ESCAPE)
            running.step(chance.randrange(1, 6))
            running.wait_right(f"round {number}, after {over!r}")
            running.step(1)
            running.wait_right(f"round {number}, one more")


def test_one_more_line_costs_little_more_than_itself() -> None:
    with steps() as running:
        running.step(3)
        running.wait_right("at first")
        sizes = []
        for number in range(10):
            before = running.taken()
            running.step(1)
            running.wait_right(f"line {number}")
            sizes.append(running.taken() - before)
        assert sorted(sizes)[5] < 400, sizes

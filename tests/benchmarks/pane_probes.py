"""Measurements of the pane itself: history, search, wheel, scrolled lines, a slow line. None of them judges."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.benchmarks.effort import Effort, Figures
from tests.benchmarks.programs import history, stepper
from tests.benchmarks.running import Running
from tests.benchmarks.statistics import Figure, milliseconds
from tests.benchmarks.subjects import Subject
from tests.e2e import restless
from tests.harness.slow_link import SlowLink

_WHEEL_UP = b"\x1b[<64;100;20M"
_WHEEL_BURST = 5
_QUIET_S = 0.06
_LINE_BYTES_PER_S, _DELAY_S, _SSHD_BYTES = 30_000, 0.1, 1 << 18
_LETTERS = "wyzjkovei"


def history_and_search(subject: Subject, effort: Effort) -> Figures:
    """A screenful above the live one, and a text near the top found, in 50,000 coloured lines; then wheel frames."""
    keys = subject.keys
    if not keys.leave_history:
        return {}
    opened, found, wheels = [], [], []
    for _ in range(effort.histories):
        with subject.started() as running:
            _print_history(running)
            opened.append(_until(running, _WHEEL_UP * _WHEEL_BURST, _line_is_gone))
            wheels += [_wheel(running) for _ in range(effort.wheels)]
            running.program.type(keys.leave_history)
            running.wait_screen(lambda text: history.line(history.LINES) in text, "the live screen")
            running.settle(0.2)
            running.program.type(keys.search)
            running.settle(0.3)
            start = time.perf_counter()
            running.program.type(history.NEEDLE.encode() + keys.search_enter)
            running.wait_screen(_needle_is_shown, "the needle")
            found.append(time.perf_counter() - start)
    return {
        "history open, 50,000 coloured lines": milliseconds(opened),
        "search there, typed to shown": milliseconds(found),
        "wheel step to frame": milliseconds(wheels),
    }


def scrolled_line(subject: Subject, effort: Effort) -> Figures:
    """Bytes on the wire when the program prints one more line at the bottom of a full screen."""
    sizes = []
    with subject.started() as running:
        running.program.type(_python(stepper.__file__))
        running.wait_screen(lambda text: stepper.line(stepper.FIRST) in text, "a full screen")
        running.settle(0.3)
        for number in range(stepper.FIRST + 1, stepper.FIRST + 1 + effort.steps):
            running.program.type(b"x")
            before = running.taken
            running.wait_screen(partial(_contains, stepper.line(number)), f"line {number}")
            running.settle(_QUIET_S)
            sizes.append(running.taken - before)
    return {"bytes per scrolled line": Figure(tuple(float(size) for size in sizes), "B")}


def slow_link(subject: Subject, effort: Effort) -> Figures:
    """Key to echo while the pane floods, over 30 kB/s and 100 ms each way behind a queue as sshd has one."""
    echoes = []
    with subject.started() as running:
        running.settle(0.2)
        link = SlowLink(
            running.program, bytes_per_s=_LINE_BYTES_PER_S, delay_s=_DELAY_S, hidden_bytes=_SSHD_BYTES
        )
        link.type(_python(restless.__file__, str(running.home.directory / "typed")))
        link.wait_screen(lambda text: "typed <>" in text, "the flood", deadline_s=60)
        typed = ""
        for letter in _LETTERS[: effort.slow_keys]:
            typed += letter
            shown = f"typed <{typed}>"
            start = time.perf_counter()
            link.type(letter.encode())
            link.wait_screen(partial(_contains, shown), f"the echo of {typed}", deadline_s=60)
            echoes.append(time.perf_counter() - start)
    return {"key to echo, flood over 30 kB/s + 2 × 100 ms": milliseconds(echoes)}


def _print_history(running: Running) -> None:
    running.program.type(_python(history.__file__, str(history.LINES)))
    running.wait_screen(lambda text: history.line(history.LINES) in text, "the end of the history", 60.0)
    running.settle(0.5)


def _python(script: str | None, *arguments: str) -> bytes:
    root = Path(__file__).resolve().parents[2]
    return f"clear; PYTHONPATH={root} {sys.executable} {script} {' '.join(arguments)}\r".encode()


def _line_is_gone(text: str) -> bool:
    return history.line(history.LINES) not in text and "line 499" in text


def _needle_is_shown(text: str) -> bool:
    return any(history.line(100) in line for line in text.splitlines())


def _contains(wanted: str, text: str) -> bool:
    return wanted in text


def _until(running: Running, typed: bytes, done: Callable[[str], bool]) -> float:
    start = time.perf_counter()
    running.program.type(typed)
    running.wait_screen(done, "the history")
    took = time.perf_counter() - start
    running.settle(0.3)
    return took


def _wheel(running: Running) -> float:
    """One wheel step, to the end of what it brings."""
    start = time.perf_counter()
    running.program.type(_WHEEL_UP)
    chunks = running.chunks_until_quiet(_QUIET_S)
    running.show(chunks)
    return chunks[-1].at - start if chunks else _QUIET_S

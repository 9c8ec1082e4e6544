"""The measurements. Each takes a subject and returns named figures; none of them judges."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil

from tests.benchmarks.effort import Effort, Figures
from tests.benchmarks.programs import filler, printer
from tests.benchmarks.running import Chunk, Running, printed
from tests.benchmarks.statistics import Figure, milliseconds
from tests.benchmarks.subjects import Subject
from tests.harness.cockpit_home import PROMPT
from tests.harness.screen import Screen

_TYPED = b"wyzjkoveig"
"""Letters that end no control sequence, so that seeing one means it was painted."""
_LINE_LENGTH = 60
_FLOOD_END = b"~^~^~^~"
_FLOOD = b"seq 1 300000; printf '\\176\\136\\176\\136\\176\\136\\176\\n'\r"
_HIDDEN_PRINTERS = 5
_SETTLED_S = 6.0
"""After so long a launch is over: cockpit collects what it left behind once, after five seconds."""


def key_echo(subject: Subject, effort: Effort) -> Figures:
    """Key to echo, and the bytes on the wire for one echoed key."""
    with subject.started() as running:
        durations, sizes = _type_keys(running, effort.keys)
    return {
        "key to echo": milliseconds(durations),
        "bytes per echoed key": Figure(tuple(float(size) for size in sizes), "B"),
    }


def busy_echo(subject: Subject, effort: Effort) -> Figures:
    """Key to echo while five hidden terminals print one megabyte a second each."""
    if not subject.keys.next_terminal:
        return {}
    with subject.started() as running:
        for number in range(_HIDDEN_PRINTERS):
            _run(running, printer.__file__)
            running.wait_screen(lambda text: printer.WORDS in text, f"printer {number + 1}")
            _go_to_next(running, subject)
            running.wait_screen(lambda text: printer.WORDS not in text, f"terminal {number + 2}")
        running.barrier()
        durations, _ = _type_keys(running, effort.keys)
    return {f"key to echo, {_HIDDEN_PRINTERS} hidden × 1 MB/s": milliseconds(durations)}


def flood(subject: Subject, effort: Effort) -> Figures:
    """`seq 1 300000`, from its Enter to its end marker on the screen."""
    durations = []
    with subject.started() as running:
        for _ in range(effort.floods):
            start = time.perf_counter()
            running.program.type(_FLOOD)
            durations.append(_read_flood(running) - start)
            running.settle(0.2)
            running.barrier()
    return {"flood, seq 1 300000": milliseconds(durations)}


def tab_switch(subject: Subject, effort: Effort) -> Figures:
    """From the key to the complete frame of the other terminal."""
    keys = subject.keys
    if not keys.next_terminal:
        return {}
    frames, screens = [], []
    with subject.started() as running:
        _fill(running, 1)
        _go_to_next(running, subject)
        running.wait_screen(lambda text: filler.line(1, 30) not in text, "the second terminal")
        running.barrier()
        _fill(running, 3)
        running.program.type(keys.enter_switching)
        running.settle(0.2)
        for number in range(effort.switches):
            back = number % 2 == 0
            typed = keys.previous_terminal if back else keys.next_terminal
            frame, screen = _switch(running, typed, 1 if back else 3)
            frames.append(frame)
            screens.append(screen)
    return {"tab switch": milliseconds(frames), "tab switch, tabs and status too": milliseconds(screens)}


def launch(subject: Subject, effort: Effort) -> Figures:
    """From the start of the process to its first frame and to the shell's prompt."""
    frames, prompts = [], []
    wanted = PROMPT.strip()
    for _ in range(effort.launches):
        with subject.home() as home:
            program = subject.program(home)
            start = time.perf_counter()
            with program:
                running = Running(program, home)
                chunks = running.chunks(lambda data: wanted.encode() in printed(data))
                frames.append(_first_frame(chunks, Screen(program.columns, program.rows)) - start)
                prompts.append(chunks[-1].at - start)
    return {"launch to first frame": milliseconds(frames), "launch to prompt": milliseconds(prompts)}


def textual_import(effort: Effort) -> Figure:
    """How long `python -c "import textual.app"` takes: the yardstick for the first frame."""
    durations = []
    for _ in range(effort.launches):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import textual.app"], check=True)
        durations.append(time.perf_counter() - start)
    return milliseconds(durations)


def idle(subject: Subject, effort: Effort) -> Figures:
    """CPU and memory of the program while nothing happens, with one and with many terminals."""
    with subject.started() as running:
        running.settle(_SETTLED_S)
        figures = _idle_figures(running, effort, 1)
        if subject.keys.new_terminal and subject.backend != "pty":
            for _ in range(effort.many_terminals - 1):
                running.program.type(subject.keys.new_terminal)
                running.settle(0.03)
            running.barrier()
            panes = set(running.home.command("list-panes", "-a", "-F", "#{pane_id}"))
            assert len(panes) >= effort.many_terminals, f"only {len(panes)} terminals were made"
            running.settle(1.0)
            figures |= _idle_figures(running, effort, effort.many_terminals)
    return figures


def _type_keys(running: Running, count: int) -> tuple[list[float], list[int]]:
    """Types `count` keys one by one; the seconds to each echo and the bytes each brought."""
    durations: list[float] = []
    sizes: list[int] = []
    running.settle(0.3)
    for number in range(count):
        key = _TYPED[number % len(_TYPED) :][:1]
        start = time.perf_counter()
        running.program.type(key)
        chunks = _until_painted(running, key)
        durations.append(chunks[-1].at - start)
        running.show(chunks)
        sizes.append(sum(len(chunk.data) for chunk in chunks) + running.settle(0.02))
        if number % _LINE_LENGTH == _LINE_LENGTH - 1:
            running.program.type(b"\x15")
            running.settle(0.1)
    running.program.type(b"\x15")
    running.settle(0.1)
    return durations, sizes


def _until_painted(running: Running, key: bytes) -> list[Chunk]:
    return running.chunks(lambda data: key in printed(data), deadline_s=10.0)


def _read_flood(running: Running) -> float:
    """When the end marker came. Keeps only the last bytes: a flood must not be measured by its copying."""
    tail = b""
    deadline = time.perf_counter() + 60
    while time.perf_counter() < deadline:
        data = running.program.read(1.0)
        now = time.perf_counter()
        tail = (tail + data)[-4096:]
        if _FLOOD_END[:1] in tail and _FLOOD_END in printed(tail):
            running.screen.feed(tail)
            return now
    raise AssertionError("the flood did not end within a minute")


def _run(running: Running, script: str | None, *arguments: str) -> None:
    """Replaces the shell in the terminal by one of our small programs."""
    root = Path(__file__).resolve().parents[2]
    command = f"cd {root}; clear; exec {sys.executable} {script} {' '.join(arguments)}\r"
    running.program.type(command.encode())


def _go_to_next(running: Running, subject: Subject) -> None:
    """To a terminal in which nothing runs yet."""
    keys = subject.keys
    switch = keys.enter_switching + keys.next_terminal + keys.enter_switching
    running.program.type(keys.new_terminal or switch)


def _fill(running: Running, factor: int) -> None:
    _run(running, filler.__file__, str(factor))
    running.wait_screen(lambda text: filler.line(factor, 30) in text, "a filled screen")
    running.settle(0.2)


def _switch(running: Running, typed: bytes, factor: int) -> tuple[float, float]:
    """Seconds to the complete frame of the terminal, and to the end of what else changes with it (tabs, status)."""
    wanted = [filler.line(factor, y) for y in range(filler.ROWS)]
    start = time.perf_counter()
    running.program.type(typed)
    chunks: list[Chunk] = []
    texts: list[str] = []
    complete: int | None = None
    while complete is None:
        assert time.perf_counter() < start + 5, (
            f"the other terminal was never shown whole:\n{running.screen.text}"
        )
        late = running.chunks_until_quiet(0.06)
        for chunk in late:
            running.screen.feed(chunk.data)
            texts.append(running.screen.text)
        chunks += late
        complete = next((i for i, text in enumerate(texts) if all(line in text for line in wanted)), None)
    return chunks[complete].at - start, chunks[texts.index(texts[-1])].at - start


def _first_frame(chunks: list[Chunk], screen: Screen) -> float:
    for chunk in chunks:
        screen.feed(chunk.data)
        if screen.text.strip():
            return chunk.at
    return chunks[-1].at


def _idle_figures(running: Running, effort: Effort, terminals: int) -> Figures:
    process = psutil.Process(running.program.pid)
    running.settle(0.5)
    before = process.cpu_times()
    start = time.perf_counter()
    while (rest := start + effort.idle_s - time.perf_counter()) > 0:
        running.chunks_until_quiet(rest)
    after = process.cpu_times()
    spent = after.user + after.system - before.user - before.system
    share = 100 * max(0.0, spent) / (time.perf_counter() - start)
    memory = process.memory_info().rss / 1e6
    noun = "terminal" if terminals == 1 else "terminals"
    return {
        f"idle CPU, {terminals} {noun}": Figure((share,), "%"),
        f"memory (RSS), {terminals} {noun}": Figure((memory,), "MB"),
    }

"""Measurements from outside: a verb's round trip, sending, readiness, events; tmux has commands too. None judges."""

from __future__ import annotations

import _socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from cockpit.control.client import Client
from cockpit.control.discovery import connect
from cockpit.control.protocol import FrameSplitter, encode_request
from tests.benchmarks.effort import Effort, Figures
from tests.benchmarks.running import Running, printed
from tests.benchmarks.statistics import Figure, milliseconds
from tests.benchmarks.subjects import Subject
from tests.harness.cockpit_home import PROMPT
from tests.harness.tmux_server import tmux_binary

SENT_BYTES = 1_000_000
_LINE = b"the quick brown fox jumps over the lazy dog 0123456789 and so on\n"
_WINDOW = 200
"""Events that are on their way at once: fewer than a subscriber may be behind (see `subscriptions`)."""
_DEADLINE_S = 120.0


def verb_round_trip(subject: Subject, effort: Effort) -> Figures:
    """`cockpit status`, or `tmux display-message`, as a script calls it, beside the interpreter's own start."""
    if not subject.backend and not subject.tmux:
        return {}
    verbs, bare = [], []
    with subject.started() as running:
        environment = _environment(running) if subject.backend else running.home.environment
        for _ in range(effort.verbs):  # by turns: what else the machine does meets both
            if subject.tmux:
                verbs.append(_timed(_tmux(running, "display-message", "-p", "#{pane_id}"), environment))
            else:
                verbs.append(_timed([sys.executable, "-m", "cockpit", "status"], environment))
                bare.append(_timed([sys.executable, "-c", "pass"], environment))
    beside = {"python -c pass, by turns with it": milliseconds(bare)} if bare else {}
    return {"verb round trip": milliseconds(verbs)} | beside


def send_megabyte(subject: Subject, effort: Effort) -> Figures:
    """1 MB through the control socket, or tmux's paste buffer, until the program has read and counted all of it."""
    if not subject.backend and not subject.tmux:
        return {}
    data = (_LINE * (SENT_BYTES // len(_LINE) + 1))[: SENT_BYTES - 1] + b"\n"
    durations = []
    with subject.started() as running:
        send = _paste(running) if subject.tmux else _send(running)
        counted = running.home.directory / "counted"
        script = running.home.directory / "count.sh"
        counting = f"head -c {len(data)} | wc -c >{counted}"
        script.write_text(f"stty -echo; printf 'now%s\\n' ON; {counting}; stty echo; printf 'all%s\\n' IN\n")
        for _ in range(effort.sends):
            running.program.type(f"clear; sh {script}\r".encode())
            running.wait_screen(lambda text: "nowON" in text, "a program that reads")
            start = time.perf_counter()
            send(data)
            chunks = running.chunks(lambda seen: b"allIN" in printed(seen), _DEADLINE_S)
            durations.append(chunks[-1].at - start)
            running.show(chunks)
            assert int(counted.read_text()) == len(data), "not all of it arrived"
            running.barrier()
    return {"send 1 MB": milliseconds(durations)}


def readiness(subject: Subject, effort: Effort) -> Figures:
    """A new terminal, from asking for it until its shell is known to be ready: cockpit's event, else the prompt."""
    if subject.backend:
        return {"new terminal to ready shell": milliseconds(_ready_events(subject, effort.terminals))}
    if not subject.tmux:
        return {}
    durations = []
    with subject.started() as running:
        for _ in range(effort.terminals):
            start = time.perf_counter()
            subprocess.run(_tmux(running, "new-window"), env=running.home.environment, check=True)
            chunks = running.chunks(lambda data: PROMPT.strip().encode() in printed(data))
            durations.append(chunks[-1].at - start)
            running.show(chunks)
            running.barrier()
    return {"new terminal to ready shell": milliseconds(durations)}


def events(subject: Subject, effort: Effort) -> Figures:
    """Events that reach a subscriber in a second: hooks told by one client, heard by another, none lost."""
    if not subject.backend:
        return {}
    rates = []
    with subject.started() as running:
        environment = _environment(running)
        with (
            closing(connect(None, environment, _DEADLINE_S)) as teller,
            closing(Client(environment=environment)) as listener,
        ):
            listener.request("events", {"names": ["agent.hook"]})
            heard = listener.events()
            for first in range(0, effort.events, _WINDOW):
                start = time.perf_counter()
                _tell(teller, range(first, first + _WINDOW))
                told = [next(heard).get("payload") for _ in range(_WINDOW)]
                rates.append(_WINDOW / (time.perf_counter() - start))
                assert told == [{"number": number} for number in range(first, first + _WINDOW)], (
                    "some were lost"
                )
    return {f"events told and heard, {_WINDOW} at once": Figure(tuple(rates), "/s")}


def _ready_events(subject: Subject, count: int) -> list[float]:
    durations = []
    with subject.started() as running:
        environment = _environment(running)
        with (
            closing(Client(environment=environment)) as asker,
            closing(Client(environment=environment)) as listener,
        ):
            session = asker.request("status", {"target": "current"})["session"]
            listener.request("events", {"names": ["terminal.ready"]})
            heard = listener.events()
            for _ in range(count):
                start = time.perf_counter()
                asker.request("new", {"session": session})
                assert next(heard)["timed_out"] is False, "the shell didn't tell"
                durations.append(time.perf_counter() - start)
                running.barrier()
    return durations


def _send(running: Running) -> Callable[[bytes], object]:
    client = Client(environment=_environment(running))

    def send(data: bytes) -> None:
        params = {"target": "current", "text": data.decode(), "timeout": _DEADLINE_S}
        sent = client.request("send", params, timeout_s=_DEADLINE_S)["sent"]
        assert sent == len(data), "not all of it was sent"

    return send


def _paste(running: Running) -> Callable[[bytes], object]:
    argv = _tmux(running, "load-buffer", "-b", "sent", "-", ";", "paste-buffer", "-d", "-r", "-b", "sent")
    return lambda data: subprocess.run(argv, env=running.home.environment, input=data, check=True)


def _tmux(running: Running, *command: str) -> list[str]:
    return [tmux_binary() or "tmux", "-u", "-S", str(running.home.paths.tmux_socket), *command]


def _tell(teller: _socket.socket, numbers: range) -> None:
    """Has one hook published for each number, and takes the answers."""
    teller.sendall(b"".join(encode_request("hook", _hook(number), number) for number in numbers))
    answers = FrameSplitter()
    left = len(numbers)
    while left:
        left -= sum(1 for _ in answers.feed(teller.recv(65_536)))


def _hook(number: int) -> Mapping[str, Any]:
    return {"name": "Benchmark", "agent": "benchmark", "payload": {"number": number}}


def _environment(running: Running) -> dict[str, str]:
    """For verbs beside the running cockpit, whose control socket is there by then."""
    end = time.perf_counter() + 10.0
    while not running.home.paths.control_socket.exists():
        assert time.perf_counter() < end, "there is no control socket"
        running.settle()
    root = Path(__file__).resolve().parents[2]
    return {**running.home.environment, "PYTHONPATH": str(root)}


def _timed(argv: list[str], environment: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(argv, env=environment, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start

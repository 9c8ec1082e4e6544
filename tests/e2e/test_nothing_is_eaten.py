"""Whoever types on and on, whatever cockpit does meanwhile, finds every byte in the program, in order."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.e2e import key_reader
from tests.harness.cockpit_app import ROOT
from tests.harness.cockpit_home import CockpitHome
from tests.harness.listener import Listener
from tests.harness.pty_program import PtyProgram
from tests.harness.screen import Screen
from tests.harness.tmux_server import tmux_binary

needs_tmux = pytest.mark.skipif(not tmux_binary(), reason="tmux is not installed")
BACKENDS = ["pty", pytest.param("tmux", marks=needs_tmux)]
DEADLINE_S = 20.0
LEADER, ESCAPE, PASTE, PASTED = b"\x02", b"\x1b[27u", b"\x1b[200~", b"\x1b[201~"
WHEEL_UP, SHIFT_PAGE_UP = b"\x1b[<64;50;12M", b"\x1b[5;2~"
LINES = b"first line\rsecond line, \xc3\xa4\xe4\xb8\xad\r\rlast"
LARGE = b"".join(b"%07d the quick brown fox\r" % number for number in range(3_200))
SCROLLED = "↑"
DEEDS: tuple[tuple[bytes, str, bytes], ...] = (
    (WHEEL_UP * 3, SCROLLED, b""),
    (SHIFT_PAGE_UP * 2, SCROLLED, SHIFT_PAGE_UP),
    (LEADER + b"[", "reading", b"kkvll" + ESCAPE),
    (LEADER + b"/12", "match", b"\rnNv" + ESCAPE),
    (LEADER + b"/nowhere", "match 0 of 0", b"\r"),
    (LEADER + b"/34", "match", ESCAPE),
    (LEADER + b"s", "", LEADER + b"s"),
    (LEADER + b"z", "", LEADER + b"z"),
    (LEADER + b"S", "Automation", ESCAPE),
    (LEADER + b"?", "Help", ESCAPE),
    (LEADER + b":", "What to do?", ESCAPE),
    (LEADER + b",", "Rename tab", b"renamed\r"),
    (LEADER, "", ESCAPE),
)
"""What is done while words are typed: keys of cockpit, what the screen shows then, more keys of cockpit."""


class Typist:
    """Types numbered words without end, and does other things between them."""

    def __init__(self, program: PtyProgram, listener: Listener, screen: Screen, steering: int) -> None:
        self._program = program
        self._listener = listener
        self._screen = screen
        self._steering = steering
        self._words = 0
        self._expected = bytearray()
        self._sent: list[bytes] = []
        self._heard = bytearray()

    def words(self, count: int = 3) -> None:
        """Types words for the program."""
        for _ in range(count):
            self._words += 1
            word = b"<%04d>" % self._words
            self._expected += word
            self._program.type(word)

    def does(self, keys: bytes, shows: str = "", then: bytes = b"") -> None:
        """Types what is cockpit's, `then` more of that at once, or when it `shows` a text, and words right behind."""
        self.words()
        if shows:
            self.until(lambda: shows not in self._screen.text, f"no {shows!r} any more")
        self._program.type(keys)
        if shows:
            self.until(lambda: shows in self._screen.text, repr(shows))
        self._program.type(then)
        self.words()

    def pastes(self, text: bytes) -> None:
        """Pastes for the program, which asked for brackets."""
        self._program.type(PASTE + text + PASTED)
        self._expected += PASTE + text + PASTED
        self.words()

    def sends(self) -> None:
        """Lets cockpit send to the program, and types on."""
        text = b"[sent %d]" % len(self._sent)
        self._sent.append(text)
        os.write(self._steering, b"send " + text + b"\n")
        self.words()

    def has_toast(self, text: str) -> None:
        """Lets cockpit show a toast."""
        os.write(self._steering, f"notice {text}\n".encode())
        self.words()

    def resizes(self, columns: int, rows: int) -> None:
        """Draws the window to another size, typing on."""
        self._program.resize(columns, rows)
        self._screen.resize(columns, rows)
        self.words()

    def until(self, shown: Callable[[], object], what: str) -> None:
        """Returns when the screen is as it should be."""
        try:
            if not shown():
                self._program.read_until(lambda _: shown(), what, DEADLINE_S)
        except AssertionError as error:
            raise AssertionError(f"{error}; the screen:\n{self._screen.text}") from None
        self._heard += self._listener.hear(0.001)

    def check(self) -> None:
        """Everything arrived: what was sent whole, the rest in order."""
        missing = len(self._expected) + sum(map(len, self._sent)) - len(self._heard)
        self._heard += self._listener.hear_until(bytes(missing), DEADLINE_S) + self._listener.hear(0.1)
        heard = bytes(self._heard)
        sent = re.findall(rb"\[sent \d+\]", heard)
        typed = re.sub(rb"\[sent \d+\]", b"", heard)
        assert typed == bytes(self._expected), _first_difference(typed, bytes(self._expected))
        assert sent == self._sent


@contextlib.contextmanager
def typist(backend: str) -> Iterator[Typist]:
    """A person before cockpit, whose pane shows a program that hears every byte, below a history."""
    settings = {
        "general": {"sidebar": False, "show_tmux_hint": False},
        "clipboard": {"confirm_paste": False},  # tmux 3.4 to 3.6 don't tell that the program can tell a paste
    }
    with CockpitHome(backend, settings=settings) as home:
        fifo = home.directory / "steering"
        os.mkfifo(fifo, 0o600)
        argv = [sys.executable, "-m", "tests.e2e.steered", str(fifo)]
        environment = {**home.environment, "PYTHONPATH": str(ROOT)}
        screen = Screen(100, 30)
        with contextlib.ExitStack() as stack:
            program = stack.enter_context(PtyProgram(argv, environment=environment, cwd=str(home.home)))
            program.on_output = screen.feed
            listener = stack.enter_context(Listener(home.directory / "keys", program))
            start = f"seq 300; exec {sys.executable} {key_reader.__file__} {listener.path} bracketed\n"
            program.type(start.encode())  # before cockpit can read it
            program.read_until(lambda _: key_reader.READY in screen.text.split(), "the reader", DEADLINE_S)
            steering = os.open(fifo, os.O_WRONLY)
            stack.callback(os.close, steering)
            yield Typist(program, listener, screen, steering)


def _first_difference(typed: bytes, expected: bytes) -> str:
    pairs = enumerate(zip(typed, expected, strict=False))
    at = next((place for place, (one, other) in pairs if one != other), min(len(typed), len(expected)))
    return f"at byte {at}: heard {typed[at - 20 : at + 60]!r}, expected {expected[at - 20 : at + 60]!r}"


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_byte_typed_pasted_and_sent_arrives_in_order(backend: str) -> None:
    with typist(backend) as person:
        for waits in (True, False):  # once each state is seen on the screen, once all is one burst
            for keys, shows, then in DEEDS:
                person.does(keys, shows if waits else "", then)
                person.sends()
            person.has_toast(f"a toast {waits}")
            person.resizes(80, 24)
            person.pastes(LINES)
            person.does(WHEEL_UP * 5, SCROLLED if waits else "")
            person.resizes(110, 32)
            person.sends()
            person.pastes(LARGE)
            person.resizes(100, 30)
        person.check()

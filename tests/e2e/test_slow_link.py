"""Over a line of 30 kB/s with 100 ms each way typing stays usable while the pane floods: frames wait for the line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.app.live_app import both_backends
from tests.e2e import restless
from tests.harness.cockpit_app import ROOT
from tests.harness.cockpit_home import PROMPT, CockpitHome
from tests.harness.pty_program import PtyProgram
from tests.harness.slow_link import SlowLink
from tests.harness.tmux_server import tmux_binary

LINE_BYTES_PER_S, DELAY_S = 30_000, 0.1
SSHD_BYTES = 1 << 18
"""What is taken from cockpit before the line has room for it: nobody tells cockpit of that queue."""
COLUMNS, ROWS = 100, 34
ECHO_BYTES = 60_000
"""What may pass between a key's typing and its echo: two seconds of the line, on whatever machine. It was 280 kB."""
SILENT_BYTES = 80_000
"""The same where the terminal never answers, so that only the kernel's buffer can be seen filling."""


@contextmanager
def linked(backend: str, *, answers: bool = True) -> Iterator[tuple[SlowLink, CockpitHome]]:
    """cockpit on a slow line, with a program in its pane that paints without a pause."""
    if backend == "tmux" and not tmux_binary():
        pytest.skip("no tmux here")
    settings: dict[str, dict[str, object]] = {"general": {"sidebar": False, "show_tmux_hint": False}}
    with CockpitHome(backend, settings=settings) as home:
        environment = {**home.environment, "PYTHONPATH": str(ROOT)}
        program = PtyProgram(
            home.argv, environment=environment, columns=COLUMNS, rows=ROWS, cwd=str(home.home)
        )
        with program:
            link = SlowLink(
                program,
                bytes_per_s=LINE_BYTES_PER_S,
                delay_s=DELAY_S,
                answers=answers,
                hidden_bytes=SSHD_BYTES if answers else 0,
            )
            link.wait_screen(lambda text: PROMPT.strip() in text, "the prompt")
            command = f"{sys.executable} {restless.__file__} {home.directory}/typed\r"
            link.type(command.encode())
            link.wait_screen(lambda text: "typed <>" in text, "the flood")
            yield link, home


def bytes_until_echo(link: SlowLink, typed: str) -> int:
    """Types the last letter of `typed`; what the line took from then on until all of it was on the screen."""
    before = link.passed
    link.type(typed[-1].encode())
    link.wait_screen(lambda text: f"typed <{typed}>" in text, f"the echo of {typed!r}")
    return link.passed - before


@both_backends
def test_keys_are_echoed_while_the_pane_floods_a_slow_line(backend: str) -> None:
    letters = "wyzjkovei"
    with linked(backend) as (link, home):
        passed = [bytes_until_echo(link, letters[: n + 1]) for n in range(len(letters))]
        assert max(passed) <= ECHO_BYTES, f"bytes until each echo: {passed}"
        link.type(b"q")
        link.wait_screen(lambda text: "over" in text and PROMPT.strip() in text, "the shell again")
        assert (home.directory / "typed").read_bytes() == letters.encode() + b"q", (
            "answers of the terminal reached the program"
        )


def test_a_terminal_that_never_answers_is_not_waited_for() -> None:
    with linked("pty", answers=False) as (link, _home):
        passed = [bytes_until_echo(link, "wyz"[: n + 1]) for n in range(3)]
        assert max(passed) <= SILENT_BYTES, f"bytes until each echo: {passed}"

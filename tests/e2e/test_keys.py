"""What is typed into cockpit is what the program gets, byte for byte, as from a plain terminal."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import key_reader
from tests.e2e.key_table import Key, table
from tests.harness.cockpit_app import ROOT
from tests.harness.cockpit_home import PROMPT, CockpitHome
from tests.harness.listener import Listener
from tests.harness.pty_program import PtyProgram
from tests.harness.screen import Screen
from tests.harness.tmux_server import ScratchServer, tmux_binary

_KEY_DEADLINE_S = 2.0
_QUIET_S = 0.05
_MOST_REPORTED = 20
_CONFIGURATION = ROOT / "cockpit/tmux/resources/cockpit.tmux.conf"
_PASTE_BYTES = 1_000_000

_TOLD_APART = ("ctrl+i (extended)", "ctrl+m (extended)")
"""A program that asked for modified keys may get these apart from tab and enter, as tmux's version has it."""

needs_tmux = pytest.mark.skipif(not tmux_binary(), reason="tmux is not installed")
BACKENDS = ["pty", pytest.param("tmux", marks=needs_tmux)]


@contextlib.contextmanager
def reading(program: PtyProgram, directory: Path, mode: str) -> Iterator[Listener]:
    """Starts the key reader from the shell that `program` shows and yields the listener to it."""
    screen = Screen(program.columns, program.rows)
    program.on_output = screen.feed
    program.read_until(lambda _: PROMPT.strip() in screen.text, "the prompt")
    with Listener(directory / f"keys-{mode}", program) as listener:
        program.type(f"clear; {sys.executable} {key_reader.__file__} {listener.path} {mode}\r".encode())
        program.read_until(lambda _: screen.text.count(key_reader.READY) == 1, "the reader")
        program.on_output = None
        program.read_until_quiet(0.3)
        yield listener


@contextlib.contextmanager
def cockpit(backend: str) -> Iterator[tuple[PtyProgram, Path]]:
    """cockpit on a PTY of the test's own, and a directory for the test's files."""
    settings: dict[str, dict[str, object]] = {
        "general": {"sidebar": False, "show_tmux_hint": False},
        "clipboard": {"confirm_paste": False},
    }
    with CockpitHome(backend, settings=settings) as home:
        environment = {**home.environment, "PYTHONPATH": str(ROOT)}
        with PtyProgram(home.argv, environment=environment, cwd=str(home.home)) as program:
            yield program, home.directory


@contextlib.contextmanager
def plain_tmux() -> Iterator[tuple[PtyProgram, Path]]:
    """`tmux attach` with cockpit's own tmux settings, and no cockpit."""
    with CockpitHome("tmux") as home, ScratchServer(home.environment) as server:
        server.command("source-file", str(_CONFIGURATION))
        server.command("new-session", "-d", "-s", "main", "-x", "100", "-y", "30", "bash -i")
        attach = [tmux_binary(), "-u", "-S", str(server.socket), "attach-session", "-t", "main"]
        with PtyProgram(attach, environment=home.environment) as program:
            yield program, home.directory


def mismatches(program: PtyProgram, listener: Listener, expected: dict[Key, bytes]) -> str:
    """Types each key and compares what the reader got; one line for each that differs."""
    wrong: list[str] = []
    for key, bytes_expected in expected.items():
        program.type(key.typed)
        heard = listener.hear_until(bytes_expected, _KEY_DEADLINE_S)
        if heard != bytes_expected:
            heard += listener.hear(_QUIET_S)
            if len(wrong) == _MOST_REPORTED:
                return "\n".join([*wrong, "… and the rest was not tried"])
            wrong.append(f"{key.name}: typed {key.typed!r}, expected {bytes_expected!r}, got {heard!r}")
    if late := listener.hear(0.2):
        wrong.append(f"after the last key: {late!r}")
    return "\n".join(wrong)


def pty_expectations(mode: str) -> dict[Key, bytes]:
    """What a plain terminal sends to a program that asked for `mode`."""
    expected: dict[Key, bytes] = {}
    for key in table():
        sent = {"normal": key.normal, "application": key.application, "kitty": key.kitty}[mode]
        if sent:
            expected[key] = sent[:1] if key.name == "ctrl+b twice" else sent
    return expected


@pytest.mark.parametrize(("mode", "at_least"), [("normal", 250), ("application", 250), ("kitty", 200)])
def test_pty_program_gets_the_bytes_of_a_plain_terminal(mode: str, at_least: int) -> None:
    expected = pty_expectations(mode)
    assert len(expected) >= at_least
    with cockpit("pty") as (program, directory), reading(program, directory, mode) as listener:
        assert mismatches(program, listener, expected) == ""


@needs_tmux
@pytest.mark.parametrize("mode", ["normal", "application", "modify"])
def test_tmux_program_gets_the_bytes_of_a_plain_tmux_client(mode: str) -> None:
    left_out = {"ctrl+b twice", *(_TOLD_APART if mode == "modify" else ())}
    keys = [key for key in table() if key.name not in left_out]
    heard: dict[Key, bytes] = {}
    with plain_tmux() as (program, directory), reading(program, directory, mode) as listener:
        for key in keys:
            program.type(key.plain)
            heard[key] = listener.hear(_QUIET_S)
    assert len(heard) >= 250
    with cockpit("tmux") as (program, directory), reading(program, directory, mode) as listener:
        assert mismatches(program, listener, heard) == ""


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("mode", ["normal", "bracketed"])
def test_paste_of_a_megabyte_arrives_byte_for_byte(backend: str, mode: str) -> None:
    text = "".join(
        f"{number:6} the quick brown fox, 中文 äöü €\t{number * number}\r" for number in range(20_000)
    )
    pasted = text.encode()[:_PASTE_BYTES].rsplit(b"\r", 1)[0]
    expected = b"\x1b[200~" + pasted + b"\x1b[201~" if mode == "bracketed" else pasted
    with cockpit(backend) as (program, directory), reading(program, directory, mode) as listener:
        program.type(b"\x1b[200~" + pasted + b"\x1b[201~")
        heard = listener.hear_until(expected, 60.0) + listener.hear(0.2)
        assert len(heard) == len(expected)
        assert heard == expected

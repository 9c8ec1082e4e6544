"""What the first shell finds while cockpit itself is still starting: a terminal of the right size, and a socket."""

from __future__ import annotations

import sys

import pytest

from tests.harness.cockpit_home import CockpitHome
from tests.harness.pty_program import PtyProgram
from tests.harness.screen import Screen
from tests.harness.tmux_server import tmux_binary

needs_tmux = pytest.mark.skipif(not tmux_binary(), reason="tmux is not installed")
_LOOKS = """
stty size >>~/found
[ -S "$COCKPIT_SOCKET" ] && echo socket >>~/found
trap 'stty size >>~/found' WINCH
"""


@pytest.mark.parametrize("backend", ["pty", pytest.param("tmux", marks=needs_tmux)])
def test_its_terminal_never_has_another_size_and_callers_are_heard(backend: str) -> None:
    with CockpitHome(backend, settings={"general": {"show_tmux_hint": False}}) as home:
        for name in (".bashrc", ".bash_profile"):
            path = home.home / name
            path.write_text(path.read_text() + _LOOKS)
        screen = Screen(120, 36)
        argv = [sys.executable, "-m", "cockpit"]
        with PtyProgram(
            argv, environment=home.environment, columns=120, rows=36, cwd=str(home.home)
        ) as program:
            program.on_output = screen.feed
            program.type(b"cockpit_answer=$((40 + 2)); stty size >>~/found; echo =$cockpit_answer=\n")
            program.read_until(lambda _: "=42=" in screen.text, "the shell's answer")
            found = (home.home / "found").read_text().splitlines()
    assert found.count("socket") == 1
    assert {line for line in found if line != "socket"} == {"34 91"}

"""What is measured: cockpit on both backends and the programs beside it, each brought to a shell's prompt."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.benchmarks.running import Running
from tests.harness.cockpit_home import CockpitHome
from tests.harness.pty_program import PtyProgram
from tests.harness.tmux_server import tmux_binary

COLUMNS, ROWS = 200, 50
SCROLLBACK_LINES = 60_000
SHELL_COMMAND = ["bash", "-i"]

_TTY_APP = """
from textual.app import App
from textual_tty import Terminal
class Peer(App):
    def compose(self): yield Terminal(["bash", "-i"])
    def on_mount(self): self.query_one(Terminal).focus()
Peer().run()
"""


@dataclass(frozen=True, slots=True)
class Keys:
    """What is typed to drive a subject's tabs; empty where it has no such thing."""

    new_terminal: bytes = b""
    next_terminal: bytes = b""
    enter_switching: bytes = b""
    """Typed once before switching: some programs switch only while their list has the keyboard."""
    previous_terminal: bytes = b""
    leave_history: bytes = b""
    """Back to the live screen; empty where the history can't be measured."""
    search: bytes = b""
    """Begins a search through the whole history, from the live screen."""
    search_enter: bytes = b""
    terminals: int = 1
    """How many terminals it starts with."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A program that shows a shell. `argv` may hold `{socket}`, a path for a tmux socket of its own."""

    name: str
    argv: tuple[str, ...]
    backend: str = ""
    """cockpit's backend, empty for everything that isn't cockpit."""
    keys: Keys = field(default_factory=Keys)
    first_keys: bytes = b""
    """Typed once the program is up, to give its terminal the keyboard."""
    tmux: bool = False
    """A tmux of its own, which takes commands from outside."""
    missing: str = ""
    """Why it can't be measured here, empty when it can."""

    @contextlib.contextmanager
    def home(self) -> Iterator[CockpitHome]:
        """A fresh home, reaped afterwards together with the tmux servers in it."""
        settings: dict[str, dict[str, object]] = {
            "general": {"show_tmux_hint": False},
            "workspaces": {"scrollback_lines": SCROLLBACK_LINES},
            "automation": {"socket_access": "automation"},
        }
        with CockpitHome(self.backend or "pty", settings=settings) as home:
            home.paths.runtime_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            home.paths.runtime_dir.chmod(0o700)
            yield home

    def program(self, home: CockpitHome) -> PtyProgram:
        """The program, not yet started."""
        values = {"socket": str(home.paths.tmux_socket)}
        argv = [part.format(**values) if part.startswith("{") else part for part in self.argv]
        environment = dict(home.environment)
        if self.backend:
            root = Path(__file__).resolve().parents[2]
            environment["PYTHONPATH"] = str(root)
        return PtyProgram(argv, environment=environment, columns=COLUMNS, rows=ROWS, cwd=str(home.home))

    @contextlib.contextmanager
    def started(self) -> Iterator[Running]:
        """The program at its shell's prompt."""
        with self.home() as home, self.program(home) as program:
            running = Running(program, home)
            running.wait_screen(lambda text: bool(text.strip()), "the first frame")
            if self.first_keys:
                running.settle(0.3)
                program.type(self.first_keys)
            running.barrier()
            yield running


def all_subjects() -> list[Subject]:
    """cockpit twice, then its peers; those that can't run here say why."""
    cockpit = tuple(_cockpit_argv())
    tabs = Keys(new_terminal=b"\x02c", next_terminal=b"\x02n", previous_terminal=b"\x02p")
    own = replace(tabs, leave_history=b"\x1b", search=b"\x02/")
    copy_mode = replace(tabs, leave_history=b"q", search=b"\x02[\x12", search_enter=b"\r")
    no_tmux = "" if tmux_binary() else "tmux is not installed"
    return [
        Subject("cockpit (pty)", cockpit, backend="pty", keys=own),
        Subject("cockpit (tmux)", cockpit, backend="tmux", keys=own, missing=no_tmux),
        Subject("bare bash", tuple(SHELL_COMMAND)),
        Subject("bare tmux attach", tuple(_tmux_argv()), keys=copy_mode, tmux=True, missing=no_tmux),
        _mprocs(),
        _textual_tty(),
    ]


def _cockpit_argv() -> list[str]:
    return [sys.executable, "-m", "cockpit"]


def _tmux_argv() -> list[str]:
    options = ["set", "-g", "default-terminal", "tmux-256color", ";"]
    options += ["set", "-s", "escape-time", "10", ";", "set", "-g", "status", "off", ";"]
    options += ["set", "-g", "mouse", "on", ";", "set", "-g", "history-limit", str(SCROLLBACK_LINES), ";"]
    start = [tmux_binary() or "tmux", "-u", "-S", "{socket}", "-f", "/dev/null", "start-server", ";"]
    return [*start, *options, "new-session", "-s", "main", *SHELL_COMMAND]


def _mprocs() -> Subject:
    found = os.environ.get("MPROCS") or shutil.which("mprocs")
    if not found:
        local = Path("node_modules/.bin/mprocs").absolute()
        found = str(local) if local.exists() else None
    missing = "" if found else "not found: npm install mprocs, or name it in MPROCS"
    found = str(_native(Path(found))) if found else found
    shells = [" ".join(SHELL_COMMAND)] * 6
    keys = Keys(enter_switching=b"\x01", next_terminal=b"j", previous_terminal=b"k", terminals=6)
    return Subject("mprocs", (found or "mprocs", *shells), first_keys=b"\x01", keys=keys, missing=missing)


def _native(wrapper: Path) -> Path:
    """The program behind npm's wrapper script, so that no Node is measured along."""
    pattern = f"mprocs-*-{platform.system().lower()}-{platform.machine()}*/mprocs"
    return next(iter(wrapper.resolve().parent.glob(pattern)), wrapper)


def _textual_tty() -> Subject:
    python = os.environ.get("TEXTUAL_TTY_PYTHON", "")
    missing = "" if python else "name a Python that has textual-tty in TEXTUAL_TTY_PYTHON"
    return Subject("textual-tty", (python or "python3", "-c", _TTY_APP), missing=missing)

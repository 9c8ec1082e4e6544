"""A real cockpit in an outer terminal for the randomised run: what it shows, what lives, what must hold."""

from __future__ import annotations

import contextlib
import os
import random
import select
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from cockpit.control.client import Client
from cockpit.errors import CockpitError
from tests.harness.cockpit_app import ROOT
from tests.harness.cockpit_home import CockpitHome
from tests.harness.outer import OuterTerminal

DEADLINE_S = 20.0
DESCRIPTORS = 60
"""And a few for each terminal."""
DESCRIPTORS_EACH = 4
_SETTINGS: dict[str, dict[str, object]] = {
    "general": {"sidebar": False, "show_tmux_hint": False, "confirm_close": False},
    "clipboard": {"confirm_paste": False},
    "automation": {"socket_access": "automation"},
    "experimental": {"tmux_backend": True},
}


@dataclass(frozen=True, slots=True)
class Row:
    """One terminal as cockpit tells it."""

    id: str
    session: str
    backend: str
    state: str
    focused: bool


class RandomWorld:
    """A context manager. `pids` is what every program's pid must be, by terminal id."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.home = CockpitHome("tmux", settings=_SETTINGS)
        del self.home.environment["COCKPIT_TMUX_BACKEND"]  # it can be turned off and on
        self.pids: dict[str, int] = {}
        self.token = 0
        self.tmux_on = True
        self.outer: OuterTerminal
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> RandomWorld:
        self._stack.callback(self.home.close)
        self._stack.callback(self._close_outer)
        try:
            self.launch()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if pid := self.server_pid():
            os.kill(pid, signal.SIGCONT)
        self._stack.close()

    # cockpit itself

    def launch(self) -> None:
        """Starts cockpit and waits until it answers."""
        if hasattr(self, "outer"):
            self.outer.close()
        environment = {**self.home.environment, "PYTHONPATH": str(ROOT)}
        self.outer = OuterTerminal(
            self.home.argv, columns=100, rows=30, environment=environment, cwd=str(self.home.home)
        )
        self.outer.__enter__()
        self.until(lambda: bool(self.rows()), "cockpit to answer")

    @contextlib.contextmanager
    def ending(self) -> Iterator[None]:
        """cockpit ends inside; what ran on its own PTYs ends with it."""
        handle = os.pidfd_open(self.outer.pid)
        try:
            yield
            assert select.select([handle], [], [], DEADLINE_S)[0], "cockpit still runs"
        finally:
            os.close(handle)
        self.forget(*(row_id for row_id in self.pids if row_id not in self.windows()))

    def ask(self, method: str, **params: object) -> Any:
        """One request to cockpit."""
        with Client(environment=self.home.environment) as client:
            return client.request(method, params, timeout_s=10.0)

    def rows(self) -> list[Row]:
        """The terminals; empty while cockpit doesn't answer."""
        try:
            sessions = self.ask("list")["sessions"]
        except CockpitError:
            return []
        return [
            Row(row["id"], session["id"], row["backend"], row["state"], row["focused"])
            for session in sessions
            for row in session["terminals"]
        ]

    def shown(self) -> Row:
        """The terminal in the pane."""
        return next(row for row in self.rows() if row.focused)

    # what lives

    def server_pid(self) -> int:
        """The tmux server's; 0 without one."""
        from cockpit.tmux.server.probe import probe_socket

        return probe_socket(self.home.paths.tmux_socket)[1] or 0

    def windows(self) -> dict[str, int]:
        """The living windows' programs, by terminal id."""
        if not self.server_pid():
            return {}
        fields = "#{pane_dead} #{pane_pid} #{@cockpit_terminal}"
        lines = (
            self.home.command("list-windows", "-t", "=cockpit", "-F", fields) if self._has_terminals() else []
        )
        parts = [line.split(" ") for line in lines]
        return {row_id: int(pid) for dead, pid, row_id in parts if dead == "0"}

    def _has_terminals(self) -> bool:
        return "cockpit" in self.home.command("list-sessions", "-F", "#{session_name}")

    def programs(self) -> dict[str, int]:
        """The pid of every terminal's program, on both backends."""
        found = self.windows()
        for child in psutil.Process(self.outer.pid).children():
            with contextlib.suppress(psutil.Error, OSError):
                environment = Path(f"/proc/{child.pid}/environ").read_bytes().split(b"\0")
                for entry in environment:
                    if entry.startswith(b"COCKPIT_TERMINAL="):
                        found[entry.partition(b"=")[2].decode()] = child.pid
        return found

    def forget(self, *row_ids: str) -> None:
        """The step ends these programs."""
        for row_id in row_ids:
            self.pids.pop(row_id, None)

    # waiting

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Returns when `condition` holds; it is looked at after each output of cockpit, and twice a second."""
        last = self.outer.wait_for
        last(lambda _screen: condition(), what, DEADLINE_S)

    def _close_outer(self) -> None:
        if hasattr(self, "outer"):
            self.outer.close()

    # what must hold

    def check(self) -> None:
        """Raises `AssertionError` for what doesn't hold, once everything had its time to settle."""
        self._settled()
        programs = self.programs()
        wrong = {
            row_id: (pid, programs.get(row_id))
            for row_id, pid in self.pids.items()
            if programs.get(row_id) != pid
        }
        assert not wrong, f"programs that should live on (before, now): {wrong}"
        self.pids = programs
        self._check_process()
        self._check_echo()

    def _settled(self) -> None:
        reasons: list[str] = []

        def holds() -> bool:
            reasons[:] = self._unsettled()
            return not reasons

        try:
            self.until(holds, "a settled state")
        except AssertionError as error:
            raise AssertionError(f"{'; '.join(reasons)}\n{error}") from None

    def _unsettled(self) -> list[str]:
        rows = self.rows()
        if not rows:
            return ["cockpit doesn't answer"]
        windows = self.windows()
        living = {row.id for row in rows if row.backend == "tmux" and row.state == "running"}
        problems = []
        if living - set(windows) or set(windows) - {row.id for row in rows}:
            problems.append(f"rows {sorted(living)} and windows {sorted(windows)}")
        shown = next((row for row in rows if row.focused), None)
        if shown is None or shown.state not in ("running", "detached"):
            problems.append(f"shown: {shown}")
        clients = self.home.display_clients() if windows else []
        needed = shown is not None and shown.backend == "tmux" and shown.state == "running"
        if len(clients) > 1 or (needed and len(clients) != 1):
            problems.append(f"display clients: {clients}")
        return problems

    def _check_process(self) -> None:
        process = psutil.Process(self.outer.pid)

        def zombies() -> list[psutil.Process]:
            return [child for child in process.children() if child.status() == psutil.STATUS_ZOMBIE]

        if zombies():
            self.until(lambda: not zombies(), "no zombies")
        limit = DESCRIPTORS + DESCRIPTORS_EACH * len(self.rows())
        assert process.num_fds() <= limit, (
            f"{process.num_fds()} descriptors with {len(self.rows())} terminals"
        )
        assert process.num_threads() <= 30, f"{process.num_threads()} threads"

    def _check_echo(self) -> None:
        """The shown shell takes what is typed."""
        shown = self.shown()
        if shown.state != "running":
            return
        self.token += 1
        number = 7000 + self.token
        self.outer.type_text(f"echo tok$(({number}))en")
        self.outer.keys("Enter")
        self.outer.wait_text(f"tok{number}en")

"""A real cockpit in an outer terminal with a tab on a PTY and two on tmux, made well again between faults."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import psutil

from cockpit.control.client import Client
from tests.harness.cockpit_app import ROOT
from tests.harness.cockpit_home import PROMPT, CockpitHome
from tests.harness.grid import Grid
from tests.harness.outer import OuterTerminal
from tests.harness.tmux_server import tmux_binary

DEADLINE_S = 20.0
_SETTINGS: dict[str, dict[str, object]] = {
    "general": {"sidebar": False, "show_tmux_hint": False, "confirm_close": False},
    "automation": {"socket_access": "automation"},
    "experimental": {"tmux_backend": False},
}


class FaultWorld:
    """Tab 1 runs on a PTY, tabs 2 and 3 on tmux; tab 3 is shown. `close` ends everything."""

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()
        self.home = self._stack.enter_context(CockpitHome("tmux", settings=_SETTINGS))
        self.binary = self.home.directory / "tmux"
        self.link_binary()
        variables = {
            **self.home.environment,
            "COCKPIT_TMUX": str(self.binary),
            "COCKPIT_TMUX_TIMEOUT_SECONDS": "1",
        }
        del variables["COCKPIT_TMUX_BACKEND"]
        self.home.environment = variables
        self.answered_s: list[float] = []
        """How long the screen took to show that the leader was pressed."""
        try:
            self.outer = self._stack.enter_context(
                OuterTerminal(
                    self.home.argv,
                    rows=24,
                    environment={**variables, "PYTHONPATH": str(ROOT)},
                    cwd=str(self.home.home),
                )
            )
            self.outer.wait_text(PROMPT.strip())
            self.ask("settings.set", key="experimental.tmux_backend", value=True)
            for number in (2, 3):
                self.leader("c")
                self.outer.wait_for(partial(self._has_tabs, number), "a tab")
            self.server = self.home.server_pid()
        except BaseException:
            self.close()
            raise

    def _has_tabs(self, number: int, _screen: Grid) -> bool:
        return len(self.rows()) == number and self.all_run(number)

    def link_binary(self) -> None:
        """tmux is where cockpit found it."""
        self.binary.symlink_to(tmux_binary())

    def close(self) -> None:
        """Ends everything, a stopped server too."""
        if pid := getattr(self, "server", 0):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        self._stack.close()

    # What there is

    def ask(self, method: str, **params: object) -> Any:
        """One request to cockpit."""
        with Client(environment=self.home.environment) as client:
            return client.request(method, params, timeout_s=10.0)

    def rows(self) -> list[dict[str, Any]]:
        """The terminals in the tabs' order."""
        return [row for session in self.ask("list")["sessions"] for row in session["terminals"]]

    def states(self) -> list[str]:
        """What every tab is in."""
        return [row["state"] for row in self.rows()]

    def all_run(self, count: int) -> bool:
        return self.states()[:count] == ["running"] * count

    def tmux_pids(self) -> list[str]:
        """The programs on tmux."""
        return self.home.command("list-panes", "-s", "-t", "=cockpit", "-F", "#{window_id} #{pane_pid}")

    def pty_pid(self) -> int:
        """The program of tab 1."""
        children = psutil.Process(self.outer.pid).children()
        (shell,) = (child.pid for child in children if child.name() == "bash")
        return shell

    def clients(self, kind: str) -> list[int]:
        """cockpit's tmux clients: `display`, `control` or `listener`."""
        found = []
        for line in self.home.command(
            "list-clients", "-F", "#{client_pid} #{client_control_mode} #{client_flags}"
        ):
            pid, control, flags = line.split(" ")
            is_kind = (
                "display" if control == "0" else "control" if "no-output" in flags.split(",") else "listener"
            )
            if is_kind == kind:
                found.append(int(pid))
        return found

    # What a person does

    def leader(self, key: str) -> None:
        self.outer.keys("C-b", key)

    def tab(self, number: int) -> None:
        """Shows a tab and waits for its prompt."""
        self.leader(str(number))
        self.outer.wait_for(lambda _s: self.ask("list") and self.rows()[number - 1]["focused"], "the tab")
        self.outer.wait_text(PROMPT.strip())

    def say(self, text: str) -> None:
        """The shown shell computes, so that the answer isn't the echo."""
        self.outer.type_text(f"clear; echo {text}-$((40+2))")
        self.outer.keys("Enter")
        self.outer.wait_text(f"{text}-42")

    def answers(self) -> None:
        """The screen answers a key of cockpit's own."""
        began = time.monotonic()
        self.outer.keys("C-b")
        self.outer.wait_text("cancel")
        self.answered_s.append(time.monotonic() - began)
        self.outer.keys("Escape")
        self.outer.wait_for(lambda screen: not screen.find("cancel"), "the leader to be forgotten")

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """The server's process doesn't run."""
        os.kill(self.server, signal.SIGSTOP)
        try:
            yield
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.server, signal.SIGCONT)

    @contextlib.contextmanager
    def ending(self, pid: int) -> Iterator[None]:
        """Waits at the end until this process, which lives now, is gone."""
        handle = os.pidfd_open(pid)
        try:
            yield
            assert select.select([handle], [], [], DEADLINE_S)[0], f"{pid} still runs"
        finally:
            os.close(handle)

    def other_server(self) -> None:
        """Another server runs now."""
        before = self.server
        self.outer.wait_for(lambda _s: self.home.server_pid() not in (0, before), "another server")
        self.server = self.home.server_pid()

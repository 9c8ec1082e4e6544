"""A world of its own for one cockpit under test, reaped by socket and pid."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from cockpit import paths
from tests.harness.reaping import end_server
from tests.harness.tmux_server import plain_environment, tmux_binary

PROMPT = "ready$ "

_BASHRC = f"""\
PS1='{PROMPT}'
PS2='> '
unset PROMPT_COMMAND HISTFILE MAILCHECK
bind 'set enable-bracketed-paste off'
"""


class CockpitHome:
    """A short directory below /tmp with a person's home and cockpit's own. A context manager."""

    def __init__(
        self, backend: str = "pty", *, settings: Mapping[str, Mapping[str, object]] | None = None
    ) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="ck-", dir="/tmp"))
        self.home = self.directory / "home"
        self.home.mkdir()
        for name in (".bashrc", ".bash_profile"):
            (self.home / name).write_text(_BASHRC)
        self.backend = backend
        self.environment = {
            **plain_environment(self.home),
            "COCKPIT_HOME": str(self.directory),
            "COCKPIT_TMUX_BACKEND": "1" if backend == "tmux" else "0",
            "BASH_SILENCE_DEPRECATION_WARNING": "1",
        }
        if "COCKPIT_TMUX" in os.environ:
            self.environment["COCKPIT_TMUX"] = os.environ["COCKPIT_TMUX"]
        self.paths = paths.resolve(environment=self.environment)
        self.write_settings(settings or {})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def argv(self) -> list[str]:
        """How cockpit is started, without arguments of its own."""
        return [sys.executable, "-m", "cockpit"]

    def write_settings(self, settings: Mapping[str, Mapping[str, object]]) -> None:
        """Writes the settings file: tables of plain values."""
        self.paths.config_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lines = []
        for table, values in settings.items():
            lines.append(f"[{table}]")
            lines += [f"{name} = {_toml(value)}" for name, value in values.items()]
        self.paths.settings_file.write_text("\n".join(lines) + "\n")

    @property
    def socket_path(self) -> str:
        """The private tmux server's socket."""
        return str(self.paths.tmux_socket)

    def command(self, *arguments: str) -> list[str]:
        """Asks cockpit's private tmux server; the lines of the answer.

        Raises:
            AssertionError: tmux refused, with what it said.
        """
        done = self._run_tmux(*arguments)
        assert done.returncode == 0, f"tmux {' '.join(arguments)}: {done.stderr.strip()}"
        return done.stdout.split("\n")[:-1]

    def display_clients(self) -> list[str]:
        """The names of the clients that are not control clients."""
        clients = self.command("list-clients", "-F", "#{client_control_mode} #{client_name}")
        return [name for flag, name in (line.split(" ", 1) for line in clients) if flag == "0"]

    def shown_pane(self) -> str:
        """The id of the pane that the display client shows."""
        clients = self.command("list-clients", "-F", "#{client_control_mode} #{pane_id}")
        return next(pane for flag, pane in (line.split(" ", 1) for line in clients) if flag == "0")

    def server_pid(self) -> int:
        """The pid of the private tmux server, 0 when none runs."""
        if not self.paths.tmux_socket.exists():
            return 0
        done = self._run_tmux("display-message", "-p", "#{pid}")
        return int(done.stdout) if done.returncode == 0 and done.stdout.strip() else 0

    def close(self) -> None:
        """Ends the private server with its programs and removes every file. Can be called twice."""
        if pid := self.server_pid():
            end_server(self._run_tmux, pid)
        shutil.rmtree(self.directory, ignore_errors=True)
        if not self.paths.runtime_dir.is_relative_to(self.directory):
            shutil.rmtree(self.paths.runtime_dir, ignore_errors=True)

    def _run_tmux(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        argv = [tmux_binary(), "-u", "-S", str(self.paths.tmux_socket), *arguments]
        return subprocess.run(
            argv,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            timeout=10,
            check=False,
        )


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else f'"{value}"'

"""A tmux server of a test's own: private socket, plain settings, ended by pid when the test is over."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from tests.harness.reaping import end_server

COMMAND_DEADLINE_S = 10.0

_SETTINGS = """\
set -g default-terminal tmux-256color
set -ga terminal-features ",*:RGB:usstyle:extkeys:hyperlinks:strikethrough:overline"
set -s escape-time 0
set -s extended-keys on
set -s exit-empty off
set -g status off
set -g remain-on-exit on
set -g history-limit 5000
set -g allow-rename off
set -g automatic-rename off
set -g focus-events on
set -g default-shell /bin/bash
set -g prefix None
"""


def tmux_binary() -> str:
    """The tmux under test: `COCKPIT_TMUX`, else the one on PATH, else an empty string."""
    return os.environ.get("COCKPIT_TMUX") or shutil.which("tmux") or ""


def plain_environment(home: Path | str) -> dict[str, str]:
    """What a shell sees in a fresh account whose home is `home`; nothing of this process leaks in."""
    return {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "PATH": os.environ.get("PATH", "/usr/local/bin:/usr/bin:/bin"),
        "SHELL": "/bin/bash",
        "USER": "tester",
        "LOGNAME": "tester",
        "TMPDIR": tempfile.gettempdir(),
    }


class ScratchServer:
    """A private tmux server. A context manager: it is ended and its files removed whatever happens."""

    def __init__(self, environment: dict[str, str], extra_settings: str = "") -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="ot-", dir="/tmp"))
        self.socket = self.directory / "s"
        self.environment = environment
        self.pid = 0
        settings = self.directory / "tmux.conf"
        settings.write_text(_SETTINGS + extra_settings)
        self._settings = settings

    def __enter__(self) -> Self:
        self.pid = int(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def socket_path(self) -> str:
        """The server's socket."""
        return str(self.socket)

    def command(self, *arguments: str) -> list[str]:
        """Runs one tmux command and returns the lines it printed.

        Raises:
            AssertionError: tmux refused it, with what tmux said.
        """
        done = self._run(arguments)
        assert done.returncode == 0, f"tmux {' '.join(arguments)}: {done.stderr.strip()}"
        return done.stdout.split("\n")[:-1]

    def popen(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Starts a long-lived client (for example a control client) with pipes; the caller ends it."""
        return subprocess.Popen(
            self._argv(arguments), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=self.environment
        )

    def close(self) -> None:
        """Ends the server and everything it runs; by pid when it doesn't answer. Can be called twice."""
        if self.pid:
            end_server(lambda *arguments: self._run(arguments), self.pid)
            self.pid = 0
        shutil.rmtree(self.directory, ignore_errors=True)

    def _start(self) -> str:
        first = ("new-session", "-d", "-s", "_hold", "-x", "80", "-y", "24", "exec sleep infinity")
        done = self._run(["-f", str(self._settings), *first, ";", "display-message", "-p", "#{pid}"])
        if done.returncode != 0:
            self.close()
            raise AssertionError(f"no tmux server: {done.stderr.strip()}")
        return done.stdout

    def _argv(self, arguments: Sequence[str]) -> list[str]:
        return [tmux_binary(), "-u", "-S", str(self.socket), *arguments]

    def _run(self, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                self._argv(arguments),
                env=self.environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="surrogateescape",
                timeout=COMMAND_DEADLINE_S,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            return subprocess.CompletedProcess(error.cmd, 124, "", f"no answer in {COMMAND_DEADLINE_S} s")

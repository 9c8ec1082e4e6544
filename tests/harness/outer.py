"""A terminal to run cockpit in: a pane of a private tmux server, typed into and read by a test."""

from __future__ import annotations

import contextlib
import os
import select
import shlex
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Self

from tests.harness import grid
from tests.harness.grid import Grid
from tests.harness.tmux_server import ScratchServer

WAIT_DEADLINE_S = 20.0
_RECHECK_S = 0.5
"""A predicate may look at more than this terminal, so it is tried again after so long without output."""


class OuterTerminal:
    """One program in a tmux pane of `columns` × `rows`. Use it as a context manager.

    Waiting is driven by the output tmux reports to a control client; only the deadline is a clock.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        columns: int = 100,
        rows: int = 30,
        environment: Mapping[str, str],
        cwd: str = "/",
    ) -> None:
        self.columns = columns
        self.rows = rows
        self.argv = list(argv)
        self.environment = dict(environment)
        self._cwd = cwd
        self.server = ScratchServer(self.environment)
        self.pid = 0
        self.pane = ""

    def __enter__(self) -> Self:
        self.server.__enter__()
        try:
            self._start()
        except BaseException:
            self.server.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self) -> None:
        variables = [
            f"-e{name}={value}" for name, value in {"COLORTERM": "truecolor", **self.environment}.items()
        ]
        size = ["-x", str(self.columns), "-y", str(self.rows)]
        where = ["-d", "-s", "main", "-c", self._cwd, "-P", "-F", "#{pane_id} #{pane_pid}"]
        command = "exec " + shlex.join(self.argv)
        self.pane, pid = self.server.command("new-session", *where, *size, *variables, command)[0].split()
        self.pid = int(pid)
        self._watcher = self.server.popen("-C", "attach-session", "-t", "main")
        assert self._watcher.stdout is not None
        os.set_blocking(self._watcher.stdout.fileno(), False)

    def start_with(self, *arguments: str) -> None:
        """Adds arguments to the command line, before it is started."""
        self.argv += arguments

    def type_text(self, text: str) -> None:
        """Types text literally."""
        self.server.command("send-keys", "-l", "-t", self.pane, "--", text)

    def keys(self, *names: str) -> None:
        """Presses keys by tmux's names for them, such as `C-b` or `Enter`."""
        self.server.command("send-keys", "-t", self.pane, "--", *names)

    def paste(self, text: str) -> None:
        """Pastes text through a tmux buffer, bracketed when the program asked for that."""
        self.server.command("set-buffer", "-b", "harness", "--", text)
        self.server.command("paste-buffer", "-d", "-p", "-r", "-b", "harness", "-t", self.pane)

    def resize(self, columns: int, rows: int) -> None:
        """Gives the terminal a new size, at once."""
        self.columns, self.rows = columns, rows
        self.server.command("resize-window", "-t", self.pane, "-x", str(columns), "-y", str(rows))

    def capture(self) -> Grid:
        """What the terminal shows now."""
        lines = self.server.command("capture-pane", "-peN", "-t", self.pane)
        return grid.parse("\n".join(lines), self.columns, self.rows)

    def cursor(self) -> tuple[int, int, bool]:
        """Column, row and visibility of the cursor."""
        fields = "#{cursor_x} #{cursor_y} #{cursor_flag}"
        x, y, flag = self.server.command("display-message", "-p", "-t", self.pane, fields)[0].split()
        return int(x), int(y), flag == "1"

    @property
    def ended(self) -> bool:
        """True once the program has ended (its last screen can still be captured)."""
        return self.server.command("display-message", "-p", "-t", self.pane, "#{pane_dead}") == ["1"]

    def wait_for(
        self, predicate: Callable[[Grid], object], what: str = "", deadline_s: float = WAIT_DEADLINE_S
    ) -> Grid:
        """The first screen for which `predicate` is true.

        Raises:
            AssertionError: that didn't happen before the deadline; shows the last screen.
        """
        end = time.monotonic() + deadline_s
        while True:
            self._discard_reports()
            screen = self.capture()
            if predicate(screen):
                return screen
            remaining = end - time.monotonic()
            if remaining <= 0:
                raise AssertionError(
                    f"waited {deadline_s} s for {what or predicate}; the screen:\n{screen.text}"
                )
            assert self._watcher.stdout is not None
            select.select([self._watcher.stdout], [], [], min(remaining, _RECHECK_S))

    def wait_text(self, text: str, deadline_s: float = WAIT_DEADLINE_S) -> Grid:
        """The first screen that shows `text` on one row."""
        return self.wait_for(lambda screen: screen.find(text), f"the text {text!r}", deadline_s)

    def close(self) -> None:
        """Ends the program and the terminal."""
        watcher = getattr(self, "_watcher", None)
        if watcher is not None:
            watcher.kill()
            watcher.wait()
            for pipe in (watcher.stdin, watcher.stdout):
                with contextlib.suppress(OSError):
                    pipe.close()
        self.server.close()

    def _discard_reports(self) -> None:
        assert self._watcher.stdout is not None
        with contextlib.suppress(BlockingIOError):
            while os.read(self._watcher.stdout.fileno(), 1 << 16):
                pass

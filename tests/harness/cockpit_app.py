"""cockpit as a person runs it, in an outer terminal, with what a test needs to look into its pane."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self

import psutil

from tests.harness import grid
from tests.harness.cockpit_home import PROMPT, CockpitHome
from tests.harness.grid import Grid, Region
from tests.harness.outer import OuterTerminal

ROOT = Path(__file__).resolve().parents[2]
SETTINGS: dict[str, dict[str, object]] = {"general": {"sidebar": False, "show_tmux_hint": False}}


class CockpitApp:
    """cockpit on one backend, its sidebar hidden, at its first shell's prompt. A context manager."""

    def __init__(
        self,
        backend: str,
        *,
        columns: int = 100,
        rows: int = 34,
        settings: dict[str, dict[str, object]] | None = None,
        arguments: tuple[str, ...] = (),
    ) -> None:
        self.backend = backend
        self.prompt = PROMPT.strip()
        self.home = CockpitHome(backend, settings=settings or SETTINGS)
        self.outer = OuterTerminal(
            [*self.home.argv, *arguments],
            columns=columns,
            rows=rows,
            environment={**self.home.environment, "PYTHONPATH": str(ROOT)},
            cwd=str(self.home.home),
        )
        self._pane: Region | None = None

    def __enter__(self) -> Self:
        try:
            self.outer.__enter__()
            self.outer.wait_text(self.prompt)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pane(self) -> Region:
        """Where the pane is on cockpit's screen; found by asking the shell in it."""
        if self._pane is None:
            self._pane = self._find_pane()
        return self._pane

    def pane_grid(self) -> Grid:
        """What cockpit shows in its pane."""
        return self.outer.capture().crop(self.pane)

    def inner_grid(self) -> Grid:
        """What tmux itself says of the shown pane (tmux backend only)."""
        lines = self.home.command("capture-pane", "-peN", "-t", self.home.shown_pane())
        return grid.parse("\n".join(lines), self.pane.columns, self.pane.rows)

    def inner_size(self) -> tuple[int, int]:
        """Columns and rows of the terminal the shown program runs on."""
        if self.backend == "tmux":
            fields = "#{pane_width} #{pane_height}"
            columns, rows = self.home.command("display-message", "-p", "-t", self.home.shown_pane(), fields)[
                0
            ].split()
            return int(columns), int(rows)
        family = psutil.Process(self.outer.pid).children(recursive=True)
        shell = next(process.pid for process in family if process.name() == "bash")
        terminal = os.open(f"/proc/{shell}/fd/0", os.O_RDONLY | os.O_NOCTTY)
        try:
            size = os.get_terminal_size(terminal)
        finally:
            os.close(terminal)
        return size.columns, size.lines

    def shown_session(self) -> str:
        """The inner tmux session that the display client shows."""
        return self.home.command("display-message", "-p", "-t", self.home.shown_pane(), "#{session_id}")[0]

    def resize(self, columns: int, rows: int) -> None:
        """Gives the outer terminal a new size; the pane takes all of the change, and the program's terminal too."""
        old = self.pane
        wider, higher = columns - self.outer.columns, rows - self.outer.rows
        self._pane = Region(old.x, old.y, old.columns + wider, old.rows + higher)
        self.outer.resize(columns, rows)
        wanted = (self._pane.columns, self._pane.rows)
        self.outer.wait_for(lambda _screen: self.inner_size() == wanted, f"a pane of {wanted}")

    def close(self) -> None:
        """Ends cockpit, its private tmux server and the outer terminal."""
        try:
            self.outer.close()
        finally:
            self.home.close()

    def _find_pane(self) -> Region:
        size_file = self.home.directory / "size"
        self.outer.type_text(f"clear; stty size > {size_file}; printf '@@%s@@\\n' PANE")
        self.outer.keys("Enter")
        screen = self.outer.wait_text("@@PANE@@")
        rows, columns = size_file.read_text().split()
        place = screen.find("@@PANE@@")
        assert place is not None
        self.outer.type_text("clear")
        self.outer.keys("Enter")
        self.outer.wait_for(lambda shown: not shown.find("@@PANE@@"), "a clear screen")
        return Region(place[0], place[1], int(columns), int(rows))

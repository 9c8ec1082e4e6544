"""The measured time from a key to its echo: always counted for the telemetry, shown in the status line when wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from cockpit.app.outer.key_echo import KeyEcho
from cockpit.workspace.commands import Command, CommandRegistry

REFRESH_S = 0.5
"""The figure changes at most this often: it is to be read, and each change is written to the terminal."""


class Latency:
    """Belongs to the main screen. `show` puts a text into the status line; empty: nothing is shown."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self.noted: Callable[[float], None] | None = None
        """Told every measured time in milliseconds."""
        self._show = show
        self._echo = KeyEcho()
        self._shown = False
        self._timer: asyncio.TimerHandle | None = None

    def register(self, registry: CommandRegistry, echo: KeyEcho | None) -> None:
        """Begins to listen to the driver's measuring, and adds the command."""
        self._echo = echo or self._echo
        self._echo.on_sample = self._measured
        command = Command(
            "view.key_latency",
            "Show key latency",
            "Show in the status line how long keys take to their echo, or no longer.",
            self.toggle,
        )
        if command.name not in registry:
            registry.add(command)

    def toggle(self) -> None:
        """Shows the figure, or no longer."""
        self._shown = not self._shown
        self._show(self._text() if self._shown else "")

    def stop(self) -> None:
        """Changes nothing any more."""
        self._echo.on_sample = None
        self._shown = False
        if self._timer is not None:
            self._timer.cancel()

    def _measured(self, took_ms: float) -> None:
        if self.noted is not None:
            self.noted(took_ms)
        if self._shown and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(REFRESH_S, self._refresh)

    def _refresh(self) -> None:
        self._timer = None
        if self._shown:
            self._show(self._text())

    def _text(self) -> str:
        median, last = self._echo.median_ms, self._echo.last_ms
        if median is None or last is None:
            return "key – ms"
        return f"key {median:.1f} ms (last {last:.1f})"

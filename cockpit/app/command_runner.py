"""Runs the commands of keys, mouse and palette one after the other, and shows what goes wrong."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from textual.screen import Screen

from cockpit.app.core import Core
from cockpit.errors import CockpitError

log = logging.getLogger(__name__)

SWITCHING = frozenset({
    "terminal.new", "terminal.focus", "terminal.select", "terminal.next", "terminal.previous", "terminal.close",
    "terminal.restart", "session.new", "session.focus", "session.next", "session.previous", "session.close",
})  # fmt: skip
"""Commands after which another terminal may be shown: what is typed meanwhile waits for it."""


class CommandRunner:
    """Belongs to the main screen. Commands of the core keep the order in which they were asked for.

    `before_switch` and `after_switch` frame every command that may show another terminal; the latter is told how many
    of these are still to come. `tell` shows an error.
    """

    def __init__(
        self,
        screen: Screen[Any],
        core: Core,
        *,
        before_switch: Callable[[], None],
        after_switch: Callable[[int], None],
        tell: Callable[[str, str], None],
    ) -> None:
        self._screen = screen
        self._core = core
        self._before_switch = before_switch
        self._after_switch = after_switch
        self._tell = tell
        self._turn = asyncio.Lock()
        self._switching = 0

    @property
    def switching(self) -> bool:
        """Whether a command that may show another terminal is under way."""
        return self._switching > 0

    def start(self, name: str, arguments: Mapping[str, object] | None = None) -> None:
        """Runs a command in a worker of the screen."""
        if name in SWITCHING:
            self._switching += 1
            self._before_switch()
        work: Callable[[], Awaitable[object]] = partial(self._finish, name, dict(arguments or {}))
        self._screen.run_worker(work, group="commands", exit_on_error=False, name=name)

    async def run(self, name: str, arguments: Mapping[str, object] | None = None) -> object:
        """Runs a command in the caller's own worker; answers its result, or None after an error was shown."""
        if name in SWITCHING:
            self._switching += 1
            self._before_switch()
        return await self._finish(name, dict(arguments or {}))

    async def _finish(self, name: str, arguments: dict[str, object]) -> object:
        try:
            if name.startswith(("view.", "app.")):  # dialogues must open even while the core is busy
                return await self._core.run(name, **arguments)
            async with self._turn:
                return await self._core.run(name, **arguments)
        except CockpitError as error:
            self._tell(str(error), "error")
        except Exception as error:  # boundary: a defect in one command is told and logged, cockpit stays
            log.exception("the command %s failed", name)
            self._tell(f"{name} failed: {error}", "error")
        finally:
            if name in SWITCHING:
                self._switching -= 1
                self._after_switch(self._switching)
        return None

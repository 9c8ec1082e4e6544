"""Runs the commands of keys, mouse and palette one after the other, and shows what goes wrong."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from textual.screen import Screen

from cockpit.app.core import Core
from cockpit.errors import CockpitError

log = logging.getLogger(__name__)

GROUP = "commands"
"""The workers of commands, each named as its command."""
OWN = ("view.", "app.")
"""Commands of the screen itself: they are carried out at once, even while the core is busy."""
SWITCHING = frozenset({
    "terminal.new", "terminal.focus", "terminal.select", "terminal.next", "terminal.previous", "terminal.close",
    "terminal.restart", "session.new", "session.focus", "session.next", "session.previous", "session.close",
    "tmux.revive", "tmux.restart_server",
})  # fmt: skip
"""Commands after which another terminal may be shown: what is typed meanwhile waits for it."""
OF_THE_SHOWN = frozenset({
    "view.read", "view.search", "view.copy_output", "view.rename_terminal", "view.close_terminal",
    "view.rename_session", "view.group_session", "view.close_session",
})  # fmt: skip
"""Commands of the screen that mean what is shown: asked for during a switch, they mean what is shown after it."""


class CommandRunner:
    """Belongs to the main screen. Commands of the core keep the order in which they were asked for.

    `starting` is called before any command; `before_switch` and `after_switch` frame every command that may show
    another terminal; the latter is told how many of these are still to come. `tell` shows an error.
    """

    def __init__(
        self,
        screen: Screen[Any],
        core: Core,
        *,
        starting: Callable[[], None],
        before_switch: Callable[[], None],
        after_switch: Callable[[int], None],
        tell: Callable[[str, str], None],
    ) -> None:
        self._screen = screen
        self._core = core
        self._starting = starting
        self._before_switch = before_switch
        self._after_switch = after_switch
        self._tell = tell
        self._turn = asyncio.Lock()
        self._switching = 0
        self._shown = asyncio.Event()
        """Set while no switch is under way."""
        self._shown.set()

    @property
    def switching(self) -> bool:
        """Whether a command that may show another terminal is under way."""
        return self._switching > 0

    def start(self, name: str, arguments: Mapping[str, object] | None = None) -> None:
        """Runs a command: one of the screen itself at once, any other in a worker of the screen."""
        self._begin(name)
        given = dict(arguments or {})
        if not name.startswith(OWN):
            self._work(name, partial(self._finish, name, given))
        elif self.switching and name in OF_THE_SHOWN and not given:
            self._work(name, partial(self._start_when_shown, name))
        else:
            with self.told(name):
                result = self._core.commands.call(name, **given)
                if inspect.isawaitable(result):
                    self._work(name, partial(self._await, name, result))

    async def run(self, name: str, arguments: Mapping[str, object] | None = None) -> object:
        """Runs a command of the core in the caller's own worker; its result, or None after an error was shown."""
        self._begin(name)
        return await self._finish(name, dict(arguments or {}))

    def _begin(self, name: str) -> None:
        self._starting()
        if name in SWITCHING:
            self._switching += 1
            self._shown.clear()
            self._before_switch()

    def _work(self, name: str, work: Callable[[], Awaitable[object]]) -> None:
        self._screen.run_worker(work, group=GROUP, exit_on_error=False, name=name)

    async def _start_when_shown(self, name: str) -> None:
        await self._shown.wait()
        self.start(name)

    async def _await(self, name: str, result: Awaitable[object]) -> None:
        with self.told(name):
            await result

    async def _finish(self, name: str, arguments: dict[str, object]) -> object:
        try:
            with self.told(name):
                async with self._turn:
                    return await self._core.run(name, **arguments)
        finally:
            if name in SWITCHING:
                self._switching -= 1
                self._after_switch(self._switching)
                if not self._switching:
                    self._shown.set()
        return None

    @contextmanager
    def told(self, name: str) -> Iterator[None]:
        """Ends every error of a command by telling it."""
        try:
            yield
        except CockpitError as error:
            self._tell(str(error), "error")
        except Exception as error:  # boundary: a defect in one command is told and logged, cockpit stays
            log.exception("the command %s failed", name)
            self._tell(f"{name} failed: {error}", "error")

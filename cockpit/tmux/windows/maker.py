"""Makes windows, one at a time, and recognises those a command made after its caller had given up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Protocol

from cockpit.errors import TmuxError, TmuxTimeoutError
from cockpit.model import Size
from cockpit.tmux.commands import is_missing_target
from cockpit.tmux.control.connection import LinkBrokenError
from cockpit.tmux.windows.creation import TAG_OPTION, Creation
from cockpit.tmux.windows.windows import WindowInfo, parse_windows

ATTEMPTS = 3
"""The session may come or go between two of them; more often than that somebody plays with it."""


class RunSequence(Protocol):
    """`ServerLink.sequence`."""

    async def __call__(self, *commands: Sequence[str]) -> list[list[str]]:
        """Runs commands on one line; one list of lines for each."""
        ...


class WindowMaker:
    """Carries out creations on one server. `reset` it when the server is another one."""

    def __init__(self, run: RunSequence, list_windows: Callable[[], Awaitable[list[WindowInfo]]]) -> None:
        self._run = run
        self._list_windows = list_windows
        self._one_at_a_time = asyncio.Lock()
        self._doubtful_tags: set[str] = set()
        self._default_size: Size | None = None

    def reset(self) -> None:
        """Forgets what was known of the former server."""
        self._doubtful_tags.clear()
        self._default_size = None

    async def make(self, creation: Creation) -> WindowInfo:
        """The new window, or the one that an earlier creation with the same tag made after it had timed out."""
        async with self._one_at_a_time:
            if creation.tag in self._doubtful_tags and (ghost := await self._find(creation.tag)):
                self._doubtful_tags.discard(creation.tag)
                return ghost
            if creation.size is not None and creation.size != self._default_size:
                size = f"{creation.size.columns}x{creation.size.rows}"
                await self._run(("set-option", "-g", "default-size", size))
                self._default_size = creation.size
            return await self._make(creation)

    async def _make(self, creation: Creation) -> WindowInfo:
        first_of_session = False
        for attempt in range(1, ATTEMPTS + 1):
            try:
                made, *_ = await self._run(*creation.commands(first_of_session=first_of_session))
            except LinkBrokenError:
                if ghost := await self._find(creation.tag):
                    return ghost
            except TmuxTimeoutError:
                self._doubtful_tags.add(creation.tag)
                raise
            except TmuxError as error:
                await self._undo(error)
                session_missing = is_missing_target(error)
                session_there = error.stderr.startswith("duplicate session")
                if attempt == ATTEMPTS or not (session_missing or session_there):
                    raise
                first_of_session = session_missing
            else:
                self._doubtful_tags.discard(creation.tag)
                return _as_created(parse_windows(made), creation)
        raise TmuxError(f"tmux could not be kept connected to make {creation.name!r}; try again")

    async def _undo(self, error: TmuxError) -> None:
        """A window whose options or hidden link were refused is not left behind."""
        for window in parse_windows(error.stdout.splitlines()):
            await self._run(("kill-window", "-t", window.window_id))

    async def _find(self, tag: str) -> WindowInfo | None:
        windows = await self._list_windows()
        return next((window for window in windows if window.options.get(TAG_OPTION) == tag), None)


def _as_created(windows: Sequence[WindowInfo], creation: Creation) -> WindowInfo:
    """The window as tmux printed it on creation, with what was set right after."""
    if not windows:
        raise TmuxError(
            "tmux made a window but did not name it", args=creation.commands(first_of_session=False)[0]
        )
    options = {TAG_OPTION: creation.tag, **creation.options}
    return replace(windows[0], options=options, cwd=creation.program.cwd)

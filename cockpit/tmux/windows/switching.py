"""Selects windows behind what was typed: through the display client's own tty instead of beside it.

What is typed travels through the display client's tty; a `select-window` on the control connection overtakes it, and
the last keys land in the next terminal. So the selection is a key itself: a sequence that tmux knows as a user key
(tmux(1), `user-keys`), bound to the selection just before it is typed. The sequence is drawn anew at every start, so
nothing pasted can hold it; programs have no way to type.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from typing import Protocol

from cockpit.errors import CockpitError
from cockpit.tmux.control.connection import Then
from cockpit.tmux.control.parser import ControlEvent, Notification
from cockpit.tmux.windows.creation import Command
from cockpit.tmux.windows.windows import TERMINALS_SESSION

DEADLINE_S = 0.5
"""The server reads the tty itself: this passes only when the client was detached just now, or the server hangs."""
_KEY_NUMBER = 991
_KEY = f"User{_KEY_NUMBER}"


class RunInTurn(Protocol):
    """`ServerLink.sequence`."""

    async def __call__(self, *commands: Sequence[str], then: Then | None = None) -> list[list[str]]:
        """Runs commands on one line, then `then` before anything else is run."""
        ...


class WindowSwitch:
    """The selections of one server's terminals."""

    def __init__(self, run: RunInTurn) -> None:
        self._run = run
        # CSI with an intermediate byte first: no key, report or paste begins so, and no lone Escape waits for more.
        self._typed = f"\x1b[${secrets.token_hex(8)}~"
        self._awaited: tuple[str, asyncio.Future[None]] | None = None

    def setup_commands(self) -> list[Command]:
        """Makes tmux know the key. (Keys that come fast would otherwise be taken for a paste, which binds nothing.)"""
        return [
            ("set-option", "-s", f"user-keys[{_KEY_NUMBER}]", self._typed),
            ("set-option", "-g", "assume-paste-time", "0"),
        ]

    async def select(self, window_id: str, type_: Callable[[bytes], None] | None) -> None:
        """Makes this window the shown one; `type_` writes into the display client's tty, where there is one.

        Raises `TmuxError`, also when there is no such window (`commands.is_missing_target`).
        """
        target = f"={TERMINALS_SESSION}:{window_id}"
        select = ("select-window", "-t", target)
        if type_ is None or not await self._select_typed(window_id, target, select, type_):
            await self._run(select)

    def notice(self, event: ControlEvent) -> None:
        """An event of the control connection."""
        if self._awaited is None or not isinstance(event, Notification):
            return
        window_id, selected = self._awaited
        shown = event.text.rpartition(" ")[2]
        if event.name == "session-window-changed" and shown == window_id and not selected.done():
            selected.set_result(None)

    async def _select_typed(
        self, window_id: str, target: str, select: Command, type_: Callable[[bytes], None]
    ) -> bool:
        selected: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def type_it(answers: list[list[str]]) -> None:
            if answers[-1] == [window_id]:
                selected.set_result(None)
                return
            self._awaited = (window_id, selected)
            try:
                type_(self._typed.encode())
                await asyncio.wait((selected,), timeout=DEADLINE_S)
            except CockpitError:
                return  # the client has ended
            finally:
                self._awaited = None

        await self._run(
            ("list-panes", "-t", target, "-F", ""),
            ("bind-key", "-T", "root", _KEY, *select),
            # After a lone Escape tmux reads one key with meta.
            ("bind-key", "-T", "root", f"M-{_KEY}", f"send-keys Escape ; {' '.join(select)}"),
            ("display-message", "-p", "-t", f"={TERMINALS_SESSION}:", "#{window_id}"),
            then=type_it,
        )
        return selected.done()

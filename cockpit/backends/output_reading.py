"""What a shell's commands printed, as text: from the bytes that were kept of it, else from what is still on screen.

The same on every backend. The last command's output is told whole or not at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from cockpit.command_outputs import CommandOutputs
from cockpit.errors import OutputUnknownError
from cockpit.model import Size
from cockpit.osc import unescape

_INSTEAD = "read its last lines (lines, --lines N) or everything (history, --history) instead"
NOT_MARKED = f"the terminal's shell has marked no command (OSC 133) that cockpit heard; {_INSTEAD}"
_WHY = "it was too much or too fast, or the shell ended first"
NOT_WHOLE = f"what the command printed is not known whole: {_WHY}; {_INSTEAD}"


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class OutputReader:
    """What is known of one terminal's commands, and how to read it. `size` asks for the terminal's size."""

    outputs: CommandOutputs
    size: Callable[[], Awaitable[Size]]
    broke_off: Callable[[], bool] = _never
    """Whether the program has ended and its last words may have been dropped: only the screen has them for certain."""

    async def text(self, data: bytes, *, done: bool = False, styled: bool = False) -> tuple[str, bool]:
        """The text of bytes in `outputs`, and whether its first lines had to be left out (see `terminal.replay`).

        `done`: it is the output of a command that is over. Raises `CockpitError`.
        """
        from cockpit.terminal.scrollback.replay import replayed

        size = await self.size()
        if self.outputs.escaped:
            data = unescape(data)
        return await asyncio.to_thread(replayed, data, size, done=done, styled=styled)

    async def last(self, *, styled: bool, from_screen: Callable[[], Awaitable[str | None]]) -> str:
        """What the last command printed, or has printed so far.

        Args:
            styled: with SGR sequences.
            from_screen: finds it in what the terminal still holds; None where that doesn't tell it for certain.

        Raises:
            OutputUnknownError: it is not known, or not all of it.
        """
        output = self.outputs.last
        if output is not None and not (output.cut or output.gap or (self.broke_off() and not output.done)):
            text, left_out = await self.text(output.data, done=output.done, styled=styled)
            if not left_out:
                return text
        found = await from_screen()
        if found is None:
            raise OutputUnknownError(NOT_MARKED if output is None else NOT_WHOLE)
        return found

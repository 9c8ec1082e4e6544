"""cockpit, told what to do from outside: obeys the lines of a FIFO in its own loop. Arguments: the FIFO, cockpit's own.

A line is `send` or `notice`, a blank and a text: bytes for the shown terminal by the one registry of commands, or a
toast. Everything else is cockpit as a person runs it.
"""

from __future__ import annotations

import asyncio
import os
import sys

from cockpit import cli
from cockpit.app import app


class Steered(app.CockpitApp):
    """Obeys line by line."""

    fifo = ""

    def on_mount(self) -> None:  # beside the one it inherits: Textual calls both
        reading = os.open(
            self.fifo, os.O_RDWR | os.O_NONBLOCK
        )  # writing too: the end of one writer isn't the end
        self._lines: asyncio.Queue[bytes] = asyncio.Queue()
        self._rest = b""
        asyncio.get_running_loop().add_reader(reading, self._heard, reading)
        self.run_worker(self._obey(), group="steering")

    def _heard(self, reading: int) -> None:
        *lines, self._rest = (self._rest + os.read(reading, 1 << 16)).split(b"\n")
        for line in lines:
            self._lines.put_nowait(line)

    async def _obey(self) -> None:
        while True:
            verb, _, text = (await self._lines.get()).partition(b" ")
            if verb == b"send":
                await self.workspace.run("terminal.send", data=text)
            else:
                self.workspace.notice(text.decode())


if __name__ == "__main__":
    Steered.fifo = sys.argv.pop(1)
    app.CockpitApp = Steered  # type: ignore[misc]  # the composition root makes this one
    sys.exit(cli.main(sys.argv[1:]))

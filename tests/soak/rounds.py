"""The rounds: a silent terminal and a shell in one session, looked at, typed into, resized, opened and closed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from cockpit.terminal.input.keys import parse_chord
from tests.app.live_app import LiveCockpit, live
from tests.soak.footprint import Footprint, footprint

WARM_UP_ROUNDS = 200
LIMITS = Footprint(
    resident_kib=12 * 1024,
    server_kib=2048,
    descriptors=2,
    threads=1,
    tasks=3,
    objects=4000,
    children=0,
    files=2,
)
"""What may be more at the end: caches that fill, a toast that is still shown. A leak of one per round is over it."""


@dataclass(frozen=True, slots=True)
class Soak:
    """How a soak went."""

    rounds: int
    seconds: float
    before: Footprint
    after: Footprint

    @property
    def grown(self) -> list[str]:
        """What grew by more than it may."""
        return self.before.grown(self.after, LIMITS)

    def report(self) -> str:
        """What was measured, for a person."""
        lines = [f"{self.rounds} rounds in {self.seconds:.0f} s", f"{'':>12}  {'before':>9}  {'after':>9}"]
        return "\n".join([*lines, *self.before.lines(self.after), *self.grown])


async def soak(
    backend: str, *, seconds: float, rate: float, tell: Callable[[str], None] = lambda _line: None
) -> Soak:
    """Runs rounds for so long, at most `rate` of them in a second; `tell` gets a line every thousand."""
    async with live(backend) as world:
        shell = world.terminal
        silent = await world.new_tab("printf silent; exec sleep 1000000", shows="silent")
        pid = world.home.server_pid() if backend == "tmux" else None
        before = footprint(world.home.home, pid)
        began = time.monotonic()
        number = 0
        while number < WARM_UP_ROUNDS or time.monotonic() - began < seconds:
            due = time.monotonic() + 1 / rate
            await _round(world, number, shell.id, silent.id)
            number += 1
            if number == WARM_UP_ROUNDS:
                before, began = footprint(world.home.home, pid), time.monotonic()
            if number % 1000 == 0:
                tell(f"{number} rounds")
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        await _settled(world, shell.id)
        after = footprint(world.home.home, pid)
        assert silent.status.state.value == "running"
        return Soak(number - WARM_UP_ROUNDS, time.monotonic() - began, before, after)


async def _round(world: LiveCockpit, number: int, shell: str, silent: str) -> None:
    await world.workspace.run("terminal.focus", terminal_id=silent)
    await world.pane_shows("silent")
    await world.workspace.run("terminal.focus", terminal_id=shell)
    word = f"r{number}"
    for chord in (*f": {word}", "enter"):
        world.app.take_typed(parse_chord("space" if chord == " " else chord))
    await world.pane_shows(f": {word}")
    if number % 10 == 0:
        await world.key("view.help")
        await world.until(lambda: world.app.screen is not world.main, "the help")
        await world.press("escape")
        await world.back()
    if number % 25 == 0:
        columns = 100 if number % 50 else 120
        await world.pilot.resize_terminal(columns, 36)
    if number % 50 == 0:
        await world.new_tab("printf short; exec sleep 1000000", shows="short")
        await world.workspace.run("terminal.close", terminal_id=world.terminal.id)
    if number % 40 == 0:
        await world.press("shift+pageup")
        await world.press("escape")


async def _settled(world: LiveCockpit, shell: str) -> None:
    await world.workspace.run("terminal.focus", terminal_id=shell)
    await world.prompt()
    await world.pilot.pause()

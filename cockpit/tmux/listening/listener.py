"""The listener: a second control client that is given what all panes print, and finds in it what programs tell and
what commands print.

Why a client of its own: on the control connection, replies would queue behind output. It reads no more than a budget
allows; a pane that prints faster than that falls behind and is paused for a while (refresh-client(1), `-A`), since
tmux keeps everything a client has not read yet. What a program tells meanwhile is missed. A pane that is listened to
closely is never paused by us, and what it prints is read at any rate.

tmux before 3.8 crashes when a pane is respawned that a client with output lags behind on (tmux 5499), and possibly
when one is turned off (5054): nothing of ours does either (see `creation.replace_commands`). It enters while
the link is alone and leaves with it, for the reasons given in `connection`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from cockpit.command_outputs import CommandOutputs, OutputBudget
from cockpit.errors import TmuxError
from cockpit.osc import OscScanner
from cockpit.tmux.control.client import ControlConnection
from cockpit.tmux.control.connection import ServerLink
from cockpit.tmux.control.parser import ControlEvent, Notification, Output
from cockpit.tmux.server.startup import ServerSetup
from cockpit.tmux.windows.windows import CONTROL_SESSION

log = logging.getLogger(__name__)

CLIENT_FLAGS = "ignore-size,pause-after=1"
"""The pause is tmux's own, for when we are not there to ask for one."""
BURST_BYTES = 1024 * 1024
BYTES_PER_SECOND = 1280 * 1024
BREATH_S = 0.05
"""How long reading rests once the budget is spent."""
LAG_LIMIT_MS = 100
PAUSE_S = 0.5
PANES_LIMIT = 1000
FIRST_RETRY_S = 0.5
LONGEST_RETRY_S = 30.0

Told = Callable[[str, bytes], None]
"""Gets the pane's id and what stands between `ESC ]` and the end of one OSC."""


class ReadBudget:
    """Allows `BURST_BYTES` at once and `BYTES_PER_SECOND` in the long run. Pure: the caller tells the time."""

    __slots__ = ("_left", "_updated_at")

    def __init__(self, now: float) -> None:
        self._left = float(BURST_BYTES)
        self._updated_at = now

    def spend(self, amount: int, now: float) -> bool:
        """Counts bytes that were read; False when it is time to rest."""
        refilled = self._left + (now - self._updated_at) * BYTES_PER_SECOND
        self._left = min(float(BURST_BYTES), refilled) - amount
        self._updated_at = now
        return self._left > 0

    @property
    def strained(self) -> bool:
        """More than half of a burst is spent: there is a flood. Lag alone is a busy machine, and loses nothing."""
        return self._left < BURST_BYTES / 2


@dataclass(slots=True)
class _Pane:
    """What was heard of one pane."""

    outputs: CommandOutputs
    scanner: OscScanner = field(default_factory=lambda: OscScanner(escaped=True))

    def gap(self) -> None:
        """Something was not heard."""
        self.scanner = OscScanner(escaped=True)
        self.outputs.gap()


class PaneListener:
    """Listens to one server from `begin` until `stop`. A client that ends by itself is replaced, later and later.

    Args:
        told: gets what a program tells.
        printed: gets the id of a pane that printed anything.
    """

    def __init__(self, setup: ServerSetup, told: Told, printed: Callable[[str], None]) -> None:
        self._setup = setup
        self._told = told
        self._told_output = printed
        self._link: ServerLink | None = None
        self._client: ControlConnection | None = None
        self._panes: dict[str, _Pane] = {}
        self._outputs_budget = OutputBudget()
        self._close: dict[str, int] = {}
        self._paused: set[str] = set()
        self._budget = ReadBudget(0.0)
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._entering: asyncio.Task[None] | None = None
        self._retry_s = FIRST_RETRY_S

    @property
    def listening(self) -> bool:
        """Whether the client is there now."""
        return self._client is not None and not self._client.closed

    def outputs(self, pane_id: str) -> CommandOutputs:
        """What is known of the commands of a pane's shell."""
        return self._pane(pane_id).outputs

    def forget(self, pane_id: str) -> None:
        """The pane's program is gone, or makes room for another one."""
        pane = self._panes.pop(pane_id, None)
        if pane is not None:
            pane.outputs.close()

    def listen_closely(self, pane_id: str) -> Callable[[], None]:
        """Misses nothing of a pane, also of a flood, until the returned call."""
        self._close[pane_id] = self._close.get(pane_id, 0) + 1

        def stop() -> None:
            self._close[pane_id] -= 1
            if not self._close[pane_id]:
                del self._close[pane_id]

        return stop

    async def catch_up(self) -> None:
        """Returns when everything that tmux has read of any pane so far was heard.

        Raises `TmuxError` when the client is gone or does not answer.
        """
        if self._client is not None:
            await self._client.command("display-message", "-p", "", timeout_s=self._setup.timeout_s)

    async def begin(self, link: ServerLink) -> None:
        """Enters the server. Where that fails it is tried again later; nobody else notices."""
        for pane_id in tuple(self._panes):  # it may be another server, which numbers its panes anew
            self.forget(pane_id)
        self._link = link
        await self._enter()

    async def stop(self) -> None:
        """Enters no more. An entering client is never killed: that could end the server (tmux 4916)."""
        self._link = None
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        if self._entering is not None:
            await asyncio.wait((self._entering,))  # bounded by the deadlines of the lock and of a call

    async def leave(self) -> None:
        """Ends the client; `stop` comes first. Idempotent."""
        client, self._client = self._client, None
        self._forget_panes()
        if client is not None:
            await client.close()

    async def _enter(self) -> None:
        link = self._link
        if link is None or link.over:
            return
        self._budget = ReadBudget(asyncio.get_running_loop().time())
        self._forget_panes()
        try:
            async with link.alone():
                self._client = await ControlConnection.open(
                    self._setup.binary,
                    self._setup.socket_path,
                    session=CONTROL_SESSION,
                    environment=self._setup.environment,
                    on_event=self._noticed,
                    on_closed=self._closed,
                    flags=CLIENT_FLAGS,
                    timeout_s=self._setup.timeout_s,
                )
            self._retry_s = FIRST_RETRY_S
        except TmuxError as error:
            log.warning("what programs tell is not heard for %g s: %s", self._retry_s, error)
            self._enter_later()

    def _closed(self, reason: str) -> None:
        log.debug("the listener's client ended: %s", reason)
        self._enter_later()

    def _enter_later(self) -> None:
        if self._link is not None and not self._link.over:
            self._later("enter", self._retry_s, self._enter_now)
            self._retry_s = min(self._retry_s * 2, LONGEST_RETRY_S)

    def _enter_now(self) -> None:
        self._entering = asyncio.get_running_loop().create_task(self._enter_anew())

    async def _enter_anew(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()
        await self._enter()

    def _noticed(self, event: ControlEvent) -> None:
        if isinstance(event, Output):
            self._printed(event)
        elif isinstance(event, Notification) and event.name == "pause":
            self._pause(event.first)
            self._told_output(event.first)

    def _printed(self, output: Output) -> None:
        pane_id = output.pane_id
        closely = pane_id in self._close
        if not closely and not self._budget.spend(len(output.escaped), asyncio.get_running_loop().time()):
            self._hold()
        if pane_id not in self._paused:
            self._hear(pane_id, output.escaped)
            if output.age_ms > LAG_LIMIT_MS and self._budget.strained and not closely:
                self._ask(pane_id, "pause")  # tmux tells that it did so inside the answer, where nobody looks
                self._pause(pane_id)
        self._told_output(pane_id)

    def _hear(self, pane_id: str, escaped: bytes) -> None:
        pane = self._pane(pane_id)
        heard = pane.scanner.scan(escaped)
        pane.outputs.feed(escaped, heard)
        for each in heard:
            self._told(pane_id, each.payload)

    def _pane(self, pane_id: str) -> _Pane:
        pane = self._panes.get(pane_id)
        if pane is None:
            if len(self._panes) >= PANES_LIMIT:  # nobody tells which panes are gone
                self.forget(next(iter(self._panes)))
            outputs = CommandOutputs(self._outputs_budget, escaped=True, from_start=False)
            pane = self._panes[pane_id] = _Pane(outputs)
        return pane

    def _pause(self, pane_id: str) -> None:
        self._pane(pane_id).gap()
        self._paused.add(pane_id)
        self._later("go on", PAUSE_S, self._go_on)

    def _hold(self) -> None:
        if self._client is not None and self._link is not None and "read on" not in self._timers:
            self._client.hold_reading(True)
            self._later("read on", BREATH_S, self._read_on)

    def _read_on(self) -> None:
        if self._client is not None:
            self._client.hold_reading(False)

    def _go_on(self) -> None:
        paused, self._paused = self._paused, set()
        for pane_id in paused:
            self._ask(pane_id, "continue")

    def _ask(self, pane_id: str, what: str) -> None:
        if self._client is not None:
            with suppress(TmuxError):  # it has ended: the next client starts anew
                self._client.post("refresh-client", "-A", f"{pane_id}:{what}")

    def _later(self, name: str, delay_s: float, call: Callable[[], None]) -> None:
        """One timer of each name at a time."""

        def due() -> None:
            del self._timers[name]
            call()

        if name not in self._timers:
            self._timers[name] = asyncio.get_running_loop().call_later(delay_s, due)

    def _forget_panes(self) -> None:
        """The client is another one, or none."""
        for pane in self._panes.values():
            pane.gap()
        self._paused.clear()

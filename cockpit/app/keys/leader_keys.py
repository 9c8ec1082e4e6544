"""Carries out what the keymap decides: runs commands, shows that the leader is pending, helps who hesitates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.screen import Screen
from textual.timer import Timer

from cockpit.app.command_runner import CommandRunner
from cockpit.app.keys.bindings import Context, KeyBinding
from cockpit.app.keys.keymap import Cancelled, Keymap, Pass, Pending, Run, SendLeader, Unknown
from cockpit.app.widgets.hint_panel import HintPanel, hints_of

HINT_DELAY_S = 0.35
"""How long a person hesitates after the leader before the panel helps."""


class LeaderKeys:
    """Belongs to the main screen. `changed` is called when the pending state begins or ends."""

    def __init__(
        self, screen: Screen[Any], runner: CommandRunner, keymap: Keymap, *, changed: Callable[[str], None]
    ) -> None:
        self._screen = screen
        self._runner = runner
        self._changed = changed
        self._timer: Timer | None = None
        self.keymap = keymap

    def take(self, chord: str, context: Context = "leader") -> bool:
        """Uses a chord, or answers False when it is for the widget that has the keyboard."""
        outcome = self.keymap.feed(chord, context)
        if isinstance(outcome, Pending):
            self._timer = self._screen.set_timer(HINT_DELAY_S, self.show_hints)
            self._changed("")
            return True
        if isinstance(outcome, Pass):
            return False
        self._end()
        match outcome:
            case Run(binding):
                self.run(binding)
            case Unknown(chord=unknown):
                show, help_key = self.keymap.show, self.keymap.shown("view.help")
                where = f"; {help_key} shows what is" if help_key else ""
                self._changed(f"{show(self.keymap.leader)} {show(unknown)} is not bound{where}")
            case SendLeader():
                return False
            case Cancelled():
                pass
        return True

    def run(self, binding: KeyBinding) -> None:
        """Runs a binding, wherever it was chosen."""
        self.cancel()
        self._runner.start(binding.command, dict(binding.arguments))

    def cancel(self) -> None:
        """Forgets a pending leader and takes the panel away."""
        self.keymap.cancel()
        self._end()

    def press(self) -> None:
        """The leader by mouse: pending at once, with the panel."""
        self.keymap.pending = True
        self._changed("")
        self.show_hints()

    def show_hints(self) -> None:
        """Shows what can follow, unless the leader was left meanwhile."""
        if not self.keymap.pending:
            return
        panel = self._screen.query_one(HintPanel)
        body = self._screen.query_one("#body").size
        covered = int(self._screen.has_class("-zoomed"))  # by the status line
        panel.open(hints_of(self.keymap), body.width, body.height - covered)

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._screen.query_one(HintPanel).close()
        self._changed("")

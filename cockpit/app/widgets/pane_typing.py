"""What is typed into the pane, on its way to the program: held while another terminal is brought up, never lost."""

from __future__ import annotations

from collections.abc import Callable

from cockpit.errors import TerminalGoneError
from cockpit.terminal.keys import KeyPress
from cockpit.terminal.surface import Surface

HELD_INPUT_LIMIT = 10_000
"""Keys and pastes kept while a terminal is brought up. Nobody types more in that time."""


class PaneTyping:
    """Gives keys, pastes and reports to the surface shown. `ended` is told of keys for a program that is gone."""

    def __init__(self, ended: Callable[[KeyPress], None]) -> None:
        self.surface: Surface | None = None
        self.key_given: Callable[[], None] | None = None
        """Told every key that went to the program."""
        self._ended = ended
        self._held: list[list[Callable[[], None]]] = []
        """One list for every switch under way, the newest last."""

    def hold(self) -> None:
        """Keeps what is typed from now on: another terminal is about to be shown, and it is meant for that one."""
        self._held.append([])

    def release(self, keep: int = 0) -> None:
        """Gives what was held to the program shown now; without one it is dropped.

        `keep` is the number of switches still to come: what was typed after those began goes on waiting for them.
        """
        due = len(self._held) - keep
        released, self._held = self._held[:due], self._held[max(0, due) :]
        for held in released if due > 0 else ():
            for give in held:
                give()

    def key(self, press: KeyPress) -> None:
        """One key."""
        self._give(lambda: self._key(press))

    def paste(self, data: bytes) -> None:
        """Pasted text."""
        self._give(lambda: self._paste(data))

    def report(self, data: bytes) -> bool:
        """What isn't typed (focus, mouse), already encoded; False when the program has ended."""
        if data and self.surface is not None:
            try:
                self.surface.write(data)
            except TerminalGoneError:
                return False
        return True

    def focus(self, focused: bool) -> None:
        """The pane gained or lost the keyboard."""
        if self.surface is not None:
            self.report(self.surface.input.focus(focused))

    def _give(self, give: Callable[[], None]) -> None:
        """Encoding waits too: the program it is meant for may want other sequences."""
        if not self._held:
            give()
        elif sum(map(len, self._held)) < HELD_INPUT_LIMIT:
            self._held[-1].append(give)

    def _key(self, press: KeyPress) -> None:
        surface = self.surface
        if surface is None or not self.report(surface.input.key(press)):
            self._ended(press)
        elif self.key_given is not None:
            self.key_given()

    def _paste(self, data: bytes) -> None:
        if self.surface is not None:
            self.report(self.surface.input.paste(data))

"""What is typed into the pane, on its way to the program: held while another terminal is brought up, never lost."""

from __future__ import annotations

from collections.abc import Callable

from cockpit.errors import TerminalGoneError
from cockpit.terminal.input.keys import KeyPress
from cockpit.terminal.surface import Surface

HELD_INPUT_LIMIT = 10_000
"""Keys and pastes kept while a terminal is brought up. Nobody types more in that time."""


class PaneTyping:
    """Gives keys, pastes and reports to the surface shown. `ended` is told of keys for a program that is gone."""

    def __init__(self, ended: Callable[[KeyPress], object]) -> None:
        self.surface: Surface | None = None
        self.key_given: Callable[[], None] | None = None
        """Told every key that went to the program."""
        self.keeps: Callable[[KeyPress | bytes], bool] | None = None
        """Sees every key and paste first; answers True when it has its turn later, behind a command."""
        self._ended = ended
        self._held: list[list[Callable[[], None]]] = []
        """One list for every switch under way, the newest last."""
        self.stops_paste: Callable[[bytes], bool] | None = None
        """Sees every paste first; answers True when it has to wait until `go_on`."""
        self._behind: list[Callable[[], None]] | None = None
        """What was typed behind a paste that waits."""

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

    def in_turn(self, give: Callable[[], None]) -> None:
        """Does what was typed, now or when the terminal it is meant for is shown.

        Encoding waits too, as does who reads or selects: both may differ there.
        """
        if not self._held:
            give()
        elif sum(map(len, self._held)) < HELD_INPUT_LIMIT:
            self._held[-1].append(give)

    def key(self, press: KeyPress) -> None:
        """One key for the program shown now."""
        if self._waits(lambda: self.key(press)):
            return
        surface = self.surface
        if surface is not None and self.keeps is not None and self.keeps(press):
            return
        if surface is None or not self.report(surface.input.key(press)):
            self._ended(press)
        elif self.key_given is not None:
            self.key_given()

    def paste(self, data: bytes) -> None:
        """Pasted text for the program shown now."""
        if self.surface is None or self._waits(lambda: self.paste(data)):
            return
        self._behind = []  # before it is known: the question may be answered at once
        if self.stops_paste is None or not self.stops_paste(data):
            self.go_on(data)

    def go_on(self, data: bytes | None) -> None:
        """Gives what has become of the paste that waited, None for nothing, and then what was typed behind it."""
        behind, self._behind = self._behind or [], None
        if data is not None and self.surface is not None:
            lines = data.replace(b"\r\n", b"\n").replace(b"\n", b"\r")  # as they are typed
            if self.keeps is None or not self.keeps(lines):
                self.report(self.surface.input.paste(data))
        for give in behind:  # should another paste wait, the rest waits behind that
            give()

    def _waits(self, give: Callable[[], None]) -> bool:
        """Puts it behind the paste that waits, if one does."""
        if self._behind is None:
            return False
        if len(self._behind) < HELD_INPUT_LIMIT:
            self._behind.append(give)
        return True

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

"""Which keys scroll and select while a person reads, and which end the reading. Touches no widget."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from cockpit.terminal.input.keys import KeyPress, Modifiers, chord

if TYPE_CHECKING:
    from cockpit.terminal.scrollback.local_view import LocalView


class Reader(Protocol):
    """Who reads."""

    @property
    def local(self) -> LocalView | None:
        """What is read."""
        ...

    @property
    def opening(self) -> bool:
        """What is read is still fetched."""
        ...

    @property
    def selecting(self) -> bool:
        """The keyboard moves a cursor of its own."""
        ...

    @property
    def jumped(self) -> Callable[[LocalView, int], object]:
        """Goes to the prompt above (-1) or below (1)."""
        ...

    def open(self, then: Callable[[LocalView], object], *, everything: bool = False) -> None:
        """Does something with what is read; `everything`: not before all of it is there."""
        ...

    def leave(self) -> None:
        """Ends the reading."""
        ...

    def copy(self) -> None:
        """Copies the selection and ends the reading."""
        ...


PAGE_KEYS: dict[str, Callable[[LocalView], object]] = {
    "shift+pageup": lambda local: local.page(-1),
    "shift+pagedown": lambda local: local.page(1),
    "shift+home": lambda local: local.to_top(),
    "shift+end": lambda local: local.scrolling.to_live(),
}
"""Scroll without taking the keyboard from the program."""


class ReadingKeys:
    """Decides for every key typed into the pane while, or before, a person reads."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def take(self, press: KeyPress) -> bool:
        """Uses a key, or answers False when it is for the program."""
        local = self._reader.local
        name = press.chord
        if self._reader.selecting and local is not None:
            self._select(local, press, name)
            return True
        reading = local is not None or self._reader.opening
        page = PAGE_KEYS.get(name)
        if page is not None and (reading or name == "shift+pageup"):
            self._reader.open(page, everything=name == "shift+home")
            return True
        self._reader.leave()  # also what the wheel began and isn't shown yet
        return reading and name == "escape"

    def _select(self, local: LocalView, press: KeyPress, name: str) -> None:
        from cockpit.terminal.scrollback.motions import MOTION_KEYS, Motion
        from cockpit.terminal.scrollback.selection import SelectionMode

        modes = {"v": SelectionMode.CELL, "V": SelectionMode.LINE, "ctrl+v": SelectionMode.BLOCK}
        if name in ("escape", "q", "ctrl+c"):
            self._reader.leave()
        elif name in ("y", "enter"):
            self._reader.copy()
        elif name in modes:
            self._reader.open(lambda local: local.cursor.toggle(modes[name]))
        elif name == "n":
            self._reader.open(lambda local: local.step_match(1))
        elif name == "N":
            self._reader.open(lambda local: local.step_match(-1))
        elif name in ("{", "("):
            self._reader.open(lambda local: self._reader.jumped(local, -1), everything=True)
        elif name in ("}", ")"):
            self._reader.open(lambda local: self._reader.jumped(local, 1), everything=True)
        elif motion := MOTION_KEYS.get(name):
            self._reader.open(lambda local: local.cursor.move(motion), everything=motion is Motion.TOP)
        elif press.modifiers & Modifiers.SHIFT:
            extending = MOTION_KEYS.get(chord(press.key, press.modifiers & ~Modifiers.SHIFT))
            if extending is not None:
                self._reader.open(
                    lambda local: local.cursor.move(extending, extend=True),
                    everything=extending is Motion.TOP,
                )

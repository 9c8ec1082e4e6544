"""Emulators for tests of what lies over them."""

from __future__ import annotations

from cockpit.model import Size
from cockpit.terminal.emulator.cells import row_text
from cockpit.terminal.emulator.emulator import Emulator
from cockpit.terminal.scrollback.local_view import LocalView


class Nobody:
    """A listener that hears nothing."""

    def reply(self, data: bytes) -> None:
        pass

    def title_changed(self, title: str) -> None:
        pass

    def bell_rang(self) -> None:
        pass


def fed(text: str, columns: int = 20, rows: int = 5, *, lines: int = 10_000) -> Emulator:
    """An emulator that was fed a text; a newline starts a new line."""
    emulator = Emulator(Size(columns, rows), Nobody(), scrollback_lines=lines)
    emulator.feed(text.replace("\n", "\r\n").encode())
    return emulator


def numbered(count: int, first: int = 0) -> str:
    """Lines that tell their number."""
    return "".join(f"line {number}\n" for number in range(first, first + count))


def shown(view: LocalView) -> list[str]:
    """The text of the viewport's rows."""
    return [row_text(row).rstrip() for row in view.rows()]

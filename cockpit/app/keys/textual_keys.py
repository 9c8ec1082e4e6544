"""Key presses as Textual's events name them, for the widgets that are not the pane."""

from __future__ import annotations

from textual import events
from textual.keys import _character_to_key

from cockpit.terminal.input.decoder import Paste
from cockpit.terminal.input.keys import KeyPress, Modifiers

_NAMES = (
    (Modifiers.ALT, "alt"),
    (Modifiers.CTRL, "ctrl"),
    (Modifiers.HYPER, "hyper"),
    (Modifiers.META, "meta"),
    (Modifiers.SHIFT, "shift"),
    (Modifiers.SUPER, "super"),
)
_CHARACTERS = {"enter": "\r", "tab": "\t", "backspace": "\x7f", "escape": "\x1b", "space": " "}


def event_for(typed: KeyPress | Paste) -> events.Key | events.Paste | None:
    """The event for what was typed or pasted; None for a sequence that is no key Textual knows."""
    if isinstance(typed, Paste):
        return events.Paste(typed.text.decode("utf-8", "replace").replace("\0", ""))
    return key_event(typed)


def key_event(press: KeyPress) -> events.Key | None:
    """The event Textual's own parser would make of this press, or None for a sequence it has no name for."""
    if not press.key:
        return None
    modifiers = press.modifiers
    key: str = press.key
    if len(key) == 1:
        if not modifiers & ~Modifiers.SHIFT and press.text:
            character = press.text
            return events.Key(character if character.isalnum() else _character_to_key(character), character)
        key = key.lower() if key.isalpha() else str(_character_to_key(key))
    prefix = [name for flag, name in _NAMES if modifiers & flag]
    typed = None if modifiers else _CHARACTERS.get(key)
    return events.Key("+".join([*prefix, key]), typed)

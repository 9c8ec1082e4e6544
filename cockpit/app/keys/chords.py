"""Chords as they are shown to people, and as tmux writes them. Pure; the one spelling is in `terminal.input.keys`."""

from __future__ import annotations

import re

from cockpit.terminal.input.keys import parse_chord

_TMUX_MODIFIERS = {"C": "ctrl", "M": "alt", "S": "shift"}
_TMUX_KEYS = {
    "Space": "space", "BSpace": "backspace", "Enter": "enter", "Escape": "escape", "Tab": "tab", "BTab": "shift+tab",
    "NPage": "pagedown", "PPage": "pageup", "PgDn": "pagedown", "PgUp": "pageup", "DC": "delete", "IC": "insert",
}  # fmt: skip
_SHOWN = {
    "enter": "⏎", "up": "↑", "down": "↓", "left": "←", "right": "→", "escape": "esc", "pageup": "pgup",
    "pagedown": "pgdn", "delete": "del", "insert": "ins", "backspace": "⌫",
}  # fmt: skip
_SHOWN_ASCII = {"escape": "esc", "pageup": "pgup", "pagedown": "pgdn", "delete": "del", "insert": "ins"}


def tmux_chord(text: str) -> str | None:
    """The chord tmux(1) writes as `C-b`, `M-Space` or `F12`; None for `None` or what has no counterpart."""
    written = text.strip()
    match = re.fullmatch(r"((?:[CMS]-)*)(.+)", written)
    if match is None or written == "None":
        return None
    held = [_TMUX_MODIFIERS[letter] for letter in match[1].replace("-", "")]
    key = match[2]
    if len(key) == 2 and key.startswith("^"):
        held, key = [*held, "ctrl"], key[1]
    if "ctrl" in held and len(key) == 1:
        key = key.lower()
    try:
        return parse_chord(
            "+".join([*held, _TMUX_KEYS.get(key, key if len(key) == 1 else key.lower())])
        ).chord
    except ValueError:
        return None


def show_chord(text: str, *, ascii_only: bool = False) -> str:
    """A chord as it is shown to people: `ctrl+b`, `⏎`, `space`."""
    plus = text == "+" or text.endswith("++")
    *modifiers, key = [*text[:-1].split("+"), "+"] if plus else text.split("+")
    shown = (_SHOWN_ASCII if ascii_only else _SHOWN).get(key, key)
    return "+".join([*(m for m in modifiers if m), shown])

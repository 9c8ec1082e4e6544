"""Key presses as plain values, and the chords people write for them. Pure: no terminal, no Textual."""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from enum import IntFlag

from cockpit.terminal.input.key_names import ALIASES, NAMES, TEXTUAL_CHARACTERS, TEXTUAL_KEYS, US_SHIFTED
from cockpit.text import did_you_mean


class Modifiers(IntFlag):
    """Modifier keys held, with the bits of xterm and the kitty keyboard protocol (their parameter less
    one).
    """

    SHIFT = 1
    ALT = 2
    CTRL = 4
    SUPER = 8
    HYPER = 16
    META = 32


NONE = Modifiers(0)
_SPELLED = {
    "ctrl": Modifiers.CTRL,
    "alt": Modifiers.ALT,
    "shift": Modifiers.SHIFT,
    "super": Modifiers.SUPER,
    "hyper": Modifiers.HYPER,
    "meta": Modifiers.META,
}
"""In the order of the one spelling."""
_TERSE = {"C": "ctrl", "M": "alt", "A": "alt", "S": "shift"}
_WRITTEN = {**_SPELLED, "control": Modifiers.CTRL, "option": Modifiers.ALT, "cmd": Modifiers.SUPER}


@dataclass(frozen=True, slots=True)
class KeyPress:
    """One key with its modifiers, as it arrived.

    A letter is lower case in `key` and carries SHIFT when it was typed as a capital. An empty `key` is a
    complete sequence nobody knows: only `raw` can be passed on.
    """

    key: str
    """A character, or a name of `key_names.NAMES`."""
    modifiers: Modifiers = NONE
    text: str = ""
    """What the key types; empty for keys and chords that type nothing."""
    raw: bytes = b""
    """The bytes the outer terminal sent; empty when the press came from elsewhere."""
    extended: bool = False
    """It came in a form that plain terminals don't send (kitty keyboard protocol, modifyOtherKeys)."""

    @property
    def chord(self) -> str:
        """The one spelling of this press; two presses are the same chord exactly when these are equal."""
        return chord(self.key, self.modifiers)


@functools.lru_cache(maxsize=1024)
def chord(key: str, modifiers: Modifiers = NONE) -> str:
    """The one spelling: `ctrl+b`, `A`, `&`, `alt+shift+x`, `ctrl+space`.

    Shift isn't spelled where the character tells it; `ctrl+shift+-` is `ctrl+_`, as on a US keyboard.
    `ctrl+@` is `ctrl+space`: both are NUL on the wire.
    """
    if key == "@" and modifiers & ~Modifiers.SHIFT == Modifiers.CTRL:
        key, modifiers = "space", Modifiers.CTRL
    if len(key) == 1:
        if not _has_case(key):
            if modifiers & Modifiers.SHIFT:
                key = US_SHIFTED.get(key, key)
            modifiers &= ~Modifiers.SHIFT
        elif modifiers == Modifiers.SHIFT:
            key, modifiers = key.upper(), NONE
    return "+".join([*(name for name, flag in _SPELLED.items() if modifiers & flag), key])


def parse_chord(text: str) -> KeyPress:
    """The press a person means by `ctrl+b`, `alt+shift+x`, `f5`, `shift+enter`, `ctrl+@`, `A` or `+`.

    Raises:
        ValueError: there is no such key or modifier; the message is fit to be shown.
    """
    return _press(text if text == " " else text.strip(), text)


def from_textual(key: str, character: str | None = None) -> KeyPress:
    """The press a Textual key event tells of, from its `key` (`ctrl+underscore`, `shift+tab`) and
    `character`.

    Never fails: what can't be understood has an empty `key`, and the character, if any, as its text.
    """
    if character and len(character) == 1 and character.isprintable() and ("+" not in key or key == "+"):
        return character_press(character)
    try:
        return _press(key, key)
    except ValueError:
        return KeyPress("", text=character or "")


def character_press(
    character: str, modifiers: Modifiers = NONE, *, raw: bytes = b"", extended: bool = False
) -> KeyPress:
    """The press of a printable character; a capital is its small letter with SHIFT."""
    key = character
    if character == " ":
        key = "space"
    elif _has_case(character) and character != character.lower():
        key = character.lower()
        modifiers |= Modifiers.SHIFT
    elif modifiers & Modifiers.SHIFT and _has_case(character):
        character = character.upper()
    text = "" if modifiers & ~Modifiers.SHIFT else character
    return KeyPress(key, modifiers, text, raw, extended)


def _press(text: str, written: str) -> KeyPress:
    if not text:
        raise ValueError("no key is named")
    if text == "+" or text.endswith("++"):
        names, key = text[:-2].split("+") if len(text) > 1 else [], "+"
    else:
        *names, key = text.split("+")
    key = key.strip() or key
    if not key:
        raise ValueError(f"no key is named behind {written!r}")
    modifiers = NONE
    for name in names:
        flag = _WRITTEN.get(name.strip().lower())
        if flag is None:
            hint = did_you_mean(name.strip().lower(), _WRITTEN) or f": take {', '.join(_SPELLED)}"
            raise ValueError(f"{name.strip()!r} in {written!r} is no modifier{hint}")
        modifiers |= flag
    if len(key) > 1:
        name = key.lower()
        if name == "backtab":
            modifiers |= Modifiers.SHIFT
        name = ALIASES.get(name, name)
        if name in NAMES:
            text = " " if name == "space" and not modifiers & ~Modifiers.SHIFT else ""
            return KeyPress(name, modifiers, text)
        character = _character_of(name)
        if character is None or not character.isprintable():
            raise ValueError(f"there is no key called {key!r}{_meant(key)}")
        key = character
    if not key.isprintable():
        raise ValueError(f"there is no key called {key!r}")
    if key == "@" and modifiers & ~Modifiers.SHIFT == Modifiers.CTRL:
        return KeyPress("space", Modifiers.CTRL)
    return character_press(key, modifiers)


def _meant(key: str) -> str:
    """What to write in place of a name nobody knows: tmux, vim and emacs write `C-c`, `<C-c>`, `^C`."""
    written = re.fullmatch(r"<?((?:[CMAS]-)+)(.+?)>?|\^(.)", key)
    if written is None:
        return did_you_mean(key.lower(), (*sorted(NAMES), *ALIASES))
    modifiers = [_TERSE[letter] for letter in (written[1] or "C-")[::2]]
    return f"; did you mean {'+'.join([*modifiers, (written[2] or written[3]).lower()])}?"


@functools.lru_cache(maxsize=256)
def _character_of(name: str) -> str | None:
    """The character with this name: Textual's own, or its Unicode name with underscores."""
    known = TEXTUAL_CHARACTERS.get(name) or TEXTUAL_KEYS.get(name)
    if known:
        return known
    try:
        return unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        pass
    try:
        return unicodedata.lookup(name.replace("_", "-"))
    except KeyError:
        return None


def _has_case(character: str) -> bool:
    """Whether it is a letter with one small and one capital form, each a single character."""
    lower, upper = character.lower(), character.upper()
    return lower != upper and len(lower) == len(upper) == 1 and lower.upper() == upper

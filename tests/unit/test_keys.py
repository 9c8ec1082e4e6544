"""Chords as people write them, as terminals send them and as Textual names them."""

from __future__ import annotations

import pytest
from textual._keyboard_protocol import FUNCTIONAL_KEYS, MODIFIER_FUNCTIONAL_KEYS
from textual.keys import Keys, _character_to_key

from cockpit.terminal.input.keys import KeyPress, Modifiers, character_press, chord, from_textual, parse_chord

CTRL, ALT, SHIFT, SUPER = Modifiers.CTRL, Modifiers.ALT, Modifiers.SHIFT, Modifiers.SUPER
NONE = Modifiers(0)


@pytest.mark.parametrize(
    ("written", "key", "modifiers", "spelled"),
    [
        ("ctrl+b", "b", CTRL, "ctrl+b"),
        ("Ctrl+B", "b", CTRL | SHIFT, "ctrl+shift+b"),
        ("control+b", "b", CTRL, "ctrl+b"),
        ("alt+shift+x", "x", ALT | SHIFT, "alt+shift+x"),
        ("shift+alt+x", "x", ALT | SHIFT, "alt+shift+x"),
        ("alt+X", "x", ALT | SHIFT, "alt+shift+x"),
        ("option+x", "x", ALT, "alt+x"),
        ("f5", "f5", NONE, "f5"),
        ("F12", "f12", NONE, "f12"),
        ("ctrl+space", "space", CTRL, "ctrl+space"),
        ("ctrl+@", "space", CTRL, "ctrl+space"),
        ("ctrl+at", "space", CTRL, "ctrl+space"),
        ("shift+enter", "enter", SHIFT, "shift+enter"),
        ("return", "enter", NONE, "enter"),
        ("esc", "escape", NONE, "escape"),
        ("pgup", "pageup", NONE, "pageup"),
        ("page_down", "pagedown", NONE, "pagedown"),
        ("backtab", "tab", SHIFT, "shift+tab"),
        ("a", "a", NONE, "a"),
        ("A", "a", SHIFT, "A"),
        ("shift+a", "a", SHIFT, "A"),
        ("ä", "ä", NONE, "ä"),
        ("Ä", "ä", SHIFT, "Ä"),
        ("ß", "ß", NONE, "ß"),
        ("&", "&", NONE, "&"),
        ("ampersand", "&", NONE, "&"),
        ("+", "+", NONE, "+"),
        ("ctrl++", "+", CTRL, "ctrl++"),
        ("ctrl+plus", "+", CTRL, "ctrl++"),
        ("ctrl+\\", "\\", CTRL, "ctrl+\\"),
        ("ctrl+backslash", "\\", CTRL, "ctrl+\\"),
        ("ctrl+shift+-", "-", CTRL | SHIFT, "ctrl+_"),
        ("ctrl+_", "_", CTRL, "ctrl+_"),
        ("super+k", "k", SUPER, "super+k"),
        ("ctrl+alt+shift+super+hyper+meta+k", "k", Modifiers(63), "ctrl+alt+shift+super+hyper+meta+k"),
        (" ctrl + b ", "b", CTRL, "ctrl+b"),
        ("space", "space", NONE, "space"),
        (" ", "space", NONE, "space"),
        ("kp_enter", "kp_enter", NONE, "kp_enter"),
    ],
)
def test_a_written_chord_is_understood_and_has_one_spelling(
    written: str, key: str, modifiers: Modifiers, spelled: str
) -> None:
    press = parse_chord(written)
    assert (press.key, press.modifiers, press.chord) == (key, modifiers, spelled)
    assert parse_chord(press.chord).chord == spelled


@pytest.mark.parametrize(
    "written", ["", "   ", "ctrl+", "nope", "hyperspace+a", "\x01", "ctrl+\x1b", "bb", "+a", "a+b"]
)
def test_a_chord_nobody_can_press_is_refused_with_a_reason(written: str) -> None:
    with pytest.raises(ValueError, match=r"key|modifier"):
        parse_chord(written)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("C-c", "did you mean ctrl+c?"),
        ("M-x", "did you mean alt+x?"),
        ("C-M-S-Up", "did you mean ctrl+alt+shift+up?"),
        ("<C-c>", "did you mean ctrl+c?"),
        ("^C", "did you mean ctrl+c?"),
        ("pageupp", "did you mean pageup"),
        ("ctl+c", "did you mean ctrl"),
        ("bs", "there is no key called 'bs'"),
        ("ctrl+", "no key is named behind 'ctrl+'"),
    ],
)
def test_another_spelling_of_a_key_is_understood_well_enough_to_say_ours(written: str, meant: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_chord(written)
    assert meant in str(caught.value)


def test_text_is_only_what_the_key_types() -> None:
    assert parse_chord("A").text == "A"
    assert parse_chord("space").text == " "
    assert parse_chord("shift+space").text == " "
    assert parse_chord("alt+a").text == ""
    assert parse_chord("ctrl+a").text == ""
    assert parse_chord("enter").text == ""
    assert character_press("a", SHIFT).text == "A"


def test_presses_that_differ_only_in_their_bytes_are_one_chord() -> None:
    plain = KeyPress("b", CTRL, "", b"\x02")
    kitty = KeyPress("b", CTRL, "", b"\x1b[98;5u", extended=True)
    assert plain != kitty
    assert plain.chord == kitty.chord == chord("b", CTRL) == parse_chord("ctrl+b").chord


@pytest.mark.parametrize(
    ("key", "character", "spelled", "text"),
    [
        ("a", "a", "a", "a"),
        ("A", "A", "A", "A"),
        ("ä", "ä", "ä", "ä"),
        ("exclamation_mark", "!", "!", "!"),
        ("plus", "+", "+", "+"),
        ("space", " ", "space", " "),
        ("euro_sign", "€", "€", "€"),
        ("grinning_face", "😀", "😀", "😀"),
        ("exclamation_mark", None, "!", "!"),
        ("euro_sign", None, "€", "€"),
        ("enter", "\r", "enter", ""),
        ("tab", "\t", "tab", ""),
        ("shift+tab", None, "shift+tab", ""),
        ("escape", "\x1b", "escape", ""),
        ("backspace", "\x7f", "backspace", ""),
        ("ctrl+a", "\x01", "ctrl+a", ""),
        ("ctrl+at", "\x00", "ctrl+space", ""),
        ("ctrl+@", "\x00", "ctrl+space", ""),
        ("ctrl+underscore", "\x1f", "ctrl+_", ""),
        ("ctrl+backslash", "\x1c", "ctrl+\\", ""),
        ("ctrl+right_square_bracket", "\x1d", "ctrl+]", ""),
        ("ctrl+circumflex_accent", "\x1e", "ctrl+^", ""),
        ("alt+shift+a", "A", "alt+shift+a", ""),
        ("alt+a", "a", "alt+a", ""),
        ("super+k", None, "super+k", ""),
        ("shift+f3", None, "shift+f3", ""),
        ("ctrl+pageup", None, "ctrl+pageup", ""),
        ("kp_begin", None, "kp_begin", ""),
        ("divide", None, "/", "/"),
        ("<ignore>", None, "", ""),
    ],
)
def test_textual_key_events_become_presses(key: str, character: str | None, spelled: str, text: str) -> None:
    press = from_textual(key, character)
    assert (press.chord, press.text) == (spelled, text)
    assert press.raw == b""
    assert not press.extended


def test_every_key_textual_knows_is_understood() -> None:
    names = {key.value for key in Keys if not key.value.startswith("<")} - {"ctrl-at"}
    names |= set(FUNCTIONAL_KEYS.values()) - MODIFIER_FUNCTIONAL_KEYS
    not_understood = {name for name in names if not from_textual(name).key}
    assert not_understood == set()


def test_every_printable_ascii_character_survives_textuals_names() -> None:
    for code in range(0x20, 0x7F):
        character = chr(code)
        name = character if character.isalnum() else _character_to_key(character)
        assert from_textual(name, None).text == character
        assert from_textual(name, character).text == character

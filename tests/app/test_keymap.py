"""Chords, keymap and leader: pure tables."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from cockpit.app.keys.bindings import DEFAULT_BINDINGS
from cockpit.app.keys.chords import show_chord, tmux_chord
from cockpit.app.keys.keymap import Cancelled, Keymap, Pass, Pending, Run, SendLeader, Unknown, build_keymap
from cockpit.app.keys.leader import NEVER_TAKEN, choose_leader
from cockpit.terminal.input.keys import from_textual, parse_chord


@pytest.mark.parametrize(
    ("key", "character", "chord"),
    [
        ("c", "c", "c"),
        ("N", "N", "N"),
        ("comma", ",", ","),
        ("ampersand", "&", "&"),
        ("left_curly_bracket", "{", "{"),
        ("ctrl+b", "\x02", "ctrl+b"),
        ("ctrl+at", "\x00", "ctrl+space"),
        ("shift+tab", None, "shift+tab"),
        ("enter", "\r", "enter"),
        ("escape", "\x1b", "escape"),
        ("space", " ", "space"),
    ],
)
def test_a_textual_key_has_one_chord(key: str, character: str | None, chord: str) -> None:
    assert from_textual(key, character).chord == chord


@pytest.mark.parametrize(
    ("tmux", "chord"),
    [
        ("C-b", "ctrl+b"),
        ("C-B", "ctrl+b"),
        ("C-a", "ctrl+a"),
        ("C-Space", "ctrl+space"),
        ("M-x", "alt+x"),
        ("C-M-x", "ctrl+alt+x"),
        ("F12", "f12"),
        ("^B", "ctrl+b"),
        ("`", "`"),
        ("None", None),
        ("", None),
        ("Mouse3Pane", None),
    ],
)
def test_tmux_key_names_are_understood(tmux: str, chord: str | None) -> None:
    assert tmux_chord(tmux) == chord


def test_every_default_key_is_spelled_as_it_will_arrive() -> None:
    for binding in DEFAULT_BINDINGS:
        assert parse_chord(binding.key).chord == binding.key


def test_no_two_default_bindings_share_an_id_or_a_key() -> None:
    ids = [b.id for b in DEFAULT_BINDINGS]
    keys = [(b.context, b.key) for b in DEFAULT_BINDINGS]
    assert len(set(ids)) == len(ids)
    assert len(set(keys)) == len(keys)


def test_every_binding_explains_itself() -> None:
    assert all(b.title and b.tooltip and b.command for b in DEFAULT_BINDINGS)


@pytest.mark.parametrize("chord", [*sorted(NEVER_TAKEN), "a", "A", "space", "ctrl+x", "f1", "up", "alt+b"])
def test_everything_but_the_leader_belongs_to_the_terminal(chord: str) -> None:
    assert Keymap().feed(chord) == Pass()


def test_the_leader_waits_and_a_bound_key_runs() -> None:
    keymap = Keymap()
    assert keymap.feed("ctrl+b") == Pending()
    outcome = keymap.feed("c")
    assert isinstance(outcome, Run)
    assert outcome.command == "terminal.new"
    assert keymap.feed("c") == Pass()


@pytest.mark.parametrize("digit", "1234567890")
def test_digits_go_to_the_tab_they_name(digit: str) -> None:
    keymap = Keymap()
    keymap.feed("ctrl+b")
    outcome = keymap.feed(digit)
    assert isinstance(outcome, Run)
    assert outcome.arguments == {"index": 9 if digit == "0" else int(digit) - 1}


def test_the_leader_twice_sends_it() -> None:
    keymap = Keymap()
    keymap.feed("ctrl+b")
    assert keymap.feed("ctrl+b") == SendLeader()
    assert not keymap.pending


def test_escape_cancels_and_an_unbound_key_is_swallowed() -> None:
    keymap = Keymap()
    keymap.feed("ctrl+b")
    assert keymap.feed("escape") == Cancelled()
    keymap.feed("ctrl+b")
    assert keymap.feed("Q") == Unknown("Q")
    assert not keymap.pending


def test_an_ended_terminal_has_keys_without_the_leader() -> None:
    keymap = Keymap()
    outcome = keymap.feed("enter", "ended")
    assert isinstance(outcome, Run)
    assert outcome.command == "terminal.restart"
    assert keymap.feed("enter") == Pass()


def test_remapping_by_id_moves_a_command() -> None:
    keymap, problems = build_keymap({"terminal.new": "t"}, "ctrl+a")
    assert problems == []
    assert keymap.shown("terminal.new") == "ctrl+a t"
    keymap.feed("ctrl+a")
    assert keymap.feed("c") == Unknown("c")


def test_an_empty_key_takes_a_binding_off_the_keyboard() -> None:
    keymap, problems = build_keymap({"app.quit": ""})
    assert problems == []
    assert keymap.shown("app.quit") == ""


@pytest.mark.parametrize(
    ("overrides", "told"),
    [
        ({"terminal.next": "c"}, "keys.terminal.new: c is taken by terminal.next; it has no key now"),
        (
            {"terminal.next": "Q", "terminal.previous": "Q"},
            "keys.terminal.previous: Q is taken by terminal.next",
        ),
        ({"terminal.nwe": "c"}, "keys.terminal.nwe: there is no binding with this id"),
        ({"terminal.new": "ctrl+nonsense"}, "keys.terminal.new:"),
        ({"terminal.new": "ctrl+b"}, "keys.terminal.new: ctrl+b is the leader; it keeps c"),
        ({"terminal.new": "escape"}, "keys.terminal.new: esc always cancels the leader; it keeps c"),
    ],
)
def test_a_clash_or_a_mistake_is_told(overrides: Mapping[str, str], told: str) -> None:
    _, problems = build_keymap(overrides)
    assert len(problems) == 1
    assert problems[0].startswith(told)


def test_the_loser_of_a_clash_keeps_its_own_default() -> None:
    keymap, _ = build_keymap({"terminal.next": "Q", "terminal.previous": "Q"})
    assert keymap.shown("terminal.next") == "ctrl+b Q"
    assert keymap.shown("terminal.previous") == "ctrl+b p"


def test_two_can_swap_their_keys() -> None:
    keymap, problems = build_keymap({"terminal.next": "p", "terminal.previous": "n"})
    assert problems == []
    assert keymap.shown("terminal.next") == "ctrl+b p"


@pytest.mark.parametrize(
    ("environment", "prefix", "leader", "who"),
    [
        ({}, None, "ctrl+b", ""),
        ({"TMUX": "/tmp/x,1,0"}, "C-b", "ctrl+g", "tmux"),
        ({"TMUX": "/tmp/x,1,0"}, None, "ctrl+g", "tmux"),
        ({"TMUX": "/tmp/x,1,0"}, "C-a", "ctrl+b", ""),
        ({"TMUX": "/tmp/x,1,0"}, "None", "ctrl+b", ""),
        ({"ZELLIJ": "0"}, None, "ctrl+space", "zellij"),
        ({"STY": "1.pts"}, None, "ctrl+b", ""),
        ({"TMUX": "x", "ZELLIJ": "0", "STY": "1"}, "C-Space", "ctrl+]", ""),
        ({"COCKPIT_TERMINAL": "t-1"}, None, "ctrl+g", "cockpit"),
    ],
)
def test_the_leader_makes_way_for_what_is_around(
    environment: dict[str, str], prefix: str | None, leader: str, who: str
) -> None:
    choice = choose_leader("ctrl+b", environment, prefix)
    assert choice.chord == leader
    assert who in choice.notice
    assert (choice.notice == "") == (leader == "ctrl+b")


@pytest.mark.parametrize("configured", ["ctrl+c", "ctrl+s", "shift+tab", "x", "A", "enter", "ctrl+nonsense"])
def test_keys_of_programs_are_never_taken_as_leader(configured: str) -> None:
    choice = choose_leader(configured, {}, None)
    assert choice.chord == "ctrl+b"
    assert choice.notice


@pytest.mark.parametrize("configured", ["ctrl+a", "alt+b", "f12", "ctrl+space"])
def test_a_person_can_choose_the_leader(configured: str) -> None:
    assert choose_leader(configured, {}, None).chord == configured


def test_chords_are_shown_as_people_read_them() -> None:
    assert show_chord("ctrl+b") == "ctrl+b"
    assert show_chord("enter") == "⏎"
    assert show_chord("enter", ascii_only=True) == "enter"
    assert show_chord("+") == "+"
    assert show_chord("ctrl++") == "ctrl++"


NEEDS_ALTGR = frozenset("[]{}\\@|~€^`´")
"""What a German keyboard has only behind AltGr or as a dead key."""


def test_every_default_key_can_be_typed_without_altgr() -> None:
    for binding in DEFAULT_BINDINGS:
        assert {binding.key, *binding.also} - NEEDS_ALTGR, binding.id


def test_an_alternative_works_until_the_key_is_chosen_or_the_alternative_is_another_ones() -> None:
    keymap, problems = build_keymap({})
    for chord in ("[", "pageup"):
        assert isinstance(keymap.feed(keymap.leader), Pending)
        assert keymap.feed(chord) == Run(keymap.binding("view.read"))  # type: ignore[arg-type]  # it is there
    assert not problems
    keymap, problems = build_keymap({"view.read": "v", "view.zoom": "<"})
    keymap.feed(keymap.leader)
    assert keymap.feed("pageup") == Unknown("pageup")
    keymap.feed(keymap.leader)
    outcome = keymap.feed("<")
    assert isinstance(outcome, Run)
    assert outcome.binding.id == "view.zoom"
    assert not problems

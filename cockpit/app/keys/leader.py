"""The choice of the one chord cockpit takes from the terminal. Pure: facts in, decision out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cockpit.app.keys.chords import show_chord, tmux_chord
from cockpit.terminal.input.keys import parse_chord

DEFAULT_LEADER = "ctrl+b"
FREE_LEADERS = ("ctrl+b", "ctrl+g", "ctrl+space", "ctrl+a", "ctrl+]")
"""Tried in this order when the wanted one is taken; each works on every terminal."""
_FREE_FOR_US = re.compile(r"(?:ctrl|alt|super|hyper|meta)\+.+|(?:.+\+)?f\d+")
"""A leader has a modifier that types nothing, or is a function key."""
NEVER_TAKEN = frozenset({"ctrl+c", "ctrl+s", "ctrl+d", "ctrl+z", "shift+tab", "tab", "enter", "escape"})
"""Programs live on these; cockpit leaves them alone even when asked."""
ZELLIJ_CHORDS = frozenset(f"ctrl+{letter}" for letter in "gptnhsoqb")
"""What zellij's default keymap takes in its normal mode."""


@dataclass(frozen=True, slots=True)
class LeaderChoice:
    """The leader in force. `notice` is empty, or tells why it isn't the one in the settings."""

    chord: str
    notice: str = ""


def choose_leader(configured: str, environment: Mapping[str, str], outer_prefix: str | None) -> LeaderChoice:
    """The configured leader, or the first free one when something around cockpit takes it first.

    `outer_prefix` is what `tmux show -gv prefix` of the tmux around cockpit answers (`C-b`), None when it
    isn't known: then the default is assumed while TMUX is set.
    """
    try:
        wanted, notice = parse_chord(configured).chord, ""
    except ValueError as error:
        wanted, notice = DEFAULT_LEADER, f"keys.leader: {error}. {show_chord(DEFAULT_LEADER)} is used."
    if wanted in NEVER_TAKEN or not _FREE_FOR_US.fullmatch(wanted):
        notice = (
            f"keys.leader: {show_chord(wanted)} belongs to programs; {show_chord(DEFAULT_LEADER)} is used."
        )
        wanted = DEFAULT_LEADER
    taken = _taken_around(environment, outer_prefix)
    if wanted not in taken:
        return LeaderChoice(wanted, notice)
    free = next((candidate for candidate in FREE_LEADERS if candidate not in taken), wanted)
    return LeaderChoice(
        free, f"{taken[wanted]} takes {show_chord(wanted)}, so cockpit's leader here is {show_chord(free)}."
    )


def _taken_around(environment: Mapping[str, str], outer_prefix: str | None) -> dict[str, str]:
    """The chords that never arrive here, each with who takes it."""
    taken: dict[str, str] = {}
    if environment.get("ZELLIJ") is not None:
        taken |= dict.fromkeys(ZELLIJ_CHORDS, "zellij")
    if environment.get("STY"):
        taken["ctrl+a"] = "screen"
    if environment.get("COCKPIT_TERMINAL"):
        taken[environment.get("COCKPIT_LEADER") or DEFAULT_LEADER] = "the cockpit around this one"
    if environment.get("TMUX"):
        prefix = tmux_chord(outer_prefix if outer_prefix is not None else "C-b")
        if prefix is not None:
            taken[prefix] = "the tmux around cockpit"
    return taken

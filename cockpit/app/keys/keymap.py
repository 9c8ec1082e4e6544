"""Which key does what. Pure: chords in, decisions out; it never touches a widget or a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from cockpit.app.keys.bindings import DEFAULT_BINDINGS, Context, KeyBinding
from cockpit.app.keys.chords import show_chord
from cockpit.app.keys.leader import DEFAULT_LEADER
from cockpit.terminal.input.keys import parse_chord

CANCEL_CHORD = "escape"
"""Always leaves the pending leader; it can't be bound."""


@dataclass(frozen=True, slots=True)
class Pending:
    """The leader was pressed; the next chord decides."""


@dataclass(frozen=True, slots=True)
class Run:
    """A binding was completed."""

    binding: KeyBinding

    @property
    def command(self) -> str:
        """The command to run."""
        return self.binding.command

    @property
    def arguments(self) -> Mapping[str, object]:
        """Its arguments."""
        return dict(self.binding.arguments)


@dataclass(frozen=True, slots=True)
class Pass:
    """The chord belongs to the terminal."""


@dataclass(frozen=True, slots=True)
class SendLeader:
    """The leader was pressed twice: this second press belongs to the terminal."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing follows the leader on this chord; it was swallowed."""

    chord: str


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The pending leader was left with escape."""


Outcome = Pending | Run | Pass | SendLeader | Unknown | Cancelled


@dataclass(slots=True)
class Keymap:
    """The bindings in force and the one bit of state: whether the leader is pending."""

    bindings: Sequence[KeyBinding] = DEFAULT_BINDINGS
    leader: str = DEFAULT_LEADER
    pending: bool = False
    ascii_only: bool = False
    """Keys are shown in words where they'd be symbols."""
    _by_chord: dict[tuple[Context, str], KeyBinding] = field(init=False)

    def __post_init__(self) -> None:
        self._by_chord = {(b.context, b.key): b for b in self.bindings if b.key}
        for binding in self.bindings:
            for chord in binding.also:
                self._by_chord.setdefault((binding.context, chord), binding)

    def feed(self, chord: str, context: Context = "leader") -> Outcome:
        """Decides what one chord means. `context` names a table that needs no leader (see `Context`)."""
        if not self.pending:
            if chord == self.leader:
                self.pending = True
                return Pending()
            direct = self._by_chord.get((context, chord)) if context != "leader" else None
            return Run(direct) if direct else Pass()
        self.pending = False
        if chord == self.leader:
            return SendLeader()
        if chord == CANCEL_CHORD:
            return Cancelled()
        binding = self._by_chord.get(("leader", chord))
        return Run(binding) if binding else Unknown(chord)

    def cancel(self) -> bool:
        """Forgets a pending leader; tells whether there was one."""
        was_pending, self.pending = self.pending, False
        return was_pending

    def binding(self, binding_id: str) -> KeyBinding | None:
        """The binding with this id, or None."""
        return next((b for b in self.bindings if b.id == binding_id), None)

    def show(self, chord: str) -> str:
        """A chord as people read it."""
        return show_chord(chord, ascii_only=self.ascii_only)

    def shown(self, binding_id: str) -> str:
        """The whole key of a binding as people read it: `ctrl+b c`; empty when it has none."""
        binding = self.binding(binding_id)
        if binding is None or not binding.key:
            return ""
        key = self.show(binding.key)
        return key if binding.context == "ended" else f"{self.show(self.leader)} {key}"


def build_keymap(
    overrides: Mapping[str, str],
    leader: str = DEFAULT_LEADER,
    bindings: Iterable[KeyBinding] = DEFAULT_BINDINGS,
) -> tuple[Keymap, list[str]]:
    """The keymap with a person's keys by id, and every problem found in them, fit to be shown.

    An empty key takes a binding off the keyboard; a chosen one takes the place of the default and of what else does
    the same. Where two ids want one key, a chosen key beats a default one, and of two chosen ones the first in the
    table keeps it; the loser takes its default if that is free, else none.
    """
    table = list(bindings)
    problems = [f"keys.{id_}: there is no binding with this id" for id_ in _unknown_ids(overrides, table)]
    wanted = {b.id: _wanted_key(b, overrides, leader, problems) for b in table}
    ordered = sorted(table, key=lambda b: wanted[b.id][1] == "default")  # stable: chosen keys first
    taken: dict[tuple[Context, str], str] = {}
    keys: dict[str, str] = {}
    for binding in ordered:
        key, origin = wanted[binding.id]
        if not key:
            keys[binding.id] = ""
            continue
        holder = taken.get((binding.context, key))
        if holder is not None:
            free = (binding.context, binding.key) not in taken
            fallback = binding.key if origin == "chosen" and free else ""
            outcome = f"it keeps {show_chord(fallback)}" if fallback else "it has no key now"
            problems.append(f"keys.{binding.id}: {show_chord(key)} is taken by {holder}; {outcome}")
            key = fallback
        if key:
            taken[binding.context, key] = binding.id
        keys[binding.id] = key
    in_force = [replace(b, key=keys[b.id], also=b.also if keys[b.id] == b.key else ()) for b in table]
    return Keymap(in_force, leader), problems


def _unknown_ids(overrides: Mapping[str, str], table: Sequence[KeyBinding]) -> list[str]:
    known = {b.id for b in table} | {"leader"}
    return [id_ for id_ in overrides if id_ not in known]


def _wanted_key(
    binding: KeyBinding, overrides: Mapping[str, str], leader: str, problems: list[str]
) -> tuple[str, Literal["chosen", "default"]]:
    """The key a binding asks for before clashes are settled."""
    text = overrides.get(binding.id)
    if text is None:
        return ("", "default") if _reserved(binding.key, leader) else (binding.key, "default")
    if text == "":
        return "", "chosen"
    try:
        key = parse_chord(text).chord
    except ValueError as error:
        problems.append(f"keys.{binding.id}: {error}; it keeps {show_chord(binding.key)}")
        return binding.key, "default"
    if _reserved(key, leader):
        reason = "is the leader" if key == leader else "always cancels the leader"
        problems.append(f"keys.{binding.id}: {show_chord(key)} {reason}; it keeps {show_chord(binding.key)}")
        return binding.key, "default"
    return key, "chosen"


def _reserved(key: str, leader: str) -> bool:
    return key in {leader, CANCEL_CHORD}

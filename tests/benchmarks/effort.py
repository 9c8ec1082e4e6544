"""How much is measured, and what a probe answers."""

from __future__ import annotations

from dataclasses import dataclass

from tests.benchmarks.statistics import Figure

Figures = dict[str, Figure]


@dataclass(frozen=True, slots=True)
class Effort:
    """How often things are measured."""

    keys: int = 400
    floods: int = 5
    switches: int = 60
    launches: int = 12
    histories: int = 5
    wheels: int = 40
    steps: int = 60
    slow_keys: int = 9
    verbs: int = 40
    sends: int = 5
    terminals: int = 20
    events: int = 20_000
    idle_s: float = 10.0
    many_terminals: int = 100


QUICK = Effort(
    keys=60,
    floods=1,
    switches=10,
    launches=3,
    histories=1,
    wheels=10,
    steps=5,
    slow_keys=3,
    verbs=5,
    sends=1,
    terminals=3,
    events=1000,
    idle_s=2.0,
    many_terminals=20,
)

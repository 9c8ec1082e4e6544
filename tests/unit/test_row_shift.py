"""Rows that were scrolled are found, and nothing is taken for scrolled that isn't."""

from __future__ import annotations

import random

import pytest

from cockpit.terminal.emulator.cells import DEFAULT_STYLE, Row, Run
from cockpit.terminal.emulator.row_shift import Shift, shift_between


def rows(*texts: str) -> list[Row]:
    return [(Run(text, DEFAULT_STYLE, len(text)),) if text else () for text in texts]


def same(some: list[Row], others: list[Row]) -> int:
    return sum(one == other for one, other in zip(some, others, strict=True))


LINES = rows("one", "two", "three", "four", "five", "six", "seven", "eight")


@pytest.mark.parametrize(
    ("old", "new", "shift"),
    [
        (LINES, [*LINES[1:], *rows("nine")], Shift(0, 8, 1)),
        (LINES, [*LINES[3:], *rows("9", "10", "11")], Shift(0, 8, 3)),
        (LINES, [*rows("0", "-1"), *LINES[:-2]], Shift(0, 8, -2)),
        (LINES, [LINES[0], *LINES[2:7], *rows("new"), LINES[7]], Shift(1, 7, 1)),
        (LINES, [*LINES[1:4], *rows("changed"), *LINES[5:], *rows("9")], Shift(0, 8, 1)),
        (LINES, LINES, None),
        (LINES, rows(*"abcdefgh"), None),
        (LINES, [*LINES[6:], *rows(*"abcdef")], None),
        (rows(*"aaaaaaaa"), rows(*"aaaaaaab"), None),
        (rows(*["", "x"] * 4), rows(*["x", ""] * 4), None),
        ([], [], None),
    ],
    ids=[
        "one line up",
        "three up",
        "two down",
        "a region",
        "a changed row among them",
        "nothing changed",
        "everything changed",
        "too little is left",
        "rows that tell nothing",
        "rows that are there twice",
        "no rows",
    ],
)
def test_what_was_scrolled_is_found(old: list[Row], new: list[Row], shift: Shift | None) -> None:
    assert shift_between(old, new) == shift


@pytest.mark.parametrize("seed", range(50))
def test_a_shift_never_makes_more_to_write(seed: int) -> None:
    chance = random.Random(seed)
    old = rows(*(chance.choice(["", "a", "b", *map(str, range(20))]) for _ in range(12)))
    lines, top = chance.randrange(-4, 5), chance.randrange(4)
    new = list(old)
    Shift(top, 12 - chance.randrange(3), lines or 1).apply(new)
    for _ in range(chance.randrange(4)):
        new[chance.randrange(12)] = rows(chance.choice("abxyz"))[0]
    shift = shift_between(old, new)
    if shift is not None:
        shifted = list(old)
        shift.apply(shifted)
        assert len(shifted) == len(old)
        assert same(shifted, new) >= same(old, new) + 3

"""Values an emulator answers with, apart from the emulator so that importing them costs nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cursor:
    """The cursor in the viewport. `shape` is the parameter of DECSCUSR, 0 for the person's own default."""

    column: int
    row: int
    visible: bool
    shape: int


HIDDEN_CURSOR = Cursor(0, 0, False, 0)

"""What SGR sequences make of a cell's looks. Pure; sources: ECMA-48, xterm's ctlseqs, tmux's grid.c."""

from __future__ import annotations

from dataclasses import dataclass, replace

Colour = int | tuple[int, int, int] | None
"""A palette index, an RGB triple, or None for the terminal's default."""


@dataclass(frozen=True, slots=True)
class Style:
    """Everything of a cell's looks that tmux keeps.

    `underline` is 0 to 5: none, single, double, curly, dotted, dashed.
    """

    foreground: Colour = None
    background: Colour = None
    underline_colour: Colour = None
    underline: int = 0
    bold: bool = False
    dim: bool = False
    italic: bool = False
    blink: bool = False
    reverse: bool = False
    hidden: bool = False
    strike: bool = False
    overline: bool = False

    def seen_on_blank(self) -> Style:
        """The part of the style that shows on a blank cell."""
        lined = self.reverse or self.underline or self.strike or self.overline
        return replace(
            self,
            foreground=self.foreground if lined else None,
            underline_colour=self.underline_colour if self.underline else None,
            bold=self.bold and bool(lined),
            dim=self.dim and bool(lined),
            blink=self.blink and bool(lined),
            italic=False,
            hidden=False,
        )

    def __str__(self) -> str:
        parts = [f"fg={self.foreground}", f"bg={self.background}"]
        flags = ("bold", "dim", "italic", "blink", "reverse", "hidden", "strike", "overline")
        parts += [name for name in flags if getattr(self, name)]
        if self.underline:
            parts.append(f"underline={self.underline} colour={self.underline_colour}")
        return "(" + " ".join(parts) + ")"


DEFAULT_STYLE = Style()

_ON: dict[int, dict[str, object]] = {
    1: {"bold": True},
    2: {"dim": True},
    3: {"italic": True},
    4: {"underline": 1},
    5: {"blink": True},
    6: {"blink": True},
    7: {"reverse": True},
    8: {"hidden": True},
    9: {"strike": True},
    21: {"underline": 2},
    22: {"bold": False, "dim": False},
    23: {"italic": False},
    24: {"underline": 0},
    25: {"blink": False},
    27: {"reverse": False},
    28: {"hidden": False},
    29: {"strike": False},
    39: {"foreground": None},
    49: {"background": None},
    53: {"overline": True},
    55: {"overline": False},
    59: {"underline_colour": None},
}
_EXTENDED = {38: "foreground", 48: "background", 58: "underline_colour"}


def apply_sgr(style: Style, parameters: str) -> Style:
    """`style` after `CSI parameters m`. Accepts `;` and `:` forms, and tmux's own `5:3` for overline."""
    changes: dict[str, object] = {}
    fields = parameters.split(";") if parameters else ["0"]
    index = 0
    while index < len(fields):
        sub = [int(part) if part else 0 for part in fields[index].split(":")]
        code = sub[0]
        if code == 0:
            style, changes = DEFAULT_STYLE, {}
        elif code == 4 and len(sub) > 1:
            changes["underline"] = sub[1]
        elif sub == [5, 3]:
            changes["overline"] = True
        elif code in _EXTENDED and len(sub) > 1:
            changes[_EXTENDED[code]] = _colour(sub[1:])
        elif code in _EXTENDED:
            count = 2 if fields[index + 1 : index + 2] == ["5"] else 4
            changes[_EXTENDED[code]] = _colour(
                [int(part or 0) for part in fields[index + 1 : index + 1 + count]]
            )
            index += count
        else:
            changes.update(_ON.get(code) or _basic_colour(code))
        index += 1
    return replace(style, **changes) if changes else style  # type: ignore[arg-type] # names and types from the tables above


def _basic_colour(code: int) -> dict[str, object]:
    for first, offset, name in (
        (30, 0, "foreground"),
        (40, 0, "background"),
        (90, 8, "foreground"),
        (100, 8, "background"),
    ):
        if first <= code < first + 8:
            return {name: code - first + offset}
    return {}


def _colour(values: list[int]) -> Colour:
    if values[0] == 5:
        return values[1]
    red, green, blue = values[-3:]
    return (red, green, blue)

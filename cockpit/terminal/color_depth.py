"""How many colours the person's terminal has, and the nearest it has to any other. Pure, and cached: asked per run."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import IntEnum
from functools import lru_cache

from cockpit.terminal.emulator.cells import CellStyle, Color

COLORS_VARIABLE = "COCKPIT_COLORS"
"""Says how many colours there are, whatever everything else says: see `ColorDepth`."""


class ColorDepth(IntEnum):
    """What a colour may be. Names are those of `COCKPIT_COLORS`, values how many colours there are."""

    NONE = 0
    EIGHT = 8
    SIXTEEN = 16
    INDEXED = 256
    TRUE = 1 << 24


_WORDS = {
    **dict.fromkeys(("none", "never", "off", "no", "0"), ColorDepth.NONE),
    "8": ColorDepth.EIGHT,
    "16": ColorDepth.SIXTEEN,
    "256": ColorDepth.INDEXED,
    **dict.fromkeys(("true", "truecolor", "24bit", "direct"), ColorDepth.TRUE),
}
_TRUE_TERMS = re.compile(r"xterm-kitty|xterm-ghostty|ghostty|alacritty|foot|wezterm|contour|rio|iterm2?")
"""Terminals that have all colours and name themselves in TERM, which unlike COLORTERM gets through SSH."""


def asked_depth(environment: Mapping[str, str]) -> ColorDepth | None:
    """What the person asked for: `COCKPIT_COLORS`, else none where NO_COLOR is set (no-color.org); or None."""
    word = environment.get(COLORS_VARIABLE, "").strip().lower()
    if word in _WORDS:
        return _WORDS[word]
    return ColorDepth.NONE if environment.get("NO_COLOR") else None


def depth_of(environment: Mapping[str, str], terminfo: Callable[[str], int] | None = None) -> ColorDepth:
    """The depth of the terminal behind `environment`.

    tmux takes every colour and finds the nearest for each of its clients itself (tmux(1), "RGB"). GNU screen and the
    console inherit COLORTERM without being meant. `terminfo` answers the number of colours of a TERM that tells
    nothing by its name; -1 where it has none.
    """
    asked = asked_depth(environment)
    if asked is not None:
        return asked
    term = environment.get("TERM", "").lower()
    if term in ("", "dumb", "unknown"):
        return ColorDepth.NONE
    name, _, suffix = term.rpartition("-")
    direct = suffix in ("direct", "truecolor", "24bit") or _TRUE_TERMS.match(term) is not None
    if direct or (environment.get("TMUX") and term.startswith(("tmux", "screen"))):
        return ColorDepth.TRUE
    inherits = term.startswith(("screen", "linux", "vt")) or bool(environment.get("STY"))
    if not inherits and environment.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return ColorDepth.TRUE
    if suffix in ("256color", "256"):
        return ColorDepth.INDEXED
    if suffix in ("16color", "88color"):
        return ColorDepth.SIXTEEN
    if suffix in ("m", "mono"):
        return ColorDepth.NONE
    if term == "xterm" or name == "xterm":
        return ColorDepth.SIXTEEN  # its terminfo says 8, but every xterm has aixterm's bright ones
    return _of_count((terminfo or terminfo_colors)(term))


def terminfo_colors(term: str) -> int:
    """The colours of a terminal by its terminfo entry; 8 where there is no entry, -1 where it has none."""
    import curses  # late: a known name needs none of it

    try:
        curses.setupterm(term)
    except curses.error:
        return 8
    return curses.tigetnum("colors")


def _of_count(colors: int) -> ColorDepth:
    return max(depth for depth in ColorDepth if depth <= max(colors, 0))


# The nearest colour

_LEVELS = (0, 95, 135, 175, 215, 255)
_SYSTEM = (
    (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
    (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
    (255, 255, 255),
)  # fmt: skip
"""xterm's own first sixteen. A person's differ, but are chosen to be like these."""


@lru_cache(8192)
def fitted(color: Color, depth: ColorDepth) -> Color:
    """The nearest colour that `depth` has; None is the default colour, and all there is without colours."""
    if color is None or depth is ColorDepth.TRUE:
        return color
    if depth is ColorDepth.NONE:
        return None
    if isinstance(color, int) and color < depth:
        return color
    if isinstance(color, int) and color < 16:
        return 7 if color == 8 else color - 8  # bright black would be black: grey becomes white
    rgb = _rgb_of(color)
    if depth is ColorDepth.INDEXED:
        return _indexed(rgb)
    found = min(range(16), key=lambda index: _distance(rgb, _SYSTEM[index]))
    return fitted(found, depth)


def _indexed(rgb: tuple[int, int, int]) -> int:
    """The nearest of the colour cube and the greys (ctlseqs, 256colres.pl)."""
    cube = [min(range(6), key=lambda level: abs(_LEVELS[level] - part)) for part in rgb]
    grey = min(max(round((sum(rgb) / 3 - 8) / 10), 0), 23)
    of_cube = 16 + 36 * cube[0] + 6 * cube[1] + cube[2]
    return min((of_cube, 232 + grey), key=lambda index: _distance(rgb, _rgb_of(index)))


def _rgb_of(color: int | tuple[int, int, int]) -> tuple[int, int, int]:
    if isinstance(color, tuple):
        return color
    if color < 16:
        return _SYSTEM[color]
    if color >= 232:
        grey = 8 + 10 * (color - 232)
        return grey, grey, grey
    index = color - 16
    return _LEVELS[index // 36], _LEVELS[index // 6 % 6], _LEVELS[index % 6]


def _distance(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    """How different two colours look: the usual weights by the mean of red ("redmean")."""
    mean = (one[0] + other[0]) / 2
    red, green, blue = (a - b for a, b in zip(one, other, strict=True))
    return (2 + mean / 256) * red * red + 4 * green * green + (2 + (255 - mean) / 256) * blue * blue


def fitted_pair(foreground: Color, background: Color, depth: ColorDepth) -> tuple[Color, Color]:
    """Both colours of a cell, which stay two where they were two: text is never lost in its background."""
    front, back = fitted(foreground, depth), fitted(background, depth)
    if front == back and front is not None and foreground != background:
        assert back is not None
        front = 0 if sum(_rgb_of(back)) > 382 else 7
        if front == back:
            front = 15 if depth > ColorDepth.EIGHT else None
    return front, back


def fitted_sgr(style: CellStyle, depth: ColorDepth, *, simple: bool = False) -> str:
    """The SGR parameters of a style with the colours that `depth` has; kept on the style.

    `simple`: the terminal knows one underline only, and would print what follows a colon (the Linux console).
    """
    key = (depth, simple)
    if style.fitted is None or style.fitted[0] != key:
        style.fitted = (key, _sgr(style, depth, simple=simple))
    return style.fitted[1]


def _sgr(style: CellStyle, depth: ColorDepth, *, simple: bool) -> str:
    front, back = fitted_pair(style.foreground, style.background, depth)
    attributes = style.attributes
    bright = isinstance(style.foreground, int) and 8 < style.foreground < 16
    if depth is ColorDepth.EIGHT and bright and 1 not in attributes:
        attributes = (1, *attributes)
    indexed = depth >= ColorDepth.INDEXED
    return CellStyle(
        front,
        back,
        fitted(style.underline_color, depth) if indexed and not simple else None,
        min(style.underline, 1) if simple else style.underline,
        attributes,
    ).sgr

"""Where tmux and the emulator disagree about the width of characters, and what to do about it. Pure.

tmux's client draws a cluster and goes on at the column *it* believes to be next. With grapheme clusters on (mode 2027)
libghostty-vt agrees with tmux except for what was measured on each version:

- 3.3: a variation selector doesn't widen its character, and a skin tone is a character of its own.
- 3.4: what a variation selector widened is drawn anew with a blank behind it (mended in 3.5, tmux 89c1c43ef).
- 3.4 to 3.6: flags without anything between them are one character of two columns.
- 3.6 and later: half a flag, a lone regional indicator, takes one column; a flag is drawn after its first half, and at
  the column that belongs to that.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

_SELECTOR = b"\xef\xb8\x8f"
_SKIN_TONE = b"\xf0\x9f\x8f[\xbb-\xbf]"
_INDICATOR = b"\xf0\x9f\x87[\xa6-\xbf]"
_CLUSTERS_OFF, _CLUSTERS_ON = b"\x1b[?2027l", b"\x1b[?2027h"

_Rule = tuple[re.Pattern[bytes], bytes]


def _rule(pattern: bytes, replacement: bytes) -> _Rule:
    return re.compile(pattern), replacement


_APART = _CLUSTERS_OFF + rb"\1" + _CLUSTERS_ON
_BOTH_APART = _rule(b"(%b|%b)" % (_SELECTOR, _SKIN_TONE), _APART)
_SELECTOR_APART = _rule(b"(%b)" % _SELECTOR, _APART)
_FIRST_FLAG = _rule(b"((?:%b){2})(?:%b)+" % (_INDICATOR, _INDICATOR), rb"\1")
_HALF_FLAG = _rule(
    b"(?<!%b)((?:(?:%b){2})*%b)(?!%b)" % (_INDICATOR, _INDICATOR, _INDICATOR, _INDICATOR), b"\\1\b"
)
_RULES: dict[tuple[int, int], tuple[_Rule, ...]] = {
    (3, 3): (_BOTH_APART,),
    (3, 4): (_SELECTOR_APART, _FIRST_FLAG),
    (3, 5): (_FIRST_FLAG,),
    (3, 6): (_FIRST_FLAG, _HALF_FLAG),
}
_SINCE_3_7 = (_HALF_FLAG,)


def as_drawn_by(version: tuple[int, int]) -> Callable[[bytes], bytes]:
    """What makes the emulator's columns those of this tmux, given the output of its client."""
    return partial(_as_drawn, _RULES.get(version, _SINCE_3_7))


def _as_drawn(rules: tuple[_Rule, ...], output: bytes) -> bytes:
    if _SELECTOR not in output and b"\xf0\x9f" not in output:
        return output
    for pattern, replacement in rules:
        output = pattern.sub(replacement, output)
    return output

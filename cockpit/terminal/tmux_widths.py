"""Where tmux and the emulator disagree about the width of characters, and what to do about it. Pure.

tmux's client draws a cluster and goes on at the column *it* believes to be next. With grapheme clusters on (mode 2027)
libghostty-vt agrees with tmux 3.4 and newer, and with 3.3 except for two things measured there: a variation selector
doesn't widen its character, and a skin tone is a character of its own.
"""

from __future__ import annotations

import re

_APART = re.compile(b"(\xef\xb8\x8f|\xf0\x9f\x8f[\xbb-\xbf])")
_CLUSTERS_OFF, _CLUSTERS_ON = b"\x1b[?2027l", b"\x1b[?2027h"


def keep_apart(output: bytes) -> bytes:
    """What tmux 3.3 wrote, with clusters switched off around the codepoints it doesn't join."""
    if b"\xef\xb8\x8f" not in output and b"\xf0\x9f\x8f" not in output:
        return output
    return _APART.sub(_CLUSTERS_OFF + rb"\1" + _CLUSTERS_ON, output)

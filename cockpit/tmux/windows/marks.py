"""The shell's prompt marks (OSC 133) in what tmux captures. Pure.

tmux remembers from 3.4 on which rows a prompt or a command's output begins in, and `capture-pane -F` tells it from 3.7
on (GRID_LINE_START_PROMPT and _OUTPUT in its grid). Before that nothing does: a capture has no marks there.
"""

from __future__ import annotations

MARKED_VERSION = (3, 7)
_WITHOUT = ("capture-pane", "-p", "-e", "-J")
_WITH = ("capture-pane", "-p", "-e", "-F", "-N", "-T")
"""Without `-J`, which would leave flags inside of lines; with `-N` and `-T` the same cells are printed."""
_PROMPT = b"\x1b]133;A;redraw=0\x07"
"""Nobody redraws it: a terminal that believed so would blank it when it is resized."""
_OUTPUT = b"\x1b]133;C\x07"


def capture_command(version: tuple[int, int]) -> tuple[str, ...]:
    """Captures lines with SGR sequences, for `as_joined` of the same version."""
    return _WITH if version >= MARKED_VERSION else _WITHOUT


def as_joined(captured: bytes, version: tuple[int, int]) -> bytes:
    """What `capture-pane -p -e -J` prints, with the marks where a prompt or an output begins, if tmux tells."""
    if version < MARKED_VERSION:
        return captured
    parts: list[bytes] = []
    for line in captured.split(b"\n")[:-1]:
        flags, _, text = line.partition(b" ")
        if b"P" in flags:
            parts.append(_PROMPT)
        elif b"O" in flags:
            parts.append(_OUTPUT)
        parts.append(text)
        if b"W" not in flags:
            parts.append(b"\n")
    return b"".join(parts)

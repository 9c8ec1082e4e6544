"""Foreign text in a question: its first lines, made safe, and how much there is of it. Pure."""

from __future__ import annotations

from cockpit.app.looks.text import safe_text

EXCERPT_LINES, EXCERPT_CELLS = 4, 56


def excerpt(text: str) -> str:
    """The first lines; says how many more there are."""
    lines = text.splitlines() or [""]
    shown = [safe_text(line, EXCERPT_CELLS) for line in lines[:EXCERPT_LINES]]
    left = len(lines) - len(shown)
    if left:
        shown.append(f"… and {left:,} more line{'s' * (left != 1)}")
    return "\n".join(shown)


def size_of(text: str) -> str:
    """`12 characters`, and the lines where there are several."""
    lines = len(text.splitlines())
    size = f"{len(text):,} character{'s' * (len(text) != 1)}"
    return f"{size} in {lines:,} lines" if lines > 1 else size

"""Who gets the wheel. Pure: facts about a terminal's program in, a decision out."""

from __future__ import annotations

import functools
import os.path
import shlex
from enum import StrEnum

KNOWN_AGENTS = frozenset(
    {
        "aider", "amp", "auggie", "claude", "codex", "copilot", "crush", "cursor-agent", "droid", "gemini", "goose",
        "opencode", "qwen",
    }
)  # fmt: skip
"""Full-screen programs for which an arrow key means another prompt, not another line."""
_WRAPPERS = frozenset(
    {"exec", "command", "env", "nohup", "npx", "bunx", "uvx", "node", "bun", "nice", "time"}
)


class WheelOwner(StrEnum):
    """What a turn of the wheel does."""

    PROGRAM = "program"
    """The program gets it as a mouse event."""
    ARROWS = "arrows"
    """The program gets arrow keys."""
    HISTORY = "history"
    """The local view scrolls."""


def wheel_owner(*, tracks_mouse: bool, alternate_screen: bool, holds_agent: bool) -> WheelOwner:
    """Who gets the wheel at the live screen; while a person reads, the local view always does."""
    if tracks_mouse:
        return WheelOwner.PROGRAM
    return WheelOwner.ARROWS if alternate_screen and not holds_agent else WheelOwner.HISTORY


@functools.lru_cache(maxsize=256)
def names_agent(command: str | None) -> bool:
    """Whether a shell command line starts a known agent, also through `npx`, `env A=b` and their like."""
    try:
        words = shlex.split(command or "")
    except ValueError:
        return False
    for word in words:
        name = os.path.basename(word)  # noqa: PTH119 - text, not a path to open
        if name in KNOWN_AGENTS:
            return True
        if name not in _WRAPPERS and "=" not in word and not word.startswith("-"):
            return name.partition("@")[0] in KNOWN_AGENTS or name.rpartition("/")[2].startswith("claude-code")
    return False

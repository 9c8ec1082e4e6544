"""The tmux around cockpit, if there is one: asked once what it keeps for itself. Never our own server."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cockpit.errors import CockpitError
from cockpit.tmux.commands import run_tmux
from cockpit.tmux.server.discovery import find_tmux

OUTER_TIMEOUT_S = 0.5


async def outer_prefix(environment: Mapping[str, str]) -> str | None:
    """The prefix key of the tmux that cockpit was started in, as tmux spells it (`C-b`); None when it isn't known."""
    socket = environment.get("TMUX", "").partition(",")[0]
    if not socket:
        return None
    binary = find_tmux(environment)
    if binary is None:
        return None
    try:
        result = await run_tmux(
            binary, Path(socket), "show-options", "-gv", "prefix", timeout_s=OUTER_TIMEOUT_S
        )
    except CockpitError:
        return None  # it doesn't answer: the caller assumes tmux's default
    return result.stdout.strip() or None

"""The buffer of the tmux around cockpit, and through it the clipboard of the terminal around that."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cockpit.errors import CockpitError
from cockpit.tmux.commands import run_tmux
from cockpit.tmux.server.discovery import find_tmux

COPY_TIMEOUT_S = 2.0
READ_BACK_LIMIT_BYTES = 64 * 1024
_LET_PASS = "Let it pass: tmux set -s set-clipboard external"
_TELL_FEATURE = "Tell it: tmux set -as terminal-features ',*:clipboard', and attach again"
_FIELDS = ("#{set-clipboard}", "#{client_termfeatures}", "#{client_name}")


@dataclass(frozen=True, slots=True)
class OuterCopy:
    """The text is in the outer tmux's newest buffer."""

    passed_on: bool
    """tmux gave it to the terminal around it as well, which confirms nothing."""
    mend: str
    """What keeps tmux from giving it on; empty when it did."""


async def read_from_outer(environment: Mapping[str, str]) -> bytes | None:
    """The newest buffer of the tmux that cockpit was started in; None when there is none or it doesn't answer."""
    socket = environment.get("TMUX", "").partition(",")[0]
    binary = await asyncio.to_thread(find_tmux, environment) if socket else None
    if binary is None:
        return None
    try:
        kept = await run_tmux(binary, Path(socket), "show-buffer", timeout_s=COPY_TIMEOUT_S)
    except CockpitError:
        return None
    return kept.stdout.encode("utf-8", "surrogateescape")


async def copy_to_outer(environment: Mapping[str, str], text: str) -> OuterCopy | None:
    """Puts `text` into a new buffer of the tmux that cockpit was started in and reads a short one back.

    None when there is no such tmux, it doesn't answer, is older than 3.2, or has another text afterwards.
    """
    socket = environment.get("TMUX", "").partition(",")[0]
    binary = await asyncio.to_thread(find_tmux, environment) if socket else None
    if binary is None:
        return None
    server = Path(socket)
    data = text.encode("utf-8", "surrogateescape")
    pane = environment.get("TMUX_PANE", "")
    asking = ("display-message", "-p", *(("-t", pane) if pane else ()), "|".join(_FIELDS))
    try:
        answer = await run_tmux(binary, server, *asking, timeout_s=COPY_TIMEOUT_S)
        policy, _, rest = answer.stdout.rstrip("\n").partition("|")
        features, _, client = rest.partition("|")
        passing_on = bool(client) and policy != "off" and "clipboard" in features.split(",")
        target = ("-w", "-t", client) if passing_on else ()
        await run_tmux(binary, server, "load-buffer", *target, "-", stdin=data, timeout_s=COPY_TIMEOUT_S)
        if len(data) <= READ_BACK_LIMIT_BYTES:
            kept = await run_tmux(binary, server, "show-buffer", timeout_s=COPY_TIMEOUT_S)
            if kept.stdout.encode("utf-8", "surrogateescape") != data:
                return None
    except CockpitError:
        return None  # the caller takes another way
    if passing_on:
        return OuterCopy(True, "")
    if policy == "off":
        return OuterCopy(False, f"tmux keeps it to itself. {_LET_PASS}")
    return OuterCopy(False, f"tmux does not know whether your terminal takes it. {_TELL_FEATURE}")

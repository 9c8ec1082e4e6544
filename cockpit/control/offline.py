"""Serves a few methods without a running cockpit: under its lock, on the store and on what lives in tmux."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from cockpit.control.binding import bind
from cockpit.control.connection import code_of
from cockpit.control.discovery import NotRunningError
from cockpit.control.hooks import Hooks
from cockpit.control.method_specs import METHODS
from cockpit.control.methods import Methods
from cockpit.control.prompt_marks import PromptMarks
from cockpit.control.protocol import ProtocolError, Request
from cockpit.errors import CockpitError, ProfileInUseError, TerminalGoneError
from cockpit.model import TerminalStatus
from cockpit.paths import Paths
from cockpit.workspace.owner_lock import holder_of
from cockpit.workspace.workspace import Workspace


def serve(paths: Paths, method: str, params: Mapping[str, Any], why: NotRunningError) -> Any:
    """The result of a method. Takes the profile's lock while it lasts.

    Raises:
        NotRunningError: a cockpit has the profile after all; `why` says what is wrong with its socket.
        CockpitError: it was refused.
    """
    try:
        workspace = Workspace.open(paths, verb=True)
    except ProfileInUseError:
        holder = holder_of(paths.owner_lock)
        if holder is None:
            raise why from None
        raise NotRunningError(
            f"{holder.kind} ({holder}) has the profile {paths.profile!r} open, and nobody answers at a control "
            "socket: it is starting or leaving (try again), or automation.socket_access is off"
        ) from why
    return asyncio.run(_serve(workspace, method, params))


async def _serve(workspace: Workspace, method: str, params: Mapping[str, Any]) -> Any:
    marks = PromptMarks()
    workspace.events.subscribe(marks.hear)
    try:
        rows = list(workspace.rows.terminals())
        for row in rows:
            row.status = TerminalStatus()
        await workspace.router.adopt(rows)  # finds what lives, starts nothing
        workspace.runner.adopted.set()
        methods = Methods(workspace, marks, Hooks(), dict)
        arguments = bind(METHODS[method].parameters, Request(None, method, params))
        try:
            return await methods.handler(method)(**arguments)
        except ProtocolError:
            raise
        except CockpitError as error:
            hint = "; no cockpit runs that could start it" if isinstance(error, TerminalGoneError) else ""
            raise ProtocolError(code_of(error), f"{error}{hint}") from error
    finally:
        await workspace.close()

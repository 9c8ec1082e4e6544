"""The composition root: builds the core and starts what is shown first, then the screen over it; leaves in order.

The shell starts before the screen is there, and comes up while Textual is imported.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import os
import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from cockpit.app.keys.leader import choose_leader
from cockpit.app.pane_place import expected_pane
from cockpit.app.taking_over import open_workspace
from cockpit.control.early_socket import listen_early
from cockpit.control.socket_file import SocketFile
from cockpit.model import Size
from cockpit.paths import Paths
from cockpit.terminal.outer import OUTER_TERMINAL
from cockpit.text import clean_text
from cockpit.workspace.log_file import log_to
from cockpit.workspace.workspace import Workspace

if TYPE_CHECKING:
    from cockpit.app.app import CockpitApp


def run(paths: Paths, directory: str | None, *, take_over: bool = False) -> int:
    """Runs cockpit until it is left; returns the exit code. `take_over`: from another one, without asking.

    Raises:
        CockpitError: settings, store or profile can't be used; nothing was shown.
    """
    workspace = open_workspace(paths, take_over=take_over)
    log_to(paths.log_file)
    return asyncio.run(_run(workspace, directory))


async def _run(workspace: Workspace, directory: str | None) -> int:
    this = asyncio.current_task()
    assert this is not None
    _on_signals(this.cancel)
    begun: asyncio.Task[None] | None = None
    listening: SocketFile | None = None
    code = 0
    try:
        OUTER_TERMINAL.look(os.environ)
        prefix = await _outer_prefix()
        listening = listen_early(workspace.paths, workspace.settings.values.automation.socket_access)
        begun = asyncio.create_task(_begin(workspace, directory, prefix))
        app = await _app(workspace, begun, prefix, listening)
        _on_signals(lambda: app.exit(0))
        await app.run_async()
        code = app.return_code or 0
    except asyncio.CancelledError:
        pass  # a signal asked to leave before the screen was there, or Textual ended its own task
    finally:
        if begun is not None:
            begun.cancel()
            await asyncio.wait([begun])
        await workspace.close()
        if listening is not None:
            listening.close()
        if workspace.leaving.last_words:
            print(f"cockpit: {clean_text(workspace.leaving.last_words, 2000)}", file=sys.stderr)
    return code


async def _begin(workspace: Workspace, directory: str | None, prefix: str | None) -> None:
    """Starts the program that is shown first, in the size that its pane will have."""
    values = workspace.settings.values
    workspace.events.keep()
    workspace.runner.leader = choose_leader(values.keys.leader, os.environ, prefix).chord
    with contextlib.suppress(OSError):  # no terminal: the screen will tell its size
        columns, rows = os.get_terminal_size(sys.stdout.fileno())
        workspace.pane.resize(expected_pane(Size(columns, rows), values.general))
    await workspace.begin(directory)


async def _app(
    workspace: Workspace, begun: asyncio.Task[None], prefix: str | None, listening: SocketFile | None
) -> CockpitApp:
    """The app. Importing it takes most of a launch: a thread does it, so that what has begun goes on beside it."""
    module = await asyncio.to_thread(importlib.import_module, "cockpit.app.app")
    gc.freeze()  # what imports made stays: the one collection after the launch needn't look at it

    async def start() -> None:
        await begun
        workspace.look_around()

    app: CockpitApp = module.CockpitApp(workspace, start=start, outer_prefix=prefix, listening=listening)
    return app


async def _outer_prefix() -> str | None:
    if not os.environ.get("TMUX"):
        return None
    from cockpit.tmux.outer import outer_prefix

    return await outer_prefix(os.environ)


def _on_signals(leave: Callable[[], object]) -> None:
    for number in (signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, leave)

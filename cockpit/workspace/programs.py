"""Joins what starts programs, each part with the settings in force: shells, their readiness, typed commands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.backends.shell import LaunchOptions, find_shell, tells_when_ready
from cockpit.model import Terminal, TerminalStatus
from cockpit.workspace.command_runs import CommandRuns
from cockpit.workspace.launcher import Launcher, Ways
from cockpit.workspace.readiness import Readiness
from cockpit.workspace.runner import TerminalRunner

if TYPE_CHECKING:
    from cockpit.settings_file import SettingsFile
    from cockpit.terminal.surface import Surface
    from cockpit.workspace.workspace import Workspace


def launch_options(settings: SettingsFile) -> LaunchOptions:
    """What a program that starts now is started with."""
    values = settings.values
    return LaunchOptions(
        values.workspaces.shell,
        values.workspaces.scrollback_lines,
        clipboard_reads=values.clipboard.program_read != "deny",
    )


def terminal_runner(
    workspace: Workspace, set_status: Callable[[Terminal, TerminalStatus], None]
) -> TerminalRunner:
    """What starts and ends the programs of this workspace's rows."""
    settings = workspace.settings

    def wrapped() -> bool:
        values = settings.values.workspaces
        return values.shell_integration and tells_when_ready(values.shell, workspace.environment)

    readiness = Readiness(
        workspace.events,
        workspace.paths.ready_file,
        wrapped=wrapped,
        measured=workspace.measuring.first_prompt,
    )
    ways = Ways(
        workspace.sender.send,
        workspace.router.encode,
        asks=lambda terminal: _stands_in_line(workspace.router.surface(terminal)),
        shell=lambda: Path(find_shell(settings.values.workspaces.shell, workspace.environment)).name,
        scripts=workspace.paths.runtime_dir,
    )
    launcher = Launcher(
        workspace.events,
        readiness,
        CommandRuns(workspace.events, workspace.rows, workspace.changed),
        ways,
        wanted=lambda: settings.values.workspaces.command_in_shell,
        in_background=workspace.in_background,
    )
    return TerminalRunner(
        workspace.router,
        workspace.paths,
        set_status=set_status,
        row_changed=workspace.terminals_changed,
        look_again=workspace.toggle.look_again,
        readiness=readiness,
        launcher=launcher,
    )


def _stands_in_line(surface: Surface | None) -> bool:
    from cockpit.terminal.scrollback.reading import cursor_column  # late: most starts type no command

    return surface is not None and cursor_column(surface.emulator) > 0

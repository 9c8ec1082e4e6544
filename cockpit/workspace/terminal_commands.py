"""The commands on terminals: `terminal.*`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.backends.environment import program_name
from cockpit.backends.shell import find_shell
from cockpit.errors import CommandError, PartlySentError, TerminalError
from cockpit.model import Session, Terminal
from cockpit.text import clean_name, clean_text
from cockpit.workspace.commands import Command, Parameter
from cockpit.workspace.rows import move, new_id

if TYPE_CHECKING:
    from cockpit.workspace.workspace import Workspace

FOCUS = Parameter("focus", bool, description="false leaves the focus where it is")
_TERMINAL = Parameter("terminal_id", description="the terminal; left out: the focused one")


class TerminalCommands:
    """What can be done with terminals."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def new(
        self,
        session_id: str | None = None,
        command: str | None = None,
        name: str | None = None,
        focus: bool = True,
    ) -> Terminal:
        """Adds a terminal to a session, starts it and focuses it; without `focus` it stays unseen."""
        workspace = self._workspace
        session = workspace.rows.session(session_id)
        terminal = await new_terminal(workspace, session, command, name)
        workspace.rows.session(session.id)  # it may have been closed while tmux was looked for
        session.terminals.append(terminal)
        if focus:
            workspace.rows.focus(session, terminal)
        workspace.terminals_changed(session)
        await (workspace.focus_moved() if focus else start_unseen(workspace, session, terminal))
        return terminal

    def rename(self, name: str, terminal_id: str | None = None) -> None:
        """Gives a terminal a name of its own."""
        session, terminal = self._workspace.rows.terminal(terminal_id)
        cleaned = clean_text(name)
        if not cleaned:
            raise CommandError("a name needs at least one character that can be seen")
        terminal.name, terminal.named_by_user = cleaned, True
        self._workspace.terminals_changed(session)

    def move(self, offset: int, terminal_id: str | None = None) -> None:
        """Moves a tab left (negative) or right."""
        session, terminal = self._workspace.rows.terminal(terminal_id)
        if move(session.terminals, terminal, offset):
            self._workspace.terminals_changed(session)

    async def close(self, terminal_id: str | None = None) -> None:
        """Removes a terminal, whose program then ends; the last one takes its session along."""
        from cockpit.workspace.session_commands import close_session

        workspace = self._workspace
        session, terminal = workspace.rows.terminal(terminal_id)
        if len(session.terminals) == 1:
            await close_session(workspace, session)
            return
        had_focus = workspace.focused_terminal is terminal
        workspace.rows.remove_terminal(session, terminal)
        workspace.terminals_changed(session)
        if had_focus:
            await workspace.focus_moved()
        workspace.end([terminal])

    async def restart(self, terminal_id: str | None = None) -> None:
        """Starts a terminal's program again, in its own place."""
        workspace = self._workspace
        session, terminal = workspace.rows.terminal(terminal_id)
        size = workspace.pane.size
        if size is None:
            raise CommandError("the size of the pane is not known yet; try again when it is shown")
        workspace.pane.forget(terminal)
        try:
            await workspace.runner.restart(session, terminal, size)
        finally:
            if workspace.focused_terminal is terminal:
                await workspace.show_focused()

    async def focus(self, terminal_id: str) -> None:
        """Shows a terminal, and its session."""
        self._workspace.rows.focus(*self._workspace.rows.terminal(terminal_id))
        await self._workspace.focus_moved()

    async def select(self, index: int) -> None:
        """Shows a tab of the focused session by its place, counted from 0."""
        session = self._workspace.rows.session(None)
        if not 0 <= index < len(session.terminals):
            # Counted from 1, as the tabs are on the screen.
            tabs = {0: "no tabs", 1: "tab 1 only"}.get(
                len(session.terminals), f"tabs 1 to {len(session.terminals)}"
            )
            raise CommandError(f"there is no tab {index + 1}; this session has {tabs}")
        await self.focus(session.terminals[index].id)

    async def next(self) -> None:
        """Shows the next tab."""
        await self.focus(self._workspace.rows.neighbour_terminal(1).id)

    async def previous(self) -> None:
        """Shows the tab before."""
        await self.focus(self._workspace.rows.neighbour_terminal(-1).id)

    async def send(self, data: bytes, terminal_id: str | None = None, timeout: float | None = None) -> None:
        """Writes bytes to a terminal's program, starting it if it never was, and behind its command.

        With `timeout` it waits until the program has taken them, in turn with others that do (see `Sender`).
        """
        workspace = self._workspace
        session, terminal = workspace.rows.terminal(terminal_id)
        if workspace.pane.size is not None:
            await workspace.runner.ensure_started(session, terminal, workspace.pane.size)
        try:
            async with asyncio.timeout(timeout):
                await workspace.runner.launcher.turn(terminal.id)
        except TimeoutError:
            reason = f"the shell in {terminal.name} is not ready after {timeout:g} s"
            raise PartlySentError(reason, sent=0, total=len(data), timed_out=True) from None
        if timeout is None:
            await workspace.router.send(terminal, data)
        else:
            await workspace.sender.send(terminal, data, timeout)


def register(workspace: Workspace) -> None:
    """Adds the commands to the workspace's registry."""
    do = TerminalCommands(workspace)
    new = (
        Parameter("session_id", description="its session; left out: the focused one"),
        Parameter("command", description="its own command; left out: the login shell alone", long=True),
        Parameter("name", description="left out: the program's name"),
        FOCUS,
    )
    name = Parameter("name", required=True, description="its new name")
    offset = Parameter("offset", int, required=True, description="places right; negative: left")
    target = Parameter("terminal_id", required=True, description="the terminal")
    index = Parameter("index", int, required=True, description="the tab's place, counted from 0")
    data = Parameter("data", bytes, required=True, description="the bytes")
    timeout = Parameter("timeout", float, description="seconds to wait until the program has taken them")
    for command in (
        Command("terminal.new", "New terminal", "Open a terminal in a session.", do.new, new),
        Command("terminal.rename", "Rename terminal", "Give a tab a name.", do.rename, (_TERMINAL, name)),
        Command("terminal.move", "Move terminal", "Change the tabs' order.", do.move, (_TERMINAL, offset)),
        Command("terminal.close", "Close terminal", "End a terminal's program.", do.close, (_TERMINAL,)),
        Command("terminal.restart", "Restart terminal", "Start its program again.", do.restart, (_TERMINAL,)),
        Command("terminal.focus", "Go to terminal", "Show a terminal.", do.focus, (target,)),
        Command("terminal.select", "Go to tab", "Show a tab by its place.", do.select, (index,)),
        Command("terminal.next", "Next terminal", "Show the next tab.", do.next),
        Command("terminal.previous", "Previous terminal", "Show the tab before.", do.previous),
        Command(
            "terminal.send",
            "Send",
            "Write bytes to a terminal's program.",
            do.send,
            (_TERMINAL, data, timeout),
        ),
    ):
        workspace.commands.add(command)


async def start_unseen(workspace: Workspace, session: Session, terminal: Terminal) -> None:
    """Starts a terminal that isn't shown, at the pane's size; before there is one it starts when it is shown."""
    if workspace.pane.size is not None:
        await workspace.runner.ensure_started(session, terminal, workspace.pane.size)


async def new_terminal(
    workspace: Workspace, session: Session, command: str | None, name: str | None
) -> Terminal:
    """A row for a terminal of `session`, on the backend that is set now. Not yet in the session.

    Raises:
        CommandError: the command can't be passed to a shell.
    """
    if command is not None and "\0" in command:
        raise CommandError("a command can't hold a NUL byte; remove it")
    command = command if command and command.strip() else None
    automatic = program_name(command) if command else _shell_name(workspace)
    return Terminal(
        id=new_id("t"),
        name=clean_name(name or "", automatic or "command"),
        cwd=session.directory,
        backend=await workspace.router.kind_for_new(),
        command=command,
        named_by_user=bool(name and clean_text(name)),
    )


def _shell_name(workspace: Workspace) -> str:
    try:
        return Path(find_shell(workspace.settings.values.workspaces.shell, workspace.environment)).name
    except TerminalError:  # starting it will say so, in the terminal's place
        return "shell"

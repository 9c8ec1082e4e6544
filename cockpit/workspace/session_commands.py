"""The commands on sessions: `session.*`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cockpit.errors import CommandError
from cockpit.model import Session
from cockpit.text import clean_name, clean_text
from cockpit.workspace.commands import Command, Parameter
from cockpit.workspace.events import SessionsChanged
from cockpit.workspace.rows import move, new_id
from cockpit.workspace.terminal_commands import FOCUS, new_terminal, start_unseen

if TYPE_CHECKING:
    from cockpit.workspace.workspace import Workspace

_SESSION = Parameter("session_id", description="the session; left out: the focused one")


class SessionCommands:
    """What can be done with sessions."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def new(
        self,
        directory: str | None = None,
        name: str | None = None,
        command: str | None = None,
        group: str | None = None,
        focus: bool = True,
    ) -> Session:
        """Creates a session with one terminal and focuses it; without `focus` it starts unseen."""
        workspace = self._workspace
        default = workspace.settings.values.workspaces.default_directory or "~"
        directory = checked_directory(default if directory is None else directory)
        session = Session(new_id("s"), _session_name(name, directory), directory, group=_group(group))
        session.terminals.append(await new_terminal(workspace, session, command, None))
        workspace.rows.sessions.append(session)
        focus = focus or workspace.focused_session is None
        if focus:
            workspace.rows.focus(session)
        workspace.changed(SessionsChanged())
        await (workspace.focus_moved() if focus else start_unseen(workspace, session, session.terminals[0]))
        return session

    def rename(self, name: str, session_id: str | None = None) -> None:
        """Gives a session another name."""
        session = self._workspace.rows.session(session_id)
        session.name = checked_name(name)
        self._workspace.changed(SessionsChanged())

    async def close(self, session_id: str | None = None) -> None:
        """Removes a session, whose programs then end."""
        await close_session(self._workspace, self._workspace.rows.session(session_id))

    def move(self, offset: int, session_id: str | None = None) -> None:
        """Moves a session up (negative) or down in the sidebar."""
        if move(self._workspace.rows.sessions, self._workspace.rows.session(session_id), offset):
            self._workspace.changed(SessionsChanged())

    async def focus(self, session_id: str) -> None:
        """Shows a session."""
        self._workspace.rows.focus(self._workspace.rows.session(session_id))
        await self._workspace.focus_moved()

    async def next(self) -> None:
        """Shows the next session."""
        await self.focus(self._workspace.rows.neighbour_session(1).id)

    async def previous(self) -> None:
        """Shows the session before."""
        await self.focus(self._workspace.rows.neighbour_session(-1).id)

    def group(self, group: str | None = None, session_id: str | None = None) -> None:
        """Puts a session into a group; without one, out of its group."""
        self._workspace.rows.session(session_id).group = _group(group)
        self._workspace.changed(SessionsChanged())


def register(workspace: Workspace) -> None:
    """Adds the commands to the workspace's registry."""
    do = SessionCommands(workspace)
    name = Parameter("name", required=True, description="its new name")
    offset = Parameter("offset", int, required=True, description="places down; negative: up")
    group = Parameter("group", description="the group's name; left out: none")
    new = (
        Parameter("directory", description="where its terminals start; left out: as set, or your home"),
        Parameter("name", description="left out: the directory's own name"),
        Parameter("command", description="its own command; left out: the login shell alone", long=True),
        group,
        FOCUS,
    )
    target = Parameter("session_id", required=True, description="the session")
    for command in (
        Command("session.new", "New session", "Create a session with one terminal.", do.new, new),
        Command("session.rename", "Rename session", "Give a session a name.", do.rename, (_SESSION, name)),
        Command("session.close", "Close session", "End a session's programs.", do.close, (_SESSION,)),
        Command("session.move", "Move session", "Change the sidebar's order.", do.move, (_SESSION, offset)),
        Command("session.focus", "Go to session", "Show a session.", do.focus, (target,)),
        Command("session.next", "Next session", "Show the next session.", do.next),
        Command("session.previous", "Previous session", "Show the session before.", do.previous),
        Command("session.group", "Group session", "Put a session in a group.", do.group, (_SESSION, group)),
    ):
        workspace.commands.add(command)


async def open_directory(workspace: Workspace, directory: str | None) -> None:
    """What launching does: focuses the session of `directory`, made when there is none.

    Without a directory the sessions stay as they were; when there are none, one for the current directory is made.
    """
    rows = workspace.rows
    if directory is None and rows.sessions:
        await workspace.focus_moved()
        return
    wanted = checked_directory(directory or _current_directory())
    session = _session_of(workspace, wanted)
    if session is not None:
        await workspace.run("session.focus", session_id=session.id)
    else:
        await workspace.run("session.new", directory=wanted)


async def close_session(workspace: Workspace, session: Session) -> None:
    """Removes a session at once, then has its programs ended."""
    had_focus = workspace.focused_session is session
    workspace.rows.remove_session(session)
    workspace.changed(SessionsChanged())
    if had_focus:
        await workspace.focus_moved()
    workspace.end(session.terminals)


def checked_directory(directory: str) -> str:
    """An absolute path that is a directory; its characters are kept exactly.

    Raises:
        CommandError: it is not.
    """
    try:
        absolute = os.path.abspath(Path(directory).expanduser())  # noqa: PTH100 - resolve() follows links
        if directory and Path(absolute).is_dir():
            return absolute
    except (ValueError, RuntimeError, OSError) as error:  # a NUL in it; no home to expand; too long
        raise CommandError(f"{clean_text(directory)!r} can't be a directory: {error}") from error
    raise CommandError(f"there is no directory {clean_text(directory)!r}; create it first")


def checked_name(name: str) -> str:
    """A clean name. Raises `CommandError` when nothing readable is in it."""
    cleaned = clean_text(name)
    if not cleaned:
        raise CommandError("a name needs at least one character that can be seen")
    return cleaned


def _session_of(workspace: Workspace, directory: str) -> Session | None:
    """The session of a directory, links resolved; the focused one before the others."""
    focused = workspace.focused_session
    candidates = [focused, *workspace.sessions] if focused else list(workspace.sessions)
    wanted = os.path.realpath(directory)
    return next((s for s in candidates if os.path.realpath(s.directory) == wanted), None)


def _current_directory() -> str:
    try:
        return str(Path.cwd())
    except FileNotFoundError:  # someone removed it beneath us
        return str(Path.home())


def _session_name(name: str | None, directory: str) -> str:
    return clean_name(name or "", Path(directory).name or directory)


def _group(group: str | None) -> str | None:
    return clean_text(group or "") or None

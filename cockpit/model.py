"""The rows cockpit keeps and the plain values that travel between its rooms. No I/O, only look-ups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class BackendKind(StrEnum):
    """What runs a terminal. Rows keep the text as read: an unknown kind is unavailable, never dropped."""

    PTY = "pty"
    TMUX = "tmux"


@dataclass(frozen=True, slots=True)
class Size:
    """The size of a terminal in character cells."""

    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class Binding:
    """Where a tmux terminal lives: one window of one session on one server."""

    socket_path: str
    session_name: str
    window_id: str
    """tmux's `@N`, stable for the life of the server."""
    window_index: int


class TerminalState(StrEnum):
    """What is known of a terminal's program right now. Never stored."""

    NEW = "new"
    """The row exists, nothing was started yet (it starts when it is first shown)."""
    RUNNING = "running"
    EXITED = "exited"
    """The program ended; its last screen can still be read."""
    DETACHED = "detached"
    """A tmux row while the tmux backend is off: its window lives on, unseen."""
    UNAVAILABLE = "unavailable"
    """The row's backend is unknown here, or can't be used."""
    HELD = "held"
    """It has a command that is not run again by itself; restarting it runs it."""
    FAILED = "failed"
    """Starting it failed; `TerminalStatus.reason` says why."""


@dataclass(frozen=True, slots=True)
class TerminalStatus:
    """A terminal's state with what explains it."""

    state: TerminalState = TerminalState.NEW
    exit_code: int | None = None
    signal: int | None = None
    reason: str = ""
    lost: bool = False
    """It ended with the server that ran it, not by itself."""


class CommandState(StrEnum):
    """How far a command is that is typed into its terminal's shell."""

    WAITING = "waiting"
    """The shell is not ready for it."""
    RUNNING = "running"
    ENDED = "ended"
    """The shell is there for others."""


@dataclass(frozen=True, slots=True)
class CommandRun:
    """A run of a terminal's own command in its shell. `exit_code` comes with ENDED, if the shell tells it."""

    state: CommandState
    exit_code: int | None = None


@dataclass(slots=True)
class Terminal:
    """One tab: a program on a PTY. `backend` is the raw text of the row (see `BackendKind`)."""

    id: str
    name: str
    cwd: str
    backend: str = BackendKind.PTY
    command: str | None = None
    """A shell command line, or None for the user's login shell."""
    binding: Binding | None = None
    named_by_user: bool = False
    status: TerminalStatus = field(default_factory=TerminalStatus)
    restore: str | None = None
    """What becomes of its command at the next launch: "relaunch", "shell" or "nothing"; None: as the settings say."""
    run: CommandRun | None = None
    """What its shell makes of `command`; None when the terminal's program itself is the command, or nothing is known.
    Stored once it runs."""
    title: str = ""
    """What the program calls itself (OSC 0/2), already stripped of control characters. Never stored."""
    alternate_screen: bool = False
    """Its program uses the alternate screen, as far as tmux told; on a PTY the emulator knows. Never stored."""
    extra: dict[str, Any] = field(default_factory=dict)
    """What another version of cockpit keeps in the row. Not read, and written back as it was."""

    @property
    def living_command(self) -> str | None:
        """Its command, unless that is known to have ended and left its shell."""
        ended = self.run is not None and self.run.state is CommandState.ENDED
        return None if ended else self.command


@dataclass(slots=True)
class Session:
    """One row of the sidebar: a piece of work with a directory and 1..n terminals."""

    id: str
    name: str
    directory: str
    terminals: list[Terminal] = field(default_factory=list)
    group: str | None = None
    active_terminal_id: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    """What another version of cockpit keeps in the row. Not read, and written back as it was."""

    def terminal(self, terminal_id: str) -> Terminal | None:
        """The terminal with this id, or None."""
        return next((t for t in self.terminals if t.id == terminal_id), None)

    @property
    def active_terminal(self) -> Terminal | None:
        """The tab shown when this session is focused: the remembered one, else the first, else None."""
        remembered = self.terminal(self.active_terminal_id) if self.active_terminal_id else None
        return remembered or (self.terminals[0] if self.terminals else None)

    @property
    def has_tmux_terminal(self) -> bool:
        """True exactly when the sidebar shows the badge `T`."""
        return any(t.backend == BackendKind.TMUX for t in self.terminals)


@dataclass(frozen=True, slots=True)
class TerminalSpec:
    """Everything a backend needs to start one terminal."""

    terminal_id: str
    session_id: str
    name: str
    cwd: str
    command: str | None
    environment: Mapping[str, str]
    """Variables set on top of the backend's curated base environment."""
    size: Size
    row: Mapping[str, object] = field(default_factory=dict)
    """What a lost store would need to know of the row, in JSON values. `command` is the row's own."""
    returns_to_cwd: bool = False
    """A wrapped shell goes back to `cwd` if its files went elsewhere."""
    ready_file: str = ""
    """The path its shell makes once it is ready; empty: the shell runs plainly and tells nothing."""

"""What the workspace tells the world: facts in the past tense, delivered in order on the event loop."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cockpit.model import CommandState, TerminalStatus
from cockpit.terminal.speech.events import ClipboardRead, ProgressState, PromptMark, Selection
from cockpit.workspace.occupant import Occupant

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SessionsChanged:
    """Sessions were added, removed, moved, renamed or regrouped: read `Workspace.sessions` again."""


@dataclass(frozen=True, slots=True)
class TerminalsChanged:
    """Terminals of one session were added, removed, moved or renamed, or a backend or binding changed."""

    session_id: str


@dataclass(frozen=True, slots=True)
class FocusChanged:
    """Another terminal is shown now. Both ids are None when there is no session at all."""

    session_id: str | None
    terminal_id: str | None


@dataclass(frozen=True, slots=True)
class SurfaceChanged:
    """`Workspace.surface` is another one now, or None: the pane must be drawn anew."""

    terminal_id: str | None


@dataclass(frozen=True, slots=True)
class TmuxLooked:
    """It is known now whether tmux can be used: read `Workspace.tmux`."""


@dataclass(frozen=True, slots=True)
class TmuxSilent:
    """tmux stopped answering: what its terminals do is unknown, and none was touched."""

    reason: str


@dataclass(frozen=True, slots=True)
class TmuxHeard:
    """The silence is over: tmux answers, or has ended (`TmuxEnded` follows), or was started anew."""


@dataclass(frozen=True, slots=True)
class TmuxEnded:
    """The tmux server ended by itself; the statuses of its rows came before."""

    reason: str


@dataclass(frozen=True, slots=True)
class TerminalStatusChanged:
    """A terminal's program started, ended or was lost."""

    session_id: str
    terminal_id: str
    status: TerminalStatus


@dataclass(frozen=True, slots=True)
class TerminalTitleChanged:
    """A terminal's program named itself."""

    session_id: str
    terminal_id: str
    title: str


@dataclass(frozen=True, slots=True)
class TerminalScreenSwitched:
    """A terminal's program took the alternate screen or gave it back (see `Terminal.alternate_screen`)."""

    session_id: str
    terminal_id: str


@dataclass(frozen=True, slots=True)
class TerminalBellRang:
    """A terminal rang its bell."""

    session_id: str
    terminal_id: str


@dataclass(frozen=True, slots=True)
class TerminalNotified:
    """A terminal's program wants to be noticed. The texts are clean and short; one of them may be empty."""

    session_id: str
    terminal_id: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class TerminalProgress:
    """A terminal's program tells how far it is, or no more: `state` is NONE then, as when it ends."""

    session_id: str
    terminal_id: str
    state: ProgressState
    percent: int | None


@dataclass(frozen=True, slots=True)
class TerminalPromptMarked:
    """A terminal's shell marked a prompt or a command. `exit_code` comes with DONE, if the shell tells it."""

    session_id: str
    terminal_id: str
    mark: PromptMark
    exit_code: int | None


@dataclass(frozen=True, slots=True)
class TerminalReady:
    """A terminal's shell waits for its first command, or said nothing for so long that it counts as ready."""

    session_id: str
    terminal_id: str
    timed_out: bool


@dataclass(frozen=True, slots=True)
class TerminalCommandChanged:
    """A terminal's own command waits for its shell, runs in it, or ended there; `exit_code` as far as that is told."""

    session_id: str
    terminal_id: str
    state: CommandState
    exit_code: int | None


@dataclass(frozen=True, slots=True)
class TerminalDirectoryChanged:
    """A terminal's shell is in another directory of this machine, as the program wrote it: clean it before showing."""

    session_id: str
    terminal_id: str
    path: str


@dataclass(frozen=True, slots=True)
class AgentHooked:
    """A coding agent told by its hook what it does (`cockpit hook`). Name and agent are short and clean."""

    session_id: str
    terminal_id: str
    agent: str
    name: str
    payload: Mapping[str, Any]
    """What the agent gave along, as JSON values; nothing in it was cleaned."""


@dataclass(frozen=True, slots=True)
class ClipboardWanted:
    """A terminal's program wants its text in the clipboard; `ask` the person first. Never told when that is denied."""

    session_id: str
    terminal_id: str
    text: str
    selection: Selection
    ask: bool


@dataclass(frozen=True, slots=True)
class ClipboardAsked:
    """A terminal's program wants to see the clipboard; `ask` the person first. Never told when that is denied.

    The answer is `terminal.send` of `request.answer(text)`, with the empty text for no.
    """

    session_id: str
    terminal_id: str
    request: ClipboardRead
    ask: bool


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """The settings have new values, from here or from an edit of the file."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something the person should read. `severity` is information, warning or error."""

    message: str
    severity: str = "information"


@dataclass(frozen=True, slots=True)
class TakenOver:
    """Another cockpit gets this profile: leave now. Its programs on tmux are left as they are."""

    successor: Occupant


Event = (
    SessionsChanged
    | TerminalsChanged
    | FocusChanged
    | SurfaceChanged
    | TmuxLooked
    | TmuxSilent
    | TmuxHeard
    | TmuxEnded
    | TerminalStatusChanged
    | TerminalTitleChanged
    | TerminalScreenSwitched
    | TerminalBellRang
    | TerminalNotified
    | TerminalProgress
    | TerminalPromptMarked
    | TerminalReady
    | TerminalCommandChanged
    | TerminalDirectoryChanged
    | AgentHooked
    | ClipboardWanted
    | ClipboardAsked
    | SettingsChanged
    | Noticed
    | TakenOver
)
Listener = Callable[[Event], None]


class EventBus:
    """Delivers each event to every listener, synchronously and in order of subscription."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []
        self._kept: list[Event] | None = None

    def keep(self) -> None:
        """Keeps what is published from now on for listeners that come late."""
        if self._kept is None:
            self._kept = []

    def keep_no_more(self) -> None:
        """Everybody is there."""
        self._kept = None

    def subscribe(self, listener: Listener, *, missed: bool = False) -> Callable[[], None]:
        """Adds a listener and returns the call that removes it again. `missed`: it hears what was kept first."""
        for event in tuple(self._kept or ()) if missed else ():
            self._tell(listener, event)
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def publish(self, event: Event) -> None:
        """Tells every listener. A listener that fails is logged and doesn't keep the others from hearing."""
        if self._kept is not None:
            self._kept.append(event)
        for listener in tuple(self._listeners):
            self._tell(listener, event)

    def _tell(self, listener: Listener, event: Event) -> None:
        try:
            listener(event)
        except Exception:  # boundary: one listener's defect must not lose the event for the rest
            log.exception("a listener failed on %s", type(event).__name__)

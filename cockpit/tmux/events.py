"""What a tmux server tells its owner: facts in the past tense, delivered on the event loop in the order they came."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WindowAdded:
    """A window exists that was not known before."""

    window_id: str


@dataclass(frozen=True, slots=True)
class WindowClosed:
    """A window is gone, with its program."""

    window_id: str


@dataclass(frozen=True, slots=True)
class WindowRenamed:
    """A window has a new name, stripped of control characters."""

    window_id: str
    name: str


@dataclass(frozen=True, slots=True)
class WindowExited:
    """A window's program ended; its last screen is kept. Exactly one of `exit_code` and `signal` is set,
    or none where tmux could not tell."""

    window_id: str
    exit_code: int | None
    signal: int | None


@dataclass(frozen=True, slots=True)
class ScreenSwitched:
    """A program took the alternate screen or gave it back; tmux pushes that once a second."""

    window_id: str
    alternate: bool


@dataclass(frozen=True, slots=True)
class TitleChanged:
    """A program named itself. `title` is cleaned and bounded; empty means it has no title of its own.

    tmux pushes titles once a second.
    """

    window_id: str
    title: str


@dataclass(frozen=True, slots=True)
class BellRang:
    """A window's bell rang, shown or hidden; several bells within a second count as one.

    The shown terminal's bell reaches the display client at once as well.
    """

    window_id: str


@dataclass(frozen=True, slots=True)
class ProgramSpoke:
    """A window's program, shown or hidden, wrote an operating system command (see `osc.OscScanner`).

    Those of a flood may be missed.
    """

    window_id: str
    payload: bytes
    """What stands between `ESC ]` and its end. Not cleaned."""


@dataclass(frozen=True, slots=True)
class ClientDetached:
    """A client left the server; `client` is tmux's name for it, its tty for a display client."""

    client: str


@dataclass(frozen=True, slots=True)
class ServerGone:
    """The server ended though nobody here asked it to. Told once per server; every window is lost."""

    pid: int
    reason: str


@dataclass(frozen=True, slots=True)
class ServerSilent:
    """The server stopped answering; whether its programs run is unknown. Told once until it answers or ends."""

    reason: str


@dataclass(frozen=True, slots=True)
class ServerAnswered:
    """A silent server answers again."""


@dataclass(frozen=True, slots=True)
class SocketRestored:
    """Somebody had removed the server's socket; it is back."""


TmuxEvent = (
    WindowAdded
    | WindowClosed
    | WindowRenamed
    | WindowExited
    | ScreenSwitched
    | TitleChanged
    | BellRang
    | ProgramSpoke
    | ClientDetached
    | ServerGone
    | ServerSilent
    | ServerAnswered
    | SocketRestored
)
TmuxListener = Callable[[TmuxEvent], None]

"""The protocol both backends speak, and the facts they report. The router is its only caller."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from cockpit.model import Binding, Size, Terminal, TerminalSpec, TerminalStatus
from cockpit.terminal.scrollback.screen_end import ScreenEnd
from cockpit.terminal.speech.events import ProgramEvent

if TYPE_CHECKING:  # importing it costs too much before the first frame
    from cockpit.backends.output_reading import OutputReader
    from cockpit.terminal.input.keys import KeyPress
    from cockpit.terminal.surface import Surface
    from cockpit.tmux.windows.windows import WindowInfo


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """A terminal's program started, ended or was lost."""

    terminal_id: str
    status: TerminalStatus


@dataclass(frozen=True, slots=True)
class TitleChanged:
    """A terminal's program named itself; `title` is stripped of control characters and bounded."""

    terminal_id: str
    title: str


@dataclass(frozen=True, slots=True)
class ScreenSwitched:
    """A terminal's program took the alternate screen or gave it back; told where the surface doesn't show that."""

    terminal_id: str
    alternate: bool


@dataclass(frozen=True, slots=True)
class BellRang:
    """A terminal rang its bell."""

    terminal_id: str


@dataclass(frozen=True, slots=True)
class ProgramSaid:
    """A terminal's program tells the person something; cleaned, and bounded in length and rate."""

    terminal_id: str
    event: ProgramEvent


@dataclass(frozen=True, slots=True)
class BindingChanged:
    """A tmux terminal's window moved or was found again."""

    terminal_id: str
    binding: Binding


@dataclass(frozen=True, slots=True)
class SurfaceLost:
    """The surface of this backend's terminals ended, their programs live; `select` makes a new one."""

    kind: str


@dataclass(frozen=True, slots=True)
class BackendNoticed:
    """Something the person should know that changes no terminal, such as a window of ours without a row."""

    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class BackendFailed:
    """The backend as a whole stopped working; `reason` is fit to be shown. Its statuses came before."""

    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class BackendSilent:
    """The backend's server stopped answering: what its terminals do is unknown, and none was touched."""

    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class BackendAnswered:
    """A silent backend answers again."""

    kind: str


BackendEvent = (
    StatusChanged
    | TitleChanged
    | ScreenSwitched
    | BellRang
    | ProgramSaid
    | BindingChanged
    | SurfaceLost
    | BackendNoticed
    | BackendFailed
    | BackendSilent
    | BackendAnswered
)
BackendListener = Callable[[BackendEvent], None]


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a backend can be used here, and if not, why and what to do."""

    usable: bool
    version: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Scrollback:
    """What can be read above a terminal's screen."""

    alternate_screen: bool
    """The program uses the alternate screen: there is nothing above it."""
    captured: bytes | None = None
    """The screen and the newest rows above it as `capture-pane -p -e -J` prints them; None: the surface's own
    emulator holds everything."""
    older: Callable[[], Awaitable[bytes]] | None = None
    """Reads what goes before `captured`, if there is more; may take a second. Raises `CockpitError`."""
    end: ScreenEnd | None = None
    """Where what the program printed ends; None: the surface's own emulator knows."""
    bracketed_paste: bool | None = None
    """Whether the program can tell a paste from typing (mode 2004); None where that isn't known."""
    last_output: Callable[[], Awaitable[str]] | None = None
    """Reads what the last command printed, or has printed so far, as `Backend.read` does. Set by the router."""


@dataclass(frozen=True, slots=True)
class ReadSpan:
    """What is to be read of a terminal: whole lines, soft-wrapped rows joined."""

    lines: int | None = None
    """The last so many; None: all there are."""
    visible: bool = False
    """Nothing but the live screen."""
    since: object = None
    """Nothing before this place (see `Backend.place`)."""
    styled: bool = False
    """With SGR sequences."""
    last_output: bool = False
    """Only what the last command printed, or so far the one that runs, by the shell's marks (OSC 133)."""


class ServerState(StrEnum):
    """What is known of what could hold programs beyond cockpit."""

    NONE = "none"
    """Nothing is there, so nothing lives."""
    LISTED = "listed"
    SILENT = "silent"
    """Something is there and doesn't tell: what lives is unknown."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What lives beyond cockpit at one moment."""

    server: ServerState = ServerState.NONE
    windows: Sequence[WindowInfo] = ()
    socket_path: str = ""
    reason: str = ""
    """Why it is silent."""


class Backend(Protocol):
    """One way to run terminals. Coroutines raise `CockpitError` subclasses; nothing here blocks the loop."""

    kind: str
    piece_bytes: int
    """How much one `send` takes at best; more is better sent in pieces."""
    takes_pieces_whole: bool
    """A piece is taken as a whole or not at all, so texts of several senders may share one."""

    async def availability(self) -> Availability:
        """Looks without starting anything."""
        ...

    async def survey(self) -> Survey:
        """What lives, whether a row has it or not. Starts and changes nothing."""
        ...

    async def adopt(
        self, terminals: Sequence[Terminal], survey: Survey | None = None
    ) -> dict[str, TerminalStatus]:
        """Finds the living programs of stored rows, in `survey` when it was just made; ids absent from the answer
        must be created anew."""
        ...

    async def create(self, spec: TerminalSpec) -> Binding | None:
        """Starts the program. Returns the binding (tmux) or None (pty)."""
        ...

    async def select(self, terminal_id: str) -> Surface:
        """Makes this terminal the one its surface shows and returns that surface."""
        ...

    def surface(self, terminal_id: str) -> Surface | None:
        """The surface that shows this terminal now, if there is one. Never creates one."""
        ...

    async def send(self, terminal_id: str, data: bytes) -> None:
        """Writes bytes to the program. Raises `TerminalGoneError` when it can't take them."""
        ...

    async def drained(self, terminal_id: str) -> None:
        """Returns when what was sent has been taken. Raises `TerminalGoneError` when the program ended before."""
        ...

    async def encode(self, terminal_id: str, presses: Sequence[KeyPress]) -> bytes:
        """The bytes these keys have in the terminal's modes. Raises `CockpitError` when they can't be told."""
        ...

    async def scrollback(self, terminal_id: str, *, capture: bool) -> Scrollback:
        """What can be read above the terminal's screen; without `capture` only whether there can be anything.

        Raises `CockpitError` when it can't be read.
        """
        ...

    async def read(self, terminal_id: str, span: ReadSpan) -> str:
        """The text of a terminal, shown or not. Raises `CockpitError` when it can't be read."""
        ...

    async def place(self, terminal_id: str) -> object:
        """The line the cursor is in now, to read from later. Raises `CockpitError`."""
        ...

    async def outputs(self, terminal_id: str) -> OutputReader:
        """What is known of the shell's commands, up to date with what was printed so far, and kept so.

        Raises `CockpitError`.
        """
        ...

    def watch(
        self, terminal_id: str, heard: Callable[[], None], *, closely: bool = False
    ) -> Callable[[], None]:
        """Calls `heard` whenever the program printed something, until the returned call. Raises `CockpitError`.

        `closely`: meanwhile `outputs` hears it all, also a flood, whatever that costs.
        """
        ...

    async def describe(self, terminal_id: str, session_id: str, facts: Mapping[str, object]) -> None:
        """Keeps beside the program what its row says by now (`name` among it), if it can outlive the rows."""
        ...

    def resize(self, size: Size) -> None:
        """The pane has a new size. Hidden terminals follow when they are shown."""
        ...

    async def close(self, terminal_id: str) -> None:
        """Ends the program and forgets the terminal. A terminal that is already gone is not an error."""
        ...

    async def restart(self, spec: TerminalSpec) -> Binding | None:
        """Starts the program of an ended terminal again, in its own place."""
        ...

    async def end_server(self) -> None:
        """Ends what runs the programs beyond cockpit, hung or not, with all of them: their rows are told as lost.

        The next start makes a new one. Raises `CockpitError`.
        """
        ...

    async def shutdown(self, *, keep_programs: bool) -> None:
        """cockpit leaves. `keep_programs` leaves a tmux server and its programs alone; pty ones end."""
        ...

"""What programs ask of the clipboard and a person has to decide (OSC 52 under `ask`), and what is allowed anyway.

A question waits, and says so in a toast and in the status line, until the person opens it: nothing that pops up could
take what is being typed. Each terminal has one question of a kind; a newer one takes its place.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, Literal

from cockpit.app.calls.speakers import speaker_name
from cockpit.app.calls.toasts import Toasts
from cockpit.app.core import Core
from cockpit.errors import CockpitError
from cockpit.model import TerminalState
from cockpit.workspace.events import (
    ClipboardAsked,
    ClipboardWanted,
    Event,
    SessionsChanged,
    TerminalsChanged,
    TerminalStatusChanged,
)

if TYPE_CHECKING:
    from cockpit.app.clipboard.clipboard import CopyResult

Request = ClipboardWanted | ClipboardAsked
Kind = Literal["write", "read"]
Answer = Literal["once", "always", "deny"]


class ClipboardRequests:
    """Belongs to the main screen.

    Args:
        copy, read: the person's clipboard; `read` answers the empty text where it can't be read.
        start: runs work in a worker of the screen.
        shown_key: the key that opens a question, as it is shown.
        changed: called when another number of questions waits.
    """

    def __init__(
        self,
        core: Core,
        *,
        toasts: Toasts,
        copy: Callable[[str], Awaitable[CopyResult]],
        read: Callable[[], Awaitable[str]],
        start: Callable[[Coroutine[Any, Any, None]], object],
        shown_key: Callable[[], str],
        changed: Callable[[], None],
    ) -> None:
        self._core = core
        self._toasts = toasts
        self._copy = copy
        self._read = read
        self._start = start
        self._shown_key = shown_key
        self._changed = changed
        self._waiting: dict[tuple[str, Kind], Request] = {}
        """By terminal and kind, the oldest first."""

    @property
    def waiting(self) -> bool:
        """Whether a question waits for the person."""
        return bool(self._waiting)

    def asks(self, terminal_id: str) -> bool:
        """Whether this terminal's program waits for an answer."""
        return any(waiting == terminal_id for waiting, _ in self._waiting)

    def hear(self, event: Event) -> None:
        """Takes questions in, answers what needs no question, forgets who is gone."""
        match event:
            case ClipboardWanted(ask=True) | ClipboardAsked(ask=True):
                self._take(event)
            case ClipboardAsked():
                self._start(self._answer_read(event))
            case TerminalStatusChanged(terminal_id=ended, status=status):
                if status.state is not TerminalState.RUNNING:
                    self._keep(lambda terminal_id: terminal_id != ended)
            case TerminalsChanged() | SessionsChanged():
                living = {t.id for s in self._core.sessions for t in s.terminals}
                self._keep(lambda terminal_id: terminal_id in living)

    @property
    def oldest(self) -> Request | None:
        """The question to answer next."""
        return next(iter(self._waiting.values()), None)

    def name(self, request: Request) -> str:
        """Who asks, as a person calls it."""
        return speaker_name(self._core, request.session_id, request.terminal_id)

    async def answer(self, request: Request, *, allowed: bool) -> None:
        """Does what the program asked for, or tells it nothing."""
        key = (request.terminal_id, kind_of(request))
        if self._waiting.get(key) is request:
            del self._waiting[key]
            self._changed()
        if isinstance(request, ClipboardAsked):
            await self._send(request, await self._read() if allowed else "")
        elif allowed:
            result = await self._copy(request.text)
            self._toasts.tell(result.message, "information" if result.confirmed else "warning")

    def _take(self, request: Request) -> None:
        key = (request.terminal_id, kind_of(request))
        older = self._waiting.get(key)
        if isinstance(older, ClipboardAsked):
            self._start(self._send(older, ""))
        elif older is None:
            wants = "wants to see your clipboard"
            if isinstance(request, ClipboardWanted):
                wants = f"wants {_counted(request.text)} in your clipboard"
            hint = self._shown_key()
            said = f"{wants}\n{hint} answers" if hint else wants
            self._toasts.speak(request.terminal_id, self.name(request), said)
        self._waiting[key] = request
        self._changed()

    def _keep(self, wanted: Callable[[str], bool]) -> None:
        kept = {key: request for key, request in self._waiting.items() if wanted(key[0])}
        if len(kept) != len(self._waiting):
            self._waiting = kept
            self._changed()

    async def _answer_read(self, request: ClipboardAsked) -> None:
        await self._send(request, await self._read())

    async def _send(self, request: ClipboardAsked, text: str) -> None:
        """Gives the program its answer; one that has ended needs none."""
        try:
            await self._core.run(
                "terminal.send", terminal_id=request.terminal_id, data=request.request.answer(text)
            )
        except CockpitError as error:
            self._toasts.tell(f"{self.name(request)} could not be answered: {error}", "warning")


def kind_of(request: Request) -> Kind:
    """Which of the two policies decides it."""
    return "write" if isinstance(request, ClipboardWanted) else "read"


def _counted(text: str) -> str:
    return f"{len(text):,} character{'s' * (len(text) != 1)}"

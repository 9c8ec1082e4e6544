"""Asks before pasted lines go to a program that would take each for typed, and run it. Decides what counts as that."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Literal

from cockpit.app.calls.speakers import speaker_name
from cockpit.app.core import Core
from cockpit.app.widgets.pane_typing import PaneTyping
from cockpit.model import BackendKind
from cockpit.workspace.events import Event, FocusChanged

if TYPE_CHECKING:
    from cockpit.app.screens.paste_question import PasteQuestionScreen

log = logging.getLogger(__name__)

PasteAnswer = Literal["paste", "line"]
_LINE_BREAK = re.compile(rb"[ \t]*[\r\n]+[ \t]*")


class Pasting:
    """Belongs to the main screen. What is typed behind a paste that waits goes where the paste goes, after it.

    `ask` shows the question and hands the answer to its last argument, None for no; `start` runs work in a worker.
    """

    def __init__(
        self,
        core: Core,
        typing: PaneTyping,
        *,
        ask: Callable[[PasteQuestionScreen, Callable[[PasteAnswer | None], None]], None],
        start: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        self._core = core
        self._typing = typing
        self._ask = ask
        self._start = start
        self._data: bytes | None = None
        """The paste that waits."""
        self._question: PasteQuestionScreen | None = None
        typing.stops_paste = self.stops

    @property
    def unseen(self) -> bool:
        """A paste waits and its question is not on the screen yet: what is typed now is not the answer."""
        return self._data is not None and (self._question is None or not self._question.seen)

    def hear(self, event: Event) -> None:
        """Another terminal is shown: the question was about the one before."""
        if isinstance(event, FocusChanged) and self._data is not None:
            if self._question is not None and self._question.is_current:
                self._question.dismiss(None)
            self._decided(None)

    def stops(self, data: bytes) -> bool:
        """Whether a paste has to wait for the person, or until it is known that it has not."""
        terminal, surface = self._core.focused_terminal, self._typing.surface
        if terminal is None or surface is None or not _LINE_BREAK.search(data):
            return False
        if terminal.backend == BackendKind.TMUX:  # what its programs set is known to tmux only
            self._data = data
            self._start(self._look())
            return True
        modes = surface.emulator.modes
        if modes.bracketed_paste or modes.alternate_screen or not self._asks:
            return False
        self._data = data
        self._put_question(data)
        return True

    @property
    def _asks(self) -> bool:
        return self._core.settings.values.clipboard.confirm_paste

    async def _look(self) -> None:
        """Asks only where tmux doesn't say that the program can tell a paste, or has the whole screen.

        From 3.4 on tmux takes every paste between markers and gives the program what is inside as it is: for one that
        didn't ask for markers, lines have to end as if they were typed.
        """
        data = self._data
        bracketed: bool | None = None
        alternate = False
        try:
            scrollback = await self._core.scrollback(capture=False)
            bracketed, alternate = scrollback.bracketed_paste, scrollback.alternate_screen
        except Exception as error:  # boundary: typing waits behind it, and not knowing is a reason to ask
            log.warning("it isn't known how to paste: %s", error)
        if data is None or self._data is not data:
            return  # another terminal is shown meanwhile
        if not bracketed:
            self._data = data = data.replace(b"\n", b"\r")
        if bracketed or alternate or not self._asks:
            self._decided(data)
        else:
            self._put_question(data)

    def _put_question(self, data: bytes) -> None:
        from cockpit.app.screens.paste_question import PasteQuestionScreen  # not needed for the first frame

        session, terminal = self._core.focused_session, self._core.focused_terminal
        name = speaker_name(self._core, session.id, terminal.id) if session and terminal else ""
        question = PasteQuestionScreen(data.decode("utf-8", "replace"), name)
        self._question = question

        def answered(answer: PasteAnswer | None) -> None:
            if self._question is question:
                self._decided({"paste": data, "line": one_line(data), None: None}[answer])

        self._ask(question, answered)

    def _decided(self, data: bytes | None) -> None:
        self._data = self._question = None
        self._typing.go_on(data)


def one_line(data: bytes) -> bytes:
    """The text with every line break and the blanks around it as one space, and none at the ends."""
    return _LINE_BREAK.sub(b" ", data).strip(b" ")

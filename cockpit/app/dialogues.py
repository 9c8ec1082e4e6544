"""Opens the dialogues and carries out what is answered. The screens are imported when they are opened.

Nobody needs them for the first frame, and all of them together take a sixth of the launch.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from textual.screen import Screen

from cockpit.app import closing
from cockpit.errors import CommandError
from cockpit.model import BackendKind, Session, Terminal

if TYPE_CHECKING:
    from cockpit.app.catalogue import Entry
    from cockpit.app.clipboard.pasting import PasteAnswer
    from cockpit.app.clipboard.requests import ClipboardRequests
    from cockpit.app.keys.keymap import Keymap
    from cockpit.app.screens.main import MainScreen
    from cockpit.app.screens.paste_question import PasteQuestionScreen
    from cockpit.app.screens.session_form import SessionForm


Answer = TypeVar("Answer")


class Dialogues:
    """Belongs to the main screen. Every method returns at once; the dialogue runs in a worker of the screen."""

    def __init__(self, screen: MainScreen) -> None:
        self._screen = screen
        self._turn: object | None = None
        """The dialogue under way, until its answer is carried out."""
        self._answer: asyncio.Future[Any] | None = None
        """What the question on the screen waits for."""

    @property
    def deciding(self) -> bool:
        """Whether a question is about to be shown, or an answer about to be carried out: keys wait for that."""
        return self._turn is not None and (self._answer is None or self._answer.done())

    # cockpit itself

    def open_palette(self) -> None:
        """Opens the palette."""
        from cockpit.app.catalogue import catalogue, places, theme_entries
        from cockpit.app.looks.themes import offered
        from cockpit.app.palette import CockpitPalette

        core, keymap = self._screen.core, self._screen.leader.keymap
        entries = [
            *catalogue(core.commands, keymap),
            *places(core.sessions, core.focused_session, keymap),
            *theme_entries(offered(self._screen.app.available_themes)),
        ]
        self._screen.app.push_screen(CockpitPalette(entries, self._run_entry))

    def open_help(self) -> None:
        """Opens the help."""
        self._ask(partial(self._help, self._screen.leader.keymap))

    def open_settings(self, tab: str = "general") -> None:
        """Opens the settings at one of their tabs. Raises `CommandError` when there is no such tab."""
        from cockpit.app.screens.settings import TABS, SettingsScreen

        if tab not in TABS:
            raise CommandError(f"the settings have no tab {tab!r:.80}; there are {', '.join(TABS)}")
        self._screen.app.push_screen(
            SettingsScreen(self._screen.core, tab=tab, open_onboarding=self.open_onboarding)
        )

    def open_onboarding(self) -> None:
        """Says how to get tmux, over whatever is shown."""
        self._ask(self._onboard)

    async def _help(self, keymap: Keymap) -> None:
        from cockpit.app.catalogue import catalogue
        from cockpit.app.help_texts import topic_of
        from cockpit.app.screens.help import HelpScreen

        topic = topic_of(self._screen.focused or self._screen.pane, keymap.show)
        screen = HelpScreen(catalogue(self._screen.core.commands, keymap), topic=topic)
        chosen = await self._answer_to(screen)
        if chosen is not None:
            self._run_entry(chosen)

    def _run_entry(self, entry: Entry) -> None:
        if not entry.command:
            if entry.press:
                self._screen.app.simulate_key(entry.press)
            return
        self._screen.runner.start(entry.command, dict(entry.arguments))

    async def _onboard(self) -> None:
        from cockpit.app.screens.onboarding import OnboardingScreen

        core = self._screen.core
        answer: str | None = "again"
        while answer == "again":
            screen = OnboardingScreen(core.tmux.reason, self._screen.installing)
            answer = await self._answer_to(screen)
            if answer == "again":
                await self._run("tmux.look")
                if core.tmux.usable:
                    self._screen.tell(f"Found {core.tmux.version}.")
                    return
        if answer == "pty" and core.overridden is None:
            await self._run("settings.set", key="experimental.tmux_backend", value=False)

    # Sessions

    def new_session(self) -> None:
        """Asks for a directory and more, then opens a session."""
        self._ask(self._new_session)

    def rename_session(self, session: Session) -> None:
        """Asks for a session's name."""
        self._ask(partial(self._rename, "session", session.id, session.name))

    def group_session(self, session: Session) -> None:
        """Asks for a session's group."""
        self._ask(partial(self._group, session))

    def close_sessions(self, sessions: Sequence[Session]) -> None:
        """Closes sessions once the person agreed."""
        self._ask(partial(self._close_sessions, sessions))

    async def _new_session(self) -> None:
        from cockpit.app.screens.session_form import SessionFormScreen

        core = self._screen.core
        wanted = (
            core.settings.values.experimental.tmux_backend if core.overridden is None else core.overridden
        )
        focused = core.focused_session
        values = core.settings.values.workspaces
        start = values.default_directory or (focused.directory if focused else "~")
        form = SessionFormScreen(
            start,
            backend=BackendKind.TMUX if wanted and core.tmux.usable else BackendKind.PTY,
            group=(focused.group if focused else None) or "",
            groups=self._groups(),
        )
        draft: SessionForm | None = await self._answer_to(form)
        if draft is not None:
            self._screen.pane.focus()
            await self._run("session.new", **draft.arguments())

    async def _group(self, session: Session) -> None:
        from cockpit.app.screens.prompt import PromptScreen

        prompt = PromptScreen(
            "Group session", value=session.group or "", label="Group", hint="empty: no group",
            suggestions=self._groups(), may_be_empty=True,
        )  # fmt: skip
        answer = await self._answer_to(prompt)
        if answer is not None:
            await self._run("session.group", session_id=session.id, **({"group": answer} if answer else {}))

    async def _close_sessions(self, sessions: Sequence[Session]) -> None:
        if sessions and await self._agreed(closing.of_sessions(sessions, self._screen.glyphs)):
            for session in sessions:
                await self._run("session.close", session_id=session.id)

    # Terminals

    def rename_terminal(self, terminal: Terminal) -> None:
        """Asks for a tab's name."""
        self._ask(partial(self._rename, "terminal", terminal.id, terminal.name))

    def close_terminal(self, terminal: Terminal) -> None:
        """Closes a tab once the person agreed; an ended one at once."""
        self._ask(partial(self._close_terminal, terminal))

    async def _close_terminal(self, terminal: Terminal) -> None:
        session = next((s for s in self._screen.core.sessions if s.terminal(terminal.id)), None)
        last = session is not None and len(session.terminals) == 1
        if await self._agreed(closing.of_terminal(terminal, self._screen.glyphs, session if last else None)):
            await self._run("terminal.close", terminal_id=terminal.id)

    # Programs

    def confirm_paste(
        self, question: PasteQuestionScreen, answered: Callable[[PasteAnswer | None], None]
    ) -> None:
        """Asks whether and how to paste.

        Not in a worker: one that is cancelled before it begins would never answer, and typing waits for that.
        """
        self._screen.call_later(self._screen.app.push_screen, question, answered)

    def answer_program(self, requests: ClipboardRequests) -> None:
        """Asks what a program may do with the clipboard; left without an answer, the program goes on waiting."""
        self._ask(partial(self._answer_program, requests))

    async def _answer_program(self, requests: ClipboardRequests) -> None:
        from cockpit.app.clipboard.requests import kind_of
        from cockpit.app.screens.clipboard_question import ClipboardQuestionScreen

        request = requests.oldest
        if request is None:
            return
        answer = await self._answer_to(ClipboardQuestionScreen(request, requests.name(request)))
        if answer is None:
            return
        if answer == "always":
            await self._run("settings.set", key=f"clipboard.program_{kind_of(request)}", value="allow")
        self._turn = None
        await requests.answer(request, allowed=answer != "deny")

    # Shared

    async def _rename(self, kind: str, target: str, name: str) -> None:
        from cockpit.app.screens.prompt import PromptScreen

        title = "Rename session" if kind == "session" else "Rename tab"
        answer = await self._answer_to(PromptScreen(title, value=name, label="Name"))
        if answer:
            await self._run(f"{kind}.rename", **{f"{kind}_id": target, "name": answer})

    async def _agreed(self, question: closing.Question) -> bool:
        if not question.ends_something or not self._screen.core.settings.values.general.confirm_close:
            return True
        from cockpit.app.screens.confirm import ConfirmScreen

        agreed: bool | None = await self._answer_to(ConfirmScreen(question))
        return bool(agreed)

    def _groups(self) -> list[str]:
        """The groups there are, in the sidebar's order."""
        return list(dict.fromkeys(s.group for s in self._screen.core.sessions if s.group))

    def _ask(self, dialogue: Callable[[], Awaitable[None]]) -> None:
        self._turn, self._answer = object(), None
        work: Callable[[], Awaitable[None]] = partial(self._converse, dialogue, self._turn)
        self._screen.run_worker(work, group="dialogue", exclusive=True, exit_on_error=False)

    async def _converse(self, dialogue: Callable[[], Awaitable[None]], turn: object) -> None:
        try:
            with self._screen.runner.told("the dialogue"):
                await dialogue()
        finally:
            if self._turn is turn:
                self._turn = None

    async def _answer_to(self, question: Screen[Answer]) -> Answer | None:
        """Shows a question and waits for the answer; None when it was left."""
        self._answer = self._screen.app.push_screen(question, wait_for_dismiss=True)
        return await asyncio.shield(self._answer)  # another dialogue ends this one, not the question's screen

    async def _run(self, name: str, /, **arguments: object) -> None:
        """Carries an answer out."""
        self._turn = None
        await self._screen.runner.run(name, arguments)

"""The form for a new session: directory, name, command, group. Checks what can be checked before it answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.suggester import SuggestFromList
from textual.widgets import Button, Input

from cockpit.app.directory_suggester import DirectorySuggester
from cockpit.app.looks.text import safe_text
from cockpit.app.screens.dialog import Dialog, Plain
from cockpit.app.widgets.safe_input import SafeInput, printable


@dataclass(frozen=True, slots=True)
class SessionForm:
    """What was filled in. Empty texts were left out."""

    directory: str
    name: str = ""
    command: str = ""
    group: str = ""

    def arguments(self) -> dict[str, object]:
        """The arguments of the command `session.new`."""
        optional = {"name": self.name, "command": self.command, "group": self.group}
        return {"directory": self.directory, **{key: text for key, text in optional.items() if text}}


class CompletingInput(SafeInput):
    """Tab takes the suggestion, as shells do; without one it goes to the next field."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "tab",
            "complete",
            "Complete",
            id="directory.complete",
            tooltip="Take the completion",
            priority=True,
        ),
    ]

    def action_complete(self) -> None:
        """Takes the suggestion or goes on."""
        before = self.value
        if self.cursor_at_end:
            self.action_cursor_right()
        if self.value == before:
            self.screen.focus_next()


class SessionFormScreen(Dialog[SessionForm]):
    """Answers the filled form, or None."""

    AUTO_FOCUS = "#directory"

    def __init__(self, directory: str, *, backend: str, group: str = "", groups: Sequence[str] = ()) -> None:
        super().__init__()
        self._directory = directory
        self._backend = backend
        self._group = group
        self._groups = groups

    def compose(self) -> ComposeResult:
        """Four fields, the backend, two buttons."""
        with Vertical(classes="dialog dialog-fill"):
            yield Plain("New session", classes="dialog-title")
            with VerticalScroll(classes="dialog-body", can_focus=False):
                yield Plain("Directory", classes="field-label")
                yield CompletingInput(
                    _with_slash(self._directory), id="directory", compact=True, suggester=DirectorySuggester(),
                    select_on_focus=False, tooltip="Where the session works; tab completes",
                )  # fmt: skip
                yield Plain("tab completes", id="directory-hint", classes="field-hint")
                yield Plain("Name", classes="field-label")
                yield SafeInput(
                    id="name",
                    compact=True,
                    placeholder="the directory's own",
                    tooltip="What the sidebar calls it",
                )
                yield Plain("Command", classes="field-label")
                yield SafeInput(
                    id="command", compact=True, placeholder="your shell", tooltip="What runs in its first tab"
                )
                yield Plain("Group", classes="field-label")
                suggester = SuggestFromList(self._groups, case_sensitive=False) if self._groups else None
                yield SafeInput(
                    self._group,
                    id="group",
                    compact=True,
                    placeholder="none",
                    suggester=suggester,
                    tooltip="Sessions of one group stand together in the sidebar",
                )
                yield Plain(_backend_text(self._backend), classes="field-hint")
            with Horizontal(classes="dialog-buttons"):
                yield Button("Open", id="open", variant="primary", compact=True, tooltip="Open the session")
                yield Button("Cancel", id="cancel", compact=True, tooltip="Open none")

    @on(Input.Submitted)
    @on(Button.Pressed, "#open")
    def _filled(self) -> None:
        check: Callable[[], Awaitable[None]] = self._check
        self.run_worker(check, group="check", exclusive=True, exit_on_error=False)

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.dismiss(None)

    async def _check(self) -> None:
        form = SessionForm(
            *(self.query_one(f"#{i}", Input).value for i in ("directory", "name", "command", "group"))
        )
        problem = await asyncio.to_thread(directory_problem, form.directory)
        if not problem:
            self.dismiss(form)
            return
        hint = self.query_one("#directory-hint", Plain)
        hint.say(problem)
        hint.add_class("-error")
        self.query_one("#directory", Input).focus()

    @on(Input.Changed, "#directory")
    def _directory_changed(self) -> None:
        hint = self.query_one("#directory-hint", Plain)
        hint.say("tab completes")
        hint.remove_class("-error")

    def on_mount(self, _event: events.Mount) -> None:
        """The cursor starts behind the directory."""
        field = self.query_one("#directory", Input)
        field.cursor_position = len(field.value)


def directory_problem(directory: str) -> str:
    """Why no session can start there, or an empty text. Touches the file system."""
    if not directory.strip():
        return "Name a directory."
    try:
        place = Path(directory).expanduser()
        if place.is_dir():
            return ""
        exists = place.exists()
    except (OSError, RuntimeError, ValueError) as error:
        return f"That can't be a directory: {safe_text(str(error), 120)}"
    shown = safe_text(directory, 120)
    return f"{shown} is not a directory." if exists else f"There is no directory {shown}."


def _with_slash(directory: str) -> str:
    """The directory as the field's first value; one that can't be typed gives way to the home."""
    if printable(directory) != directory:
        return "~/"
    return directory if directory.endswith("/") else directory + "/"


def _backend_text(backend: str) -> str:
    if backend == "tmux":
        return "Runs on tmux: its programs live on when cockpit ends."
    return "Runs inside cockpit (pty): its programs end with cockpit."

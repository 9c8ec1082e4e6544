"""The sidebar: a toolbar, a filter and the list of sessions. Composes them; owns no data."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.reactive import reactive
from textual.widgets import Input

from cockpit.app.looks.glyphs import UNICODE, Glyphs
from cockpit.app.widgets.button_row import ButtonRow, SmallButton
from cockpit.app.widgets.safe_input import SafeInput
from cockpit.app.widgets.session_list import SessionList


class FilterInput(SafeInput):
    """The filter's one line. Up and down leave it for the list, escape clears it."""

    HELP = """
    # The filter
    Type a part of a session's name or directory; enter shows the first that is left, esc shows them all again.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "clear", "Clear", id="filter.clear", tooltip="Clear the filter"),
        Binding("down,up", "to_list", "List", id="filter.list", tooltip="Go to the list"),
    ]

    key_filter: Callable[[events.Key], bool] | None = None
    """Sees every key first; answers True when it has used it (the leader and what follows)."""

    def on_key(self, event: events.Key) -> None:
        """The filter of keys comes before the text."""
        if self.key_filter is not None and self.key_filter(event):
            event.stop()
            event.prevent_default()

    def action_clear(self) -> None:
        """Empties the filter and gives the keyboard to the list."""
        self.value = ""
        self.action_to_list()

    def action_to_list(self) -> None:
        """Gives the keyboard to the list."""
        if self.screen.query(SessionList):
            self.screen.query_one(SessionList).focus()


class Sidebar(Vertical):
    """Toolbar, filter, list. The list's own messages pass through it."""

    muted: reactive[bool] = reactive(False)
    """Whether notifications are muted."""
    filtering: reactive[bool] = reactive(False)
    """Whether the filter's line is shown."""

    def __init__(self, glyphs: Glyphs = UNICODE, *, title: str = "cockpit", id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs
        self._title = title

    def compose(self) -> ComposeResult:
        """The three parts."""
        yield ButtonRow(id="toolbar")
        yield FilterInput(placeholder="filter", compact=True, id="filter", select_on_focus=False)
        yield SessionList(self.glyphs, id="sessions")

    def on_mount(self) -> None:
        """Fills the toolbar."""
        self.query_one(ButtonRow).title_text = self._title
        self._show_buttons()
        self.watch(self.session_list, "marking", self._show_buttons, init=False)

    @property
    def session_list(self) -> SessionList:
        """The list."""
        return self.query_one(SessionList)

    def start_filter(self) -> None:
        """Shows the filter and gives it the keyboard."""
        self.filtering = True
        self.query_one(FilterInput).focus()

    def watch_filtering(self, filtering: bool) -> None:
        """The line is there only while it is of use."""
        self.set_class(filtering, "-filtering")

    def watch_muted(self) -> None:
        """The button shows what is in force."""
        if self.is_mounted:
            self._show_buttons()

    @on(Input.Changed, "#filter")
    def _filter_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.session_list.query_text = event.value
        self.filtering = bool(event.value) or self.query_one(FilterInput).has_focus

    @on(Input.Submitted, "#filter")
    def _filter_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        # Later: a message sent by a child while its parent handles one stops at that parent.
        self.session_list.call_later(self.session_list.action_choose)

    def on_descendant_blur(self) -> None:
        """An empty filter that lost the keyboard goes away."""
        box = self.query_one(FilterInput)
        if not box.value and not box.has_focus:
            self.filtering = False

    @on(SessionList.FilterRequested)
    def _filter_requested(self, event: SessionList.FilterRequested) -> None:
        event.stop()
        self.start_filter()

    def _show_buttons(self) -> None:
        marking = self.session_list.marking
        # Their shapes tell what is on, not only their colours.
        box = self.glyphs.marked if marking else self.glyphs.unmarked
        bell = self.glyphs.bell + (self.glyphs.close if self.muted else "")
        mute = "Notifications are muted: click to hear them" if self.muted else "Mute notifications"
        self.query_one(ButtonRow).buttons = (
            SmallButton(self.glyphs.add, "view.new_session", "New session"),
            SmallButton(self.glyphs.find, "view.filter", "Filter the sessions"),
            SmallButton(box, "view.select_mode", "Select several sessions", on=marking),
            SmallButton(bell, "view.mute", mute, on=self.muted),
            SmallButton(self.glyphs.menu, "view.settings", "Settings"),
        )

"""The list of sessions with its keys and its mouse. Tells what a person wants; changes nothing itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from cockpit.app.looks.glyphs import UNICODE, Glyphs
from cockpit.app.messages import CommandChosen
from cockpit.app.widgets.session_lines import SessionLines
from cockpit.app.widgets.session_row import tooltip_of


class SessionList(SessionLines, can_focus=True):
    """Session rows that can be chosen, moved, marked, renamed and closed."""

    HELP = """
    # The sessions
    Each row is a session: a directory with its terminals. Its symbol tells how the programs are, T that one of them is
    on tmux.
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "step(-1)", "Up", id="sessions.up", tooltip="Go to the session above"),
        Binding("down,j", "step(1)", "Down", id="sessions.down", tooltip="Go to the session below"),
        Binding("pageup", "page(-1)", "Page up", id="sessions.page_up", tooltip="Go one page up"),
        Binding("pagedown", "page(1)", "Page down", id="sessions.page_down", tooltip="Go one page down"),
        Binding("home,g", "step(-1000000)", "First", id="sessions.first", tooltip="Go to the first session"),
        Binding("end,G", "step(1000000)", "Last", id="sessions.last", tooltip="Go to the last session"),
        Binding("enter", "choose", "Show", id="sessions.choose", tooltip="Show this session"),
        Binding("K,shift+up", "move(-1)", "Move up", id="sessions.move_up", tooltip="Move this session up"),
        Binding("J,shift+down", "move(1)", "Move down", id="sessions.move_down", tooltip="Move it down"),
        Binding("n", "request_new", "New", id="sessions.new", tooltip="Open a session"),
        Binding("r,f2", "request_rename", "Rename", id="sessions.rename", tooltip="Rename this session"),
        Binding("x,delete", "request_close", "Close", id="sessions.close", tooltip="Close this session"),
        Binding("slash", "request_filter", "Filter", id="sessions.filter", tooltip="Filter the list"),
        Binding(
            "m", "toggle_marking", "Select", id="sessions.select_mode", tooltip="Select several sessions"
        ),
        Binding("space", "mark", "Mark", id="sessions.mark", tooltip="Mark this session"),
        Binding("left,h", "fold(True)", "Fold", id="sessions.fold", tooltip="Fold this session's group"),
        Binding("right,l", "fold(False)", "Unfold", id="sessions.unfold", tooltip="Unfold all groups"),
        Binding("question_mark", "request_help", "Help", id="sessions.help", tooltip="Explain this list"),
        Binding("escape", "leave", "Back", id="sessions.leave", tooltip="Back to the terminal"),
    ]

    @dataclass
    class Chosen(Message):
        """A session shall be shown, and get the keyboard."""

        session_id: str

    @dataclass
    class MoveRequested(Message):
        """A session shall move `offset` places in the workspace's order."""

        session_id: str
        offset: int

    @dataclass
    class RenameRequested(Message):
        """A session shall get another name."""

        session_id: str

    @dataclass
    class CloseRequested(Message):
        """These sessions shall be closed."""

        session_ids: list[str]

    @dataclass
    class NewRequested(Message):
        """A new session is wanted."""

    @dataclass
    class FilterRequested(Message):
        """The filter shall get the keyboard."""

    @dataclass
    class Left(Message):
        """The person is done with the list."""

    def __init__(self, glyphs: Glyphs = UNICODE, *, id: str | None = None) -> None:
        super().__init__(glyphs, id=id)
        self._dragged: str | None = None
        self.key_filter: Callable[[events.Key], bool] | None = None
        """Sees every key first; answers True when it has used it (the leader and what follows)."""

    # Keys

    def on_key(self, event: events.Key) -> None:
        """The filter comes before the bindings."""
        if self.key_filter is not None and self.key_filter(event):
            event.stop()
            event.prevent_default()

    def action_step(self, step: int) -> None:
        """Moves the cursor."""
        self.cursor_id = self._order.neighbour(self.cursor_id, step)

    def action_page(self, pages: int) -> None:
        """Moves the cursor by what fits the list."""
        per_row = 2 if self._order.roomy else 1
        self.action_step(pages * max(1, self.scrollable_content_region.height // per_row - 1))

    def action_choose(self) -> None:
        """Shows the session under the cursor."""
        if self.cursor_id:
            self.post_message(self.Chosen(self.cursor_id))

    def action_move(self, step: int) -> None:
        """Moves the session under the cursor past its visible neighbour."""
        target = self._order.neighbour(self.cursor_id, step)
        if self.cursor_id and target and target != self.cursor_id:
            self._request_move(self.cursor_id, target)

    def action_request_new(self) -> None:
        """Asks for a new session."""
        self.post_message(self.NewRequested())

    def action_request_rename(self) -> None:
        """Asks for another name for the session under the cursor."""
        if self.cursor_id:
            self.post_message(self.RenameRequested(self.cursor_id))

    def action_request_close(self) -> None:
        """Asks to close the marked sessions, or else the one under the cursor."""
        targets = [i for i in self._order.visible_ids if i in self.marked] if self.marking else []
        if targets or self.cursor_id:
            self.post_message(self.CloseRequested(targets or [str(self.cursor_id)]))

    def action_request_filter(self) -> None:
        """Asks for the filter."""
        self.post_message(self.FilterRequested())

    def action_toggle_marking(self) -> None:
        """Turns select mode on or off."""
        self.marking = not self.marking
        if not self.marking:
            self.marked.clear()

    def action_mark(self) -> None:
        """Marks the session under the cursor and goes on to the next."""
        if not self.marking:
            self.marking = True
        if self.cursor_id:
            self._toggle_mark(self.cursor_id)
            self.action_step(1)

    def action_fold(self, folded: bool) -> None:
        """Folds the group of the session under the cursor, or opens every group again: a folded one has no cursor."""
        if not folded:
            for group in self.folded_groups:
                self.fold(group)
            return
        row = next((row for row in self._order.rows if row.session_id == self.cursor_id), None)
        if row is not None and row.group and row.group not in self.folded_groups:
            before = self._order.visible_ids.index(row.session_id)
            self.fold(row.group)
            left = self._order.visible_ids
            self.cursor_id = left[min(before, len(left) - 1)] if left else None

    def action_request_help(self) -> None:
        """Asks for the help, which begins with this list."""
        self.post_message(CommandChosen("view.help"))

    def action_leave(self) -> None:
        """Leaves select mode, else the filter's result, else the list."""
        if self.marking:
            self.action_toggle_marking()
        else:
            self.post_message(self.Left())

    def _toggle_mark(self, session_id: str) -> None:
        self.marked ^= {session_id}
        self.refresh()

    def _request_move(self, session_id: str, target_id: str) -> None:
        self.post_message(self.MoveRequested(session_id, self._order.offset_between(session_id, target_id)))

    # Mouse

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follows the mouse with the hover, the tooltip and a dragged row."""
        row = self._order.row_at(event.y + self.scroll_offset.y)
        if self._dragged is not None:
            self.drop_id = row.session_id if row and row.session_id != self._dragged else None
            return
        self.hovered_id = row.session_id if row else None
        self.tooltip = Text(tooltip_of(row, self.glyphs)) if row else None

    def on_leave(self) -> None:
        """The mouse left the list."""
        self.hovered_id = None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """May begin a drag."""
        row = self._order.row_at(event.y + self.scroll_offset.y)
        if event.button == 1 and row is not None:
            self._dragged = row.session_id
            self.capture_mouse()

    def on_mouse_up(self) -> None:
        """Ends a drag; over another row the session takes its place."""
        dragged, target = self._dragged, self.drop_id
        self._dragged = self.drop_id = None
        self.release_mouse()
        if dragged and target:
            self._request_move(dragged, target)

    def on_click(self, event: events.Click) -> None:
        """A click shows, a double click renames, the cross closes, a header folds."""
        event.stop()
        number = event.y + self.scroll_offset.y
        if not 0 <= number < len(self._order.lines):
            return
        row = self._order.row_at(number)
        if row is None:
            if group := self._order.lines[number].group:
                self.fold(group)
            return
        match self._line(number, self.size.width).target_at(event.x):
            case "close":
                self.post_message(self.CloseRequested([row.session_id]))
            case "mark":
                self._toggle_mark(row.session_id)
            case _ if event.button == 2:
                self.post_message(self.CloseRequested([row.session_id]))
            case _ if event.chain == 2:
                self.post_message(self.RenameRequested(row.session_id))
            case _:
                self.cursor_id = row.session_id
                self.post_message(self.Chosen(row.session_id))

"""The tabs of the shown session: one row over the pane. Tells what was clicked; changes nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.text import Text
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from cockpit.app.calls.progress import Reached
from cockpit.app.looks.glyphs import UNICODE, Glyphs
from cockpit.app.looks.text import safe_text
from cockpit.app.widgets.line import Line
from cockpit.app.widgets.session_row import state_class, state_text
from cockpit.model import Terminal, TerminalState

MAX_TITLE_CELLS = 24


@dataclass(frozen=True, slots=True)
class Tab:
    """What the strip knows of one terminal. Texts are safe to show."""

    terminal_id: str
    title: str
    state: str
    glyph: str
    """The state's symbol, empty while the program runs or waits to be shown."""
    tmux: bool = False
    unseen: int = 0
    progress: Reached | None = None
    tooltip: str = ""


def tab_of(terminal: Terminal, glyphs: Glyphs, *, unseen: int = 0, progress: Reached | None = None) -> Tab:
    """The tab of one terminal: the person's name for it, else what the program calls itself, else its first name."""
    chosen = terminal.name if terminal.named_by_user else terminal.title or terminal.name
    title = safe_text(chosen, MAX_TITLE_CELLS, ellipsis=glyphs.ellipsis).strip() or "terminal"
    quiet = terminal.status.state in (TerminalState.RUNNING, TerminalState.NEW)
    where = f"on {safe_text(terminal.backend, 20)}, in {safe_text(terminal.cwd, 200)}"
    return Tab(
        terminal.id,
        title,
        state_class(terminal),
        "" if quiet else glyphs.status(terminal.status),
        terminal.backend == "tmux",
        unseen,
        progress,
        f"{safe_text(chosen, 200) or 'terminal'}: {state_text(terminal)}\n{where}",
    )


@dataclass(frozen=True, slots=True)
class Hit:
    """What lies under the mouse."""

    kind: Literal["tab", "close", "new", "left", "right"]
    terminal_id: str = ""


class TerminalTabs(Widget):
    """`1 shell  2 vim  +`; scrolls when the tabs don't fit."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "tabs--tab", "tabs--active", "tabs--number", "tabs--number-active", "tabs--hover", "tabs--bell", "tabs--close",
        "tabs--new", "tabs--more", "tabs--succeeded", "tabs--ended", "tabs--failed", "tabs--unavailable",
        "tabs--detached", "tabs--running", "tabs--new-state", "tabs--drop",
        "tabs--progress-running", "tabs--progress-busy", "tabs--progress-paused", "tabs--progress-error",
    }  # fmt: skip

    tabs: reactive[Sequence[Tab]] = reactive(())
    active_id: reactive[str | None] = reactive(None)
    hovered: reactive[Hit | None] = reactive(None)
    first: reactive[int] = reactive(0)
    """The first tab that is drawn."""

    @dataclass
    class Chosen(Message):
        """A tab shall be shown."""

        terminal_id: str

    @dataclass
    class CloseRequested(Message):
        """A tab shall be closed."""

        terminal_id: str

    @dataclass
    class RenameRequested(Message):
        """A tab shall get another name."""

        terminal_id: str

    @dataclass
    class MoveRequested(Message):
        """A tab shall move `offset` places."""

        terminal_id: str
        offset: int

    @dataclass
    class NewRequested(Message):
        """A new tab is wanted."""

    def __init__(self, glyphs: Glyphs = UNICODE, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs
        self._dragged: str | None = None

    # Drawing

    def watch_tabs(self) -> None:
        """The active tab stays in sight."""
        self._show_active()

    def watch_active_id(self) -> None:
        """The active tab stays in sight."""
        self._show_active()

    def on_resize(self) -> None:
        """The active tab stays in sight."""
        self._show_active()

    def render_line(self, y: int) -> Strip:
        """The one line."""
        return self._line().strip(self, self.size.width) if y == 0 else Strip.blank(self.size.width)

    def _tab(self, index: int, tab: Tab) -> Line[Hit]:
        """One tab: `▌1 title ✗ ♪ ×`. The bar and the weight tell the active one without colour."""
        active = tab.terminal_id == self.active_id
        over = self.hovered is not None and self.hovered.terminal_id == tab.terminal_id
        base = ("tabs--active",) if active else ("tabs--tab", "tabs--hover") if over else ("tabs--tab",)
        here = Hit("tab", tab.terminal_id)
        line: Line[Hit] = Line()
        line.add(self.glyphs.bar if active else " ", *base, "tabs--number-active", target=here)
        line.add(str(index + 1), *base, "tabs--number-active" if active else "tabs--number", target=here)
        line.add(f" {tab.title}", *base, target=here)
        if tab.glyph:
            line.add(f" {tab.glyph}", *base, f"tabs--{tab.state}", target=here)
        if tab.progress is not None:
            progress = f"tabs--progress-{tab.progress.state}"
            line.add(f" {tab.progress.text(self.glyphs)}", *base, progress, target=here)
        if tab.unseen and not active:
            line.add(f" {self.glyphs.bell}", *base, "tabs--bell", target=here)
        cross = self.glyphs.close if active or over else " "
        line.add(f" {cross}", *base, "tabs--close", target=Hit("close", tab.terminal_id))
        return line

    def _line(self, first: int | None = None) -> Line[Hit]:
        begin = self.first if first is None else first
        line: Line[Hit] = Line()
        if begin > 0:
            line.add(f"{self.glyphs.more_left} ", "tabs--more", target=Hit("left"))
        room = self.size.width - 3
        for index, tab in enumerate(self.tabs[begin:], begin):
            drawn = self._tab(index, tab)
            last = index == len(self.tabs) - 1
            if line.width + drawn.width > room - (0 if last else 2) and index > begin:
                line.add(f" {self.glyphs.more_right}", "tabs--more", target=Hit("right"))
                break
            line.extend(drawn)
        line.add(f" {self.glyphs.add} ", "tabs--new", target=Hit("new"))
        return line

    def _show_active(self) -> None:
        """Scrolls as little as needed to draw the active tab."""
        ids = [tab.terminal_id for tab in self.tabs]
        first = min(self.first, max(0, len(ids) - 1))
        if self.active_id in ids and self.size.width:
            active = ids.index(self.active_id)
            first = min(first, active)
            while first < active and self.active_id not in self._drawn_ids(first):
                first += 1
        while first > 0 and len(ids) - 1 in range(len(ids)) and self._all_fit_from(first - 1):
            first -= 1
        self.first = first
        self.refresh()

    def _drawn_ids(self, first: int) -> set[str]:
        return {zone.target.terminal_id for zone in self._line(first).zones}

    def _all_fit_from(self, first: int) -> bool:
        return not any(zone.target.kind == "right" for zone in self._line(first).zones)

    # Mouse

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Marks and explains what is under the mouse; carries a dragged tab along."""
        self.hovered = self._line().target_at(event.x)
        self.tooltip = Text(self._explanation(self.hovered)) if self.hovered else None

    def _explanation(self, hit: Hit) -> str:
        tab = next((tab for tab in self.tabs if tab.terminal_id == hit.terminal_id), None)
        texts = {"new": "New tab", "left": "More tabs to the left", "right": "More tabs to the right"}
        if hit.kind == "close":
            return "Close this tab"
        return tab.tooltip if tab else texts[hit.kind]

    def on_leave(self) -> None:
        """The mouse left."""
        self.hovered = None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """May begin a drag."""
        hit = self._line().target_at(event.x)
        if event.button == 1 and hit and hit.kind == "tab":
            self._dragged = hit.terminal_id
            self.capture_mouse()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Over another tab a dragged one takes its place."""
        dragged, self._dragged = self._dragged, None
        self.release_mouse()
        hit = self._line().target_at(event.x)
        if dragged and hit and hit.terminal_id and hit.terminal_id != dragged:
            ids = [tab.terminal_id for tab in self.tabs]
            if dragged in ids and hit.terminal_id in ids:
                self.post_message(
                    self.MoveRequested(dragged, ids.index(hit.terminal_id) - ids.index(dragged))
                )

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scrolls to the right."""
        event.stop()
        self._scroll(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scrolls to the left."""
        event.stop()
        self._scroll(-1)

    def _scroll(self, step: int) -> None:
        if step < 0 or not self._all_fit_from(self.first):
            self.first = min(max(self.first + step, 0), max(0, len(self.tabs) - 1))

    def on_click(self, event: events.Click) -> None:
        """A click shows, a double click renames, the cross and the middle button close."""
        event.stop()
        hit = self._line().target_at(event.x)
        match hit:
            case None:
                if event.chain == 2:
                    self.post_message(self.NewRequested())
            case Hit("new"):
                self.post_message(self.NewRequested())
            case Hit("left" | "right" as side):
                self._scroll(-1 if side == "left" else 1)
            case Hit("close", terminal_id) if event.button == 1:
                self.post_message(self.CloseRequested(terminal_id))
            case Hit(_, terminal_id) if event.button == 2:
                self.post_message(self.CloseRequested(terminal_id))
            case Hit("tab", terminal_id) if event.chain == 2:
                self.post_message(self.RenameRequested(terminal_id))
            case Hit(_, terminal_id):
                self.post_message(self.Chosen(terminal_id))

"""How the list of sessions looks: draws only the lines that can be seen, however many sessions there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from cockpit.app.looks.glyphs import UNICODE, Glyphs
from cockpit.app.widgets.line import Line
from cockpit.app.widgets.session_order import SessionOrder, order_sessions
from cockpit.app.widgets.session_row import RowTarget, SessionRow, detail_line, name_line


class SessionLines(ScrollView):
    """Shows session rows, one or two lines each, with their groups. Hears no keys and no mouse."""

    STATES: ClassVar[tuple[str, ...]] = (
        "running", "new", "succeeded", "ended", "detached", "unavailable", "failed", "empty",
    )  # fmt: skip
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "sidebar--bar", "sidebar--name", "sidebar--name-focused", "sidebar--detail", "sidebar--branch",
        "sidebar--unseen", "sidebar--badge", "sidebar--close", "sidebar--mark", "sidebar--group",
        "sidebar--row-focused", "sidebar--row-hover", "sidebar--row-cursor", "sidebar--row-drop",
        "sidebar--empty-text",
        "sidebar--progress-running", "sidebar--progress-busy", "sidebar--progress-paused", "sidebar--progress-error",
        *(f"sidebar--{state}" for state in STATES),
    }  # fmt: skip
    focused_id: reactive[str | None] = reactive(None)
    """The session whose terminal is shown."""
    cursor_id: reactive[str | None] = reactive(None)
    """Where the arrow keys are."""
    query_text: reactive[str] = reactive("")
    """What the rows are filtered by."""
    hovered_id: reactive[str | None] = reactive(None)
    drop_id: reactive[str | None] = reactive(None)
    """The row whose place a dragged session would take."""
    marking: reactive[bool] = reactive(False)
    """Select mode: rows have a box to mark."""

    def __init__(self, glyphs: Glyphs = UNICODE, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs
        self.marked: set[str] = set()
        self._rows: Sequence[SessionRow] = ()
        self._order = SessionOrder(())
        self._folded: set[str] = set()

    # Data in

    def show_rows(self, rows: Sequence[SessionRow]) -> None:
        """Shows these rows, keeping the cursor and the scroll position where they were."""
        if rows == self._rows:
            return
        self._rows = rows
        known = {row.session_id for row in rows}
        self.marked &= known
        if self.cursor_id not in known:
            self.cursor_id = self.focused_id if self.focused_id in known else None
        self._arrange()

    @property
    def order(self) -> SessionOrder:
        """The lines as they are arranged now."""
        return self._order

    @property
    def folded_groups(self) -> frozenset[str]:
        """The groups that show their header only."""
        return frozenset(self._folded)

    def fold(self, group: str) -> None:
        """Folds a group, or opens it again."""
        self._folded ^= {group}
        self._arrange()

    def _arrange(self) -> None:
        self._order = order_sessions(
            self._rows,
            query=self.query_text,
            folded=self._folded,
            height=self.scrollable_content_region.height,
        )
        self.virtual_size = Size(0, len(self._order.lines))
        self.refresh()

    def watch_query_text(self) -> None:
        """Filters; the cursor goes to the first row that is left."""
        self._arrange()
        if self.cursor_id not in self._order.starts:
            self.cursor_id = self._order.neighbour(None, 1)

    def watch_focused_id(self, _before: str | None, after: str | None) -> None:
        """The cursor follows the session that is shown."""
        self.cursor_id = after

    def watch_cursor_id(self) -> None:
        """Keeps the cursor in sight."""
        start = self._order.starts.get(self.cursor_id or "")
        height = self.scrollable_content_region.height
        if start is None or height <= 0:
            return
        end = start + (2 if self._order.roomy else 1)
        if start < self.scroll_offset.y:
            self.scroll_to(y=0 if start == 1 else start, animate=False)
        elif end > self.scroll_offset.y + height:
            self.scroll_to(y=end - height, animate=False)

    def on_resize(self) -> None:
        """The room decides between one and two lines a row."""
        self._arrange()
        self.watch_cursor_id()

    # Drawing

    def render_line(self, y: int) -> Strip:
        """One visible line."""
        width = self.size.width
        number = y + self.scroll_offset.y
        if not self._order.lines and y == 0:
            return self._empty_line().strip(self, width)
        if number >= len(self._order.lines):
            return Strip.blank(width, self.rich_style)
        base = self._base_classes(number)
        return self._line(number, width).strip(self, width, base, plain=base == ("sidebar--row-cursor",))

    def _empty_line(self) -> Line[RowTarget]:
        line: Line[RowTarget] = Line()
        text = " nothing matches" if self.query_text else " no sessions yet: n opens one"
        line.add(text, "sidebar--empty-text")
        return line

    def _line(self, number: int, width: int) -> Line[RowTarget]:
        line = self._order.lines[number]
        if line.kind == "blank":
            return Line()
        if line.kind == "group":
            return self._group_line(line.group, line.count)
        row = self._rows[line.index]
        focused = row.session_id == self.focused_id
        if line.kind == "detail":
            return detail_line(row, width, self.glyphs, focused=focused, indent=5 if self.marking else 3)
        return name_line(
            row,
            width,
            self.glyphs,
            focused=focused,
            hovered=row.session_id == self.hovered_id,
            marked=row.session_id in self.marked if self.marking else None,
            inline_detail=not self._order.roomy,
        )

    def _group_line(self, group: str, count: int) -> Line[RowTarget]:
        line: Line[RowTarget] = Line()
        folded = group in self._folded and not self.query_text
        line.add(
            f" {self.glyphs.folded if folded else self.glyphs.unfolded} {group}",
            "sidebar--group",
            target="row",
        )
        line.add(f" {count}", "sidebar--detail", target="row")
        return line

    def _base_classes(self, number: int) -> tuple[str, ...]:
        row = self._order.row_at(number)
        if row is None:
            return ()
        if row.session_id == self.drop_id:
            return ("sidebar--row-drop",)
        if self.has_focus and row.session_id == self.cursor_id:
            return ("sidebar--row-cursor",)
        if row.session_id == self.focused_id:
            return ("sidebar--row-focused",)
        return ("sidebar--row-hover",) if row.session_id == self.hovered_id else ()

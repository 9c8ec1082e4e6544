"""The order of the sidebar's lines: groups, folding, filtering, one or two lines a session. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal

from cockpit.app.widgets.session_row import SessionRow


@dataclass(frozen=True, slots=True)
class ListLine:
    """One line of the list: the space above a group, its header, or the name or detail of the row at `index`."""

    kind: Literal["blank", "group", "name", "detail"]
    index: int = -1
    group: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class SessionOrder:
    """All lines of the list, and where each visible row starts."""

    rows: Sequence[SessionRow]
    lines: Sequence[ListLine] = ()
    starts: dict[str, int] = field(default_factory=dict)
    """The first line of each visible row, by session id, in the order they are shown."""
    roomy: bool = False

    @property
    def visible_ids(self) -> list[str]:
        """The sessions that can be reached with the arrow keys, from top to bottom."""
        return list(self.starts)

    def neighbour(self, session_id: str | None, step: int) -> str | None:
        """The visible session `step` places further, stopping at the ends."""
        ids = self.visible_ids
        if not ids:
            return None
        if session_id not in self.starts:
            return ids[0] if step >= 0 else ids[-1]
        return ids[min(max(ids.index(session_id) + step, 0), len(ids) - 1)]

    def row_at(self, line: int) -> SessionRow | None:
        """The row a line belongs to; None for a header or below the end."""
        if not 0 <= line < len(self.lines) or self.lines[line].index < 0:
            return None
        return self.rows[self.lines[line].index]

    def offset_between(self, session_id: str, target_id: str) -> int:
        """How many places a session moves in the workspace's own order to take the place of another."""
        places = {row.session_id: place for place, row in enumerate(self.rows)}
        return places[target_id] - places[session_id] if {session_id, target_id} <= places.keys() else 0


def order_sessions(
    rows: Sequence[SessionRow], *, query: str = "", folded: Collection[str] = (), height: int = 0
) -> SessionOrder:
    """Groups in the order in which they first appear, rows without one first; two lines a row if all fit.

    `query` keeps the rows that hold every one of its words, in any of their texts; folded groups open while
    it is set.
    """
    words = query.casefold().split()
    kept = [i for i, row in enumerate(rows) if not words or _holds(row, words)]
    groups: dict[str, list[int]] = {"": []}
    for index in kept:
        groups.setdefault(rows[index].group, []).append(index)
    headers = sum(1 for name in groups if name)
    roomy = 2 * len(kept) + 2 * headers <= height
    lines: list[ListLine] = []
    starts: dict[str, int] = {}
    for name, members in groups.items():
        if name:
            if roomy and lines:
                lines.append(ListLine("blank"))
            lines.append(ListLine("group", group=name, count=len(members)))
            if name in folded and not words:
                continue
        for index in members:
            starts[rows[index].session_id] = len(lines)
            lines.append(ListLine("name", index))
            if roomy:
                lines.append(ListLine("detail", index))
    return SessionOrder(rows, lines, starts, roomy)


def _holds(row: SessionRow, words: Sequence[str]) -> bool:
    haystack = row.haystack
    return all(word in haystack for word in words)

"""What can follow the leader: an overlay at the bottom that appears when a person hesitates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.geometry import Offset
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from cockpit.app.keys.bindings import ESSENTIAL, GROUP_TITLES, Group, KeyBinding
from cockpit.app.keys.keymap import Keymap
from cockpit.app.looks.glyphs import UNICODE, Glyphs
from cockpit.app.looks.text import clip
from cockpit.app.widgets.line import Line

COLUMN_GAP = 3
MAX_EXTRA_GAP = 10
KEY_CELLS = 3


@dataclass(frozen=True, slots=True)
class Hint:
    """One line of the panel: a key and what it does, or a group's title (without a binding)."""

    key: str
    title: str
    binding: KeyBinding | None = None
    tooltip: str = ""


def hints_of(keymap: Keymap) -> dict[Group, list[Hint]]:
    """What follows the leader, by group; the digits are one line as long as they are where they belong."""
    groups: dict[Group, list[Hint]] = {"tabs": [], "sessions": [], "view": []}
    digits = [b for b in keymap.bindings if b.id.startswith("terminal.select.")]
    together = all(b.key == b.id.rpartition(".")[2] for b in digits)
    for binding in keymap.bindings:
        if binding.context != "leader" or not binding.key:
            continue
        if together and binding in digits:
            if binding is digits[0]:
                groups["tabs"].append(Hint("0-9", "go to tab", None, "Show a tab by its number"))
            continue
        hint = Hint(keymap.show(binding.key), binding.title, binding, binding.tooltip)
        groups[binding.group].append(hint)
    groups["view"].append(
        Hint(keymap.show(keymap.leader), "send it", None, "Type the leader into the terminal")
    )
    return groups


def arrange(groups: dict[Group, list[Hint]], width: int, height: int) -> list[list[Hint]]:
    """The hints in columns that fit `width` cells and `height` lines; each group starts with its title.

    Groups stay whole as long as there is room; then their columns are cut. Where even that is too much the titles
    are left out, and as many hints as fit are taken: the essential ones first, then from each group in turn.
    """
    blocks = [[Hint("", GROUP_TITLES[name]), *hints] for name, hints in groups.items() if hints]
    longest = max((len(block) for block in blocks), default=1)
    for rows in range(min(longest, height), height + 1):
        columns = _flow(blocks, rows)
        if _width_of(columns) <= width:
            return columns
    turns = [
        hint for row in zip_longest(*(block[1:] for block in blocks)) for hint in row if hint is not None
    ]
    turns.sort(key=_rank)  # stable
    for count in range(len(turns), 0, -1):
        chosen = turns[:count]
        ordered = [hint for block in blocks for hint in block if hint in chosen]
        columns = _flow([_clipped(ordered, (width - 2 - COLUMN_GAP) // 2)], height)
        if _width_of(columns) <= width:
            return columns
    return []


def _rank(hint: Hint) -> int:
    """How early a hint is taken where not all fit."""
    id_ = hint.binding.id if hint.binding else ""
    return ESSENTIAL.index(id_) if id_ in ESSENTIAL else len(ESSENTIAL)


def _clipped(hints: Sequence[Hint], cells: int) -> list[Hint]:
    """The hints with titles that leave room for two columns."""
    return [
        replace(hint, title=clip(hint.title, max(4, cells - hint_width(replace(hint, title="")))))
        for hint in hints
    ]


def column_width(column: Sequence[Hint]) -> int:
    """The cells a column takes without the gap behind it."""
    return max(hint_width(hint) for hint in column)


def hint_width(hint: Hint) -> int:
    """The cells of one hint."""
    return max(KEY_CELLS, cell_len(hint.key)) + 2 + cell_len(hint.title) if hint.key else cell_len(hint.title)


def _width_of(columns: Sequence[Sequence[Hint]]) -> int:
    return 2 + sum(column_width(column) + COLUMN_GAP for column in columns) - COLUMN_GAP


def _flow(blocks: Sequence[Sequence[Hint]], rows: int) -> list[list[Hint]]:
    """Cuts every block into columns of at most `rows` lines."""
    return [list(block[at : at + rows]) for block in blocks for at in range(0, len(block), rows)]


class HintPanel(Widget):
    """Lists what follows the leader. Covers the lower edge of the pane, never changes its size."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"hints--key", "hints--title", "hints--group", "hints--hover"}

    hovered: reactive[str] = reactive("")

    @dataclass
    class Chosen(Message):
        """A hint was clicked."""

        binding: KeyBinding

    @dataclass
    class Dismissed(Message):
        """A click beside the hints, at this place of the screen."""

        offset: Offset

    def __init__(self, glyphs: Glyphs = UNICODE, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs
        self._groups: dict[Group, list[Hint]] = {}
        self._columns: list[list[Hint]] = []
        self.display = False

    def open(self, groups: dict[Group, list[Hint]], width: int, height: int) -> None:
        """Shows these hints in at most `height` lines of a screen `width` cells wide."""
        self._groups = groups
        self._columns = arrange(groups, width, max(1, height - 1))
        self.styles.height = (
            max((len(column) for column in self._columns), default=0) + 1
        )  # and its upper edge
        self.display = True
        self.capture_mouse()
        self.refresh()

    def close(self) -> None:
        """Takes the panel away."""
        if self.display:
            self.release_mouse()
        self.display = False
        self.hovered = ""

    def render_line(self, y: int) -> Strip:
        """One line across all columns."""
        return self._line(y).strip(self, self.size.width)

    def _line(self, y: int) -> Line[Hint]:
        line: Line[Hint] = Line()
        if y < 0 or not self._columns:
            return line
        start = 1
        spare = max(0, self.size.width - _width_of(self._columns)) // max(1, len(self._columns))
        gap = COLUMN_GAP + min(spare, MAX_EXTRA_GAP)
        for column in self._columns:
            line.fill(start)
            if y < len(column):
                self._add_hint(line, column[y], column_width(column))
            start += column_width(column) + gap
        return line

    def _add_hint(self, line: Line[Hint], hint: Hint, cells: int) -> None:
        if not hint.key:
            line.add(hint.title, "hints--group")
            return
        hover = ("hints--hover",) if hint.binding and hint.binding.id == self.hovered else ()
        line.add(hint.key.rjust(KEY_CELLS), "hints--key", *hover, target=hint)
        title = "  " + hint.title
        line.add(
            title + " " * (cells - max(KEY_CELLS, cell_len(hint.key)) - cell_len(title)),
            "hints--title",
            *hover,
            target=hint,
        )

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Marks and explains the hint under the mouse."""
        hint = self._line(event.y - self.gutter.top).target_at(event.x)
        self.hovered = hint.binding.id if hint and hint.binding else ""
        self.tooltip = Text(hint.tooltip) if hint else None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """The mouse is captured: no press gets through to what lies beside or below."""
        event.stop()

    def on_click(self, event: events.Click) -> None:
        """Runs the hint under the mouse, else goes away. Acts on the click, which is the last event of a press."""
        event.stop()
        inside = self.region.contains_point(event.screen_offset)
        hint = self._line(event.y - self.gutter.top).target_at(event.x) if inside else None
        if hint and hint.binding:
            self.post_message(self.Chosen(hint.binding))
        else:
            self.post_message(self.Dismissed(event.screen_offset))

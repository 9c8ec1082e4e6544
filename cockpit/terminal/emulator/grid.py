"""The cells of an emulator by position, scrollback included. Owns no state of its own; interprets nothing.

Positions are `Point`s: rows count from the oldest line of the scrollback (libghostty-vt's "screen" points), so they
shift when old lines are dropped. What has to stay on its cell is held as an `Anchor`. Names follow libghostty-vt's
headers (point.h, grid_ref.h, grid_ref_tracked.h, selection.h). Call it on the emulator's own thread.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

from cockpit.terminal.emulator.cells import Row
from cockpit.terminal.emulator.ghostty import check, ffi, lib, union_fn
from cockpit.terminal.emulator.row_reader import CELL_LAYOUT
from cockpit.terminal.scrollback.anchors import Anchor, Point, anchor_at

if TYPE_CHECKING:
    from cockpit.terminal.emulator.emulator import Emulator

_LINK_BYTES = 4096
_CLUSTER_CODEPOINTS = 64
_INITIAL_TEXT_BYTES = 1 << 16

_scroll = union_fn("ghostty_terminal_scroll_viewport", "void(*)(GhosttyTerminal, CockpitScroll)")
_grid_ref = union_fn(
    "ghostty_terminal_grid_ref", "GhosttyResult(*)(GhosttyTerminal, GhosttyPointS, GhosttyGridRef*)"
)

_CONTENT_SHIFT = CELL_LAYOUT["content"]["lsb"]
_TAG_MASK = (1 << CELL_LAYOUT["content_tag"]["width"]) - 1
_WIDE_SHIFT = CELL_LAYOUT["wide"]["lsb"]
_WIDE_MASK = (1 << CELL_LAYOUT["wide"]["width"]) - 1
_CODEPOINT_MASK = 0x1FFFFF


class PromptMark(enum.IntEnum):
    """What the shell said of a row (OSC 133)."""

    NONE = lib.GHOSTTY_ROW_SEMANTIC_NONE
    PROMPT = lib.GHOSTTY_ROW_SEMANTIC_PROMPT
    CONTINUATION = lib.GHOSTTY_ROW_SEMANTIC_PROMPT_CONTINUATION


class Grid:
    """The screen an emulator shows now (primary or alternate), its scrollback and its viewport."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self._terminal = emulator.handle
        self._bar = ffi.new("GhosttyTerminalScrollbar*")
        self._point = ffi.new("GhosttyPointS*", {"tag": lib.GHOSTTY_POINT_TAG_SCREEN})
        self._ref = ffi.new("GhosttyGridRef*", {"size": ffi.sizeof("GhosttyGridRef")})
        self._row = ffi.new("GhosttyRow*")
        self._cell = ffi.new("GhosttyCell*")
        self._flag = ffi.new("bool*")
        self._mark = ffi.new("GhosttyRowSemanticPrompt*")
        self._length = ffi.new("size_t*")
        self._cluster = ffi.new("uint32_t[]", _CLUSTER_CODEPOINTS)
        self._buffer = ffi.new("uint8_t[]", _INITIAL_TEXT_BYTES)
        self._known_rows: dict[tuple[int, int], Row] = {}

    # The viewport

    @property
    def columns(self) -> int:
        """The width in cells."""
        return self.emulator.size.columns

    @property
    def rows(self) -> int:
        """The height of the viewport."""
        return self.emulator.size.rows

    @property
    def total(self) -> int:
        """All rows: the scrollback and the live screen."""
        return self._scrollbar()[0]

    @property
    def top(self) -> int:
        """The first row of the viewport."""
        return self._scrollbar()[1]

    def view(self) -> tuple[int, int]:
        """The first row of the viewport and the number of all rows."""
        total, top = self._scrollbar()
        return top, total

    def scroll_to(self, row: int) -> None:
        """Puts `row` at the top of the viewport, as far as there are rows; the last screenful is live."""
        self._scroll(lib.GHOSTTY_SCROLL_VIEWPORT_ROW, max(0, row))

    def scroll_to_live(self) -> None:
        """Shows the live screen, and follows it from now on."""
        self._scroll(lib.GHOSTTY_SCROLL_VIEWPORT_BOTTOM, 0)

    def viewport_rows(self) -> list[Row]:
        """The rows of the viewport. Rows of the scrollback that were in the last answer are not read again."""
        top, total = self.view()
        in_history = max(0, total - self.rows - top)
        rows, self._known_rows = self.emulator.viewport_rows(self._known_rows, in_history)
        return rows

    # Rows and cells

    def wraps(self, row: int) -> bool:
        """Whether the line goes on in the next row."""
        return self._row_flag(row, lib.GHOSTTY_ROW_DATA_WRAP)

    def continues(self, row: int) -> bool:
        """Whether the line began in a row before."""
        return self._row_flag(row, lib.GHOSTTY_ROW_DATA_WRAP_CONTINUATION)

    def prompt_mark(self, row: int) -> PromptMark:
        """What the shell said of a row."""
        if not self._load_row(row):
            return PromptMark.NONE
        lib.ghostty_row_get(self._row[0], lib.GHOSTTY_ROW_DATA_SEMANTIC_PROMPT, self._mark)
        return PromptMark(self._mark[0])

    def cells(self, row: int) -> list[str]:
        """The text of each column: a blank is a space, the second column of a wide character the empty string."""
        if not self._load_ref(Point(row, 0)):
            return []
        ref, out, get = self._ref, self._cell, lib.ghostty_grid_ref_cell
        texts = []
        for column in range(self.columns):
            ref.x = column
            if get(ref, out):
                break
            texts.append(self._cell_text(out[0]))
        return texts

    def cell(self, point: Point) -> str:
        """The text of one cell, as in `cells`."""
        if not self._load_ref(point) or lib.ghostty_grid_ref_cell(self._ref, self._cell):
            return ""
        return self._cell_text(self._cell[0])

    def character(self, point: Point) -> tuple[Point, Point]:
        """The first and the last cell of the character at a cell.

        The blank left at the end of a row because a wide character didn't fit belongs to that character.
        """
        width = self._wide(point)
        if width == lib.GHOSTTY_CELL_WIDE_SPACER_TAIL:
            return point._replace(column=point.column - 1), point
        if width == lib.GHOSTTY_CELL_WIDE_WIDE:
            return point, point._replace(column=point.column + 1)
        if width == lib.GHOSTTY_CELL_WIDE_SPACER_HEAD:
            return point, Point(point.row + 1, 1)
        return point, point

    def link(self, point: Point) -> str:
        """The target of the OSC 8 hyperlink at a cell, or the empty string."""
        if not self._load_ref(point):
            return ""
        out = ffi.new("uint8_t[]", _LINK_BYTES)
        if lib.ghostty_grid_ref_hyperlink_uri(self._ref, out, _LINK_BYTES, self._length):
            return ""
        return bytes(ffi.buffer(out, self._length[0])).decode(errors="replace")

    def anchor(self, point: Point) -> Anchor | None:
        """Holds on to a cell; None when there is no such cell."""
        return anchor_at(self._terminal, point)

    # Text and ranges

    def row_texts(self, first: int, last: int) -> list[str]:
        """The text of the rows `first` to `last`, both included, without the blanks no program wrote."""
        text = self.text(Point(first, 0), Point(last, self.columns - 1), trim=False, unwrap=False)
        texts = text.split("\n")
        missing = last - first + 1 - len(texts)
        return texts + [""] * missing if missing > 0 else texts

    def text(
        self, start: Point, end: Point, *, block: bool = False, trim: bool = True, unwrap: bool = True,
        styled: bool = False,
    ) -> str:  # fmt: skip
        """The text from `start` to `end`, both included; `unwrap` joins the rows of a line.

        `styled` gives it with SGR sequences, after those that set the palette.
        """
        selection = self._selection(start, end, block=block)
        if selection is None:
            return ""
        options = ffi.new("GhosttyTerminalSelectionFormatOptions*")
        options.size = ffi.sizeof("GhosttyTerminalSelectionFormatOptions")
        options.emit = lib.GHOSTTY_FORMATTER_FORMAT_VT if styled else lib.GHOSTTY_FORMATTER_FORMAT_PLAIN
        options.trim, options.unwrap, options.selection = trim, unwrap, selection
        format_to = lib.ghostty_terminal_selection_format_buf
        while True:
            size = len(self._buffer)
            failed = format_to(self._terminal, options[0], self._buffer, size, self._length)
            if failed != lib.GHOSTTY_OUT_OF_SPACE:
                break
            self._buffer = ffi.new("uint8_t[]", max(2 * size, self._length[0]))
        if failed:
            return ""
        return bytes(ffi.buffer(self._buffer, self._length[0])).decode(errors="replace")

    def word(self, point: Point) -> tuple[Point, Point] | None:
        """The first and last cell of the word (or of the blanks) at a cell; None where nothing was written."""
        options = ffi.new("GhosttyTerminalSelectWordOptions*")
        options.size = ffi.sizeof("GhosttyTerminalSelectWordOptions")
        if not self._load_ref(point):
            return None
        options.ref = self._ref[0]
        selection = self._empty_selection()
        if lib.ghostty_terminal_select_word(self._terminal, options, selection):
            return None
        return self._ends(selection)

    def command_output(self, row: int) -> tuple[Point, Point] | None:
        """The first and last cell of the command output a row belongs to (OSC 133); None for a prompt."""
        if not self._load_ref(Point(row, 0)):
            return None
        selection = self._empty_selection()
        if lib.ghostty_terminal_select_output(self._terminal, self._ref[0], selection):
            return None
        return self._ends(selection)

    # Native structures

    def _scrollbar(self) -> tuple[int, int]:
        out = self._bar
        check(lib.ghostty_terminal_get(self._terminal, lib.GHOSTTY_TERMINAL_DATA_SCROLLBAR, out), "scrollbar")
        return int(out.total), int(out.offset)

    def _scroll(self, tag: int, value: int) -> None:
        _scroll(self._terminal, ffi.new("CockpitScroll*", {"tag": tag, "value": value})[0])

    def _load_ref(self, point: Point) -> bool:
        if point.row < 0 or point.column < 0:
            return False
        self._point.value.x, self._point.value.y = point.column, point.row
        return not _grid_ref(self._terminal, self._point[0], self._ref)

    def _load_row(self, row: int) -> bool:
        return self._load_ref(Point(row, 0)) and not lib.ghostty_grid_ref_row(self._ref, self._row)

    def _row_flag(self, row: int, data: int) -> bool:
        if row < 0 or not self._load_row(row):
            return False
        lib.ghostty_row_get(self._row[0], data, self._flag)
        return bool(self._flag[0])

    def _wide(self, point: Point) -> int:
        if not self._load_ref(point) or lib.ghostty_grid_ref_cell(self._ref, self._cell):
            return int(lib.GHOSTTY_CELL_WIDE_NARROW)
        return int(self._cell[0] >> _WIDE_SHIFT & _WIDE_MASK)

    def _cell_text(self, cell: int) -> str:
        wide = cell >> _WIDE_SHIFT & _WIDE_MASK
        if wide == lib.GHOSTTY_CELL_WIDE_SPACER_TAIL:
            return ""
        tag = cell & _TAG_MASK
        if tag == lib.GHOSTTY_CELL_CONTENT_CODEPOINT:
            return chr(cell >> _CONTENT_SHIFT & _CODEPOINT_MASK).replace("\0", " ")
        if tag != lib.GHOSTTY_CELL_CONTENT_CODEPOINT_GRAPHEME:
            return " "
        get = lib.ghostty_grid_ref_graphemes
        if get(self._ref, self._cluster, _CLUSTER_CODEPOINTS, self._length):
            return "\N{REPLACEMENT CHARACTER}"
        return "".join(map(chr, self._cluster[0 : self._length[0]]))

    def _empty_selection(self) -> Any:
        selection = ffi.new("GhosttySelection*")
        selection.size = ffi.sizeof("GhosttySelection")
        return selection

    def _selection(self, start: Point, end: Point, *, block: bool) -> Any:
        selection = self._empty_selection()
        selection.rectangle = block
        if not self._load_ref(start):
            return None
        selection.start = self._ref[0]
        if not self._load_ref(end):
            return None
        selection.end = self._ref[0]
        return selection

    def _ends(self, selection: Any) -> tuple[Point, Point] | None:
        ends = []
        out = ffi.new("GhosttyPointCoordinate*")
        tag = lib.GHOSTTY_POINT_TAG_SCREEN
        for name in ("start", "end"):
            self._ref[0] = getattr(selection, name)
            if lib.ghostty_terminal_point_from_grid_ref(self._terminal, self._ref, tag, out):
                return None
            ends.append(Point(out.y, out.x))
        first, last = sorted(ends)
        return first, last

"""Reads rows out of libghostty-vt's render state as runs. Owns the scratch memory that takes.

The one hot loop of a frame: everything here is per row or per run, and per cell only inside comprehensions. A row
arrives as a view of packed 64-bit cells (screen.h); bit positions are read from the library's own description.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from cockpit.terminal.emulator.cells import DEFAULT_STYLE, CellStyle, Color, Row, Run, combines
from cockpit.terminal.emulator.ghostty import check, ffi, lib, union_fn

_STYLE_CACHE_LIMIT = 4096
"""A truecolour stream makes 100,000 styles; past this many the table starts afresh."""

_GRAPHEME_BYTES = 256
_LINK_BYTES = 4096
"""Longer hyperlink targets lead nowhere: they are shown as plain text."""

_grid_ref = union_fn(
    "ghostty_terminal_grid_ref", "GhosttyResult(*)(GhosttyTerminal, GhosttyPointS, GhosttyGridRef*)"
)


def _cell_layout() -> dict[str, Any]:
    types = json.loads(ffi.string(lib.ghostty_type_json()))["types"]
    layout: dict[str, Any] = types["GhosttyCell"]["bits"]
    return layout


CELL_LAYOUT = _cell_layout()
"""The bit positions of a packed cell: {field: {"lsb": …, "width": …}}."""
_TAG_MASK = (1 << CELL_LAYOUT["content_tag"]["width"]) - 1
_CONTENT_SHIFT = CELL_LAYOUT["content"]["lsb"]
_CODEPOINT_MASK = 0x1FFFFF
_STYLE_SHIFT = CELL_LAYOUT["style_id"]["lsb"]
_STYLE_MASK = (1 << CELL_LAYOUT["style_id"]["width"]) - 1
_WIDE_SHIFT = CELL_LAYOUT["wide"]["lsb"]
_LINK_BIT = 1 << CELL_LAYOUT["hyperlink"]["lsb"]
_LOOK_MASK = (_STYLE_MASK << _STYLE_SHIFT) | _LINK_BIT
"""The bits that decide which run a cell belongs to."""
_STYLE_KEY_MASK = _TAG_MASK | (_STYLE_MASK << _STYLE_SHIFT)
"""The bits that decide the style of a cell with text, within one row: style ids hold for a page."""
_SPECIAL_MASK = _TAG_MASK | (3 << _WIDE_SHIFT) | _LINK_BIT
"""The bits that are zero in an ordinary cell: one codepoint, one column, no link."""
_KIND_MASK = _LOOK_MASK | _SPECIAL_MASK

_CODEPOINT = lib.GHOSTTY_CELL_CONTENT_CODEPOINT
_GRAPHEME = lib.GHOSTTY_CELL_CONTENT_CODEPOINT_GRAPHEME
_BG_PALETTE = lib.GHOSTTY_CELL_CONTENT_BG_COLOR_PALETTE
_WIDE_TAIL = lib.GHOSTTY_CELL_WIDE_SPACER_TAIL

_styles: dict[bytes, CellStyle] = {}

RowsById = dict[tuple[int, int], Row]
"""Rows of the scrollback by the identity libghostty-vt gives them."""


class RowReader:
    """The iterator and scratch memory for one render state."""

    def __init__(self, state: Any, terminal: Any) -> None:
        self._state = state
        self._terminal = terminal
        iterator = ffi.new("GhosttyRenderStateRowIterator*")
        check(lib.ghostty_render_state_row_iterator_new(ffi.NULL, iterator), "row_iterator_new")
        cells = ffi.new("GhosttyRenderStateRowCells*")
        check(lib.ghostty_render_state_row_cells_new(ffi.NULL, cells), "row_cells_new")
        self.handles: tuple[Any, Any] = (iterator[0], cells[0])
        """What the owner of the render state frees with it."""
        self._iterator_out, self._cells_out = iterator, cells
        self._view = ffi.new("GhosttyCellsView*")
        self._y = ffi.new("uint16_t*")
        self._id = ffi.new("GhosttyRenderStateRowId*")
        self._style = ffi.new("GhosttyStyle*")
        self._style.size = ffi.sizeof("GhosttyStyle")
        self._style_bytes = ffi.buffer(self._style)
        self._text = ffi.new("uint8_t[]", _GRAPHEME_BYTES)
        self._text_out = ffi.new("GhosttyBuffer*", {"ptr": self._text, "cap": _GRAPHEME_BYTES})
        self._point = ffi.new("GhosttyPointS*", {"tag": lib.GHOSTTY_POINT_TAG_VIEWPORT})
        self._ref = ffi.new("GhosttyGridRef*", {"size": ffi.sizeof("GhosttyGridRef")})
        self._link = ffi.new("uint8_t[]", _LINK_BYTES)
        self._link_length = ffi.new("size_t*")

    def rows(self, *, everything: bool) -> Iterator[tuple[int, Row]]:
        """The dirty rows, or every row, as (y, runs)."""
        iterator = self.handles[0]
        data = lib.GHOSTTY_RENDER_STATE_DATA_ROW_ITERATOR
        check(lib.ghostty_render_state_get(self._state, data, self._iterator_out), "row iterator")
        if everything:
            y = 0
            while lib.ghostty_render_state_row_iterator_next(iterator):
                yield y, self._row(y)
                y += 1
            return
        while lib.ghostty_render_state_row_iterator_next_dirty(iterator, self._y):
            yield self._y[0], self._row(self._y[0])

    def rows_by_id(self, known: RowsById, unchanging: int) -> tuple[list[Row], RowsById]:
        """Every row, and the first `unchanging` of them by identity; those in `known` are not read again.

        An identity is never given to another row (render.h, "row identity").
        """
        rows: list[Row] = []
        seen: RowsById = {}
        get, row_id = lib.ghostty_render_state_row_get, self._id
        data = lib.GHOSTTY_RENDER_STATE_DATA_ROW_ITERATOR
        check(lib.ghostty_render_state_get(self._state, data, self._iterator_out), "row iterator")
        while lib.ghostty_render_state_row_iterator_next(self.handles[0]):
            y = len(rows)
            if y >= unchanging:
                rows.append(self._row(y))
                continue
            check(get(self.handles[0], lib.GHOSTTY_RENDER_STATE_ROW_DATA_ID, row_id), "row id")
            key = (row_id.bits[0], row_id.bits[1])
            row = known.get(key)
            seen[key] = row = self._row(y) if row is None else row
            rows.append(row)
        return rows, seen

    def _row(self, y: int) -> Row:
        view = self._view
        get = lib.ghostty_render_state_row_get
        check(get(self.handles[0], lib.GHOSTTY_RENDER_STATE_ROW_DATA_CELLS_RAW, view), "cells")
        raw = ffi.buffer(view.ptr, view.len * 8)[:].rstrip(b"\0")
        if not raw:
            return ()
        count = (len(raw) + 7) >> 3
        cells = memoryview(raw.ljust(count * 8, b"\0")).cast("Q").tolist()
        kinds = {cell & _KIND_MASK for cell in cells}
        if len(kinds) == 1:
            kind = kinds.pop()
            if not kind & _SPECIAL_MASK:
                text = "".join([chr(cell >> _CONTENT_SHIFT & _CODEPOINT_MASK) for cell in cells])
                style = self._style_at(0) if kind else DEFAULT_STYLE
                return (Run(text.replace("\0", " "), style, count),)
        elif not any(kind & _SPECIAL_MASK for kind in kinds):
            return self._plain_row(cells)
        return self._special_row(cells, y)

    def _plain_row(self, cells: list[int]) -> Row:
        """A row in which every cell is one codepoint in one column."""
        text = "".join([chr(cell >> _CONTENT_SHIFT & _CODEPOINT_MASK) for cell in cells]).replace("\0", " ")
        looks = [cell >> _STYLE_SHIFT & _STYLE_MASK for cell in cells]
        runs = []
        start = 0
        look = looks[0]
        for x, other in enumerate(looks):
            if other != look:
                style = self._style_at(start) if look else DEFAULT_STYLE
                runs.append(Run(text[start:x], style, x - start))
                start, look = x, other
        style = self._style_at(start) if look else DEFAULT_STYLE
        runs.append(Run(text[start:], style, len(cells) - start))
        return tuple(runs)

    def _special_row(self, cells: list[int], y: int) -> Row:
        """A row with wide cells, clusters, links or cells that hold only a background.

        A cluster of several codepoints is a run of its own: terminals disagree about its width, so the painter has
        to know where it begins and ends.
        """
        self._load_cells()
        runs: list[Run] = []
        styles: dict[int, CellStyle] = {}
        after_cluster = False
        for x, cell in enumerate(cells):
            tag = cell & _TAG_MASK
            if cell >> _WIDE_SHIFT & 3 == _WIDE_TAIL:
                if runs:
                    last = runs[-1]
                    runs[-1] = Run(last.text, last.style, last.columns + 1)
                continue
            if tag == _CODEPOINT:
                text = chr(cell >> _CONTENT_SHIFT & _CODEPOINT_MASK).replace("\0", " ")
            elif tag == _GRAPHEME:
                text = self._cluster_at(x)
            else:
                text = " "
            look = cell & _STYLE_KEY_MASK
            style = styles.get(look) or self._special_style(x, cell, tag)
            if tag in (_CODEPOINT, _GRAPHEME):
                styles[look] = style
            if cell & _LINK_BIT:
                style = _linked(style, self._link_at(x, y))
            is_cluster = tag == _GRAPHEME or combines(text)
            if runs and runs[-1].style is style and not is_cluster and not after_cluster:
                last = runs[-1]
                runs[-1] = Run(last.text + text, style, last.columns + 1)
            else:
                runs.append(Run(text, style, 1))
            after_cluster = is_cluster
        return tuple(runs)

    def _special_style(self, x: int, cell: int, tag: int) -> CellStyle:
        if tag not in (_CODEPOINT, _GRAPHEME):
            content = cell >> _CONTENT_SHIFT
            if tag == _BG_PALETTE:
                return _background_style(content & 0xFF)
            return _background_style((content & 0xFF, content >> 8 & 0xFF, content >> 16 & 0xFF))
        return self._style_at(x, loaded=True) if cell >> _STYLE_SHIFT & _STYLE_MASK else DEFAULT_STYLE

    def _load_cells(self) -> None:
        get = lib.ghostty_render_state_row_get
        check(get(self.handles[0], lib.GHOSTTY_RENDER_STATE_ROW_DATA_CELLS, self._cells_out), "row cells")

    def _style_at(self, x: int, *, loaded: bool = False) -> CellStyle:
        if not loaded:
            self._load_cells()
        cells = self.handles[1]
        check(lib.ghostty_render_state_row_cells_select(cells, x), "select")
        get = lib.ghostty_render_state_row_cells_get
        check(get(cells, lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_STYLE, self._style), "style")
        key = self._style_bytes[:]
        style = _styles.get(key)
        if style is None:
            style = _remember(key, _style_from(self._style))
        return style

    def _link_at(self, x: int, y: int) -> str:
        self._point.value.x, self._point.value.y = x, y
        if _grid_ref(self._terminal, self._point[0], self._ref):
            return ""
        if lib.ghostty_grid_ref_hyperlink_uri(self._ref, self._link, _LINK_BYTES, self._link_length):
            return ""
        return bytes(ffi.buffer(self._link, self._link_length[0])).decode(errors="replace")

    def _cluster_at(self, x: int) -> str:
        cells = self.handles[1]
        check(lib.ghostty_render_state_row_cells_select(cells, x), "select")
        out = self._text_out
        get = lib.ghostty_render_state_row_cells_get
        if get(cells, lib.GHOSTTY_RENDER_STATE_ROW_CELLS_DATA_GRAPHEMES_UTF8, out):
            return "\N{REPLACEMENT CHARACTER}"
        return bytes(ffi.buffer(out.ptr, out.len)).decode(errors="replace")


def _linked(style: CellStyle, link: str) -> CellStyle:
    key = f"{style.sgr} {link}".encode()
    return _styles.get(key) or _remember(key, style.with_link(link))


def _remember(key: bytes, style: CellStyle) -> CellStyle:
    if len(_styles) >= _STYLE_CACHE_LIMIT:
        _styles.clear()
    _styles[key] = style
    return style


def _background_style(color: Color) -> CellStyle:
    key = repr(color).encode()
    return _styles.get(key) or _remember(key, CellStyle(background=color))


def _style_from(style: Any) -> CellStyle:
    codes = (
        (style.bold, 1),
        (style.faint, 2),
        (style.italic, 3),
        (style.blink, 5),
        (style.inverse, 7),
        (style.invisible, 8),
        (style.strikethrough, 9),
        (style.overline, 53),
    )
    return CellStyle(
        _color(style.fg_color),
        _color(style.bg_color),
        _color(style.underline_color),
        style.underline,
        tuple(code for on, code in codes if on),
    )


def _color(color: Any) -> Color:
    if color.tag == lib.GHOSTTY_STYLE_COLOR_PALETTE:
        return int(color.value.palette)
    if color.tag == lib.GHOSTTY_STYLE_COLOR_RGB:
        rgb = color.value.rgb
        return (rgb.r, rgb.g, rgb.b)
    return None

"""The VT core of one terminal: libghostty-vt behind a small interface. Owns the native handles; draws nothing.

The C API is used through `ghostty`; names follow libghostty-vt's headers (render.h, terminal.h, screen.h).
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from cockpit.model import Size
from cockpit.terminal.emulator.cells import Row
from cockpit.terminal.emulator.ghostty import check, ffi, lib
from cockpit.terminal.emulator.modes import Modes
from cockpit.terminal.emulator.native_free import Free, release
from cockpit.terminal.emulator.row_reader import RowReader, RowsById
from cockpit.terminal.emulator.types import HIDDEN_CURSOR, Cursor
from cockpit.terminal.outer import ASSUMED_BACKGROUND, ASSUMED_FOREGROUND, OUTER_COLORS, Rgb

DEFAULT_SCROLLBACK_LINES = 10_000
CELL_BYTES = 10
"""A cell of the scrollback with its share of the row's and the page's own data."""
UNLIMITED_LINES = 1 << 40
SCROLLBACK_SLACK_BYTES = 1 << 19
CELL_WIDTH_PX, CELL_HEIGHT_PX = 8, 16
GRAPHEME_CLUSTER_MODE = 2027
"""On, as in tmux, Ghostty and kitty: a cluster takes the width of one character. Off, every codepoint its own."""
_XTVERSION = b"cockpit"


class EmulatorListener(Protocol):
    """What an emulator tells its owner while it is fed."""

    def reply(self, data: bytes) -> None:
        """The terminal answers a query of its program: write these bytes to the program."""
        ...

    def title_changed(self, title: str) -> None:
        """The program set its title (OSC 0/2), as it came."""
        ...

    def bell_rang(self) -> None:
        """The program rang the bell."""
        ...


class Emulator:
    """One screen with its scrollback, modes and parser state.

    Not safe for use from several threads. Every method is bounded by the size of its input or of the screen.
    A program that asks for the clipboard (OSC 52) gets the empty answer at once, unless `clipboard_reads`, asked each
    time, says that the owner answers.
    """

    def __init__(
        self,
        size: Size,
        listener: EmulatorListener,
        *,
        scrollback_lines: int = DEFAULT_SCROLLBACK_LINES,
        clipboard_reads: Callable[[], bool] = lambda: False,
    ) -> None:
        self.size = size
        self.holding = False
        """The program is inside a synchronized update (mode 2026): show nothing until it ends."""
        self.fed_bytes = 0
        """How much was fed so far; tells a local view whether anything came since it looked."""
        self._listener = listener
        terminal = ffi.new("GhosttyTerminal*")
        check(lib.ghostty_terminal_new(ffi.NULL, terminal, size.columns, size.rows), "terminal_new")
        self.handle: Any = terminal[0]
        """The native terminal, for the encoders in `terminal.input`."""
        state = ffi.new("GhosttyRenderState*")
        check(lib.ghostty_render_state_new(ffi.NULL, state), "render_state_new")
        self._state = state[0]
        self._reader = RowReader(self._state, self.handle)
        self._cursor_out = ffi.new("GhosttyRenderStateCursor*")
        self._cursor_out.size = ffi.sizeof("GhosttyRenderStateCursor")
        self._dirty_out = ffi.new("GhosttyRenderStateDirty*")
        self._callbacks: list[Any] = []
        self._error: BaseException | None = None
        self._configure(scrollback_lines)
        self._owner_answers_reads = clipboard_reads
        self._denies_reads = False
        self._free = weakref.finalize(self, release, *self._frees())
        self.modes = Modes(self.handle)

    def feed(self, data: bytes) -> None:
        """Interprets program output. Incomplete sequences are kept for the next call."""
        self.fed_bytes += len(data)
        if self._denies_reads is self._owner_answers_reads():
            self._deny_reads(not self._denies_reads)
        lib.ghostty_terminal_vt_write(self.handle, data, len(data))
        if self._error is not None:
            error, self._error = self._error, None
            raise error

    def resize(self, size: Size) -> None:
        """Changes the grid; the primary screen reflows."""
        if size == self.size:
            return
        self.size = size
        check(
            lib.ghostty_terminal_resize(self.handle, size.columns, size.rows, CELL_WIDTH_PX, CELL_HEIGHT_PX),
            "terminal_resize",
        )
        self._limit_scrollback()

    def damage(self) -> Iterator[tuple[int, Row]]:
        """The rows that changed since the last call, as (y, runs). Consume it whole: that marks them clean."""
        check(lib.ghostty_render_state_update(self._state, self.handle), "render_state_update")
        check(
            lib.ghostty_render_state_get(self._state, lib.GHOSTTY_RENDER_STATE_DATA_DIRTY, self._dirty_out),
            "render_state_get",
        )
        dirty = self._dirty_out[0]
        if dirty == lib.GHOSTTY_RENDER_STATE_DIRTY_FALSE:
            return
        yield from self._reader.rows(everything=dirty == lib.GHOSTTY_RENDER_STATE_DIRTY_FULL)
        check(lib.ghostty_render_state_clean(self._state), "render_state_clean")

    def all_rows(self) -> Iterator[tuple[int, Row]]:
        """Every row of the viewport, for a view that starts afresh. Marks them clean."""
        check(lib.ghostty_render_state_update(self._state, self.handle), "render_state_update")
        yield from self._reader.rows(everything=True)
        check(lib.ghostty_render_state_clean(self._state), "render_state_clean")

    def viewport_rows(self, known: RowsById, unchanging: int) -> tuple[list[Row], RowsById]:
        """Every row of the viewport, of which the first `unchanging` belong to the scrollback; marks them clean.

        The second answer is what to pass as `known` next time: rows that are still there aren't read again.
        """
        check(lib.ghostty_render_state_update(self._state, self.handle), "render_state_update")
        answer = self._reader.rows_by_id(known, unchanging)
        check(lib.ghostty_render_state_clean(self._state), "render_state_clean")
        return answer

    @property
    def cursor(self) -> Cursor:
        """The cursor as of the last `damage` or `all_rows`."""
        out = self._cursor_out
        check(lib.ghostty_render_state_get(self._state, lib.GHOSTTY_RENDER_STATE_DATA_CURSOR, out), "cursor")
        if not out.viewport_has_value:
            return HIDDEN_CURSOR
        shape = _CURSOR_SHAPES.get(out.visual_style, 0)
        if shape and out.blinking:
            shape -= 1
        return Cursor(out.viewport_x, out.viewport_y, bool(out.visible), shape)

    def text(self) -> str:
        """The characters of the viewport, one line per row, trailing blanks removed."""
        rows = dict(self.all_rows())
        return "\n".join("".join(run.text for run in rows[y]).rstrip() for y in sorted(rows))

    def close(self) -> None:
        """Frees the native handles now; the object must not be used afterwards."""
        self._free()

    def _frees(self) -> list[Free]:
        iterator, cells = self._reader.handles
        return [
            (lib.ghostty_render_state_row_cells_free, cells),
            (lib.ghostty_render_state_row_iterator_free, iterator),
            (lib.ghostty_render_state_free, self._state),
            (lib.ghostty_terminal_free, self.handle),
        ]

    def _configure(self, scrollback_lines: int) -> None:
        set_option = lib.ghostty_terminal_set
        self._scrollback_lines = scrollback_lines
        self._limit_scrollback()
        hollow = ffi.new("GhosttyTerminalCursorStyle*", lib.GHOSTTY_TERMINAL_CURSOR_STYLE_BLOCK_HOLLOW)
        check(set_option(self.handle, lib.GHOSTTY_TERMINAL_OPT_DEFAULT_CURSOR_STYLE, hollow), "cursor style")
        lib.ghostty_terminal_resize(
            self.handle, self.size.columns, self.size.rows, CELL_WIDTH_PX, CELL_HEIGHT_PX
        )
        clusters = ffi.new("GhosttyTerminalModeConfig*", {"mode": GRAPHEME_CLUSTER_MODE, "value": True})
        for option in (lib.GHOSTTY_TERMINAL_OPT_MODE_DEFAULT, lib.GHOSTTY_TERMINAL_OPT_MODE):
            check(set_option(self.handle, option, clusters), "grapheme clusters")
        self._color(lib.GHOSTTY_TERMINAL_OPT_COLOR_FOREGROUND, OUTER_COLORS.foreground or ASSUMED_FOREGROUND)
        self._color(lib.GHOSTTY_TERMINAL_OPT_COLOR_BACKGROUND, OUTER_COLORS.background or ASSUMED_BACKGROUND)
        self._connect()

    def _connect(self) -> None:
        """Sets the callbacks by which the terminal answers and tells."""
        listener = self._listener
        # The callbacks must not hold the emulator itself: cffi keeps them alive as long as they are referenced,
        # and a cycle through native code would delay freeing until the collector runs.
        this = weakref.ref(self)

        def on_reply(_terminal: Any, _data: Any, pointer: Any, length: int) -> None:
            listener.reply(ffi.buffer(pointer, length)[:])

        def on_title(terminal: Any, _data: Any) -> None:
            listener.title_changed(_string(terminal, lib.GHOSTTY_TERMINAL_DATA_TITLE))

        def on_bell(_terminal: Any, _data: Any) -> None:
            listener.bell_rang()

        def on_hold(_terminal: Any, _data: Any, held: bool) -> None:
            if (emulator := this()) is not None:
                emulator.holding = bool(held)

        def on_size(_terminal: Any, _data: Any, out: Any) -> bool:
            if (emulator := this()) is None:
                return False
            out.columns, out.rows = emulator.size.columns, emulator.size.rows
            out.cell_width, out.cell_height = CELL_WIDTH_PX, CELL_HEIGHT_PX
            return True

        def on_color_scheme(_terminal: Any, _data: Any, out: Any) -> bool:
            dark = lib.GHOSTTY_COLOR_SCHEME_DARK
            out[0] = dark if OUTER_COLORS.dark else lib.GHOSTTY_COLOR_SCHEME_LIGHT
            return True

        def on_version(_terminal: Any, _data: Any) -> Any:
            return _XTVERSION_STRING[0]

        self._callback(lib.GHOSTTY_TERMINAL_OPT_WRITE_PTY, "GhosttyTerminalWritePtyFn", on_reply)
        self._callback(lib.GHOSTTY_TERMINAL_OPT_TITLE_CHANGED, "GhosttyTerminalTitleChangedFn", on_title)
        self._callback(lib.GHOSTTY_TERMINAL_OPT_BELL, "GhosttyTerminalBellFn", on_bell)
        self._callback(lib.GHOSTTY_TERMINAL_OPT_RENDER_HOLD, "GhosttyTerminalRenderHoldFn", on_hold)
        self._callback(lib.GHOSTTY_TERMINAL_OPT_XTVERSION, "GhosttyTerminalXtversionFn", on_version)

        self._callback(lib.GHOSTTY_TERMINAL_OPT_SIZE, "GhosttyTerminalSizeFn", on_size)
        self._callback(lib.GHOSTTY_TERMINAL_OPT_COLOR_SCHEME, "GhosttyTerminalColorSchemeFn", on_color_scheme)

    def _limit_scrollback(self) -> None:
        """Keeps at least the lines asked for, by their size: the library reuses pages at its limit of bytes, but frees
        and makes them anew at its limit of lines, which costs a flood six times the time.
        """
        lines = self._scrollback_lines
        size = lines * self.size.columns * CELL_BYTES + SCROLLBACK_SLACK_BYTES if lines else 0
        limit, unlimited = ffi.new("size_t*", size), ffi.new("size_t*", UNLIMITED_LINES if lines else 0)
        set_option = lib.ghostty_terminal_set
        check(set_option(self.handle, lib.GHOSTTY_TERMINAL_OPT_SCROLLBACK_MAX_BYTES, limit), "scrollback")
        check(set_option(self.handle, lib.GHOSTTY_TERMINAL_OPT_SCROLLBACK_MAX_LINES, unlimited), "scrollback")

    def _color(self, option: int, color: Rgb) -> None:
        value = ffi.new("GhosttyColorRgb*", dict(zip("rgb", color, strict=True)))
        check(lib.ghostty_terminal_set(self.handle, option, value), "set color")

    def _deny_reads(self, deny: bool) -> None:
        """Without a callback the library says nothing to a question for the clipboard; with one it always answers."""
        self._denies_reads = deny
        option = lib.GHOSTTY_TERMINAL_OPT_CLIPBOARD_READ
        check(lib.ghostty_terminal_set(self.handle, option, _DENY_READ if deny else ffi.NULL), "set callback")

    def _callback(self, option: int, signature: str, function: Any) -> None:
        this = weakref.ref(self)

        def keep_error(_type: Any, error: BaseException, _traceback: Any) -> None:
            emulator = this()
            if emulator is not None and emulator._error is None:
                emulator._error = error

        callback = ffi.callback(signature, function, onerror=keep_error)
        self._callbacks.append(callback)
        check(lib.ghostty_terminal_set(self.handle, option, callback), "set callback")


# The default style is set to a hollow block, which no program can ask for: it stands for "the person's own".
_CURSOR_SHAPES = {
    lib.GHOSTTY_RENDER_STATE_CURSOR_VISUAL_STYLE_BLOCK: 2,
    lib.GHOSTTY_RENDER_STATE_CURSOR_VISUAL_STYLE_UNDERLINE: 4,
    lib.GHOSTTY_RENDER_STATE_CURSOR_VISUAL_STYLE_BAR: 6,
}
_DENIED_READ = ffi.new(
    "GhosttyClipboardReadReply*",
    {"size": ffi.sizeof("GhosttyClipboardReadReply"), "result": lib.GHOSTTY_CLIPBOARD_READ_RESULT_DENIED},
)
_XTVERSION_BUFFER = ffi.new("uint8_t[]", _XTVERSION)
_XTVERSION_STRING = ffi.new("GhosttyString*", {"ptr": _XTVERSION_BUFFER, "len": len(_XTVERSION)})


def _deny_clipboard_read(_terminal: Any, _data: Any, read: Any) -> None:
    read.reply(read, _DENIED_READ)


_DENY_READ = ffi.callback("GhosttyTerminalClipboardReadFn", _deny_clipboard_read)


def _string(terminal: Any, data: int) -> str:
    out = ffi.new("GhosttyString*")
    if lib.ghostty_terminal_get(terminal, data, out) or not out.len:
        return ""
    return bytes(ffi.buffer(out.ptr, out.len)).decode(errors="replace")

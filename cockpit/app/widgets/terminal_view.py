"""The pane: shows one surface, or what a person reads of it. Never decides which surface that is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.segment import ControlType, Segment
from textual import events
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from cockpit.app.driver import CockpitDriver
from cockpit.app.painter import Painter
from cockpit.app.pane_styles import rich_style
from cockpit.app.widgets.frame_pacer import FramePacer
from cockpit.app.widgets.pane_pointer import PaneGestures, PanePointer
from cockpit.app.widgets.pane_typing import PaneTyping
from cockpit.model import Size
from cockpit.terminal.cells import Change, Row, change_between
from cockpit.terminal.emulator_types import HIDDEN_CURSOR, Cursor
from cockpit.terminal.highlight import marked
from cockpit.terminal.keys import KeyPress, from_textual
from cockpit.terminal.surface import Surface

if TYPE_CHECKING:
    from cockpit.terminal.emulator import Emulator
    from cockpit.terminal.local_view import LocalView

STEADY_BLOCK = 2
"""The keyboard's own cursor in the local view (DECSCUSR)."""


class TerminalView(Widget, can_focus=True):
    """One attached terminal, always live."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "TerminalView { width: 1fr; height: 1fr; }"

    @dataclass
    class Resized(Message):
        """The pane has room for this many cells."""

        size: Size

    @dataclass
    class TypedIntoEnded(Message):
        """A key was typed while the terminal's program is not running."""

        press: KeyPress

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.key_filter: Callable[[KeyPress], bool] | None = None
        """Sees every key first; answers True when the key is not for the program (the leader and what follows)."""
        self.output_heard: Callable[[], None] | None = None
        """Called for output that is not shown, because a person reads something else."""
        self.covered = True
        """Something lies over the pane, so that frames must go through the compositor."""
        self.typing = PaneTyping(self._typed_into_ended)
        self._pointer = PanePointer(self.typing)
        self._pacer = FramePacer(self._paint)
        self._painter = Painter()
        self._local: LocalView | None = None
        self._raw: list[Row] = []
        """The rows of the emulator's viewport, and in `_rows` the same as they are shown, with their marks."""
        self._rows: list[Row] = []
        self._cursor: Cursor = HIDDEN_CURSOR
        self._writes_seen = -1

    # What is shown

    @property
    def surface(self) -> Surface | None:
        """The surface of the terminal that has the pane."""
        return self.typing.surface

    @property
    def local(self) -> LocalView | None:
        """What is read in place of the live screen."""
        return self._local

    def use_gestures(self, gestures: PaneGestures) -> None:
        """Who scrolls, searches and selects."""
        self._pointer.gestures = gestures

    def show(self, surface: Surface | None) -> None:
        """Shows another surface, or nothing."""
        if surface is self.surface:
            return
        if self.surface is not None:
            self.surface.on_damage = None
        self.typing.surface = surface
        self._local = None
        if surface is not None:
            surface.on_damage = self._damaged
            surface.resize(self._cells())
            if self.has_focus:
                self.typing.focus(True)
        self._repaint()

    def show_local(self, local: LocalView | None) -> None:
        """Shows what a person reads, or the live screen again."""
        self._local = local
        self._repaint()

    def show_marks(self) -> None:
        """The local view was scrolled, or other cells are marked in it."""
        self._paint(marks_changed=True)

    def hold_input(self) -> None:
        """Keeps what is typed from now on for the terminal that is about to be shown."""
        self.typing.hold()

    def release_input(self) -> None:
        """Gives what was held to the program shown now."""
        self.typing.release()

    def refresh_all(self) -> None:
        """Reads the whole screen again and lets the compositor paint it."""
        self._read_all()
        self._rows = self._marked(range(len(self._raw)))
        self._painter.forget_position()
        self.refresh()
        self._show_cursor()

    def _repaint(self) -> None:
        """Another screen is shown in the same place: paints what differs, in one frame."""
        self._read_all()
        if len(self._rows) != len(self._raw):
            self.refresh_all()
            return
        self._write(self._changed(range(len(self._raw))))

    def _read_all(self) -> None:
        self._raw = [()] * self.size.height
        emulator = self._emulator
        if emulator is not None:
            for y, row in emulator.all_rows():
                if y < len(self._raw):
                    self._raw[y] = row
        self._cursor = self._cursor_of(emulator)

    def row(self, y: int) -> Row:
        """The runs shown in row `y`."""
        return self._rows[y] if 0 <= y < len(self._rows) else ()

    @property
    def _emulator(self) -> Emulator | None:
        """The emulator whose viewport is shown."""
        if self._local is not None:
            return self._local.grid.emulator
        return self.surface.emulator if self.surface is not None else None

    def _marked(self, lines: Sequence[int]) -> list[Row]:
        raw = self._raw
        if self._local is None:
            return [raw[y] for y in lines]
        spans = self._local.marks()
        return [marked(raw[y], spans[y]) if y < len(spans) else raw[y] for y in lines]

    def _cursor_of(self, emulator: Emulator | None) -> Cursor:
        if emulator is None or self._local is None:
            return emulator.cursor if emulator is not None else HIDDEN_CURSOR
        cell = self._local.cursor.viewport_cell
        if cell is not None:
            return Cursor(cell[1], cell[0], True, STEADY_BLOCK)
        return emulator.cursor if self._local.at_live else HIDDEN_CURSOR

    # Damage to frames

    def _damaged(self) -> None:
        surface = self.surface
        if surface is None:
            return
        if self._local is not None:
            if self.output_heard is not None:
                self.output_heard()
            if self._local.grid.emulator is not surface.emulator:
                return
        self._pacer.damaged(holding=surface.emulator.holding)

    def _paint(self, *, marks_changed: bool = False) -> None:
        emulator = self._emulator
        if emulator is None or not self.is_attached:
            return
        raw = self._raw
        damaged = []
        for y, row in emulator.damage():
            if y < len(raw):
                raw[y] = row
                damaged.append(y)
        changes = self._changed(range(len(raw)) if marks_changed else damaged)
        cursor = self._cursor_of(emulator)
        moved = cursor != self._cursor
        self._cursor = cursor
        if changes or moved:
            self._write(changes)

    def _changed(self, lines: Sequence[int]) -> list[tuple[int, Change]]:
        """What has to be written for these rows, which count as shown from now on."""
        rows = self._rows
        changes: list[tuple[int, Change]] = []
        for y, row in zip(lines, self._marked(lines), strict=True):
            change = change_between(rows[y], row)
            if change is not None:
                rows[y] = row
                changes.append((y, change))
        return changes

    def _write(self, changes: list[tuple[int, Change]]) -> None:
        """Puts changed rows on the screen: straight, or through the compositor while something lies over the pane."""
        driver = self.app._driver
        if self.covered or not isinstance(driver, CockpitDriver) or not self.screen.is_current:
            if changes:
                width = self.size.width
                self.refresh(*[Region(0, y, width, 1) for y, _ in changes])
            self._show_cursor()
            return
        if driver.writes != self._writes_seen:
            self._painter.forget_position()
        self._place_painter()
        shown = self._cursor if self.has_focus else HIDDEN_CURSOR
        driver.write(self._painter.frame(changes, shown, synchronized=self.app._sync_available))
        self._writes_seen = driver.writes

    def _show_cursor(self) -> None:
        """Puts the real cursor where the program has it, now and after everything the compositor paints."""
        if not self.has_focus:
            return
        self._place_painter()
        driver = self.app._driver
        if isinstance(driver, CockpitDriver) and self.screen.is_current:
            self._painter.forget_position()
            driver.write(self._painter.show_cursor(self._cursor))
            self._writes_seen = driver.writes

    def _place_painter(self) -> None:
        region = self.content_region
        self._painter.left, self._painter.top = region.x, region.y
        if self.has_focus:
            self.app.cursor_position = Offset(region.x + self._cursor.column, region.y + self._cursor.row)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows as strips, as the compositor asks for them: exact cells, no filter, no theme."""
        width = self.size.width
        left = self.content_region.x
        strips = [_strip(self.row(y), width, left) for y in range(crop.y, crop.bottom)]
        if crop.x == 0 and crop.width == width:
            return strips
        return [strip.crop(crop.x, crop.right) for strip in strips]

    # What is typed

    def take_key(self, press: KeyPress) -> None:
        """Gives a key to the program, unless the filter or who reads uses it."""
        if self.key_filter is not None and self.key_filter(press):
            return
        gestures = self._pointer.gestures
        if gestures is None or not gestures.key(press):
            self.typing.key(press)

    def take_paste(self, data: bytes) -> None:
        """Gives pasted text to the program, bracketed when it asked for that."""
        if self._pointer.gestures is not None:
            self._pointer.gestures.pasted()
        self.typing.paste(data)

    def _typed_into_ended(self, press: KeyPress) -> None:
        self.post_message(self.TypedIntoEnded(press))

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        self.take_key(from_textual(event.key, event.character))

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.take_paste(event.text.encode())

    # Mouse and focus

    def on_mouse_down(self, event: events.MouseDown) -> None:
        event.stop()
        self._pointer.pressed(event, local=self._local is not None)
        if self._pointer.dragging:
            self.capture_mouse()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        event.stop()
        if self._pointer.dragging:
            self.release_mouse()
        self._pointer.released(event, local=self._local is not None)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        event.stop()
        self._pointer.moved(event, local=self._local is not None)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        self._wheel(event)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        self._wheel(event)

    def _wheel(self, event: events.MouseEvent) -> None:
        event.stop()
        event.prevent_default()
        self._pointer.wheel(event, local=self._local is not None)

    def on_focus(self, event: events.Focus) -> None:
        self.typing.focus(True)
        self._show_cursor()

    def on_blur(self, event: events.Blur) -> None:
        self.typing.focus(False)
        self.give_up_cursor()

    def give_up_cursor(self) -> None:
        """Another screen lies over this one: the real cursor is its affair."""
        driver = self.app._driver
        if isinstance(driver, CockpitDriver):
            driver.write(self._painter.hide_cursor())

    def take_cursor(self) -> None:
        """The screen is on top again."""
        self._show_cursor()

    def on_app_focus(self, event: events.AppFocus) -> None:
        self.typing.focus(self.has_focus)

    # Size and cover

    def on_resize(self, event: events.Resize) -> None:
        if not event.size:
            return
        self.post_message(self.Resized(self._cells()))
        if self.surface is not None:
            self.surface.resize(self._cells())
        if self._local is not None:
            self._local.grid.emulator.resize(self._cells())
        self.refresh_all()

    def _cells(self) -> Size:
        return Size(max(1, self.size.width), max(1, self.size.height))

    def on_mount(self, event: events.Mount) -> None:
        self.screen.screen_layout_refresh_signal.subscribe(self, self._layout_changed)

    def on_unmount(self) -> None:
        self._pacer.stop()
        if self.surface is not None:
            self.surface.on_damage = None

    def _layout_changed(self, _screen: object) -> None:
        """Finds out whether anything lies over the pane now (a toast, a panel, a tooltip)."""
        ancestors = set(self.ancestors_with_self)
        region = self.region
        self.covered = not region or any(
            widget not in ancestors and bool(place.intersection(clip).intersection(region))
            for widget, (place, clip) in self.screen._compositor.visible_widgets.items()
        )


def _strip(row: Row, width: int, left: int) -> Strip:
    """A row as the compositor wants it. `left` is the pane's first column on the screen."""
    segments = []
    columns = 0
    for run in row:
        segments.append(Segment(run.text, rich_style(run.style)))
        columns += run.columns
        if not run.text.isascii():
            # Says where the next cell is, whatever width the terminal gives these characters (CHA).
            column = left + columns + 1
            segments.append(Segment(f"\x1b[{column}G", None, [(ControlType.CURSOR_MOVE_TO_COLUMN, column)]))
    if columns < width:
        segments.append(Segment(" " * (width - columns)))
    strip = Strip(segments, max(columns, width))
    return strip if columns <= width else strip.crop(0, width)

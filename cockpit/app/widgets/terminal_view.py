"""The pane: shows one surface, or what a person reads of it. Never decides which surface that is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from cockpit.app.looks.pane_styles import pane_strip
from cockpit.app.widgets.frame_pacer import FramePacer
from cockpit.app.widgets.pane_output import PaneOutput
from cockpit.app.widgets.pane_picture import PanePicture
from cockpit.app.widgets.pane_pointer import PaneGestures, PanePointer
from cockpit.app.widgets.pane_typing import PaneTyping
from cockpit.model import Size
from cockpit.terminal.emulator.cells import Row
from cockpit.terminal.input.keys import KeyPress, from_textual
from cockpit.terminal.surface import Surface

if TYPE_CHECKING:
    from cockpit.app.outer.key_echo import KeyEcho
    from cockpit.terminal.emulator.emulator import Emulator
    from cockpit.terminal.scrollback.local_view import LocalView


class TerminalView(Widget, can_focus=True):
    """One attached terminal, always live."""

    ALLOW_SELECT = False
    HELP = """
    # The terminal
    What you type goes to the program, except the leader, which starts cockpit's own keys; pressed twice it goes to the
    program too. The mouse is the program's while it asks for it; else drag to select, and the wheel scrolls.
    """
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
        self.painted: Callable[[], None] | None = None
        """Called after every frame of the live screen: the program may have set other modes."""
        self.typing = PaneTyping(lambda press: self.post_message(self.TypedIntoEnded(press)))
        self._pointer = PanePointer(self.typing)
        self._pacer = FramePacer(self._paint)
        self._picture = PanePicture()
        self._output = PaneOutput(self, self._picture)
        self._other_screen = False
        """Another screen is to be shown in the same place: damage doesn't tell what differs."""
        self._other_marks = False

    # What is shown

    @property
    def surface(self) -> Surface | None:
        """The surface of the terminal that has the pane."""
        return self.typing.surface

    @property
    def local(self) -> LocalView | None:
        """What is read in place of the live screen."""
        return self._picture.local

    @property
    def key_echo(self) -> KeyEcho | None:
        """The measuring of keys; None where no terminal is written to."""
        driver = self._output.driver
        return driver.key_echo if driver is not None else None

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
        self._picture.local = None
        if surface is not None:
            surface.on_damage = self._damaged
            if self.size:  # else nobody knows its room yet
                surface.resize(self._cells())
            if self.has_focus:
                self.typing.focus(True)
        self._repaint()

    def show_local(self, local: LocalView | None) -> None:
        """Shows what a person reads, or the live screen again."""
        self._picture.local = local
        self._repaint()

    def show_marks(self) -> None:
        """The local view was scrolled, or other cells are marked in it."""
        self._other_marks = True
        self._pacer.at_once()

    def hold_input(self) -> None:
        """Keeps what is typed from now on for the terminal that is about to be shown."""
        self.typing.hold()

    def release_input(self) -> None:
        """Gives what was held to the program shown now."""
        self.typing.release()

    def refresh_all(self) -> None:
        """Reads the whole screen again and lets the compositor paint it."""
        self._picture.read_all(self._emulator, self.size.height)
        self._picture.show_all()
        self._other_screen = self._other_marks = False
        self._output.forget_position()
        self.refresh()
        self._output.show_cursor(self._picture.cursor)

    def _repaint(self) -> None:
        """Another screen is shown in the same place: paints what differs, in one frame."""
        self._other_screen = True
        self._pacer.at_once()

    def row(self, y: int) -> Row:
        """The runs shown in row `y`."""
        return self._picture.row(y)

    @property
    def _emulator(self) -> Emulator | None:
        """The emulator whose viewport is shown."""
        if self.local is not None:
            return self.local.grid.emulator
        return self.surface.emulator if self.surface is not None else None

    # Damage to frames

    def _damaged(self) -> None:
        surface = self.surface
        if surface is None:
            return
        if self.local is not None:
            if self.output_heard is not None:
                self.output_heard()
            if self.local.grid.emulator is not surface.emulator:
                return
        self._pacer.damaged(holding=surface.emulator.holding)

    def _paint(self) -> None:
        if not self.is_attached:
            return
        emulator = self._emulator
        if self._other_screen:
            self._paint_other()
        elif emulator is not None:
            marks, scrolls = self._other_marks, self._output.scrolls
            frame = self._picture.take_damage(emulator, marks_changed=marks, scrolls=scrolls)
            self._other_marks = False
            if frame is not None:
                self._output.write(frame, self._picture.cursor)
        if self.painted is not None and self.local is None:
            self.painted()

    def _paint_other(self) -> None:
        if self._picture.read_all(self._emulator, self.size.height):
            self._other_screen = self._other_marks = False
            self._output.write(self._picture.differences(), self._picture.cursor)
        else:
            self.refresh_all()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows as strips, as the compositor asks for them: exact cells, no filter, no theme."""
        width = self.size.width
        left = self.content_region.x
        strips = [pane_strip(self.row(y), width, left) for y in range(crop.y, crop.bottom)]
        whole = crop.x == 0 and crop.width == width
        return strips if whole else [strip.crop(crop.x, crop.right) for strip in strips]

    # What is typed

    def take_key(self, press: KeyPress) -> None:
        """Gives a key to the program, unless the filter or who reads uses it."""
        if self.key_filter is not None and self.key_filter(press):
            return
        self.typing.in_turn(lambda: self._key(press))

    def _key(self, press: KeyPress) -> None:
        gestures = self._pointer.gestures
        if gestures is None or not gestures.key(press):
            self.typing.key(press)

    def take_paste(self, data: bytes) -> None:
        """Gives pasted text to the program, bracketed when it asked for that."""
        self.typing.in_turn(lambda: self._paste(data))

    def _paste(self, data: bytes) -> None:
        if self._pointer.gestures is not None:
            self._pointer.gestures.pasted()
        self.typing.paste(data)

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
        self._pointer.pressed(event, local=self.local is not None)
        if self._pointer.dragging:
            self.capture_mouse()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        event.stop()
        if self._pointer.dragging:
            self.release_mouse()
        self._pointer.released(event, local=self.local is not None)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        event.stop()
        self._pointer.moved(event, local=self.local is not None)

    def _wheel(self, event: events.MouseEvent) -> None:
        event.stop()
        event.prevent_default()
        self._pointer.wheel(event, local=self.local is not None)

    on_mouse_scroll_up = on_mouse_scroll_down = on_mouse_scroll_left = on_mouse_scroll_right = _wheel

    def on_focus(self, event: events.Focus) -> None:
        self.typing.focus(True)
        self._output.show_cursor(self._picture.cursor)

    def on_blur(self, event: events.Blur) -> None:
        self.typing.focus(False)
        self.give_up_cursor()

    def give_up_cursor(self) -> None:
        """Another screen lies over this one: the real cursor is its affair."""
        self._output.give_up_cursor()

    def take_cursor(self) -> None:
        """The screen is on top again."""
        self._output.distrust()
        self._output.show_cursor(self._picture.cursor)

    def on_app_focus(self, event: events.AppFocus) -> None:
        self.typing.focus(self.has_focus)

    # Size and cover

    def on_resize(self, event: events.Resize) -> None:
        if not event.size:
            return
        self.post_message(self.Resized(self._cells()))
        if self.surface is not None:
            self.surface.resize(self._cells())
        if self.local is not None:
            self.local.grid.emulator.resize(self._cells())
        self._output.find_cover()  # Textual tells of no layout before its first
        self.refresh_all()

    def _cells(self) -> Size:
        return Size(max(1, self.size.width), max(1, self.size.height))

    def on_mount(self, event: events.Mount) -> None:
        driver = self._output.driver
        if driver is not None:
            self._pacer.link = driver.output
            self.typing.key_given = driver.key_given
        self.screen.screen_layout_refresh_signal.subscribe(self, lambda _screen: self._output.find_cover())

    def on_unmount(self) -> None:
        self._pacer.stop()
        if self.surface is not None:
            self.surface.on_damage = None

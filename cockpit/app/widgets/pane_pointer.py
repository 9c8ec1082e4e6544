"""The mouse over the pane: the program gets it while it tracks the mouse, else a person scrolls and selects with it."""

from __future__ import annotations

import time
from typing import Protocol

from textual import events

from cockpit.app.widgets.pane_typing import PaneTyping
from cockpit.terminal.input.keys import KeyPress, Modifiers
from cockpit.terminal.input.mouse import MouseAction, MouseButton

WHEEL_LINES = 3
MULTI_CLICK_S = 0.4
_BUTTONS = {1: MouseButton.LEFT, 2: MouseButton.MIDDLE, 3: MouseButton.RIGHT}
_WHEEL: dict[type[events.MouseEvent], tuple[MouseButton, int]] = {
    events.MouseScrollUp: (MouseButton.WHEEL_UP, -WHEEL_LINES),
    events.MouseScrollDown: (MouseButton.WHEEL_DOWN, WHEEL_LINES),
    events.MouseScrollLeft: (MouseButton.WHEEL_LEFT, 0),
    events.MouseScrollRight: (MouseButton.WHEEL_RIGHT, 0),
}


class PaneGestures(Protocol):
    """What a person does to the pane itself, while the program doesn't take it. Cells are (row, column)."""

    def key(self, press: KeyPress) -> bool:
        """Uses a key, or answers False when it is for the program."""
        ...

    def pasted(self) -> None:
        """Text was pasted for the program."""
        ...

    def wheel(self, lines: int) -> None:
        """The wheel turned: down so many lines, up when negative."""
        ...

    def press(self, row: int, column: int, *, clicks: int, alt: bool, ctrl: bool) -> None:
        """The left button went down."""
        ...

    def drag(self, row: int, column: int) -> None:
        """The pointer moved with the button down; it may be outside the pane."""
        ...

    def release(self) -> None:
        """The button went up."""
        ...


class PanePointer:
    """Decides who gets each mouse event. `gestures` is set by the screen."""

    def __init__(self, typing: PaneTyping) -> None:
        self.gestures: PaneGestures | None = None
        self.dragging = False
        """The left button is down and the gesture is the person's."""
        self._typing = typing
        self._clicks = 0
        self._last_press = (0.0, 0, 0)

    def tracked(self) -> bool:
        """Whether the program tracks the mouse."""
        surface = self._typing.surface
        return surface is not None and surface.emulator.modes.mouse_tracking

    def pressed(self, event: events.MouseDown, *, local: bool) -> None:
        """A button went down; `local` while something else than the live screen is shown."""
        if not local and self.tracked():
            self._report(event, MouseAction.PRESS)
        elif event.button == 1 and self.gestures is not None:
            now, place = time.monotonic(), (event.y, event.x)
            again = now - self._last_press[0] <= MULTI_CLICK_S and self._last_press[1:] == place
            self._clicks = self._clicks % 3 + 1 if again else 1
            self._last_press = (now, *place)
            self.dragging = True
            self.gestures.press(event.y, event.x, clicks=self._clicks, alt=event.meta, ctrl=event.ctrl)

    def released(self, event: events.MouseUp, *, local: bool) -> None:
        """A button went up."""
        if self.dragging:
            self.dragging = False
            if self.gestures is not None:
                self.gestures.release()
        elif not local and self.tracked():
            self._report(event, MouseAction.RELEASE)

    def moved(self, event: events.MouseMove, *, local: bool) -> None:
        """The pointer moved."""
        if self.dragging:
            if self.gestures is not None:
                self.gestures.drag(event.y, event.x)
        elif not local and self.tracked():
            self._report(event, MouseAction.MOTION)

    def wheel(self, event: events.MouseEvent, *, local: bool) -> None:
        """The wheel turned."""
        button, lines = _WHEEL[type(event)]
        if not local and self.tracked():
            self._report(event, MouseAction.PRESS, button)
        elif lines and self.gestures is not None:
            self.gestures.wheel(lines)

    def _report(
        self, event: events.MouseEvent, action: MouseAction, button: MouseButton | None = None
    ) -> None:
        surface = self._typing.surface
        if surface is not None:
            which = _BUTTONS.get(event.button, MouseButton.NONE) if button is None else button
            self._typing.report(surface.input.mouse(which, action, event.x, event.y, _modifiers(event)))


def _modifiers(event: events.MouseEvent) -> Modifiers:
    return Modifiers(
        (Modifiers.SHIFT if event.shift else 0)
        | (Modifiers.ALT if event.meta else 0)
        | (Modifiers.CTRL if event.ctrl else 0)
    )

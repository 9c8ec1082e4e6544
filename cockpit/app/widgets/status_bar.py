"""The status line: where you are on the left, the keys that work right now on the right; each can be clicked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.geometry import Offset
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from cockpit.app.looks.glyphs import UNICODE, Glyphs
from cockpit.app.looks.text import clip
from cockpit.app.messages import CommandChosen
from cockpit.app.widgets.line import Line

BRIEF_BELOW = 3
"""One key is the leader itself, and one more tells nobody of the others."""


@dataclass(frozen=True, slots=True)
class LiveKey:
    """One key that works now. Text is safe to show."""

    key: str
    title: str
    command: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    tooltip: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the person is: words with the component class of each."""

    words: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """One quiet line beside the place, in more and fewer words; a click takes it up."""

    texts: Sequence[str]
    """The longest first. Safe to show."""
    live: LiveKey


class StatusBar(Widget):
    """One row. The keys are shown as far as they fit; the place is cut first."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "status--place", "status--strong", "status--muted", "status--good", "status--bad", "status--warn",
        "status--key", "status--title", "status--hover", "status--pending", "status--notice",
    }  # fmt: skip

    place: reactive[Place] = reactive(Place())
    keys: reactive[Sequence[LiveKey]] = reactive(())
    brief: reactive[LiveKey | None] = reactive(None)
    """Stands for the keys where fewer than `BRIEF_BELOW` of them fit."""
    pending: reactive[str] = reactive("")
    """The leader as it is shown, while it waits for the next key."""
    notice: reactive[str] = reactive("")
    """The answer to a key, in place of the place."""
    offer: reactive[Offer | None] = reactive(None)
    """Shown only where the place and a key fit beside it."""
    hovered: reactive[LiveKey | None] = reactive(None)

    def __init__(self, glyphs: Glyphs = UNICODE, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.glyphs = glyphs

    def _line(self) -> Line[LiveKey]:
        """The whole line; zones stand for keys."""
        width = self.size.width
        left = self._left()
        kept = min(left.width, width // 2)
        if offer := self._offer(width - left.width):
            left.extend(offer)
            kept = left.width
        shown = self._keys(width - kept - 2)
        line: Line[LiveKey] = Line()
        room = width - shown.width - 1
        if left.width <= room:
            line.extend(left)
        else:
            self._cut(left, line, room)
        line.fill(width - shown.width)
        line.extend(shown)
        return line

    def _left(self) -> Line[LiveKey]:
        line: Line[LiveKey] = Line()
        if self.pending:
            line.add(f" {self.pending} {self.glyphs.ellipsis} ", "status--pending")
            return line
        line.add(" ")
        if self.notice:
            line.add(self.notice, "status--notice")
            return line
        for number, (text, component) in enumerate(self.place.words):
            if number:
                line.add(f" {self.glyphs.dot} ", "status--muted")
            line.add(text, component)
        return line

    def _offer(self, room: int) -> Line[LiveKey] | None:
        """The offer in as many words as leave room for one key."""
        if self.offer is None or self.pending or self.notice:
            return None
        key_cells = self._key(self.keys[0]).width if self.keys else 0
        for text in self.offer.texts:
            line: Line[LiveKey] = Line()
            line.add("   ")
            hover = ("status--hover",) if self.offer.live == self.hovered else ()
            line.add(text, "status--notice", *hover, target=self.offer.live)
            if line.width + key_cells + 2 <= room:
                return line
        return None

    def _cut(self, whole: Line[LiveKey], line: Line[LiveKey], room: int) -> None:
        for text, classes in whole.spans:
            if line.width >= room:
                return
            line.add(clip(text, room - line.width, ellipsis=self.glyphs.ellipsis), *classes)

    def _keys(self, room: int) -> Line[LiveKey]:
        line: Line[LiveKey] = Line()
        count = 0
        for live in self.keys:
            one = self._key(live)
            if line.width + one.width > room:
                break
            line.extend(one)
            count += 1
        if count < min(BRIEF_BELOW, len(self.keys)) and self.brief is not None:
            brief = self._key(self.brief)
            return brief if brief.width <= room else self._key(self.brief, titled=False)
        return line

    def _key(self, live: LiveKey, *, titled: bool = True) -> Line[LiveKey]:
        hover = ("status--hover",) if live == self.hovered else ()
        line: Line[LiveKey] = Line()
        line.add(f" {live.key}", "status--key", *hover, target=live)
        line.add(f" {live.title} " if titled else " ", "status--title", *hover, target=live)
        return line

    def render_line(self, y: int) -> Strip:
        """The one line."""
        return self._line().strip(self, self.size.width) if y == 0 else Strip.blank(self.size.width)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Marks and explains the key under the mouse."""
        self.hovered = live = self._line().target_at(event.x)
        self.tooltip = None if live is None else Text(live.tooltip or live.title)

    def on_leave(self) -> None:
        """The mouse left."""
        self.hovered = None

    def key_at(self, offset: Offset) -> LiveKey | None:
        """The key at a place of the screen."""
        inside = self.region.contains_point(offset)
        return self._line().target_at(offset.x - self.region.x) if inside else None

    def on_click(self, event: events.Click) -> None:
        """Runs what the key under the mouse would."""
        event.stop()
        live = self.key_at(event.screen_offset)
        if live is not None:
            self.post_message(CommandChosen(live.command, live.arguments))

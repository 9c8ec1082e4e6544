"""One drawn line with places to click: text in component styles, and zones that know what they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

Target = TypeVar("Target")


@dataclass(frozen=True, slots=True)
class Zone(Generic[Target]):
    """The cells from `start` up to `end` of a line stand for `target`."""

    start: int
    end: int
    target: Target


@dataclass(slots=True)
class Line(Generic[Target]):
    """A line under construction. Text must be safe already (see `cockpit.app.looks.text`)."""

    spans: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    zones: list[Zone[Target]] = field(default_factory=list)
    width: int = 0
    """Cells used so far."""

    def add(self, text: str, *component_classes: str, target: Target | None = None) -> None:
        """Appends text in the styles of `component_classes`; with a target its cells become a zone."""
        cells = cell_len(text)
        if cells == 0:
            return
        self.spans.append((text, component_classes))
        if target is not None:
            self.zones.append(Zone(self.width, self.width + cells, target))
        self.width += cells

    def fill(self, width: int, *component_classes: str, character: str = " ") -> None:
        """Continues the line with one character up to `width` cells."""
        if width > self.width:
            self.add(character * (width - self.width), *component_classes)

    def extend(self, other: Line[Target]) -> None:
        """Appends another line with its zones."""
        self.zones.extend(Zone(z.start + self.width, z.end + self.width, z.target) for z in other.zones)
        self.spans.extend(other.spans)
        self.width += other.width

    def target_at(self, x: int) -> Target | None:
        """What the cell at `x` stands for."""
        return target_at(self.zones, x)

    def strip(self, widget: Widget, width: int, base: tuple[str, ...] = (), *, plain: bool = False) -> Strip:
        """The line in the widget's component styles, exactly `width` cells wide.

        `base` are component classes that lie below every span; `plain` leaves the spans' own ones out.
        """
        segments = [
            Segment(text, style_of(widget, base if plain else (*base, *classes)))
            for text, classes in self.spans
        ]
        return Strip(segments, self.width).adjust_cell_length(width, style_of(widget, base))


_STYLES: dict[tuple[type[Widget], tuple[str, ...], object], Style] = {}
_STYLES_LIMIT = 2048


def style_of(widget: Widget, component_classes: tuple[str, ...]) -> Style:
    """The style of a widget's text under these component classes, each over the one before.

    Differs from Textual's `get_visual_style` in keeping `reverse`, which that leaves out (as of 8.2).
    """
    visual = widget.get_visual_style(*component_classes)
    key = (type(widget), component_classes, visual)
    style = _STYLES.get(key)
    if style is None:
        reverse = any(widget.get_component_styles(name).text_style.reverse for name in component_classes)
        style = visual.rich_style + Style(reverse=reverse)
        if len(_STYLES) >= _STYLES_LIMIT:
            _STYLES.clear()
        _STYLES[key] = style
    return style


def target_at(zones: Sequence[Zone[Target]], x: int) -> Target | None:
    """The target of the zone that holds cell `x`."""
    return next((zone.target for zone in zones if zone.start <= x < zone.end), None)

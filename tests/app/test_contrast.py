"""The high contrast themes, measured on what is drawn: every text against what is behind it."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.style import Style
from textual.screen import Screen
from textual.strip import Strip

from cockpit.app.looks.themes import HIGH_CONTRAST
from cockpit.app.looks.theming import use_colors
from tests.app.chrome_app import Cockpit, cockpit

TEXT_RATIO = 7.0
LINE_RATIO = 3.0
"""WCAG 2.2, 1.4.6 and 1.4.11: text, and whatever else has to be seen."""
LINES = set(map(chr, range(0x2500, 0x25A0)))
DIALOGUES = ("question_mark", "colon", "S", "N", "X", "comma")

Rgb = tuple[int, int, int]


def luminance(color: Rgb) -> float:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in color)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ratio(one: Rgb, other: Rgb) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_ratio_is_that_of_wcag() -> None:
    assert ratio((0, 0, 0), (255, 255, 255)) == 21
    assert round(ratio((119, 119, 119), (255, 255, 255)), 2) == 4.48


def colors(style: Style) -> tuple[Rgb, Rgb] | None:
    """Foreground and background as they are seen; None for the terminal's own."""
    if (
        style.color is None
        or style.bgcolor is None
        or style.color.triplet is None
        or style.bgcolor.triplet is None
    ):
        return None
    front, back = style.color.triplet, style.bgcolor.triplet
    return (back, front) if style.reverse else (front, back)


def faint(screen: Screen[object]) -> list[str]:
    """Every text of the screen that has too little contrast. What lies under a dialogue is out of use."""
    strips: list[Strip] = screen._compositor.render_strips()
    places = [child.region for child in screen.children if child.display]
    found = []
    for y, strip in enumerate(strips):
        for place in places:
            if place.y <= y < place.bottom:
                found += [
                    problem
                    for text, style, _ in strip.crop(place.x, place.right)
                    if (problem := check(text, style))
                ]
    return found


def check(text: str, style: Style | None) -> str:
    """What is wrong with one piece of text, or nothing."""
    if not text.strip() or style is None:
        return ""
    pair = colors(style)
    needed = LINE_RATIO if set(text.strip()) <= LINES else TEXT_RATIO
    if pair is not None and ratio(*pair) >= needed and not (style.dim and needed == TEXT_RATIO):
        return ""
    return f"{text!r}: {style} {ratio(*pair) if pair else 0:.1f}"


async def everything(world: Cockpit) -> None:
    """Sessions in a group, marked, one ended, one unseen."""
    await world.workspace.run("session.group", session_id=world.sessions[1].id, group="work")
    await world.press("ctrl+b", "c")
    await world.press("ctrl+b", "c")
    pty = world.backends["pty"]
    pty.end(world.sessions[0].terminals[1].id, 1)
    pty.end(world.sessions[0].terminals[2].id, 0)
    await world.press("ctrl+b", "w", "m", "space")


@pytest.mark.parametrize("theme", [theme.name for theme in HIGH_CONTRAST])
async def test_every_text_of_a_high_contrast_theme_has_seven_to_one(tmp_path: Path, theme: str) -> None:
    async with cockpit(tmp_path, sessions=3, size=(120, 60)) as world:
        use_colors(world.app)
        world.app.theme = theme
        await everything(world)
        assert faint(world.app.screen) == [], "the list has the keyboard"
        await world.press("escape", "escape")
        assert faint(world.app.screen) == [], "the pane has the keyboard"
        await world.press("ctrl+b")
        world.main.leader.show_hints()
        await world.settle()
        assert faint(world.app.screen) == [], "hints"
        await world.press("escape")
        for key in DIALOGUES:
            await world.press("ctrl+b", key)
            assert world.app.screen is not world.main, key
            assert "\n".join(faint(world.app.screen)) == "", key
            for step in ("tab", "down"):
                await world.press(step)
                assert faint(world.app.screen) == [], (key, step)
            await world.press("escape")
            if world.app.screen is not world.main:  # the first one left a list of suggestions
                await world.press("escape")
        for severity in ("information", "warning", "error"):
            world.main.tell(f"careful: {severity}", severity)
        await world.settle()
        assert faint(world.app.screen) == [], "toasts"

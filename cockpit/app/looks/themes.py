"""Which themes there are, in which order they are offered, and which of them this terminal can show. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual.theme import Theme

from cockpit.terminal.color_depth import ColorDepth

DEFAULT_THEME = "ansi-dark"
_FIRST = ("ansi-dark", "ansi-light", "high-contrast", "high-contrast-light")
_ABOUT = {
    "ansi-dark": "your terminal's own colours, dark",
    "ansi-light": "your terminal's own colours, light",
}


def _high_contrast(name: str, colors: Mapping[str, str]) -> Theme:
    """A theme where nothing is greyed: what matters less differs in weight and place, not in contrast."""
    front, back, primary, panel = (colors[key] for key in ("foreground", "background", "primary", "panel"))
    text = {
        f"text-{key}": colors[key]
        for key in ("primary", "secondary", "accent", "warning", "error", "success")
    }
    plain = (
        "text",
        "text-muted",
        "text-disabled",
        "foreground-muted",
        "foreground-disabled",
        "border-blurred",
    )
    marked = ("block-cursor", "block-cursor-blurred", "input-selection", "screen-selection")
    variables = {
        **text,
        **dict.fromkeys((*plain, "input-cursor-background", "scrollbar"), front),
        **{f"{key}-background": primary for key in marked},
        **{f"{key}-foreground": back for key in (*marked, "input-cursor")},
        **dict.fromkeys(("footer-key-foreground", "scrollbar-hover", "scrollbar-active", "border"), primary),
        "button-color-foreground": back,
        "button-focus-text-style": "bold reverse",
        "block-cursor-text-style": "bold",
        "block-hover-background": panel,
        "scrollbar-background": back,
    }
    return Theme(
        name=name, dark=name == "high-contrast", text_alpha=1.0, background=back, surface=back, boost=back, panel=panel,
        foreground=front, primary=primary, secondary=colors["secondary"], accent=colors["accent"],
        warning=colors["warning"], error=colors["error"], success=colors["success"], variables=variables,
    )  # fmt: skip


HIGH_CONTRAST = (
    _high_contrast("high-contrast", {
        "background": "#000000", "panel": "#262626", "foreground": "#ffffff", "primary": "#ffff00",
        "secondary": "#00ffff", "accent": "#ffff00", "warning": "#ffd75f", "error": "#ff9c9c", "success": "#5fff87",
    }),
    _high_contrast("high-contrast-light", {
        "background": "#ffffff", "panel": "#e4e4e4", "foreground": "#000000", "primary": "#0000aa",
        "secondary": "#00454f", "accent": "#0000aa", "warning": "#5c3200", "error": "#8b0000", "success": "#004d00",
    }),
)  # fmt: skip
"""Every text has at least 7:1 against what is behind it (WCAG 2.2, 1.4.6)."""


def offered(themes: Mapping[str, Theme]) -> list[tuple[str, str]]:
    """Every theme with what to call it: the terminal's colours and high contrast first, then dark, then light."""
    rest = sorted(set(themes) - {*_FIRST}, key=lambda name: (not themes[name].dark, name))
    names = [name for name in (*_FIRST, *rest) if name in themes]
    return [(name, f"{name} · {_ABOUT.get(name) or _kind(themes[name])}") for name in names]


def shown_theme(wanted: str, themes: Mapping[str, Theme], depth: ColorDepth) -> str:
    """The theme to use for the wanted one: with few colours, one that is made of few.

    A theme of shades of one colour would be one colour; on a terminal without colours state is told by reverse and
    bold, as the terminal's own theme does.
    """
    theme = themes[wanted]
    if depth is ColorDepth.NONE:
        return DEFAULT_THEME
    if depth >= ColorDepth.INDEXED or theme.ansi or wanted in few_colors(themes):
        return wanted
    return "ansi-dark" if theme.dark else "ansi-light"


def few_colors(themes: Iterable[str]) -> list[str]:
    """The themes that sixteen colours are enough for."""
    return [name for name in themes if name in _FIRST]


def _kind(theme: Theme) -> str:
    return "dark" if theme.dark else "light"

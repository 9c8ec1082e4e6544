"""What the help says of one widget: what it is for, and the keys that work while it has the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button, Input, OptionList, Select, Switch, Tabs
from textual.widgets._select import SelectOverlay

from cockpit.app.catalogue import Entry
from cockpit.app.looks.text import safe_text
from cockpit.app.widgets.setting_field import SettingField
from cockpit.app.widgets.terminal_view import TerminalView

HERE = "Keys here"
PANE_KEYS = (
    ("shift+pgup", "Scroll up", "Read what went by; any typed key is back at the live screen"),
    ("shift+pgdn", "Scroll down", "The same towards the live screen"),
    ("shift+home", "First line", "Go to the oldest line that is kept"),
    ("shift+end", "Last line", "Go to the newest line"),
    ("esc", "Live screen", "Stop reading; at the live screen it goes to the program"),
)
_BY_KIND: tuple[tuple[type[Widget], str], ...] = (
    (Button, "Enter or space presses it; tab goes on to the next."),
    (Select, "Enter opens the list, the arrows choose, enter takes it."),
    (SelectOverlay, "The arrows choose, enter takes it, esc keeps what was."),
    (Switch, "Enter or space turns it on and off."),
    (Tabs, "Left and right go through the tabs; tab goes into the one that is shown."),
    (OptionList, "The arrows move, enter takes the marked line."),
    (Input, "Type the text; enter takes it."),
)
_NAMES = {"slash": "/", "question_mark": "?"}

_OF_EVERY_SCREEN = frozenset(binding.action for binding in Screen.BINDINGS if isinstance(binding, Binding))


@dataclass(frozen=True, slots=True)
class Topic:
    """The help of one widget. Texts are safe to show."""

    title: str
    text: str
    keys: tuple[Entry, ...] = ()


def topic_of(widget: Widget, show: Callable[[str], str]) -> Topic | None:
    """The help of `widget`; None when nothing is written about it. `show` spells a chord as people read it.

    The text is the `HELP` of its class (a first line that names it, then the rest), else what its setting or its
    tooltip says, and how its kind is used.
    """
    title, text = _described(widget)
    return Topic(title, text, tuple(_keys(widget, show))) if text else None


def _described(widget: Widget) -> tuple[str, str]:
    if widget.HELP:
        title, _, text = widget.HELP.strip().partition("\n")
        return title.lstrip("# "), " ".join(text.split())
    how = next((text for kind, text in _BY_KIND if isinstance(widget, kind)), "")
    field = next((node for node in widget.ancestors if isinstance(node, SettingField)), None)
    if field is not None:
        return field.spec.title, f"{field.spec.description} {how}"
    title = str(widget.label) if isinstance(widget, Button) else getattr(widget, "border_title", None) or ""
    said = widget.tooltip if isinstance(widget.tooltip, str) else ""
    return safe_text(title or _kind_of(widget), 60), f"{said.rstrip('.')}. {how}".lstrip(". ")


def _kind_of(widget: Widget) -> str:
    named = widget.id or next((kind.__name__ for kind, _ in _BY_KIND if isinstance(widget, kind)), "this")
    return named.replace("-", " ").capitalize()


def _keys(widget: Widget, show: Callable[[str], str]) -> Iterable[Entry]:
    """The keys in force while the widget has the keyboard, cockpit's own first, then what its kind has by itself."""
    if isinstance(widget, TerminalView):
        for key, title, description in PANE_KEYS:
            yield Entry(title, description, "", key=key, group=HERE)
    found: dict[str, tuple[Binding, list[str]]] = {}
    for binding in _bindings(widget):
        if binding.description and not binding.system and binding.action not in _OF_EVERY_SCREEN:
            found.setdefault(binding.action, (binding, []))[1].append(binding.key)
    for binding, keys in sorted(found.values(), key=lambda pair: pair[0].id is None):
        chords = dict.fromkeys(show(_NAMES.get(key, key)) for key in keys[:2])
        shown = " ".join(chords)
        yield Entry(binding.description, binding.tooltip, "", key=shown, group=HERE, press=keys[0])


def _bindings(widget: Widget) -> Iterable[Binding]:
    """Those of the widget and of everything around it up to its dialogue; the main screen has none."""
    node: DOMNode | None = widget
    while node is not None and not (isinstance(node, Screen) and not node.is_modal):
        yield from (binding for _, binding in node._bindings)  # what Textual's own help panel reads too
        node = None if isinstance(node, Screen) else node.parent

"""Everything a person can do, as the palette and the help list it: from the registry and the keys. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cockpit.app.keys.keymap import Keymap
from cockpit.app.looks.text import safe_text
from cockpit.model import Session, Terminal
from cockpit.workspace.commands import Command, CommandRegistry

ASKING = {
    "session.new": "view.new_session",
    "session.rename": "view.rename_session",
    "session.close": "view.close_session",
    "session.group": "view.group_session",
    "session.move": "view.move_session",
    "terminal.rename": "view.rename_terminal",
    "terminal.close": "view.close_terminal",
    "store.restore": "view.restore_earlier",
    "terminal.restore_as": "view.restore_as",
    "tmux.restart_server": "view.restart_server",
}
"""The command that asks a person before, or for what, the other one does: only that one is listed."""
UNLISTED = frozenset({"view.cancel", "view.palette", "view.hints", "view.list", "store.list", "store.report"})
"""Of no use from a list."""
GROUP_TITLES = {
    "session": "Sessions",
    "terminal": "Tabs",
    "view": "Cockpit",
    "app": "Cockpit",
    "settings": "Settings",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to do. Texts are safe to show."""

    title: str
    description: str
    command: str
    arguments: tuple[tuple[str, object], ...] = ()
    key: str = ""
    """The whole key, as it is shown; empty when it has none."""
    group: str = ""
    binding_id: str = ""
    """The name of its key in the settings; empty when it can't have one."""
    press: str = ""
    """For a key of one widget, which no command stands for: the key itself, as Textual names it."""

    @property
    def haystack(self) -> str:
        """What a search looks through."""
        return f"{self.title}\n{self.description}\n{self.key}\n{self.command}\n{self.binding_id}".casefold()


def catalogue(commands: CommandRegistry, keymap: Keymap) -> list[Entry]:
    """Every binding with its key, then every command without one that needs no arguments; sorted by group."""
    entries = [
        Entry(
            _capital(b.title),
            b.tooltip,
            b.command,
            b.arguments,
            keymap.shown(b.id),
            _group_of(b.command),
            b.id,
        )
        for b in keymap.bindings
        if b.command in commands and b.command not in UNLISTED and not b.id.startswith("terminal.select.")
    ]
    bound = {entry.command for entry in entries} | {c for c, asking in ASKING.items() if asking in commands}
    entries += [
        Entry(command.title, command.description, command.name, group=_group_of(command.name))
        for command in commands
        if command.name not in bound | UNLISTED and not _needs_arguments(command)
    ]
    order = list(dict.fromkeys(GROUP_TITLES.values()))
    return sorted(entries, key=lambda e: order.index(e.group) if e.group in order else len(order))


def places(
    sessions: Sequence[Session], shown: Session | None = None, keymap: Keymap | None = None
) -> list[Entry]:
    """Every session, and every tab of the one that is shown, as something to go to."""
    tabs = list(enumerate(shown.terminals if shown else (), 1))
    return [
        *(
            Entry(
                f"Go to tab {number}: {safe_text(_name_of(tab), 60)}", "Show this tab", "terminal.focus",
                (("terminal_id", tab.id),), group="Tabs",
                key=keymap.shown(f"terminal.select.{number % 10}") if keymap and number <= 10 else "",
            )
            for number, tab in tabs
        ),
        *(
            Entry(
                f"Go to {safe_text(session.name, 60)}", safe_text(session.directory, 100), "session.focus",
                (("session_id", session.id),), group="Sessions",
            )
            for session in sessions
        ),
    ]  # fmt: skip


def theme_entries(themes: Iterable[tuple[str, str]]) -> list[Entry]:
    """Every theme as something to choose: its name, and how it is called."""
    return [
        Entry(
            f"Theme: {title}", "Use this theme from now on", "settings.set",
            (("key", "general.theme"), ("value", theme)), group="Settings",
        )
        for theme, title in themes
    ]  # fmt: skip


def _name_of(terminal: Terminal) -> str:
    return terminal.name if terminal.named_by_user else terminal.title or terminal.name


def _needs_arguments(command: Command) -> bool:
    return any(parameter.required for parameter in command.parameters)


def _group_of(command: str) -> str:
    words = command.replace("view.", "", 1)
    for kind in ("session", "terminal"):
        if kind in words or (kind == "terminal" and "tab" in words):
            return GROUP_TITLES[kind]
    return GROUP_TITLES.get(command.partition(".")[0], "Cockpit")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

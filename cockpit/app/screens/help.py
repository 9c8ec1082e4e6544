"""What can be done here, and every key and command: searchable; enter does the chosen one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from cockpit.app.catalogue import Entry
from cockpit.app.help_texts import Topic
from cockpit.app.screens.dialog import SLIM_COLUMNS, Dialog, Plain
from cockpit.app.widgets.safe_input import SafeInput


class HelpScreen(Dialog[Entry]):
    """Answers the entry to run, or None. `topic`: the widget that had the keyboard, which comes first."""

    AUTO_FOCUS = "#search"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "cursor(1)", "Next", id="help.down", tooltip="Go to the next command", priority=True),
        Binding("up", "cursor(-1)", "Previous", id="help.up", tooltip="Go back", priority=True),
        Binding("pagedown", "page(1)", "Page down", id="help.page_down", priority=True),
        Binding("pageup", "page(-1)", "Page up", id="help.page_up", priority=True),
    ]

    def __init__(self, entries: Sequence[Entry], *, topic: Topic | None = None) -> None:
        super().__init__()
        self._topic = topic
        self._entries = [*(topic.keys if topic else ()), *entries]

    def compose(self) -> ComposeResult:
        """Title, what the widget is for, search, list."""
        with Vertical(classes="dialog dialog-tall"):
            yield Plain(f"Help · {self._topic.title}" if self._topic else "Help", classes="dialog-title")
            yield Plain(self._topic.text if self._topic else "", id="topic", classes="dialog-note")
            search = SafeInput(placeholder="search", id="search", compact=True)
            search.tooltip = "Type to find a key or a command by its name, its key or what it does"
            yield search
            listing = OptionList(id="entries", compact=True)
            listing.tooltip = "Everything that can be done, with its key"
            yield listing
            yield Plain(
                "enter does it · esc closes · keys are yours: [keys] in the settings file",
                classes="field-hint",
            )

    def on_mount(self) -> None:
        """Lists everything."""
        self._list("")

    @on(Input.Changed, "#search")
    def _search_changed(self, event: Input.Changed) -> None:
        self._list(event.value)

    def _list(self, query: str) -> None:
        words = query.casefold().split()
        found = [e for e in self._entries if all(word in e.haystack for word in words)]
        if words:  # what is called so comes before what only mentions it
            found.sort(key=lambda entry: not all(word in entry.title.casefold() for word in words))
        key_cells = max((cell_len(entry.key) for entry in found), default=0)
        title_cells = max((cell_len(entry.title) for entry in found), default=0)
        explained = self.size.width >= SLIM_COLUMNS
        options: list[Option] = []
        group = None
        for entry in found:
            if entry.group != group and not words:
                group = entry.group
                options.append(Option(Content.styled(group, "bold $text-accent"), disabled=True))
            options.append(
                Option(
                    _content(entry, key_cells, title_cells if explained else -1),
                    id=str(self._entries.index(entry)),
                )
            )
        listing = self.query_one("#entries", OptionList)
        listing.set_options(options or [Option("nothing matches", disabled=True)])
        listing.highlighted = (0 if words else 1) if found else None
        listing.scroll_home(animate=False)

    def action_cursor(self, step: int) -> None:
        """Moves in the list while the search keeps the keyboard."""
        listing = self.query_one("#entries", OptionList)
        if step > 0:
            listing.action_cursor_down()
        else:
            listing.action_cursor_up()

    async def action_page(self, step: int) -> None:
        """Moves by a page."""
        listing = self.query_one("#entries", OptionList)
        await listing.run_action("page_down" if step > 0 else "page_up")

    def action_help(self) -> None:
        """This is the help."""

    @on(Input.Submitted, "#search")
    def _submitted(self) -> None:
        self.query_one("#entries", OptionList).action_select()

    @on(OptionList.OptionSelected, "#entries")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        if event.option_id is not None:
            self.dismiss(self._entries[int(event.option_id)])


def _content(entry: Entry, key_cells: int, title_cells: int) -> Content:
    """One line. Told apart by weight, which holds on a marked line as well, where a colour may not.

    Where the titles have no cells of their own, there is no room for what explains them.
    """
    key = entry.key + " " * (key_cells - cell_len(entry.key))
    if title_cells < 0:
        return Content.assemble(" ", (key, "bold"), "  ", entry.title)
    title = entry.title + " " * (title_cells - cell_len(entry.title))
    return Content.assemble("  ", (key, "bold"), "  ", title, "  ", entry.description)

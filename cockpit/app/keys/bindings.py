"""The table of cockpit's keys: every binding with its stable id, its default key and what it is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Context = Literal["leader", "ended"]
"""`leader`: follows the leader. `ended`: works by itself while the shown terminal's program has ended."""
Group = Literal["tabs", "sessions", "view"]


@dataclass(frozen=True, slots=True)
class KeyBinding:
    """One key and what it runs. The id is stable and names it in the settings; the key is the person's."""

    id: str
    key: str
    title: str
    """Two or three words, for the hint panel and the status line."""
    tooltip: str
    group: Group
    command: str
    arguments: tuple[tuple[str, object], ...] = ()
    context: Context = "leader"
    also: tuple[str, ...] = ()
    """Keys that do the same while the default is in force: for keyboards where that one needs AltGr."""


def _select(number: int) -> KeyBinding:
    """The digits go to the tabs as they are numbered on the screen; 0 is the tenth."""
    tab = number or 10
    return KeyBinding(
        f"terminal.select.{number}", str(number), f"tab {tab}", f"Show tab {tab} of this session",
        "tabs", "terminal.select", (("index", tab - 1),),
    )  # fmt: skip


DEFAULT_BINDINGS: tuple[KeyBinding, ...] = (
    KeyBinding(
        "terminal.new", "c", "new tab", "Start a new terminal in this session", "tabs", "terminal.new"
    ),
    KeyBinding("terminal.next", "n", "next tab", "Show the next tab", "tabs", "terminal.next"),
    KeyBinding(
        "terminal.previous", "p", "previous tab", "Show the previous tab", "tabs", "terminal.previous"
    ),
    *(_select(number) for number in (1, 2, 3, 4, 5, 6, 7, 8, 9, 0)),
    KeyBinding(
        "terminal.rename",
        ",",
        "rename tab",
        "Give this tab a name of your own",
        "tabs",
        "view.rename_terminal",
    ),
    KeyBinding(
        "terminal.close",
        "&",
        "close tab",
        "Close this tab and end its program",
        "tabs",
        "view.close_terminal",
    ),
    KeyBinding(
        "terminal.move_left",
        "{",
        "move tab left",
        "Move this tab one place to the left",
        "tabs",
        "terminal.move",
        (("offset", -1),),
        also=("<",),
    ),
    KeyBinding(
        "terminal.move_right",
        "}",
        "move tab right",
        "Move this tab one place to the right",
        "tabs",
        "terminal.move",
        (("offset", 1),),
        also=(">",),
    ),
    KeyBinding(
        "terminal.restart",
        "R",
        "restart",
        "Start the ended program of this tab again",
        "tabs",
        "terminal.restart",
    ),
    KeyBinding(
        "session.new", "N", "new session", "Open a session in a directory", "sessions", "view.new_session"
    ),
    KeyBinding("session.next", ")", "next session", "Show the next session", "sessions", "session.next"),
    KeyBinding(
        "session.previous",
        "(",
        "previous session",
        "Show the previous session",
        "sessions",
        "session.previous",
    ),
    KeyBinding(
        "session.rename", "$", "rename session", "Rename this session", "sessions", "view.rename_session"
    ),
    KeyBinding(
        "session.close",
        "X",
        "close session",
        "Close this session and end its programs",
        "sessions",
        "view.close_session",
    ),
    KeyBinding(
        "session.group",
        "G",
        "group session",
        "Put this session into a group",
        "sessions",
        "view.group_session",
    ),
    KeyBinding(
        "session.move_up",
        "K",
        "move session up",
        "Move this session one row up",
        "sessions",
        "view.move_session",
        (("offset", -1),),
    ),
    KeyBinding(
        "session.move_down",
        "J",
        "move session down",
        "Move this session one row down",
        "sessions",
        "view.move_session",
        (("offset", 1),),
    ),
    KeyBinding("view.sidebar", "s", "sidebar", "Show or hide the sidebar", "view", "view.sidebar"),
    KeyBinding(
        "view.sessions",
        "w",
        "go to sessions",
        "Give the list of sessions the keyboard",
        "view",
        "view.sessions",
    ),
    KeyBinding("view.filter", "f", "find session", "Filter the list of sessions", "view", "view.filter"),
    KeyBinding(
        "view.read",
        "[",
        "scroll, select",
        "Move, select and copy by keyboard",
        "view",
        "view.read",
        also=("pageup",),
    ),
    KeyBinding("view.search", "/", "search", "Search the terminal's whole text", "view", "view.search"),
    KeyBinding(
        "view.copy_output",
        "y",
        "copy output",
        "Copy what the last command printed",
        "view",
        "view.copy_output",
    ),
    KeyBinding(
        "view.select_output",
        "Y",
        "select output",
        "Select what the last command printed",
        "view",
        "view.select_output",
    ),
    KeyBinding(
        "view.previous_prompt", "up", "prompt above", "Go to the prompt above", "view", "view.previous_prompt"
    ),
    KeyBinding(
        "view.next_prompt", "down", "prompt below", "Go to the prompt below", "view", "view.next_prompt"
    ),
    KeyBinding(
        "view.jump_to_notification",
        "j",
        "who called",
        "Show the terminal that notified or rang last",
        "view",
        "view.jump_to_notification",
    ),
    KeyBinding(
        "view.answer_program",
        "a",
        "answer",
        "Allow or deny a program the clipboard it asks for",
        "view",
        "view.answer_program",
    ),
    KeyBinding(
        "view.zoom", "z", "zoom pane", "Give the pane the whole screen, and back", "view", "view.zoom"
    ),
    KeyBinding("view.palette", ":", "commands", "Search and run every command", "view", "view.palette"),
    KeyBinding("view.settings", "S", "settings", "Open the settings", "view", "view.settings"),
    KeyBinding("view.help", "?", "help", "Show every key and command", "view", "view.help"),
    KeyBinding("app.quit", "d", "quit", "Leave cockpit; tmux terminals live on", "view", "app.quit"),
    KeyBinding(
        "ended.restart",
        "enter",
        "restart",
        "Start the ended program again",
        "tabs",
        "terminal.restart",
        context="ended",
    ),
    KeyBinding(
        "ended.restart_all",
        "a",
        "restart all",
        "Bring back everything that ended with the tmux server",
        "tabs",
        "tmux.revive",
        context="ended",
    ),
    KeyBinding(
        "ended.close", "x", "close", "Close this ended tab", "tabs", "terminal.close", context="ended"
    ),
)

ESSENTIAL = (
    "view.help", "terminal.new", "terminal.next", "terminal.previous", "terminal.close", "view.palette", "session.new",
    "view.sessions", "view.sidebar", "view.settings", "app.quit", "session.close", "view.zoom", "terminal.restart",
)  # fmt: skip
"""What the hint panel shows where there isn't room for all, the most needed first."""

GROUP_TITLES: dict[Group, str] = {"tabs": "tabs", "sessions": "sessions", "view": "cockpit"}

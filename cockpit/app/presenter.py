"""Turns rows and state into what the widgets show. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from cockpit.app.keys.keymap import Keymap
from cockpit.app.looks.glyphs import Glyphs
from cockpit.app.looks.text import safe_text
from cockpit.app.reading.place import NEWS
from cockpit.app.widgets.session_row import state_class, state_text
from cockpit.app.widgets.status_bar import LiveKey, Place
from cockpit.model import BackendKind, Session, Terminal, TerminalState
from cockpit.terminal.wheel import WheelOwner

ENDED_STATES = frozenset({TerminalState.EXITED, TerminalState.FAILED, TerminalState.HELD})
LIVE_BINDINGS = (
    "terminal.new", "terminal.next", "view.sessions", "session.new", "view.palette", "view.help", "view.settings",
    "view.sidebar", "app.quit",
)  # fmt: skip
"""What the status line offers, the most useful first; as many as fit are shown."""
PENDING_BINDINGS = ("view.help", *(id_ for id_ in LIVE_BINDINGS if id_ != "view.help"))
"""The same while the leader is pending: what tells of the rest comes first."""
LIST_KEYS = (
    LiveKey("/", "filter", "view.filter"),
    LiveKey("n", "new", "view.new_session"),
    LiveKey("r", "rename", "view.list", {"action": "request_rename"}),
    LiveKey("x", "close", "view.list", {"action": "request_close"}),
    LiveKey("J/K", "move", "view.list", {"action": "move(1)"}),
    LiveKey("m", "select", "view.select_mode"),
    LiveKey("esc", "back", "view.pane"),
)
SELECTING_KEYS = (
    LiveKey("y", "copy", "view.copy_selection"),
    LiveKey("v", "select", "view.read"),
    LiveKey("n/N", "next match", "view.search"),
    LiveKey("{/}", "prompt", "view.read"),
    LiveKey("esc", "live screen", "view.live"),
)
SEARCHING_KEYS = (
    LiveKey("enter", "to the matches", "view.pane"),
    LiveKey("↑/↓", "next match", "view.pane"),
    LiveKey("esc", "live screen", "view.live"),
)
"""While the search bar has the keyboard."""
_PLACE_STYLES = {"ended": "status--bad", "failed": "status--bad", "unavailable": "status--warn"}


def has_ended(terminal: Terminal | None) -> bool:
    """Whether keys go to cockpit because the program they were for is gone."""
    return terminal is not None and terminal.status.state in ENDED_STATES


def place_of(session: Session | None, terminal: Terminal | None, glyphs: Glyphs) -> Place:
    """`session · terminal · backend`, and the state where it is more than running."""
    if session is None:
        return Place((("no session", "status--muted"),))
    words = [(safe_text(session.name, 32, ellipsis=glyphs.ellipsis), "status--strong")]
    if terminal is None:
        return Place((*words, ("no terminal", "status--muted")))
    name = terminal.name if terminal.named_by_user else terminal.title or terminal.name
    words.append((safe_text(name, 32, ellipsis=glyphs.ellipsis) or "terminal", "status--place"))
    words.append((safe_text(terminal.backend, 16), "status--muted"))
    if terminal.status.state not in (TerminalState.RUNNING, TerminalState.NEW):
        style = _PLACE_STYLES.get(state_class(terminal), "status--muted")
        words.append((safe_text(state_text(terminal), 80, ellipsis=glyphs.ellipsis), style))
    return Place(tuple(words))


def reading_place(text: str) -> Place | None:
    """How far up a person reads, in place of the place; None at the live screen."""
    if not text:
        return None
    first, *rest = text.split(" · ")
    words = [(safe_text(first, 80), "status--strong")]
    words += [(safe_text(word, 80), "status--warn" if word == NEWS else "status--place") for word in rest]
    return Place(tuple(words))


def wheel_words(owner: WheelOwner, glyphs: Glyphs) -> tuple[tuple[str, str], ...]:
    """Who gets the wheel; nothing where it scrolls the history, as one expects."""
    if owner is WheelOwner.HISTORY:
        return ()
    return ((f"{glyphs.wheel} wheel: {owner}", "status--muted"),)


def live_keys(
    keymap: Keymap,
    *,
    terminal: Terminal | None,
    pending: bool,
    in_list: bool,
    reading: bool = False,
    selecting: bool = False,
    searching: bool = False,
    asking: bool = False,
) -> list[LiveKey]:
    """The keys that work right now; the one that answers a program that is `asking` comes first."""
    answer = (
        _live(keymap, "view.answer_program", bare=pending)
        if asking and not (selecting or searching)
        else None
    )
    if answer is not None:
        usual = live_keys(keymap, terminal=terminal, pending=pending, in_list=in_list, reading=reading)
        return [answer, *usual]
    if searching and not pending:
        return list(SEARCHING_KEYS)
    if selecting and not pending:
        return list(SELECTING_KEYS)
    if reading and not pending:
        search = [live for id_ in ("view.search", "view.read") if (live := _live(keymap, id_))]
        return [LiveKey("esc", "live screen", "view.live"), *search]
    if pending:
        following = [_live(keymap, id_, bare=True) for id_ in PENDING_BINDINGS]
        return [LiveKey("esc", "cancel", "view.cancel"), *(live for live in following if live)]
    if in_list:
        return [LiveKey(keymap.show("enter"), "show", "view.list", {"action": "choose"}), *LIST_KEYS]
    keys: list[LiveKey] = []
    if has_ended(terminal):
        lost = terminal is not None and terminal.status.lost
        ids = ("ended.restart", *(("ended.restart_all",) if lost else ()), "ended.close")
        keys += [live for id_ in ids if (live := _live(keymap, id_))]
    if terminal is None:
        keys += [live for id_ in ("session.new",) if (live := _live(keymap, id_))]
    leader = LiveKey(
        keymap.show(keymap.leader), "then", "view.hints", tooltip="Show what can follow the leader"
    )
    return [*keys, leader, *(live for id_ in LIVE_BINDINGS if (live := _live(keymap, id_, bare=True)))]


def brief_key(keymap: Keymap, keys: Sequence[LiveKey]) -> LiveKey | None:
    """What stands for `keys` where there is room for one: how to see all. None where the first of them matters more."""
    return _live(keymap, "view.help") if keys and keys[0].command == "view.hints" else None


def _live(keymap: Keymap, binding_id: str, *, bare: bool = False) -> LiveKey | None:
    binding = keymap.binding(binding_id)
    if binding is None or not binding.key:
        return None
    key = keymap.show(binding.key) if bare else keymap.shown(binding_id)
    return LiveKey(key, binding.title, binding.command, dict(binding.arguments), binding.tooltip)


def pane_notice(
    session: Session | None, terminal: Terminal | None, keymap: Keymap, *, silent: bool = False
) -> str:
    """What the pane says while there is no terminal to show; empty when one is about to appear.

    `silent`: tmux doesn't answer.
    """
    if session is None:
        return f"No session.\n\n{keymap.shown('session.new')} opens one."
    if terminal is None:
        return f"No terminal in this session.\n\n{keymap.shown('terminal.new')} starts one."
    reason = safe_text(terminal.status.reason, 400)
    match terminal.status.state:
        case TerminalState.DETACHED:
            return (
                "This terminal lives on in tmux, unseen: the tmux backend is off.\n\n"
                f"{keymap.shown('view.settings')} turns it on under Experimental."
            )
        case TerminalState.UNAVAILABLE:
            return f"This terminal can't be shown here.\n\n{reason or safe_text(terminal.backend, 40)}"
        case TerminalState.FAILED:
            return f"This terminal could not be started.\n\n{reason}\n\n{keymap.shown('ended.restart')} tries again."
        case TerminalState.HELD:
            command = safe_text(terminal.command or "", 200)
            start = keymap.shown("ended.restart")
            return f"It was not started again by itself:\n\n{command}\n\n{start} starts it."
        case TerminalState.EXITED if terminal.status.lost:
            both = f"{keymap.shown('ended.restart')} restarts it, {keymap.shown('ended.restart_all')} all that did."
            return f"The program has ended: {reason}.\n\n{both}"
        case TerminalState.RUNNING if silent and terminal.backend == BackendKind.TMUX:
            return (
                "tmux does not answer.\n\nThis terminal was not touched and is shown when tmux answers again."
            )
        case TerminalState.EXITED:
            return f"The program has ended ({state_text(terminal)}).\n\n{keymap.shown('ended.restart')} restarts it."
        case _:
            return ""

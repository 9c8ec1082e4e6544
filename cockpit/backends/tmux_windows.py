"""Which window is which terminal. Pure look-ups and matching; asks tmux nothing."""

from __future__ import annotations

from collections.abc import Sequence

from cockpit.model import Terminal, TerminalState, TerminalStatus
from cockpit.tmux.windows.windows import WindowInfo


class KnownWindows:
    """The windows of the terminals that run here now, both ways, and which of their programs have ended."""

    def __init__(self) -> None:
        self._window_ids: dict[str, str] = {}
        self._pane_ids: dict[str, str] = {}
        self._terminal_ids: dict[str, str] = {}
        self._ended: set[str] = set()
        self.shown_id: str | None = None
        """The terminal whose window the display client shows."""

    def __bool__(self) -> bool:
        return bool(self._window_ids)

    def add(self, terminal_id: str, window: WindowInfo) -> None:
        """This window is this terminal's from now on."""
        self.forget(terminal_id)
        self._window_ids[terminal_id] = window.window_id
        self._pane_ids[terminal_id] = window.pane_id
        self._terminal_ids[window.window_id] = terminal_id
        if window.dead:
            self._ended.add(window.window_id)

    def window_id(self, terminal_id: str) -> str | None:
        """The terminal's window."""
        return self._window_ids.get(terminal_id)

    def pane_id(self, terminal_id: str) -> str | None:
        """The pane of the terminal's window."""
        return self._pane_ids.get(terminal_id)

    def terminal_id(self, window_id: str) -> str | None:
        """The window's terminal."""
        return self._terminal_ids.get(window_id)

    def knows(self, window_id: str) -> bool:
        """Whether the window is a terminal's."""
        return window_id in self._terminal_ids

    def ended(self, window_id: str) -> None:
        """The window's program has ended."""
        self._ended.add(window_id)

    def has_ended(self, window_id: str) -> bool:
        """Whether the window's program has ended."""
        return window_id in self._ended

    def forget(self, terminal_id: str) -> None:
        """The terminal has no window any more."""
        window_id = self._window_ids.pop(terminal_id, None)
        self._pane_ids.pop(terminal_id, None)
        if window_id is not None:
            del self._terminal_ids[window_id]
            self._ended.discard(window_id)

    def clear(self) -> dict[str, bool]:
        """Forgets all; answers each terminal's id with whether its program had ended before."""
        lost = {terminal_id: window in self._ended for terminal_id, window in self._window_ids.items()}
        self._window_ids.clear()
        self._pane_ids.clear()
        self._terminal_ids.clear()
        self._ended.clear()
        return lost


def match_windows(
    terminals: Sequence[Terminal], windows: Sequence[WindowInfo], socket_path: str
) -> tuple[dict[str, WindowInfo], list[WindowInfo]]:
    """The rows' windows by terminal id, and the windows that carry an id of ours which is no row's.

    A window belongs to the row whose id it carries. One that carries none belongs to the row whose binding names it.
    Of two windows with one id (a creation that timed out and was repeated) the living one counts, then the later.
    """
    matches: dict[str, WindowInfo] = {}
    strangers: list[WindowInfo] = []
    ids = {terminal.id for terminal in terminals}
    bound = {
        terminal.binding.window_id: terminal.id
        for terminal in terminals
        if terminal.binding is not None and terminal.binding.socket_path == socket_path
    }
    for window in windows:
        carried = window.options.get("@cockpit_terminal")
        terminal_id = carried or bound.get(window.window_id)
        if terminal_id is None:
            continue
        known = matches.get(terminal_id)
        if terminal_id not in ids:
            strangers.append(window)
        elif known is None or known.dead >= window.dead:
            matches[terminal_id] = window
            strangers += [known] if known else []
        else:
            strangers.append(window)
    return matches, strangers


def status_of(window: WindowInfo) -> TerminalStatus:
    """What a window says of its program."""
    if not window.dead:
        return TerminalStatus(TerminalState.RUNNING)
    return TerminalStatus(TerminalState.EXITED, window.exit_status, window.exit_signal)

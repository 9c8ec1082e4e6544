"""One session as the sidebar shows it: the facts of a row, and the line drawn from them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rich.cells import cell_len

from cockpit.app.calls.progress import Reached
from cockpit.app.looks.glyphs import Glyphs
from cockpit.app.looks.text import clip, safe_text, short_path
from cockpit.app.widgets.line import Line
from cockpit.model import Session, Terminal, TerminalState

RowTarget = Literal["row", "close", "mark"]
"""What a click on a row means: show the session, ask to close it, or mark it."""

_WORST_LAST = (
    TerminalState.DETACHED,
    TerminalState.NEW,
    TerminalState.HELD,
    TerminalState.EXITED,
    TerminalState.UNAVAILABLE,
    TerminalState.FAILED,
    TerminalState.RUNNING,
)
MAX_TOOLTIP_TERMINALS = 8
MIN_DIRECTORY_CELLS = 6


@dataclass(frozen=True, slots=True)
class SessionRow:
    """What the sidebar knows of one session. Texts are safe to show."""

    session_id: str
    name: str
    directory: str
    """Whole, with `~` for the home."""
    branch: str = ""
    group: str = ""
    state: str = "new"
    """The component class of the status, without its prefix: running, new, succeeded, ended, detached, …"""
    glyph: str = " "
    unseen: int = 0
    progress: Reached | None = None
    tmux: bool = False
    session: Session | None = None
    """Where the tooltip finds the rest."""

    @property
    def haystack(self) -> str:
        """What the filter searches."""
        return f"{self.name}\n{self.directory}\n{self.branch}\n{self.group}".casefold()


def session_row(
    session: Session,
    glyphs: Glyphs,
    *,
    branch: str = "",
    unseen: int = 0,
    progress: Reached | None = None,
    home: str = "",
) -> SessionRow:
    """The row of one session."""
    speaking = speaking_terminal(session)
    state = state_class(speaking) if speaking else "empty"
    name = safe_text(session.name, 200) or "unnamed"
    directory = short_path(session.directory, 400, home=home)
    return SessionRow(
        session_id=session.id,
        name=name,
        directory=directory,
        branch=safe_text(branch, 80),
        group=safe_text(session.group or "", 80),
        state=state,
        glyph=glyphs.status(speaking.status) if speaking else glyphs.dot,
        unseen=unseen,
        progress=progress,
        tmux=session.has_tmux_terminal,
        session=session,
    )


def speaking_terminal(session: Session) -> Terminal | None:
    """The terminal whose state stands for the session: a running one first, then what needs a look."""
    return max(session.terminals, key=lambda t: _WORST_LAST.index(t.status.state), default=None)


def state_class(terminal: Terminal) -> str:
    """The word behind `--state-` in the component class of a terminal's state."""
    status = terminal.status
    if status.state is TerminalState.EXITED:
        return "succeeded" if status.exit_code == 0 else "ended"
    if status.state is TerminalState.HELD:
        return "new"
    return status.state.value


def state_text(terminal: Terminal) -> str:
    """A terminal's state in words: `running`, `exited 1`, `killed by signal 9`, `detached: …`."""
    status = terminal.status
    if status.state is TerminalState.EXITED:
        if status.lost:
            return "ended with tmux"
        if status.signal:
            return f"killed by signal {status.signal}"
        return "exited" if status.exit_code is None else f"exited {status.exit_code}"
    words = {TerminalState.NEW: "not started", TerminalState.HELD: "not started again"}.get(
        status.state, status.state.value
    )
    return f"{words}: {safe_text(status.reason, 200)}" if status.reason else words


def name_line(
    row: SessionRow,
    width: int,
    glyphs: Glyphs,
    *,
    focused: bool,
    hovered: bool = False,
    marked: bool | None = None,
    inline_detail: bool = False,
) -> Line[RowTarget]:
    """The first line of a row.

    `marked` is None outside of select mode; `inline_detail` puts the branch beside the name. The line holds, from
    the left: the focus bar, the mark, the status, the name, and at the right edge the progress, the unseen count,
    the badge and (under the mouse) the cross.
    """
    line: Line[RowTarget] = Line()
    line.add(glyphs.bar if focused else " ", "sidebar--bar", target="row")
    if marked is not None:
        line.add(glyphs.marked if marked else glyphs.unmarked, "sidebar--mark", target="mark")
        line.add(" ", target="mark")
    line.add(row.glyph, f"sidebar--{row.state}", target="row")
    line.add(" ", target="row")
    tail = _tail(row, glyphs, hovered)
    room = max(0, width - line.width - tail.width)
    name = clip(row.name, room, ellipsis=glyphs.ellipsis)
    line.add(name, "sidebar--name-focused" if focused else "sidebar--name", target="row")
    left = room - cell_len(name) - 2
    if inline_detail and left >= 4:
        line.add("  ", target="row")
        detail = row.branch or row.directory.rsplit("/", 1)[-1]
        if detail != row.name:
            line.add(clip(detail, left, ellipsis=glyphs.ellipsis), "sidebar--detail", target="row")
    line.fill(width - tail.width)
    line.extend(tail)
    return line


def detail_line(
    row: SessionRow, width: int, glyphs: Glyphs, *, focused: bool, indent: int = 3
) -> Line[RowTarget]:
    """The second line of a roomy row: the directory and the branch."""
    line: Line[RowTarget] = Line()
    line.add(glyphs.bar if focused else " ", "sidebar--bar", target="row")
    line.add(" " * (indent - 1), target="row")
    room = max(0, width - line.width - 1)
    branch = clip(row.branch, room, ellipsis=glyphs.ellipsis)
    space = room - cell_len(branch) - 2 if branch else room
    directory = (
        short_path(row.directory, space, ellipsis=glyphs.ellipsis) if space >= MIN_DIRECTORY_CELLS else ""
    )
    if directory and (not branch or "/" in directory):
        line.add(directory, "sidebar--detail", target="row")
        line.add("  ", target="row")
    line.add(branch, "sidebar--branch", target="row")
    return line


def _tail(row: SessionRow, glyphs: Glyphs, hovered: bool) -> Line[RowTarget]:
    tail: Line[RowTarget] = Line()
    if row.progress is not None:
        tail.add(f" {row.progress.text(glyphs)}", f"sidebar--progress-{row.progress.state}", target="row")
    if row.unseen:
        tail.add(f" {row.unseen if row.unseen < 100 else '99+'}", "sidebar--unseen", target="row")
    if row.tmux:
        tail.add(" T", "sidebar--badge", target="row")
    if hovered:
        tail.add(f" {glyphs.close}", "sidebar--close", target="close")
    tail.add(" ", target="row")
    return tail


def tooltip_of(row: SessionRow, glyphs: Glyphs) -> str:
    """What the row has no room for: the whole directory, every terminal with its state, what the signs mean."""
    terminals = row.session.terminals if row.session else []
    lines = [row.name, row.directory + (f"  ({row.branch})" if row.branch else "")]
    lines += [
        f"{glyphs.status(t.status)} {safe_text(t.name or t.title, 30) or 'terminal'}: {state_text(t)}"
        for t in terminals[:MAX_TOOLTIP_TERMINALS]
    ]
    if len(terminals) > MAX_TOOLTIP_TERMINALS:
        lines.append(f"and {len(terminals) - MAX_TOOLTIP_TERMINALS} more")
    if row.progress is not None:
        lines.append(f"progress: {row.progress.words}")
    if row.unseen:
        lines.append(f"{row.unseen} unseen: notifications, bells and ended programs since you last looked")
    if row.tmux:
        lines.append("T: a terminal here runs in tmux and lives on when cockpit ends")
    return "\n".join(lines)

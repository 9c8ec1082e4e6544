"""The order of the sidebar, its rows, the tabs' texts and the hints: pure."""

from __future__ import annotations

import time

import pytest

from cockpit.app.calls.unseen import Unseen
from cockpit.app.keys.bindings import DEFAULT_BINDINGS
from cockpit.app.keys.keymap import Keymap
from cockpit.app.looks.glyphs import UNICODE
from cockpit.app.widgets.hint_panel import arrange, column_width, hints_of
from cockpit.app.widgets.session_order import order_sessions
from cockpit.app.widgets.session_row import SessionRow, detail_line, name_line, session_row, tooltip_of
from cockpit.app.widgets.terminal_tabs import tab_of
from cockpit.model import Session, Terminal, TerminalState, TerminalStatus
from cockpit.workspace.events import FocusChanged, TerminalBellRang, TerminalStatusChanged


def rows(*names: str, group: str = "") -> list[SessionRow]:
    return [SessionRow(f"s-{name}", name, f"~/src/{name}", group=group) for name in names]


def text_of(line: object) -> str:
    return "".join(text for text, _ in line.spans)  # type: ignore[attr-defined]


def test_groups_come_in_the_order_they_appear_after_rows_without_one() -> None:
    order = order_sessions([*rows("a", group="x"), *rows("b"), *rows("c", group="y"), *rows("d", group="x")])
    assert [line.kind for line in order.lines] == ["name", "group", "name", "name", "group", "name"]
    assert order.visible_ids == ["s-b", "s-a", "s-d", "s-c"]


def test_rows_have_two_lines_exactly_when_all_fit() -> None:
    assert order_sessions(rows("a", "b"), height=4).roomy
    assert not order_sessions(rows("a", "b"), height=3).roomy


def test_a_folded_group_hides_its_rows_until_something_is_searched() -> None:
    grouped = rows("a", "b", group="x")
    assert order_sessions(grouped, folded={"x"}).visible_ids == []
    assert order_sessions(grouped, folded={"x"}, query="b").visible_ids == ["s-b"]


def test_every_word_of_the_filter_must_be_found_somewhere() -> None:
    order = order_sessions(rows("api server", "api docs", "web"), query="API doc")
    assert order.visible_ids == ["s-api docs"]


def test_moving_past_a_visible_neighbour_counts_places_in_the_workspace() -> None:
    order = order_sessions([*rows("a", group="x"), *rows("b"), *rows("c", group="x")])
    assert order.neighbour("s-a", 1) == "s-c"
    assert order.offset_between("s-a", "s-c") == 2


def test_a_thousand_rows_are_ordered_in_a_few_milliseconds() -> None:
    many = rows(*(f"session {n}" for n in range(1000)))
    start = time.perf_counter()
    for _ in range(5):
        order_sessions(many, query="9 session")
    assert (time.perf_counter() - start) / 5 < 0.05


def session(*states: TerminalState, backend: str = "pty", code: int | None = None) -> Session:
    terminals = [
        Terminal(f"t{n}", "sh", "/tmp", backend, status=TerminalStatus(state, code))
        for n, state in enumerate(states)
    ]
    return Session("s", "name", "/home/ada/src/name", terminals)


@pytest.mark.parametrize(
    ("states", "code", "glyph"),
    [
        ((TerminalState.RUNNING,), None, "●"),
        ((TerminalState.NEW,), None, "○"),
        ((TerminalState.EXITED,), 0, "✓"),
        ((TerminalState.EXITED,), 1, "✗"),
        ((TerminalState.EXITED,), None, "✗"),
        ((TerminalState.DETACHED,), None, "◌"),
        ((TerminalState.UNAVAILABLE,), None, "⊘"),
        ((TerminalState.FAILED,), None, "!"),
        ((TerminalState.EXITED, TerminalState.RUNNING), 1, "●"),
        ((), None, "·"),
    ],
)
def test_each_state_has_its_own_symbol(
    states: tuple[TerminalState, ...], code: int | None, glyph: str
) -> None:
    assert session_row(session(*states, code=code), UNICODE).glyph == glyph


def test_the_badge_is_there_exactly_with_a_tmux_terminal() -> None:
    plain = session_row(session(TerminalState.RUNNING), UNICODE)
    badged = session_row(session(TerminalState.RUNNING, backend="tmux"), UNICODE)
    assert " T" not in text_of(name_line(plain, 28, UNICODE, focused=False))
    assert text_of(name_line(badged, 28, UNICODE, focused=False)).endswith(" T ")
    assert "tmux" in tooltip_of(badged, UNICODE)
    assert "tmux" not in tooltip_of(plain, UNICODE)


@pytest.mark.parametrize("width", [24, 28, 40])
def test_a_row_is_never_wider_than_the_sidebar(width: int) -> None:
    hostile = Session("s", "\u202e漢字" * 300 + "[red]\x1b[31m", "/" + "x\n" * 5000, [], group="g" * 500)
    row = session_row(hostile, UNICODE, branch="b" * 500, unseen=1234)
    for line in (
        name_line(row, width, UNICODE, focused=True, hovered=True, marked=True, inline_detail=True),
        detail_line(row, width, UNICODE, focused=True),
    ):
        assert line.width <= width
        assert "\x1b" not in text_of(line)
        assert "\u202e" not in text_of(line)


def test_a_tab_is_called_as_the_person_says_else_as_the_program_does() -> None:
    terminal = Terminal(
        "t", "sh", "/tmp", title="vim keymap.py", status=TerminalStatus(TerminalState.RUNNING)
    )
    assert tab_of(terminal, UNICODE).title == "vim keymap.py"
    terminal.named_by_user = True
    assert tab_of(terminal, UNICODE).title == "sh"
    terminal.status = TerminalStatus(TerminalState.EXITED, 2)
    assert tab_of(terminal, UNICODE).glyph == "✗"
    assert "exited 2" in tab_of(terminal, UNICODE).tooltip


def test_only_what_happens_out_of_sight_is_counted_until_it_is_looked_at() -> None:
    unseen = Unseen()
    unseen.hear(FocusChanged("s", "t0"))
    assert not unseen.hear(TerminalBellRang("s", "t0"))
    assert unseen.hear(TerminalBellRang("s", "t1"))
    assert unseen.hear(TerminalStatusChanged("s", "t1", TerminalStatus(TerminalState.EXITED)))
    assert not unseen.hear(TerminalStatusChanged("s", "t1", TerminalStatus(TerminalState.RUNNING)))
    assert unseen.of_session(session(TerminalState.RUNNING, TerminalState.RUNNING)) == 2
    unseen.hear(FocusChanged("s", "t1"))
    assert unseen.of_terminal("t1") == 0


@pytest.mark.parametrize(("width", "height"), [(300, 40), (120, 34), (80, 23), (60, 18), (40, 11)])
def test_hints_fit_every_screen(width: int, height: int) -> None:
    columns = arrange(hints_of(Keymap()), width, height - 1)
    assert columns
    assert all(len(column) <= height - 1 for column in columns)
    assert sum(column_width(column) for column in columns) + 3 * (len(columns) - 1) + 2 <= width
    if width >= 80:
        shown = {hint.binding.id for column in columns for hint in column if hint.binding}
        wanted = {
            b.id
            for b in DEFAULT_BINDINGS
            if b.context == "leader" and not b.id.startswith("terminal.select.")
        }
        assert shown == wanted

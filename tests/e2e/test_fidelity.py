"""Every cell of the pane is what the program drew: no difference from the terminal it would otherwise have."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest

from tests.e2e.programs import PLAYER, PROGRAMS, RECORDED, Program, write_fixtures
from tests.harness.cockpit_app import CockpitApp
from tests.harness.grid import Grid, differences, report
from tests.harness.installed import installed
from tests.harness.outer import OuterTerminal
from tests.harness.pty_program import PtyProgram
from tests.harness.tmux_server import tmux_binary
from tests.harness.view import completed

pytestmark = pytest.mark.skipif(not tmux_binary(), reason="tmux is the outer terminal of these tests")

_SMALLER = (87, 28)
_LARGER = (121, 39)


def run_program(terminal: OuterTerminal, program: Program) -> None:
    """Types the program's command at the shell's prompt and brings it to the screen that is compared."""
    terminal.type_text(f"clear; TERM=xterm-256color {program.command}")
    terminal.keys("Enter")
    terminal.wait_for(lambda screen: screen.find(program.shows) and not screen.find("clear;"), program.name)
    if program.keys:
        terminal.keys(*program.keys)
    if program.shows_then:
        terminal.wait_text(program.shows_then)


def play_recording(app: CockpitApp, program: Program, terminals: list[OuterTerminal]) -> None:
    """Records the program once and plays the same bytes in every terminal."""
    pane = app.pane
    environment = app.home.environment
    argv = program.command.split()
    with PtyProgram(argv, environment=environment, columns=pane.columns, rows=pane.rows) as recorded:
        recording = recorded.read_until(lambda data: program.shows.encode() in data, program.name)
        recording += recorded.read_until_quiet(0.3)
    (app.home.home / RECORDED).write_bytes(recording)
    for terminal in terminals:
        terminal.type_text(f"clear; {PLAYER}")
        terminal.keys("Enter")
        terminal.wait_text(program.shows)


def wait_equal(app: CockpitApp, expected: OuterTerminal | None) -> None:
    """Waits until the pane shows exactly what it should; fails with the cells that differ."""

    def equal(_screen: Grid) -> bool:
        truth = expected.capture() if expected else app.inner_grid()
        return not differences(truth, app.pane_grid(), strict=False)

    with contextlib.suppress(AssertionError):
        app.outer.wait_for(equal, "equal cells", deadline_s=8.0)
    shown = completed(app.outer.server, "main", app.outer.capture).crop(app.pane)
    if expected:
        truth = completed(expected.server, "main", expected.capture)
    else:
        truth = completed(app.home, app.shown_session(), app.inner_grid)
    if differences(truth, shown):
        pytest.fail(report(truth, shown), pytrace=False)


@pytest.fixture(params=["pty", "tmux"])
def app(request: pytest.FixtureRequest) -> Iterator[CockpitApp]:
    """cockpit at its prompt, with the files of the programs in its home."""
    cockpit = CockpitApp(request.param)
    write_fixtures(cockpit.home.home)
    with cockpit:
        yield cockpit


@pytest.fixture
def reference(app: CockpitApp) -> Iterator[OuterTerminal | None]:
    """A plain terminal as large as the pane, with the same shell; None where the inner pane itself can be asked."""
    if app.backend == "tmux":
        yield None
        return
    pane = app.pane
    with OuterTerminal(
        ["bash", "-i"],
        columns=pane.columns,
        rows=pane.rows,
        environment=app.home.environment,
        cwd=str(app.home.home),
    ) as terminal:
        terminal.wait_text("ready$")
        yield terminal


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_pane_shows_every_cell_as_the_program_drew_it(
    program: Program, app: CockpitApp, reference: OuterTerminal | None
) -> None:
    installed(program.binary)
    if app.backend not in program.backends:
        pytest.skip("can't be compared on this backend")
    assert app.pane.columns >= 60
    terminals = [app.outer, *([reference] if reference else [])]
    if reference and not program.alike:
        play_recording(app, program, terminals)
        wait_equal(app, reference)
        return
    for terminal in terminals:
        run_program(terminal, program)
    wait_equal(app, reference)
    for size in (_SMALLER, _LARGER):
        app.resize(*size)
        if reference:
            reference.resize(app.pane.columns, app.pane.rows)
        if not program.redraws:
            for terminal in terminals:
                run_program(terminal, program)
        wait_equal(app, reference)

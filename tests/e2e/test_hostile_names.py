"""Names that a directory, a branch or a program chose: nothing in them runs, breaks a row or gets out raw."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from cockpit.workspace.workspace import Workspace
from tests.e2e.headless import answer, happened, opened
from tests.harness.cockpit_app import CockpitApp
from tests.harness.cockpit_home import CockpitHome
from tests.harness.tmux_server import tmux_binary

needs_tmux = pytest.mark.skipif(not tmux_binary(), reason="tmux is not installed")
BACKENDS = ["pty", pytest.param("tmux", marks=needs_tmux)]
_LONGEST_FILE_NAME_BYTES = 255

HOSTILE = {
    "tmux job": "#(touch MARK)",
    "tmux format": "#{pid} #{E:status-left} ##(touch MARK)",
    "shell": "$(touch MARK) `touch MARK` ; touch MARK #",
    "quotes": "it's \"quoted\" \\ and 'more'",
    "line breaks": "one\ntwo\r\nthree",
    "escapes": "\x1b[2J\x1b]0;evil\x07\x1bP+q\x1b\\\x9b31mred",
    "separator": "a\u241eb\u241fc\x1ed\x1fe",
    "long": "x" * 10_000,
    "right to left": "abc\u202eevil\u2066\u200f.txt",
    "markup": "[bold red]x[/] [@click=app.quit]y[/]",
    "dashes": "-t --help %end =0",
}


@pytest.fixture(params=BACKENDS)
def home(request: pytest.FixtureRequest) -> Iterator[CockpitHome]:
    with CockpitHome(request.param) as fresh:
        yield fresh


@pytest.fixture(params=list(HOSTILE.values()), ids=list(HOSTILE))
def hostile(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def marked(text: str, mark: Path) -> str:
    """`text` with the file it tries to make; as a file name it can hold no slash, so `mark` lies in the cwd."""
    return text.replace("MARK", mark.name)


def as_directory(home: CockpitHome, text: str) -> Path:
    """A directory of that name, cut to what a file system takes."""
    name = os.fsdecode(os.fsencode(text.replace("/", "_"))[:_LONGEST_FILE_NAME_BYTES])
    directory = home.home / name
    directory.mkdir()
    return directory


def shown_names(workspace: Workspace) -> list[str]:
    """Every text of the rows that a screen shows as it is."""
    names = [session.name for session in workspace.sessions]
    names += [session.group or "" for session in workspace.sessions]
    for session in workspace.sessions:
        names += [text for terminal in session.terminals for text in (terminal.name, terminal.title)]
    return names


async def test_hostile_names_run_nothing_and_are_kept_safe(home: CockpitHome, hostile: str) -> None:
    mark = home.home / "MARK-WAS-MADE"
    text = marked(hostile, mark)
    directory = as_directory(home, text)
    async with opened(home) as workspace:
        session = await workspace.run("session.new", directory=str(directory), name=text, group=text)
        assert await answer(workspace, home, "$PWD") == os.fsencode(directory)
        await workspace.run("session.rename", name=text)
        await workspace.run("terminal.rename", name=text)
        second = await workspace.run("terminal.new", name=text)
        assert await answer(workspace, home, "$PWD") == os.fsencode(directory)
        await workspace.run("terminal.previous")
        await workspace.run("terminal.next")
        assert workspace.focused_terminal is second
        assert session in workspace.sessions
        for name in shown_names(workspace):
            assert name.isprintable(), ascii(name)
            assert len(name) <= 200
    assert not list(home.directory.rglob(mark.name))
    async with opened(home) as workspace:
        assert str(directory) in [found.directory for found in workspace.sessions]
    assert not list(home.directory.rglob(mark.name))


async def test_a_programs_title_runs_nothing_and_is_shown_clean(home: CockpitHome, hostile: str) -> None:
    mark = home.home / "MARK-WAS-MADE"
    title = marked(hostile, mark).replace("\x1b", "").replace("\x07", "").replace("\x9b", "")
    (home.home / "title").write_bytes(b"\x1b]2;" + title.encode() + b"\x1b\\")
    (home.home / "calm").write_bytes(b"\x1b]2;calm\x1b\\")
    async with opened(home) as workspace:
        terminal = workspace.focused_terminal
        assert terminal is not None
        assert await answer(workspace, home, "$(cat ~/title > /dev/tty)done") == b"done"
        assert await answer(workspace, home, "$(cat ~/calm > /dev/tty)done") == b"done"
        await happened(workspace, lambda: terminal.title == "calm", "the second title")
        assert await answer(workspace, home, "$((40 + 2))") == b"42"
    assert not list(home.directory.rglob(mark.name))


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("kind", ["tmux job", "escapes", "line breaks", "right to left", "markup", "long"])
def test_the_screen_shows_hostile_directories_and_branches_safely(backend: str, kind: str) -> None:
    if not tmux_binary():
        pytest.skip("tmux is the outer terminal of this test")
    settings: dict[str, dict[str, object]] = {"general": {"sidebar": True, "show_tmux_hint": False}}
    app = CockpitApp(backend, settings=settings)
    mark = app.home.home / "MARK-WAS-MADE"
    text = marked(HOSTILE[kind], mark)
    directory = as_directory(app.home, text)
    (directory / ".git").mkdir()
    (directory / ".git" / "HEAD").write_text(f"ref: refs/heads/{text}\n")
    app.outer.start_with(str(directory))
    with app:
        screen = app.outer.wait_text("cockpit")
        assert screen.find("ready$")
        rows = screen.text.split("\n")
        assert all(character.isprintable() for row in rows for character in row)
        assert "\u202e" not in screen.text
        app.outer.type_text("echo a''live")
        app.outer.keys("Enter")
        app.outer.wait_text("alive")
        assert app.outer.server.command("display-message", "-p", "-t", app.outer.pane, "#{pane_title}") != [
            "evil"
        ]
        assert app.outer.capture().find("ctrl+b")
    assert not mark.exists()
    assert not Path(mark.name).exists()


def test_a_branch_is_shown_as_it_is_called() -> None:
    if not (tmux_binary() and shutil.which("git")):
        pytest.skip("tmux is the outer terminal of this test")
    settings: dict[str, dict[str, object]] = {"general": {"sidebar": True, "show_tmux_hint": False}}
    app = CockpitApp("pty", settings=settings)
    (app.home.home / ".git").mkdir()
    (app.home.home / ".git" / "HEAD").write_text("ref: refs/heads/#{pid}#(id)\n")
    with app:
        app.outer.wait_text("#{pid}#(id)")

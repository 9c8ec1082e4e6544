"""The embedded backend on real shells: environment, directory, end, restart, close."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from cockpit.backends.base import BackendEvent, BellRang, StatusChanged, TitleChanged
from cockpit.backends.environment import agent_name, base_environment, own_variables, program_name
from cockpit.backends.pty import PtyBackend
from cockpit.backends.shell import LaunchOptions, find_shell, shell_argv
from cockpit.errors import TerminalError, TerminalGoneError
from cockpit.model import Session, Size, Terminal, TerminalSpec, TerminalState
from cockpit.paths import resolve

DEADLINE_S = 10.0


class Bench:
    """A backend and everything it reported."""

    def __init__(self, home: Path) -> None:
        self.events: list[BackendEvent] = []
        self.options = LaunchOptions()
        self._told = asyncio.Event()
        environment = {
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "SHELL": "/bin/bash",
            "LC_ALL": "C.UTF-8",
        }
        self.backend = PtyBackend(self._hear, lambda: self.options, base_environment(environment))

    def _hear(self, event: BackendEvent) -> None:
        self.events.append(event)
        self._told.set()

    async def until(self, kind: type[BackendEvent]) -> BackendEvent:
        """The first event of this kind from now on."""
        start = len(self.events)
        async with asyncio.timeout(DEADLINE_S):
            while True:
                for event in self.events[start:]:
                    if isinstance(event, kind):
                        return event
                self._told.clear()
                await self._told.wait()

    async def ended(self) -> StatusChanged:
        """The end of a program."""
        async with asyncio.timeout(DEADLINE_S):
            while True:
                for event in self.events:
                    if isinstance(event, StatusChanged) and event.status.state is TerminalState.EXITED:
                        return event
                self._told.clear()
                await self._told.wait()

    async def shows(self, text: str, terminal_id: str = "t") -> None:
        """Waits until the terminal shows `text`."""
        damaged = asyncio.Event()
        surface = self.backend.surface(terminal_id)
        assert surface is not None
        surface.on_damage = damaged.set
        async with asyncio.timeout(DEADLINE_S):
            while text not in surface.emulator.text():
                damaged.clear()
                await damaged.wait()


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    (tmp_path / ".bash_profile").write_text("PS1='ready$ '\nalias greet='echo hello from the alias'\n")
    bench = Bench(tmp_path)
    yield bench
    await bench.backend.shutdown(keep_programs=True)


@pytest.fixture
def spec(tmp_path: Path) -> TerminalSpec:
    return TerminalSpec("t", "s", "shell", str(tmp_path), None, {"COCKPIT_TERMINAL": "t"}, Size(80, 24))


async def test_a_login_shell_starts_in_its_directory_with_its_environment(
    bench: Bench, spec: TerminalSpec
) -> None:
    assert await bench.backend.create(spec) is None
    await bench.shows("ready$")
    await bench.backend.send(
        "t", b"shopt -q login_shell && echo $COCKPIT_TERMINAL $TERM $TERM_PROGRAM; pwd\r"
    )
    await bench.shows("t xterm-256color cockpit")
    await bench.shows(spec.cwd)


async def test_a_linked_directory_keeps_the_name_the_person_chose(
    bench: Bench, spec: TerminalSpec, tmp_path: Path
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    await bench.backend.create(replace(spec, cwd=str(tmp_path / "link"), command="pwd; cat"))
    await bench.shows("/link")


@pytest.mark.parametrize(
    ("command", "code", "signal"),
    [("greet", 0, None), ("exit 7", 7, None), ("exec sh -c 'kill -15 $$'", None, 15)],
)
async def test_a_command_runs_as_if_typed_and_its_end_is_the_terminals(
    bench: Bench, spec: TerminalSpec, command: str, code: int | None, signal: int | None
) -> None:
    await bench.backend.create(replace(spec, command=f"echo begin; {command}"))
    status = (await bench.ended()).status
    assert (status.exit_code, status.signal) == (code, signal)
    surface = bench.backend.surface("t")
    assert surface is not None
    assert "begin" in surface.emulator.text(), "the last screen stays"
    assert command != "greet" or "hello from the alias" in surface.emulator.text()
    with pytest.raises(TerminalGoneError):
        await bench.backend.send("t", b"x")


async def test_it_restarts_on_a_new_surface_without_word_of_the_old_one(
    bench: Bench, spec: TerminalSpec
) -> None:
    await bench.backend.create(replace(spec, command="cat"))
    before = bench.backend.surface("t")
    bench.events.clear()
    await bench.backend.restart(spec)
    await bench.shows("ready$")
    assert bench.backend.surface("t") is not before
    assert [event.status.state for event in bench.events if isinstance(event, StatusChanged)] == ["running"]


async def test_titles_are_clean_and_bells_told(bench: Bench, spec: TerminalSpec) -> None:
    command = r"printf '\033]2;a\342\200\256b #(x)\007'; printf '\007'; cat"
    await bench.backend.create(replace(spec, command=command))
    title = await bench.until(TitleChanged)
    assert isinstance(title, TitleChanged)
    while "#(x)" not in title.title:  # the shell may name itself first
        following = await bench.until(TitleChanged)
        assert isinstance(following, TitleChanged)
        title = following
    assert title == TitleChanged("t", "ab #(x)")
    if not any(isinstance(event, BellRang) for event in bench.events):
        await bench.until(BellRang)


async def test_hidden_terminals_are_resized_when_they_are_shown(bench: Bench, spec: TerminalSpec) -> None:
    await bench.backend.create(spec)
    await bench.backend.create(replace(spec, terminal_id="u"))
    await bench.backend.select("t")
    bench.backend.resize(Size(100, 30))
    sizes = {name: surface.size for name in "tu" if (surface := bench.backend.surface(name))}
    assert sizes == {"t": Size(100, 30), "u": Size(80, 24)}
    assert (await bench.backend.select("u")).size == Size(100, 30)


async def test_closing_ends_the_program_and_a_second_time_is_fine(bench: Bench, spec: TerminalSpec) -> None:
    await bench.backend.create(replace(spec, command="trap '' HUP; echo up; sleep 1000"))
    await bench.shows("up")
    surface = bench.backend.surface("t")
    assert surface is not None
    assert surface.process is not None
    pid = surface.process.pid
    await bench.backend.close("t")
    await bench.backend.close("t")
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert bench.backend.surface("t") is None
    with pytest.raises(TerminalGoneError):
        await bench.backend.select("t")


async def test_what_cannot_start_leaves_nothing(bench: Bench, spec: TerminalSpec) -> None:
    descriptors = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    with pytest.raises(TerminalError):
        await bench.backend.create(replace(spec, cwd="/no/such/directory"))
    bench.options = LaunchOptions(shell="/no/such/shell")
    with pytest.raises(TerminalError, match=r"workspaces\.shell"):
        await bench.backend.create(spec)
    assert bench.backend.surface("t") is None
    assert len(os.listdir("/proc/self/fd")) == descriptors  # noqa: PTH208


@pytest.mark.parametrize(
    "name",
    [
        "TMUX",
        "TMUX_PANE",
        "STY",
        "LINES",
        "COLUMNS",
        "ZELLIJ",
        "ZELLIJ_PANE_ID",
        "COCKPIT_SESSION",
        "KITTY_WINDOW_ID",
    ],
)
def test_the_outer_terminals_own_variables_stay_out(name: str) -> None:
    assert name not in base_environment({name: "x"})


def test_everything_else_is_inherited() -> None:
    outer = {"NO_COLOR": "1", "COCKPIT_HOME": "/h", "SSH_AUTH_SOCK": "/a", "TERM": "dumb", "FOO": "a\nb"}
    inner = base_environment(outer)
    assert {name: inner[name] for name in outer} == {**outer, "TERM": "xterm-256color"}
    assert inner["COLORTERM"] == "truecolor"


def test_hostile_names_stay_values(tmp_path: Path) -> None:
    session = Session("s", "$(touch x)\N{SYMBOL FOR RECORD SEPARATOR}", "/tmp/#(touch x)")
    terminal = Terminal("t", "n", "/", command="codex 'unfinished")
    variables = own_variables(session, terminal, resolve(environment={"COCKPIT_HOME": str(tmp_path)}))
    assert variables["COCKPIT_SESSION_NAME"] == session.name
    assert variables["COCKPIT_AGENT"] == "codex"
    assert len(variables["COCKPIT_PROJECT_HASH"]) == 12


@pytest.mark.parametrize(
    ("command", "program"),
    [
        ("htop", "htop"),
        ("FOO=1 /usr/bin/claude --continue", "claude"),
        ("'my prog' x", "my prog"),
        ("# nothing", ""),
        ("", ""),
    ],
)
def test_the_program_of_a_command(command: str, program: str) -> None:
    assert program_name(command) == program
    assert agent_name(command) == ("claude" if program == "claude" else "")


def test_the_shell_is_the_configured_one_else_the_persons(tmp_path: Path) -> None:
    path = {"PATH": "/usr/bin:/bin"}
    assert find_shell("sh", path) in ("/usr/bin/sh", "/bin/sh")
    with pytest.raises(TerminalError, match="can't be run"):
        find_shell("~nobody-of-that-name/sh", path)
    assert find_shell("", {"SHELL": "/bin/bash"}) == "/bin/bash"
    assert Path(find_shell("", {"SHELL": "relative/sh"})).is_absolute()
    assert Path(find_shell("", {"SHELL": str(tmp_path / "gone")})).is_absolute()


def test_tcsh_is_not_given_what_it_refuses() -> None:
    assert shell_argv("/bin/tcsh", "x") == ["/bin/tcsh", "-c", "x"]
    assert shell_argv("/bin/zsh", "x") == ["/bin/zsh", "-l", "-i", "-c", "x"]
    assert shell_argv("/bin/zsh", None) == ["/bin/zsh", "-l"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "sh"])
async def test_every_shell_runs_a_command_and_ends_with_its_code(
    bench: Bench, spec: TerminalSpec, shell: str, tmp_path: Path
) -> None:
    (tmp_path / ".zshrc").touch()
    bench.options = LaunchOptions(shell=shell)
    try:
        find_shell(shell, os.environ)
    except TerminalError:
        pytest.skip(f"no {shell} here")
    await bench.backend.create(replace(spec, command="echo ran; exit 5"))
    assert (await bench.ended()).status.exit_code == 5
    surface = bench.backend.surface("t")
    assert surface is not None
    assert "ran" in surface.emulator.text()

"""A tab's own command in a real shell, on both backends: when, where and how it runs, and what is typed around it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator, Iterator

import pytest

from cockpit.backends.base import ReadSpan
from cockpit.model import CommandState, TerminalState
from cockpit.terminal.input.keys import KeyPress, parse_chord
from cockpit.workspace import launcher, readiness
from cockpit.workspace.events import TerminalReady, TerminalStatusChanged
from tests.harness.cockpit_home import CockpitHome
from tests.harness.tmux_server import tmux_binary
from tests.tmux.test_tmux_backend import Running, cockpit, tmux

pytestmark = [pytest.mark.tmux, pytest.mark.skipif(not tmux_binary(), reason="no tmux here")]
both_backends = pytest.mark.parametrize("backend", ["pty", "tmux"])
every_shell = pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
_RC = {"bash": ".bash_profile", "zsh": ".zshrc", "fish": ".config/fish/config.fish"}
_PROMPT = {"bash": "PS1='$ '\n", "zsh": "PROMPT='$ '\n", "fish": "function fish_prompt\n echo '$ '\nend\n"}
DEADLINE_S = 20.0


@pytest.fixture
def home() -> Iterator[CockpitHome]:
    with CockpitHome("launch", settings={"workspaces": {"command_in_shell": True}}) as home:
        yield home
        tmux(home, "kill-server")


@contextlib.asynccontextmanager
async def started(
    home: CockpitHome, backend: str, command: str, *, shell: str = "bash", rc: str = ""
) -> AsyncIterator[Running]:
    """cockpit with one tab that runs `command` in a shell with these files."""
    path = shutil.which(shell)
    if path is None:
        pytest.skip(f"{shell} is not installed")
    file = home.home / _RC[shell]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(_PROMPT[shell])
    home.environment |= {"SHELL": path, "COCKPIT_TMUX_BACKEND": "1" if backend == "tmux" else "0"}
    async with cockpit(home) as run:
        await run.until(lambda: bool(run.of(TerminalReady)))  # the first tab's shell has read its files
        file.write_text(_PROMPT[shell] + rc)
        await run.workspace.run("session.new", directory=str(home.home), command=command)
        yield run


def press(run: Running, text: str) -> None:
    """Types as a person does into the pane."""
    for letter in text:
        key = KeyPress("enter") if letter == "\r" else KeyPress(letter, text=letter)
        if not run.workspace.keeps(key):
            surface = run.workspace.surface
            assert surface is not None
            surface.write(surface.input.key(key))


def ended(run: Running) -> bool:
    return run.focused.run is not None and run.focused.run.state is CommandState.ENDED


@pytest.fixture
def gate(home: CockpitHome) -> Iterator[Gate]:
    with contextlib.closing(Gate(home)) as gate:
        yield gate


class Gate:
    """A place where a shell's files wait until the test goes on."""

    def __init__(self, home: CockpitHome) -> None:
        self._path = home.home / "gate"
        os.mkfifo(self._path)
        self._fd = os.open(self._path, os.O_RDWR | os.O_NONBLOCK)  # both ends: opening waits for nobody
        self.line = f"read -r _ < {self._path}\n"

    def open(self) -> None:
        os.write(self._fd, b"go\n")

    def close(self) -> None:
        os.close(self._fd)


@both_backends
async def test_a_slow_shell_keeps_what_a_person_and_a_script_type_behind_the_command(
    home: CockpitHome, backend: str, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launcher, "ASKING_AFTER_S", 0.0)
    rc = f"echo loading\nprintf 'half a line'; echo\n{gate.line}"
    async with started(home, backend, "read one; read two; echo [$one][$two]", rc=rc) as run:
        await run.shows("half a line\n")
        press(run, "typed äh")
        press(run, "ead\r")
        assert run.focused.run is not None and run.focused.run.state is CommandState.WAITING
        script = asyncio.ensure_future(run.workspace.run("terminal.send", data=b"sent\r", timeout=DEADLINE_S))
        gate.open()
        await script
        await run.shows("[typed ähead][sent]")
        await run.until(lambda: ended(run))
        press(run, "echo the shell $((40+2)) stays\r")
        await run.shows("the shell 42 stays")


@both_backends
async def test_a_question_of_the_shells_files_gets_its_answer(
    home: CockpitHome, backend: str, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launcher, "ASKING_AFTER_S", 0.0)
    rc = f"read -p 'really? ' answer\n{gate.line}"
    async with started(home, backend, "read -r line; echo [$answer][$line]", rc=rc) as run:
        await run.shows("really?")
        press(run, "yes\r")
        await run.shows("really? yes\n")
        press(run, "for the command\r")
        gate.open()
        await run.shows("[yes][for the command]")


async def test_ctrl_c_while_the_shell_starts_leaves_a_shell_without_the_command(home: CockpitHome) -> None:
    rc = "sh -c 'echo loading; exec sleep 1000'\n"
    async with started(home, "pty", "echo not this", rc=rc) as run:
        await run.shows("loading")
        press(run, "nor this\r")
        assert not run.workspace.keeps(parse_chord("ctrl+c"))
        await run.workspace.run("terminal.send", data=b"\x03")
        assert ended(run)
        await run.shows("$")
        press(run, "echo but that\r")
        await run.shows("\nbut that")
        text = run.workspace.surface.emulator.text() if run.workspace.surface else ""
        assert "not this" not in text and "nor this" not in text.replace("^C", "")


@both_backends
async def test_a_shell_whose_files_end_it_is_an_ended_tab(
    home: CockpitHome, backend: str, gate: Gate
) -> None:
    async with started(home, backend, "echo not this", rc=f"echo bye\n{gate.line}exit 3\n") as run:
        await run.shows("bye")
        press(run, "nor this\r")
        gate.open()
        await run.until(lambda: run.focused.status.state is TerminalState.EXITED)
        assert run.of(TerminalStatusChanged)[-1].status.exit_code == 3
        assert run.focused.run is None
        assert not run.workspace.keeps(KeyPress("x", text="x"))


_EXACT = {
    "history": ("echo hi!!", "hi!!"),
    "words of history": ("echo a!b '!c' \"!d\"", "a!b !c !d"),
    "a substitution": ("^echo^ 2>/dev/null || echo caret", "caret"),
    "a comment": ("echo one # two", "one"),
    "no comment": ("echo a#b", "a#b"),
    "beyond ASCII": ("echo 'grün ✓ 界'", "grün ✓ 界"),
    "quotes": ('echo "it\'s" \'a "b"\' \\$HOME', 'it\'s a "b" $HOME'),
    "lines": ("echo one\necho two", "one\ntwo"),
    "a tab": ("printf '[%s]\\n' 'a\tb' | tr '\t' T", "[aTb]"),
    "a backslash at the end": ("echo end\\", "end\\"),
    "long": (f"echo {'x' * 5000}", "x" * 5000),
    "a blank before": ("  echo blank", "blank"),
    "percent": ("echo %1 100%", "%1 100%"),
}


@every_shell
async def test_a_command_runs_exactly_as_given(home: CockpitHome, shell: str) -> None:
    commands = dict(_EXACT)
    if shell != "bash":  # elsewhere it means nothing
        del commands["a backslash at the end"]
    if shell == "fish":
        del commands["a substitution"]
    async with started(home, "pty", "true", shell=shell) as run:
        for name, (command, expected) in commands.items():
            await run.workspace.run("terminal.new", command=command)
            await run.until(lambda: ended(run))
            text = await run.workspace.router.read(run.focused, ReadSpan())
            assert f"\n{expected}\n" in f"{text}\n", (name, text)
    assert not list(home.paths.runtime_dir.glob("run-*"))


@every_shell
@both_backends
async def test_it_runs_in_its_directory_wherever_the_files_went(
    home: CockpitHome, backend: str, shell: str
) -> None:
    async with started(home, backend, "pwd", shell=shell, rc="cd /usr\n") as run:
        await run.shows(f"\n{home.home}\n")
        press(run, "env | grep -c COCKPIT_DIR\r")
        await run.shows("\n0\n")
        shell_tab = await run.workspace.run("terminal.new")
        press(run, "pwd\r")
        await run.shows("\n/usr\n")
        assert run.focused is shell_tab


@every_shell
async def test_how_a_command_ended_is_known_and_it_is_in_the_history(home: CockpitHome, shell: str) -> None:
    rc = {"bash": "unset HISTCONTROL\n", "zsh": "HISTSIZE=100\n", "fish": ""}[shell]
    async with started(home, "pty", "sh -c 'exit 7'", shell=shell, rc=rc) as run:
        await run.until(lambda: ended(run))
        assert run.focused.run is not None and run.focused.run.exit_code == 7
        press(run, "history | cat; echo o''ver\r")
        await run.shows("\nover")
        surface = run.workspace.surface
        assert surface is not None
        assert surface.emulator.text().count("sh -c 'exit 7'") >= 2


async def test_a_shell_that_never_tells_gets_its_command_after_the_budget(
    home: CockpitHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "READY_BUDGET_S", 0.5)
    async with started(home, "pty", "echo typed $((40+2))", rc="exec sh -i\n") as run:
        await run.shows("typed 42")
        assert [
            event.timed_out for event in run.of(TerminalReady) if event.terminal_id == run.focused.id
        ] == [True]


async def test_a_prompt_that_hooks_draw_is_no_obstacle(home: CockpitHome) -> None:
    rc = (
        'set -u\nprecmd() { local code=$?; PS1="\\[\\e[1m\\]$code> "; echo noise; false; }\n'
        "PROMPT_COMMAND=(precmd 'true')\n"
    )
    async with started(home, "pty", "read line; echo got $line; (exit 4)", rc=rc) as run:
        press(run, "ahead\r")
        await run.shows("got ahead")
        await run.shows("4>")
        await run.until(lambda: ended(run))
        assert run.focused.run is not None and run.focused.run.exit_code == 4

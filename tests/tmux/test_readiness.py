"""A shell that tells when it is ready, below a real workspace: on a PTY and in tmux alike."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cockpit.terminal.speech.events import PromptMark
from cockpit.workspace.events import TerminalPromptMarked, TerminalReady
from tests.harness.cockpit_home import CockpitHome
from tests.harness.installed import installed
from tests.harness.tmux_server import tmux_binary
from tests.tmux.test_tmux_backend import cockpit, tmux

pytestmark = [pytest.mark.tmux, pytest.mark.skipif(not tmux_binary(), reason="no tmux here")]


@pytest.fixture
def home() -> Iterator[CockpitHome]:
    with CockpitHome("ready") as home:
        (home.home / ".zshrc").write_text("PROMPT='$ '\n")
        yield home
        tmux(home, "kill-server")


def use_shell(home: CockpitHome, shell: str, backend: str) -> None:
    """Has terminals run this shell on this backend; skips the test where it isn't installed."""
    home.environment |= {"SHELL": installed(shell), "COCKPIT_TMUX_BACKEND": "1" if backend == "tmux" else "0"}


@pytest.mark.parametrize("backend", ["pty", "tmux"])
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
async def test_it_tells_when_it_is_ready_and_marks_what_it_runs(
    home: CockpitHome, backend: str, shell: str
) -> None:
    use_shell(home, shell, backend)
    async with cockpit(home) as run:
        await run.until(lambda: bool(run.of(TerminalReady)))
        assert run.focused.backend == backend
        assert [event.timed_out for event in run.of(TerminalReady)] == [False]
        assert not run.workspace.paths.ready_file(run.focused.id).exists()
        await run.workspace.run("terminal.send", data=b"sh -c 'exit 3'\r")
        await run.until(
            lambda: any(
                event.mark is PromptMark.DONE and event.exit_code == 3
                for event in run.of(TerminalPromptMarked)
            )
        )
        await run.workspace.run(
            "terminal.send", data=b"env | grep -c -e ^COCKPIT_R -e ^COCKPIT_E; echo over\r"
        )
        await run.shows("\n0\nover")


async def test_turned_off_the_shell_runs_plainly(home: CockpitHome) -> None:
    home.environment |= {"SHELL": "/bin/bash", "COCKPIT_TMUX_BACKEND": "0"}
    home.write_settings({"workspaces": {"shell_integration": False}})
    async with cockpit(home) as run:
        await run.workspace.run("terminal.send", data=b"echo marks ${PS0-none} $POSIXLY_CORRECT.\r")
        await run.shows("marks none .")
        assert not run.of(TerminalReady)
        assert not run.of(TerminalPromptMarked)


@pytest.mark.parametrize("backend", ["pty", "tmux"])
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
async def test_a_command_is_typed_into_the_shell_once_it_is_ready_and_type_ahead_follows(
    home: CockpitHome, backend: str, shell: str
) -> None:
    use_shell(home, shell, backend)
    async with cockpit(home) as run:
        await run.workspace.run(
            "session.new", directory=str(home.directory), command="pwd; read line; echo got $line"
        )
        await run.workspace.run("terminal.send", data=b"ahead\r")
        await run.shows(f"\n{home.directory}")
        await run.shows("got ahead")
        await run.workspace.run("terminal.send", data=b"echo the shell stays $COCKPIT_MODE\r")
        await run.shows("the shell stays command")
        assert run.focused.command == "pwd; read line; echo got $line"

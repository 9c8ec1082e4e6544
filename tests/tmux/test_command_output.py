"""What commands printed and how they ended, read exactly on a PTY and in tmux alike, in each shell that we wrap."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from cockpit.backends.base import ReadSpan
from cockpit.control.codes import ErrorCode
from cockpit.control.protocol import ProtocolError
from cockpit.control.running import Runner
from cockpit.errors import OutputUnknownError
from cockpit.terminal.speech.events import PromptMark
from cockpit.workspace.events import TerminalPromptMarked
from tests.harness.cockpit_home import CockpitHome
from tests.harness.tmux_server import tmux_binary
from tests.tmux.test_tmux_backend import Running, cockpit, tmux

pytestmark = [pytest.mark.tmux, pytest.mark.skipif(not tmux_binary(), reason="no tmux here")]

DEADLINE_S = 30.0
SHELLS = pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
BACKENDS = pytest.mark.parametrize("backend", ["pty", "tmux"])

PRINTED = {
    "nothing": ("true", ""),
    "lines": (r"printf 'a\n\nb\n'", "a\n\nb"),
    "no newline at the end": ("printf three", "three"),
    "a blank line first": (r"printf '\nx\n'", "\nx"),
    "a line that wraps": ("printf '%0200d' 7", "0" * 199 + "7"),
    "wide characters": (r"printf 'x%s\n' " + "字" * 42,
                        "x" + "字" * 42),
    "a progress bar": (r"printf '10%%\r 55%%\r100%%\n'", "100%"),
    "a cleared screen": (r"printf 'gone\n\033[H\033[2J\033[3Jleft\n'", "left"),
    "a full-screen program": (r"printf '\033[?1049hall of it\033[?1049lback\n'", "back"),
    "marks that nobody made": (r"printf '\033]133;D;9\007faked\033]133;A\007 and \033]133;C\007more\n'", None),
}  # fmt: skip


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[CockpitHome]:
    monkeypatch.setenv("COCKPIT_TMUX_TIMEOUT_SECONDS", "10")
    with CockpitHome("outputs") as home:
        (home.home / ".zshrc").write_text("PROMPT='$ '\nRPROMPT='at the right'\n")
        yield home
        tmux(home, "kill-server")


class Commands:
    """Runs command lines in the focused terminal, as the verb does."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self._runner = Runner(running.workspace)

    async def __call__(self, command: str, timeout_s: float = DEADLINE_S) -> dict[str, Any]:
        session = self.running.workspace.focused_session
        assert session is not None
        terminal = self.running.focused
        return await self._runner.run(session, terminal, command, wait=True, timeout_s=timeout_s)

    async def output(self, *, styled: bool = False) -> str:
        span = ReadSpan(last_output=True, styled=styled)
        return await self.running.workspace.router.read(self.running.focused, span)

    async def type(self, line: str) -> None:
        await self.running.workspace.run("terminal.send", data=line.encode() + b"\r")

    async def known(self) -> None:
        """Waits until the shell stands at its prompt and has marked a command."""
        shell = (await self.running.workspace.router.outputs(self.running.focused)).outputs.shell
        assert shell is not None
        await self.printed(lambda: bool(shell.at_prompt and shell.tells))

    async def printed(self, true: Callable[[], bool]) -> None:
        """Waits until `true()` after some output."""
        heard = asyncio.Event()
        stop = self.running.workspace.router.watch(self.running.focused, heard.set)
        try:
            async with asyncio.timeout(DEADLINE_S):
                while not true():
                    heard.clear()
                    await heard.wait()
        finally:
            stop()

    def count(self, mark: PromptMark) -> int:
        """How often the shell has marked this."""
        return sum(event.mark is mark for event in self.running.of(TerminalPromptMarked))

    async def marked(self, mark: PromptMark, count: int) -> None:
        await self.running.until(lambda: self.count(mark) >= count)


async def in_shell(home: CockpitHome, backend: str, shell: str) -> AsyncIterator[Commands]:
    path = shutil.which(shell)
    if path is None:
        pytest.skip(f"{shell} is not installed")
    home.environment |= {"SHELL": path, "COCKPIT_TMUX_BACKEND": "1" if backend == "tmux" else "0"}
    async with cockpit(home) as running:
        assert running.focused.backend == backend
        yield Commands(running)


@pytest.fixture
async def commands(home: CockpitHome, backend: str, shell: str) -> AsyncIterator[Commands]:
    async for made in in_shell(home, backend, shell):
        yield made


@BACKENDS
@SHELLS
async def test_output_and_exit_status_are_exact_and_the_line_was_typed(commands: Commands) -> None:
    for name, (command, printed) in PRINTED.items():
        told = await commands(command)
        assert (told["strategy"], told["exit_code"], told["ended"]) == ("typed", 0, False), name
        if printed is None:
            assert "faked" in told["output"] and "more" in told["output"]
        else:
            assert (name, told["output"]) == (name, printed)
        assert (name, await commands.output()) == (name, told["output"])
    assert (await commands("sh -c 'exit 3'"))["exit_code"] == 3
    assert (await commands("sh -c 'kill -9 $$'"))["exit_code"] == 137
    await commands(r"printf '\033[31mred\033[m plain\n'")
    styled = await commands.output(styled=True)
    assert "plain" in styled and ("\x1b[31m" in styled or "\x1b[38;5;1m" in styled)
    lines = await commands("seq 20000")
    assert lines["output"] == "\n".join(map(str, range(1, 20001)))
    assert "cut" not in lines
    assert "echo $((1+1))" not in (await commands("echo done"))["output"]


@BACKENDS
@SHELLS
async def test_what_runs_is_read_so_far_and_its_end_is_waited_for_before_typing(commands: Commands) -> None:
    await commands("true")  # the shell is ready
    began = commands.count(PromptMark.OUTPUT)
    await commands.type(r"printf 'so far\n'; sh -c 'read line'")
    await commands.marked(PromptMark.OUTPUT, began + 1)
    outputs = (await commands.running.workspace.router.outputs(commands.running.focused)).outputs
    # Not the words alone: fish sets the window's title to the command line first.
    ends = b"so far\r\n", b"so far\\015\\012"
    await commands.printed(lambda: outputs.last is not None and any(end in outputs.last.data for end in ends))
    assert await commands.output() == "so far"
    with pytest.raises(ProtocolError, match="another command still runs") as caught:
        await commands("echo never", timeout_s=0.3)
    assert caught.value.code is ErrorCode.TIMED_OUT
    ours = asyncio.create_task(commands("echo ours"))
    await commands.type("end")
    await commands.type("echo typed ahead by somebody")
    assert (await ours)["output"] == "ours"
    everything = await commands.running.workspace.router.read(commands.running.focused, ReadSpan())
    assert "echo never" not in everything
    assert "\ntyped ahead by somebody\n" in everything


@BACKENDS
@SHELLS
async def test_the_shell_may_end_in_the_command_and_a_deadline_may_pass(
    commands: Commands, shell: str
) -> None:
    with pytest.raises(ProtocolError, match="still runs") as caught:
        await commands("sleep 100", timeout_s=0.5 if (await commands("true")) else 0)
    assert caught.value.code is ErrorCode.TIMED_OUT
    await commands.running.workspace.run("terminal.send", data=b"\x03")
    assert (await commands("echo still here"))["output"] == "still here"
    told = await commands("echo last words; exit 3")
    assert told["exit_code"] == 3
    assert told["ended"] or shell == "fish", "fish marks the command's end before it ends itself"
    assert told["output"].startswith("last words")
    assert told["strategy"] == "typed"


@BACKENDS
@pytest.mark.parametrize("shell", ["bash"])
async def test_a_cancelled_line_and_one_that_is_no_command(commands: Commands, backend: str) -> None:
    assert (await commands("echo first"))["output"] == "first"
    prompts = commands.count(PromptMark.PROMPT)
    await commands.running.workspace.run("terminal.send", data=b"half a line\x03")
    await commands.marked(PromptMark.PROMPT, prompts + 1)
    assert (await commands("echo second"))["output"] == "second"
    with pytest.raises(ProtocolError, match="no command"):
        await commands("echo )")
    assert (await commands("echo third"))["output"] == "third"
    assert await commands.output() == "third"
    assert (await commands("echo it is $'two\\nlines'\nfalse"))["strategy"] == "script"
    assert (await commands("echo fourth"))["output"] == "fourth"


@BACKENDS
@pytest.mark.parametrize("shell", ["bash"])
async def test_a_shell_without_marks_is_run_in_as_before_and_its_output_is_not_known(
    home: CockpitHome, backend: str, shell: str
) -> None:
    home.write_settings({"workspaces": {"shell_integration": False}})
    async for commands in in_shell(home, backend, shell):
        told = await commands("echo plain; (exit 4)")
        assert (told["strategy"], told["output"], told["exit_code"]) == ("script", "plain", 4)
        with pytest.raises(OutputUnknownError, match="--history"):
            await commands.output()


@BACKENDS
@pytest.mark.parametrize("shell", ["bash"])
async def test_marks_of_a_shell_of_somebody_else_count_once_a_command_was_marked(
    home: CockpitHome, backend: str, shell: str
) -> None:
    mark = "\\[\\e]133;%s\\a\\]"
    (home.home / ".bash_profile").write_text(
        "PROMPT_COMMAND='code=$?'\nPS0='\\e]133;C\\a'\n"
        f"PS1='{mark % 'D;$code'}{mark % 'A'}mine {mark % 'B'}'\n"
    )
    async for commands in in_shell(home, backend, shell):
        assert (await commands("echo one"))["strategy"] == "script"
        await commands.known()
        told = await commands("echo two; (exit 5)")
        assert (told["strategy"], told["output"], told["exit_code"]) == ("typed", "two", 5)


@pytest.mark.parametrize("shell", ["bash"])
@pytest.mark.parametrize("backend", ["tmux"])
async def test_a_flood_is_heard_whole_while_it_is_waited_for(commands: Commands) -> None:
    told = await commands("seq 600000; (exit 6)")
    assert told["exit_code"] == 6
    assert told["cut"] is True
    lines = told["output"].split("\n")
    assert lines == [str(number) for number in range(600_001 - len(lines), 600_001)]
    assert len(lines) > 50_000
    with pytest.raises(OutputUnknownError, match="--lines"):
        await commands.output()


@pytest.mark.parametrize("shell", ["bash"])
@pytest.mark.parametrize("backend", ["tmux"])
async def test_after_a_restart_of_cockpit_an_output_is_known_by_tmux_or_not_at_all(
    home: CockpitHome, commands: Commands, backend: str, shell: str
) -> None:
    assert (await commands("echo before"))["output"] == "before"
    await commands.running.workspace.close()
    async with cockpit(home) as running:
        again = Commands(running)
        assert running.focused.backend == "tmux"
        version = tuple(map(int, tmux(home, "display-message", "-p", "#{version}")[0][:3].split(".")))
        if version >= (3, 7):
            assert await again.output() == "before"
        else:
            with pytest.raises(OutputUnknownError, match="--history"):
                await again.output()
        assert (await again("echo script"))["strategy"] == "script"
        told = await again("echo behind")
        assert (told["strategy"], told["output"]) == ("typed", "behind")
        assert await again.output() == "behind"

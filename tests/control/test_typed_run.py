"""Command lines that are typed and waited for by the shell's marks: whose output it is, and every way it can end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from cockpit.backends.base import StatusChanged
from cockpit.control import typed_run
from cockpit.model import TerminalState, TerminalStatus
from tests.control.serving import RawClient, Serving, serving

PROMPT = "\x1b]133;A;aid=cockpit\x07$ \x1b]133;B;aid=cockpit\x07"
RUN = "\r\n\x1b]133;C;aid=cockpit\x07"


def done(code: int) -> str:
    return f"\x1b]133;D;{code};aid=cockpit\x07"


class Shell:
    """A fake terminal that prints what a shell would."""

    def __init__(self, it: Serving, client: RawClient) -> None:
        terminal = it.workspace.focused_terminal
        assert terminal is not None
        self.it = it
        self.client = client
        self.terminal_id = terminal.id

    def print(self, text: str) -> None:
        self.it.world.pty[0].print(self.terminal_id, text)

    def drop(self, text: str) -> None:
        """Prints what only the screen gets to know, at its end."""
        backend = self.it.world.pty[0]
        backend.texts[self.terminal_id] += text.replace("\r\n", "\n")
        backend.broken_off.add(self.terminal_id)

    def ends(self, code: int) -> None:
        status = TerminalStatus(TerminalState.EXITED, code)
        self.it.world.pty[0].listener(StatusChanged(self.terminal_id, status))

    async def gap(self) -> None:
        (await self.it.world.pty[0].outputs(self.terminal_id)).outputs.gap()

    async def run(self, command: str, timeout: float = 30.0) -> None:
        """Asks for it."""
        self.client.post("run", target="current", command=command, wait=True, timeout=timeout)

    async def typed(self, command: str) -> None:
        """Waits until it was typed."""
        other = await self.it.client()
        while not bytes(self.it.written).endswith(command.encode() + b"\r"):
            await other.result("status")

    async def answer(self) -> dict[str, Any]:
        frame = await self.client.frame()
        assert frame["ok"], frame
        result: dict[str, Any] = frame["result"]
        return result

    async def refusal(self) -> str:
        frame = await self.client.frame()
        assert not frame["ok"], frame
        return str(frame["error"]["message"])


@asynccontextmanager
async def shell(directory: Path) -> AsyncIterator[Shell]:
    async with serving(directory) as it:
        found = Shell(it, await it.client())
        found.print(PROMPT)
        yield found


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typed_run, "SETTLED_S", 0.05)


async def test_a_command_that_begins_right_behind_is_another_one(tmp_path: Path) -> None:
    async with shell(tmp_path) as it:
        await it.run("make")
        await it.typed("make")
        it.print(f"make{RUN}ours{done(2)}{PROMPT}ls{RUN}theirs\r\n")
        told = await it.answer()
        assert (told["output"], told["exit_code"], told["strategy"]) == ("ours", 2, "typed")
        assert (told["ended"], told["signal"], "cut" in told) == (False, None, False)


async def test_a_command_that_was_typed_ahead_is_another_one_though_ours_is_part_of_it(
    tmp_path: Path,
) -> None:
    async with shell(tmp_path) as it:
        it.print(f"sleep 9{RUN}")
        await it.run("ls")
        it.print(f"{done(0)}{PROMPT}")
        await it.typed("ls")
        it.print(f"echo ls{RUN}theirs\r\n{done(0)}{PROMPT}")
        it.print(f"ls{RUN}ours\r\n{done(1)}{PROMPT}")
        told = await it.answer()
        assert (told["output"], told["exit_code"]) == ("ours", 1)


async def test_a_line_that_the_shell_shows_otherwise_counts_after_a_moment(tmp_path: Path) -> None:
    async with shell(tmp_path) as it:
        await it.run("gco main")
        await it.typed("gco main")
        it.print(f"git checkout main{RUN}switched\r\n{done(0)}")
        it.print(PROMPT)
        assert (await it.answer())["output"] == "switched"


async def test_a_prompt_that_was_seen_with_what_somebody_had_typed_ahead_does_not_mislead(
    tmp_path: Path,
) -> None:
    async with shell(tmp_path) as it:
        it.print("date")
        await it.run("make")
        await it.typed("make")
        it.print(f"{RUN}theirs\r\n{done(0)}{PROMPT}make  12:00{RUN}ours\r\n{done(2)}{PROMPT}")
        told = await it.answer()
        assert (told["output"], told["exit_code"]) == ("ours", 2)


async def test_what_a_program_prints_at_the_right_of_the_prompt_is_no_hindrance(tmp_path: Path) -> None:
    assert typed_run._is_typed("$ls12:00", "$12:00", "ls")
    assert typed_run._is_typed("$ls", "$12:00", "ls")
    assert not typed_run._is_typed("$echols", "$", "ls")
    assert not typed_run._is_typed("$ls-la", "$", "ls")


async def test_a_prompt_that_comes_back_without_a_command_is_told(tmp_path: Path) -> None:
    async with shell(tmp_path) as it:
        await it.run("echo )")
        await it.typed("echo )")
        it.print(f"echo )\r\nsyntax error\r\n{PROMPT}")
        assert "no command" in await it.refusal()


async def test_behind_a_gap_the_screen_tells_and_the_exit_status_counts(tmp_path: Path) -> None:
    async with shell(tmp_path) as it:
        await it.run("make")
        await it.typed("make")
        it.print(f"make{RUN}one\r\n")
        await it.gap()
        it.print(f"two\r\n{done(3)}{PROMPT}")
        told = await it.answer()
        assert (told["output"], told["exit_code"], told["cut"]) == ("one\ntwo", 3, True)


@pytest.mark.parametrize(
    ("heard", "dropped", "output", "cut"),
    [
        (f"exit{RUN}last ", "words\r\nlogout\r\n", "last words\nlogout", False),
        (f"exit{RUN}", "last words\r\n", "last words", False),
        ("", "exit\r\nlast words\r\n", "last words", False),
        (f"exit{RUN}50%\r\x1b[Klast ", "words\r\n", "last", True),
    ],
)
async def test_last_words_that_only_the_screen_has_are_not_lost(
    tmp_path: Path, heard: str, dropped: str, output: str, cut: bool
) -> None:
    async with shell(tmp_path) as it:
        await it.run("exit")
        await it.typed("exit")
        it.print(heard)
        it.drop(dropped)
        it.ends(3)
        told = await it.answer()
        assert (told["output"], told["exit_code"], "cut" in told) == (output, 3, cut)


async def test_an_end_that_was_not_heard_is_told_as_such(tmp_path: Path) -> None:
    async with shell(tmp_path) as it:
        await it.run("make")
        await it.typed("make")
        it.print("make\r\nall of it\r\n")
        await it.gap()
        it.print(PROMPT)
        told = await it.answer()
        assert (told["output"], told["exit_code"], told["cut"]) == ("all of it", None, True)


async def test_a_shell_inside_may_be_left_by_the_command(tmp_path: Path) -> None:
    async with shell(tmp_path) as it:
        inner = PROMPT.replace(";aid=cockpit", "")
        it.print(f"ssh there{RUN}{inner}ls{RUN.replace(';aid=cockpit', '')}\x1b]133;D;0\x07{inner}")
        await it.run("exit")
        await it.typed("exit")
        it.print(f"exit\r\nlogout\r\n{done(0)}{PROMPT}")
        told = await it.answer()
        assert (told["exit_code"], told["strategy"]) == (None, "typed")


async def test_two_that_are_waited_for_run_one_after_the_other(tmp_path: Path) -> None:
    async with shell(tmp_path) as it:
        await it.run("echo same")
        await it.typed("echo same")
        await it.run("echo same")
        other = await it.it.client()
        await other.result("status")
        it.print(f"echo same{RUN}first\r\n{done(0)}{PROMPT}")
        assert (await it.answer())["output"] == "first"
        await it.typed("echo same\recho same")
        it.print(f"echo same{RUN}second\r\n{done(0)}{PROMPT}")
        assert (await it.answer())["output"] == "second"


@pytest.mark.parametrize("begun", [False, True])
async def test_it_ends_with_the_shell_the_terminal_and_a_restart(tmp_path: Path, begun: bool) -> None:
    async with shell(tmp_path) as it:
        begin = f"exit 3{RUN}logout\r\n" if begun else ""
        output = "logout" if begun else ""
        await it.run("exit 3")
        await it.typed("exit 3")
        it.print(begin)
        it.ends(3)
        told = await it.answer()
        assert (told["output"] if begun else "", told["exit_code"], told["ended"]) == (output, 3, True)
        client = await it.it.client()
        for how in ("restart", "terminal.close"):
            if how == "restart":
                await client.result("restart", target="current")
            it.print(PROMPT)
            before = bytes(it.it.written)
            await it.run("make")
            while bytes(it.it.written) == before:
                await client.result("status")
            it.print(f"make{RUN}" if begun else "")
            it.client.post("status")
            await client.result(how, **({"target": "current"} if how == "restart" else {}))
            answers = [await it.client.frame(), await it.client.frame()]
            (told,) = (a["result"] for a in answers if "strategy" in a["result"])
            assert (told["exit_code"], told["ended"]) == (None, True)


async def test_a_deadline_says_what_was_waited_for(tmp_path: Path) -> None:
    async with shell(tmp_path) as it:
        it.print(f"make{RUN}")
        await it.run("ls", timeout=0.1)
        assert "nothing was typed" in await it.refusal()
        assert not it.it.written
        found = it.it.workspace.rows.find(it.terminal_id)
        assert found is not None
        told = []
        for doing in ("starts", "waits", "began", "runs"):
            run = typed_run.TypedRun(it.it.workspace, *found, "ls")
            run._doing = doing
            told.append(run._timed_out(2.0))
        assert len(set(told)) == 4
        assert all("after 2 s" in message and found[1].name in message for message in told)

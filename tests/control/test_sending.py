"""Sending: in order, whole, in pieces, and true about how much went. And how command lines are run."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest

from cockpit.backends.fake import FakeBackend
from cockpit.control.running import output_of
from cockpit.errors import PartlySentError, TerminalGoneError
from cockpit.model import Terminal
from cockpit.workspace.command_lines import Strategy, choose_strategy, script_line, script_text
from cockpit.workspace.workspace import Workspace
from tests.control.serving import serving
from tests.harness.installed import installed
from tests.unit.workspaces import World

SCRIPT = Path("/run/it's/run-ab12.sh")


def focused(workspace: Workspace) -> Terminal:
    terminal = workspace.focused_terminal
    assert terminal is not None
    return terminal


async def test_lines_of_a_hundred_senders_stay_whole_and_in_order(tmp_path: Path) -> None:
    async with serving(tmp_path) as it:

        async def send_all(sender: int) -> None:
            client = await it.client()
            for number in range(20):
                client.post("send", target="current", text=f"sender {sender} line {number}\n")
            for _ in range(20):
                assert (await client.frame())["ok"]

        await asyncio.gather(*(send_all(sender) for sender in range(100)))
        lines = it.written.decode().splitlines()
        assert len(lines) == 2000
        for sender in range(100):
            mine = [line for line in lines if line.startswith(f"sender {sender} ")]
            assert mine == [f"sender {sender} line {number}" for number in range(20)]


async def test_a_program_that_does_not_read_is_told_with_how_much_went(tmp_path: Path) -> None:
    world = World(tmp_path)
    async with world.running() as workspace:
        backend = world.pty[0]
        terminal = focused(workspace)
        backend.drain_gate = asyncio.Event()
        with pytest.raises(PartlySentError, match="0 of 10 bytes") as caught:
            await workspace.sender.send(terminal, b"0123456789", 0.05)
        assert (caught.value.sent, caught.value.total, caught.value.timed_out) == (0, 10, True)


async def test_a_program_that_ends_in_the_middle_is_told_with_how_much_went(tmp_path: Path) -> None:
    world = World(tmp_path)
    async with world.running() as workspace:
        backend = world.pty[0]
        terminal = focused(workspace)
        _close_after(backend, terminal.id, pieces=2)
        with pytest.raises(PartlySentError, match="8 of 10 bytes were sent"):
            await workspace.sender.send(terminal, b"0123456789")
        with pytest.raises(TerminalGoneError):
            await workspace.sender.send(terminal, b"0123456789")


def _close_after(backend: FakeBackend, terminal_id: str, *, pieces: int) -> None:
    real = backend.send

    async def send(wanted: str, data: bytes) -> None:
        await real(wanted, data)
        sends = [call for call in backend.calls if call == ("send", terminal_id)]
        if len(sends) > pieces:
            del backend.surfaces[terminal_id]

    backend.send = send  # type: ignore[method-assign, assignment] # the fake's own is wrapped


async def test_text_bytes_and_keys_arrive_as_they_are(tmp_path: Path) -> None:
    async with serving(tmp_path) as it:
        client = await it.client()
        text = "zwei Zeilen\nünd \x1b[31m\x00 mehr"
        assert (await client.result("send", target="current", text=text))["sent"] == len(text.encode())
        await client.result("send", target="current", data="AP8KDQ==", enter=True)
        assert bytes(it.written) == text.encode() + b"\x00\xff\n\r\r"
        assert await client.refusal("send", target="current", text="\ud800") == "invalid_params"
        assert await client.refusal("send", target="current", data="%%") == "invalid_params"
        assert await client.refusal("send", target="current", text="a", data="YQ==") == "invalid_params"
        it.written.clear()
        await client.result("keys", target="current", keys=["ctrl+c", "up"])
        assert bytes(it.written) == b"ctrl+c up"


@pytest.mark.parametrize(
    ("command", "wait", "strategy"),
    [
        ("make", False, Strategy.TYPED),
        ("make", True, Strategy.SCRIPT),
        ("x" * 500, False, Strategy.TYPED),
        ("x" * 501, False, Strategy.SCRIPT),
        ("ü" * 500, False, Strategy.TYPED),
        ("two\nlines", False, Strategy.SCRIPT),
        ("a\ttab", False, Strategy.SCRIPT),
        ("an \x1b escape", False, Strategy.SCRIPT),
        ("x" * 4096, False, Strategy.SCRIPT),
        ("x" * 16_385, False, Strategy.SCRIPT),
        ("echo hi!!", False, Strategy.SCRIPT),
        ("^old^new", False, Strategy.SCRIPT),
        ("make # all", False, Strategy.SCRIPT),
        ("gh issue view a#12 --color=x#fff", False, Strategy.TYPED),
        ("echo 'open", False, Strategy.SCRIPT),
        ("echo end\\", False, Strategy.SCRIPT),
        ("echo 'it is' \"quoted\" \\$HOME $(pwd) | cat; true & true", False, Strategy.TYPED),
    ],
)
def test_how_a_command_line_reaches_the_shell(command: str, wait: bool, strategy: Strategy) -> None:
    assert choose_strategy(command, wait=wait) is strategy


@pytest.mark.parametrize("shell", ["bash", "sh", "zsh", "fish", "dash"])
def test_a_script_removes_itself_and_leaves_its_exit_status(shell: str, tmp_path: Path) -> None:
    installed(shell)
    script, done = tmp_path / "it's.sh", tmp_path / "it's.done"
    script.write_text(script_text("echo one\nsh -c 'exit 7'", script, done, shell))
    last = "$status" if shell == "fish" else "$?"
    line = f'{script_line(script, shell)}\necho "status {last}"'
    with subprocess.Popen([shell, "-c", line], stdout=subprocess.PIPE, text=True) as process:
        output, _ = process.communicate(timeout=30)
    assert output == "one\nstatus 7\n"
    assert not script.exists()
    assert list(tmp_path.iterdir()) == []  # nobody took the done file, so it went by itself


def test_the_output_begins_after_the_last_echo_of_the_line() -> None:
    line = script_line(SCRIPT, "bash")
    assert output_of(f"$ {line}\nout\n\nput\n", SCRIPT) == "out\n\nput"
    assert output_of(f"{line}\n$ {line}\nout", SCRIPT) == "out"
    assert output_of("only output", SCRIPT) == "only output"
    assert output_of("", SCRIPT) == ""

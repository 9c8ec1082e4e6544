"""Sending: in order, whole, in pieces, and true about how much went. And how command lines are run."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path
from typing import Literal

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


class Gate(asyncio.Event):
    """Tells when somebody waits for it."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = asyncio.Event()

    async def wait(self) -> Literal[True]:
        self.reached.set()
        return await super().wait()


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


async def test_short_texts_behind_each_other_share_a_piece_where_it_is_taken_whole(tmp_path: Path) -> None:
    world = World(tmp_path)
    async with world.running() as workspace:
        backend, terminal = world.pty[0], focused(workspace)
        backend.takes_pieces_whole = True
        texts = [b"1", b"23", b"", b"4", b"5", b"6789abc", b"d"]
        await asyncio.gather(*(workspace.sender.send(terminal, text) for text in texts))
        assert backend.surfaces[terminal.id].written == b"".join(texts)
        assert backend.calls.count(("send", terminal.id)) == 4, "1 23 4, 5, 6789, abc d"


async def test_whoever_shared_a_piece_gets_an_error_about_the_own_text(tmp_path: Path) -> None:
    world = World(tmp_path)
    async with world.running() as workspace:
        backend, terminal = world.pty[0], focused(workspace)
        backend.takes_pieces_whole = True
        _close_after(backend, terminal.id, pieces=1)
        texts = [b"012345", b"6", b"7", b"next"]
        sends = (workspace.sender.send(terminal, text) for text in texts)
        errors = await asyncio.gather(*sends, return_exceptions=True)
        told = [(type(error), getattr(error, "sent", 0), getattr(error, "total", 0)) for error in errors]
        assert told == [(PartlySentError, 4, 6), *[(PartlySentError, 0, 1)] * 2, (TerminalGoneError, 0, 0)]


async def test_a_sender_that_gives_up_takes_nobody_with_it(tmp_path: Path) -> None:
    world = World(tmp_path)
    async with world.running() as workspace:
        backend, terminal = world.pty[0], focused(workspace)
        backend.takes_pieces_whole = True
        backend.drain_gate = gate = Gate()
        sends = [
            asyncio.create_task(workspace.sender.send(terminal, text))
            for text in (b"01", b"23", b"4567", b"89")
        ]
        await gate.reached.wait()
        sends[0].cancel()
        sends[2].cancel()
        gate.set()
        ends = await asyncio.gather(*sends, return_exceptions=True)
        assert [type(end) for end in ends] == [asyncio.CancelledError, type(None)] * 2
        assert backend.surfaces[terminal.id].written == b"012389"


async def test_nobody_waits_for_ever_behind_others(tmp_path: Path) -> None:
    world = World(tmp_path)
    async with world.running() as workspace:
        backend, terminal = world.pty[0], focused(workspace)
        backend.drain_gate = gate = Gate()
        first = asyncio.create_task(workspace.sender.send(terminal, b"0123"))
        await gate.reached.wait()
        with pytest.raises(PartlySentError, match=r"0 of 2 bytes were sent: .* was busy with other texts"):
            await workspace.sender.send(terminal, b"45", 0.05)
        gate.set()
        await first
        await workspace.sender.send(terminal, b"67")
        assert backend.surfaces[terminal.id].written == b"012367"


async def test_the_end_of_cockpit_is_told_to_whoever_sends(tmp_path: Path) -> None:
    world = World(tmp_path)
    async with world.running() as workspace:
        backend, terminal = world.pty[0], focused(workspace)
        backend.drain_gate = gate = Gate()
        texts = (b"012345", b"67")
        sends = [asyncio.create_task(workspace.sender.send(terminal, text)) for text in texts]
        await gate.reached.wait()
        await workspace.close()
        for send, total in zip(sends, (6, 2), strict=True):
            with pytest.raises(PartlySentError, match=f"0 of {total} bytes were sent: cockpit is closing"):
                await send


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
            backend.surfaces.pop(terminal_id, None)

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
    ("command", "strategy"),
    [
        ("make", Strategy.TYPED),
        ("x" * 500, Strategy.TYPED),
        ("x" * 501, Strategy.SCRIPT),
        ("ü" * 500, Strategy.TYPED),
        ("two\nlines", Strategy.SCRIPT),
        ("a\ttab", Strategy.SCRIPT),
        ("an \x1b escape", Strategy.SCRIPT),
        ("x" * 4096, Strategy.SCRIPT),
        ("x" * 16_385, Strategy.SCRIPT),
        ("echo hi!!", Strategy.SCRIPT),
        ("^old^new", Strategy.SCRIPT),
        ("make # all", Strategy.SCRIPT),
        ("gh issue view a#12 --color=x#fff", Strategy.TYPED),
        ("echo 'open", Strategy.SCRIPT),
        ("echo end\\", Strategy.SCRIPT),
        ("echo 'it is' \"quoted\" \\$HOME $(pwd) | cat; true & true", Strategy.TYPED),
    ],
)
def test_how_a_command_line_reaches_the_shell(command: str, strategy: Strategy) -> None:
    assert choose_strategy(command) is strategy


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

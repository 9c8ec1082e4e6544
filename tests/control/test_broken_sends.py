"""Long texts whose terminal or server ends or hangs in the middle: what is said of them, and what comes after them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from cockpit.control.server import ControlServer
from cockpit.model import Terminal, TerminalState
from cockpit.tmux import commands
from cockpit.tmux.windows import sending
from cockpit.workspace.events import TmuxHeard
from cockpit.workspace.workspace import Workspace
from tests.control.serving import RawClient
from tests.e2e.headless import happened, opened
from tests.harness.cockpit_home import CockpitHome
from tests.harness.tmux_server import tmux_binary

TEXT = "".join(f"{number:>9}\n" for number in range(1_000_000))
"""10 MB, every line of it different."""
PIECE = 1024 * 1024
READER = """
import os, sys, tty
tty.setraw(0)
print("ta" + "king", flush=True)
taken, most = 0, int(sys.argv[2])
end = b""
with open(sys.argv[1], "wb") as out:
    while taken < most and not end.endswith(b"<end>"):
        data = os.read(0, min(65536, most - taken))
        out.write(data)
        taken += len(data)
        end = (end + data)[-5:]
if taken == most:
    os.kill(os.getpid(), 9)
"""
"""Takes everything up to `<end>`; one that has taken as much as it may is killed."""


class Broken:
    """A cockpit, its control socket, and a terminal whose program takes bytes as they are."""

    def __init__(self, home: CockpitHome, workspace: Workspace, terminal: Terminal) -> None:
        self.home = home
        self.workspace = workspace
        self.terminal = terminal
        self._clients: list[RawClient] = []

    @property
    def server(self) -> int:
        """The tmux server's pid."""
        return self.home.server_pid()

    @property
    def taken(self) -> str:
        """What the program has written of what it got."""
        return (self.home.home / "taken").read_text()

    async def client(self) -> RawClient:
        reader, writer = await asyncio.open_unix_connection(str(self.workspace.paths.control_socket))
        self._clients.append(RawClient(reader, writer))
        return self._clients[-1]

    def close_clients(self) -> None:
        for client in self._clients:
            client.writer.close()

    async def refused(self, text: str) -> tuple[str, str]:
        """Code and message of the error that this text gets."""
        answer = await (await self.client()).ask("send", target=self.terminal.id, text=text)
        return answer["error"]["code"], answer["error"]["message"]

    async def ended(self) -> None:
        await happened(
            self.workspace, lambda: self.terminal.status.state is TerminalState.EXITED, "the program's end"
        )


@contextlib.asynccontextmanager
async def broken(backend: str, most: int = 10**9) -> AsyncIterator[Broken]:
    """The program is killed when it has taken `most` bytes."""
    if backend == "tmux" and not tmux_binary():
        pytest.skip("no tmux here")
    with CockpitHome(backend, settings={"automation": {"socket_access": "automation"}}) as home:
        script = home.home / "reader.py"
        script.write_text(READER)
        async with opened(home) as workspace:
            server = ControlServer(workspace)
            workspace.before_close(server.close)
            await server.start()
            terminal: Terminal = await workspace.run(
                "terminal.new", command=f"exec {sys.executable} {script} {home.home / 'taken'} {most}"
            )
            it = Broken(home, workspace, terminal)
            try:
                await (await it.client()).result("wait", target=terminal.id, text="taking")
                yield it
            finally:
                it.close_clients()


def at_piece(
    number: int, monkeypatch: pytest.MonkeyPatch, before: Callable[[], None], during: Callable[[], None]
) -> None:
    """Does `before` when the piece of this number, counted from 0, is to go to tmux, and `during` while it goes."""
    real, count = commands.run_tmux, 0

    async def watched(*arguments: Any, **options: Any) -> Any:
        nonlocal count
        count += 1
        if count != number + 1:
            return await real(*arguments, **options)
        before()
        carrying = asyncio.ensure_future(real(*arguments, **options))
        await asyncio.sleep(0)
        during()
        return await carrying

    monkeypatch.setattr(sending, "run_tmux", watched)


@contextlib.contextmanager
def stopped_at_piece(number: int, pid: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The server stops before that piece, and goes on afterwards."""
    at_piece(number, monkeypatch, lambda: os.kill(pid, signal.SIGSTOP), lambda: None)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.tmux
async def test_a_killed_server_leaves_an_error_that_says_how_much_went(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with broken("tmux") as it:
        pid = it.server
        at_piece(3, monkeypatch, lambda: os.kill(pid, signal.SIGSTOP), lambda: os.kill(pid, signal.SIGKILL))
        code, message = await it.refused(TEXT)
        assert code == "ended"
        assert message.startswith(f"{3 * PIECE:,} of 10,000,000 bytes were sent: tmux: ")
        await it.ended()
        code, message = await it.refused("more")
        assert code == "ended" and "nothing was sent" in message


@pytest.mark.tmux
async def test_a_server_that_stops_is_given_up_and_what_comes_later_is_in_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COCKPIT_TMUX_TIMEOUT_SECONDS", "0.5")
    async with broken("tmux") as it:
        with stopped_at_piece(3, it.server, monkeypatch):
            code, message = await it.refused(TEXT)
            assert code == "timed_out"
            assert message.startswith(
                f"{3 * PIECE:,} of 10,000,000 bytes were sent: tmux did not answer within"
            )
            code, message = await it.refused("not asked again")
            assert code == "timed_out" and message.startswith("0 of 15 bytes were sent: tmux does not answer")
            heard: list[object] = []
            it.workspace.events.subscribe(
                lambda event: heard.append(event) if isinstance(event, TmuxHeard) else None
            )
        await happened(it.workspace, lambda: bool(heard), "tmux's answer")
        client = await it.client()
        later = [f"<later {number}>" for number in range(100)] + ["<end>"]
        for text in later:
            client.post("send", target=it.terminal.id, text=text)
        for _ in later:
            assert (await client.frame())["ok"]
        await it.ended()
        went, between = it.taken[: 3 * PIECE], it.taken[3 * PIECE :].removesuffix("".join(later))
        assert went == TEXT[: 3 * PIECE]
        assert between in ("", TEXT[3 * PIECE : 4 * PIECE]), "of one more piece something may have gone too"
        assert it.home.command("list-buffers") == []


@pytest.mark.parametrize("backend", ["pty", pytest.param("tmux", marks=pytest.mark.tmux)])
async def test_a_killed_program_leaves_an_error_that_says_how_much_went(
    backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with broken(backend, most=3_000_000) as it:
        pieces = 0
        real = it.workspace.router.send

        async def send(terminal: Terminal, data: bytes) -> None:
            """tmux takes everything at once, so that the program's end has to be waited for."""
            nonlocal pieces
            pieces += 1
            if backend == "tmux" and pieces == 6:
                await it.ended()
            await real(terminal, data)

        monkeypatch.setattr(it.workspace.router, "send", send)
        code, message = await it.refused(TEXT)
        assert code == "ended"
        sent = int(message.split(" of ")[0].replace(",", ""))
        assert f"{sent:,} of 10,000,000 bytes were sent: " in message
        if backend == "tmux":
            assert sent % PIECE == 0 and 3_000_000 <= sent <= 5 * PIECE
        else:  # what the kernel holds besides
            assert 3_000_000 - 4096 <= sent <= 3_000_000 + 65_536
        await it.ended()
        assert it.taken == TEXT[:3_000_000]
        assert (await it.refused("more"))[0] == "ended"


@pytest.mark.parametrize("backend", ["pty", pytest.param("tmux", marks=pytest.mark.tmux)])
async def test_a_terminal_that_is_closed_leaves_an_error_too(
    backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with broken(backend) as it:
        real, pieces = it.workspace.router.send, 0

        async def send(terminal: Terminal, data: bytes) -> None:
            nonlocal pieces
            pieces += 1
            if pieces == 4:
                await it.workspace.run("terminal.close", terminal_id=terminal.id)
                await it.workspace.router.close(terminal)
            await real(terminal, data)

        monkeypatch.setattr(it.workspace.router, "send", send)
        code, message = await it.refused(TEXT)
        assert code == "ended"
        piece = it.workspace.router.piece_bytes(it.terminal)
        assert message.startswith(f"{3 * piece:,} of 10,000,000 bytes were sent: ")


async def test_a_stopped_program_is_given_up_and_what_comes_later_is_in_order() -> None:
    async with broken("pty") as it:
        surface = it.workspace.surface
        assert surface is not None and surface.process is not None
        pid = surface.process.pid
        os.kill(pid, signal.SIGSTOP)
        answer = await (await it.client()).ask("send", target=it.terminal.id, text=TEXT, timeout=0.3)
        os.kill(pid, signal.SIGCONT)
        assert answer["error"]["code"] == "timed_out"
        message = answer["error"]["message"]
        assert "of 10,000,000 bytes were sent: " in message and "did not read on for 0.3 s" in message
        client = await it.client()
        for text in ("<later>", "<end>"):
            assert (await client.result("send", target=it.terminal.id, text=text))["sent"] == len(text)
        await it.ended()
        sent = int(message.split(" of ")[0].replace(",", ""))
        went = it.taken.removesuffix("<later><end>")
        assert TEXT.startswith(went) and sent <= len(went) <= sent + 4096

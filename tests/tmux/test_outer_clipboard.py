"""Copying from inside somebody's own tmux: their buffer holds it, and their terminal is given it."""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cockpit.app.clipboard.clipboard import Clipboard
from cockpit.tmux.commands import run_tmux
from cockpit.tmux.outer_clipboard import copy_to_outer, read_from_outer
from cockpit.tmux.server.discovery import TmuxBinary
from cockpit.tmux.server.lifecycle import end_process
from cockpit.tmux.server.probe import probe_socket
from tests.tmux.support import DEADLINE_S, DisplayProcess


class Outer:
    """A person's tmux with a terminal attached, and the environment of a program inside."""

    def __init__(self, binary: TmuxBinary, socket: Path) -> None:
        self.binary = binary
        self.socket = socket
        self.written: list[str] = []

    async def start(self, term: str) -> None:
        # The first client starts the server, which keeps its standard output: none of ours.
        starting = await asyncio.create_subprocess_exec(
            self.binary.path,
            *("-u", "-S", str(self.socket), "-f", "/dev/null", "new-session", "-d", "-x80", "-y24", "cat"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        assert await asyncio.wait_for(starting.wait(), DEADLINE_S) == 0
        await self.attach(term)

    async def attach(self, term: str) -> None:
        argv = (self.binary.path, "-u", "-S", str(self.socket), "attach-session")
        self.terminal = DisplayProcess(argv, {"PATH": os.environ["PATH"], "TERM": term, "HOME": "/"})
        await self.terminal.wait_for(b"\x1b")
        self.pane = (await self.run("display-message", "-p", "#{pane_id}")).strip()
        await self.run("has-session")  # the client is in, since tmux has drawn to it

    async def run(self, *args: str) -> str:
        return (await run_tmux(self.binary, self.socket, *args)).stdout

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "COCKPIT_TMUX": self.binary.path,
            "TMUX": f"{self.socket},1,0",
            "TMUX_PANE": self.pane,
        }

    def clipboard(self) -> Clipboard:
        return Clipboard(self.environment, self.written.append, "linux")


@pytest.fixture
async def outer(binary: TmuxBinary, short_dir: Path) -> AsyncIterator[Outer]:
    outer = Outer(binary, short_dir / "outer")
    await outer.start("xterm-256color")
    yield outer
    outer.terminal.close()
    pid = probe_socket(outer.socket)[1]
    if pid is not None:
        await end_process(pid, 0)


async def test_the_buffer_holds_it_and_the_terminal_is_given_it(outer: Outer) -> None:
    text = "ä line\nwith $(things) and #{formats}\n"
    result = await outer.clipboard().copy(text)
    assert (result.route, result.confirmed) == ("tmux's buffer", True)
    assert "passed on to your terminal" in result.message
    assert await outer.run("show-buffer") == text
    assert await outer.clipboard().read() == text
    await outer.terminal.wait_for(base64.b64encode(text.encode()))
    assert b"\x1b]52;" in outer.terminal.screen
    assert outer.written == []


async def test_a_tmux_that_keeps_it_says_how_to_let_it_pass(outer: Outer) -> None:
    await outer.run("set-option", "-s", "set-clipboard", "off")
    result = await outer.clipboard().copy("hello")
    assert await outer.run("show-buffer") == "hello"
    assert "set-clipboard external" in result.advice
    assert "\x1bPtmux;" in outer.written[0]


async def test_a_terminal_tmux_knows_nothing_of_is_said(outer: Outer) -> None:
    outer.terminal.close()
    await outer.attach("ansi")
    result = await outer.clipboard().copy("hello")
    assert result.confirmed
    assert "terminal-features" in result.advice


async def test_a_megabyte_arrives(outer: Outer) -> None:
    text = "0123456789abcde\n" * 65536
    assert (await outer.clipboard().copy(text)).confirmed
    assert await outer.run("show-buffer") == text


async def test_no_tmux_is_no_way(outer: Outer) -> None:
    assert await copy_to_outer({"PATH": os.environ["PATH"]}, "x") is None
    assert await read_from_outer({**outer.environment, "TMUX": "/tmp/no-such-socket,1,0"}) is None
    assert await read_from_outer(outer.environment) is None  # nothing was copied yet
    assert await copy_to_outer({**outer.environment, "TMUX": "/tmp/no-such-socket,1,0"}, "x") is None

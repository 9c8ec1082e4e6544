"""Writing to our terminal never blocks, tells when it is busy, and leaves no answer behind for the shell."""

from __future__ import annotations

import asyncio
import os
import pty
import select
import tty
from collections.abc import Iterator

import pytest

from cockpit.app.outer.link_window import STATUS_QUERY, STATUS_REPLIES
from cockpit.app.outer.output import TerminalOutput

DEADLINE_S = 10.0
READY = STATUS_REPLIES[0]


class Ends:
    """The terminal's end and the program's end of a PTY."""

    def __init__(self) -> None:
        self.terminal, self.program = pty.openpty()
        tty.setraw(self.program)
        os.set_blocking(self.program, False)
        os.set_blocking(self.terminal, False)

    def read(self) -> bytes:
        """All that was written so far."""
        data = b""
        while select.select([self.terminal], [], [], 0)[0]:
            data += os.read(self.terminal, 1 << 16)
        return data

    async def read_until(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            readable = asyncio.Event()
            asyncio.get_running_loop().add_reader(self.terminal, readable.set)
            async with asyncio.timeout(DEADLINE_S):
                await readable.wait()
            asyncio.get_running_loop().remove_reader(self.terminal)
            data += self.read()
        return data


@pytest.fixture
def ends() -> Iterator[Ends]:
    ends = Ends()
    yield ends
    for descriptor in (ends.terminal, ends.program):
        os.close(descriptor)


async def output_on(ends: Ends) -> TerminalOutput:
    output = TerminalOutput(asyncio.get_running_loop())
    os.close(output.descriptor)
    output.descriptor = ends.program
    return output


async def test_what_the_kernel_does_not_take_is_written_later_in_order(ends: Ends) -> None:
    output = await output_on(ends)
    text = "".join(f"{number:07}\n" for number in range(20_000))
    output.write(text)
    assert output.busy
    freed = asyncio.Event()
    output.on_free = freed.set
    assert (await ends.read_until(len(text))).decode() == text
    async with asyncio.timeout(DEADLINE_S):
        await freed.wait()
    assert not output.busy
    output.close()


async def test_frames_wait_for_the_answer_and_no_longer(ends: Ends) -> None:
    output = await output_on(ends)
    output.start("hello")
    assert ends.read() == b"hello" + STATUS_QUERY
    assert output.take_reply(READY)
    assert not output.take_reply(b"\x1b[1;2R")  # shift+f3
    output.write("x" * 5_000)
    assert ends.read() == STATUS_QUERY + b"x" * 5_000 + STATUS_QUERY
    assert output.busy
    freed = []
    output.on_free = lambda: freed.append(True)
    assert output.take_reply(READY)
    assert output.busy
    assert not freed
    assert output.take_reply(READY)
    assert not output.busy
    assert freed == [True]
    output.close()


async def test_a_lost_answer_frees_the_link_at_its_deadline(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cockpit.app.outer.link_window.LOST_S", 0.02)
    output = await output_on(ends)
    output.start("")
    output.take_reply(READY)
    output.write("x" * 5_000)
    assert output.busy
    freed = asyncio.Event()
    output.on_free = freed.set
    async with asyncio.timeout(DEADLINE_S):
        await freed.wait()
    assert not output.busy
    output.close()


async def test_the_last_answers_are_read_away(ends: Ends) -> None:
    output = await output_on(ends)
    output.start("")
    output.take_reply(READY)
    output.write("x" * 5_000)
    os.write(ends.terminal, b"typed" + READY[:2])
    answering = asyncio.get_running_loop().run_in_executor(None, os.write, ends.terminal, READY[2:] + READY)
    output.finish("bye", ends.program)
    await answering
    assert ends.read().endswith(b"bye")
    with pytest.raises(BlockingIOError):
        os.read(ends.program, 100)


async def test_a_terminal_that_never_answered_is_not_waited_for_at_the_end(
    ends: Ends, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cockpit.app.outer.output.LAST_ANSWERS_S", 3600.0)
    output = await output_on(ends)
    output.start("")
    output.write("x" * 5_000)
    output.finish("bye", ends.program)
    assert ends.read() == STATUS_QUERY + b"x" * 5_000 + b"bye"

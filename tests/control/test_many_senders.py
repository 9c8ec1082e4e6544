"""A hundred senders at once, each with a thousand lines for one terminal: every line whole, each sender's in order."""

from __future__ import annotations

import asyncio
import shlex
import time
from collections import defaultdict

import pytest

from cockpit.control.protocol import encode_request
from tests.control.test_serve import Profile

SENDERS, LINES = 100, 1000
DEADLINE_S = 120.0


def line(sender: int, number: int) -> str:
    """Every fiftieth takes more than one piece on a PTY."""
    return f"{sender} {number} {'x' * (5000 if number % 50 == 7 else number % 40)}\n"


async def send_all(path: str, terminal: str, sender: int) -> None:
    """Asks for everything without waiting, then takes the answers."""
    reader, writer = await asyncio.open_unix_connection(path)
    writer.writelines(
        encode_request("send", {"target": terminal, "text": line(sender, number)}, number)
        for number in range(LINES)
    )
    writer.write_eof()
    answers = await reader.read()
    assert answers.count(b'"ok":true') == answers.count(b"\n") == LINES, answers[:2000]
    writer.close()


async def send_from_all(path: str, terminal: str) -> None:
    async with asyncio.timeout(DEADLINE_S):
        await asyncio.gather(*(send_all(path, terminal, sender) for sender in range(SENDERS)))


@pytest.mark.parametrize("backend", ["pty", pytest.param("tmux", marks=pytest.mark.tmux)])
def test_lines_stay_whole_and_in_order(backend: str) -> None:
    expected = [[line(sender, number) for number in range(LINES)] for sender in range(SENDERS)]
    size = sum(len(text) for lines in expected for text in lines)
    with Profile(backend) as profile:
        profile.daemon()
        taken = profile.home.home / "taken"
        reading = f"stty raw -echo; printf 're%s' ady; head -c {size} >{shlex.quote(str(taken))}"
        terminal = profile("new", str(profile.home.home), "-c", reading).strip()
        profile("wait", terminal, "--text", "ready")
        began = time.perf_counter()
        asyncio.run(send_from_all(str(profile.home.paths.control_socket), terminal))
        took_s = time.perf_counter() - began
        print(f"{backend}: {SENDERS * LINES / took_s:,.0f} lines/s, {size / took_s / 1e6:.1f} MB/s")
        profile("wait", terminal, "--exit")
        found: dict[int, list[str]] = defaultdict(list)
        for text in taken.read_text().splitlines(keepends=True):
            found[int(text.partition(" ")[0])].append(text)
        assert [found[sender] for sender in range(SENDERS)] == expected

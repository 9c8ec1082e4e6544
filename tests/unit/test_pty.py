"""Programs on real PTYs: what they get, what comes back, how they end, and that nothing of them is left."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import select
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cockpit.errors import TerminalError, TerminalGoneError
from cockpit.model import Size
from cockpit.terminal.process import pty, spawn
from cockpit.terminal.process.pty import ProcessExit, PtyProcess

DEADLINE_S = 20.0
SIZE = Size(80, 24)
ENVIRONMENT = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8", "PS1": "$ "}


@dataclass
class Running:
    """A program with what it printed so far."""

    process: PtyProcess
    exits: list[ProcessExit]
    chunks: list[bytes] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def output(self) -> bytes:
        return b"".join(self.chunks)

    async def printed(self, text: bytes) -> bytes:
        async with asyncio.timeout(DEADLINE_S):
            while text not in self.output:
                self.changed.clear()
                await self.changed.wait()
        return self.output

    async def ended(self) -> ProcessExit:
        async with asyncio.timeout(DEADLINE_S):
            while not self.exits:
                self.changed.clear()
                await self.changed.wait()
        return self.exits[0]


class Terminals:
    """Starts programs and ends them after the test."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.running: list[Running] = []

    def start(
        self,
        *argv: str,
        cwd: str | None = None,
        environment: Mapping[str, str] = ENVIRONMENT,
        size: Size = SIZE,
    ) -> Running:
        changed, chunks, exits = asyncio.Event(), list[bytes](), list[ProcessExit]()

        def on_output(data: bytes) -> None:
            assert not exits, "output after the end"
            chunks.append(data)
            changed.set()

        def on_exit(ended: ProcessExit) -> None:
            exits.append(ended)
            changed.set()

        process = PtyProcess.spawn(
            argv,
            cwd=cwd or str(self.directory),
            environment=environment,
            size=size,
            on_output=on_output,
            on_exit=on_exit,
        )
        self.running.append(Running(process, exits, chunks, changed))
        return self.running[-1]

    def shell(self, script: str, **options: str) -> Running:
        return self.start("/bin/sh", "-c", script, **options)  # type: ignore[arg-type]  # only cwd is passed

    def python(self, script: str) -> Running:
        return self.start(sys.executable, "-S", "-E", "-c", script)


@pytest.fixture
async def terminals(tmp_path: Path) -> AsyncIterator[Terminals]:
    started = Terminals(tmp_path)
    yield started
    for running in started.running:
        await running.process.close()
        assert len(running.exits) == 1


@pytest.fixture
def nothing_left() -> Iterator[None]:
    before = open_descriptors(), children()
    yield
    assert (open_descriptors(), children()) == before


def open_descriptors() -> dict[str, str]:
    found = {}
    for entry in list(Path("/proc/self/fd").iterdir()):
        with contextlib.suppress(OSError):  # the listing's own
            found[entry.name] = str(entry.readlink())
    return {name: target for name, target in found.items() if "/proc/" not in target}


def children() -> list[int]:
    found = []
    for task in Path("/proc/self/task").iterdir():
        found += [int(pid) for pid in (task / "children").read_text().split()]
    return sorted(found)


def is_running(pid: int) -> bool:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] not in ("Z", "X")


async def until_gone(pid: int) -> None:
    """Waits for a process that is no child of ours."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    gone = asyncio.Event()
    asyncio.get_running_loop().add_reader(descriptor, gone.set)
    try:
        async with asyncio.timeout(DEADLINE_S):
            await gone.wait()
    finally:
        asyncio.get_running_loop().remove_reader(descriptor)
        os.close(descriptor)


async def until_gone_blocking(pid: int) -> None:
    """Waits for the end of a child and longer, and keeps the loop from turning meanwhile."""
    ready, _, _ = select.select([descriptor := os.pidfd_open(pid)], [], [], DEADLINE_S)
    os.close(descriptor)
    assert ready
    select.select([], [], [], 3 * pty.LAST_OUTPUT_S)


RAW_READER = """
import hashlib, os, sys, tty
tty.setraw(0)
os.write(1, b'ready ')
wanted, digest = int(sys.argv[1]) if len(sys.argv) > 1 else WANTED, hashlib.sha256()
while wanted > 0:
    data = os.read(0, 65536)
    digest.update(data)
    wanted -= len(data)
os.write(1, b'digest ' + digest.hexdigest().encode() + b' end')
"""


OPEN_DESCRIPTORS = """
import os
found = []
for number in range(256):
    try:
        os.fstat(number)
    except OSError:
        continue
    found.append(number)
print(found)
"""


class TestStarting:
    async def test_the_program_leads_a_session_on_its_terminal(self, terminals: Terminals) -> None:
        running = terminals.shell("tty; ps -o pid=,pgid=,sid=,tpgid= -p $$; stty -a; stty size; echo done")
        output = (await running.printed(b"done")).decode()
        pid = running.process.pid
        assert output.startswith("/dev/pts/")
        assert output.splitlines()[1].split() == [str(pid)] * 4
        for setting in (
            "iutf8",
            "icanon",
            "isig",
            "icrnl",
            "onlcr",
            "echo",
            "ixon",
            "erase = ^?",
            "intr = ^C",
        ):
            assert re.search(rf"(?<![-\w]){re.escape(setting)}(?!\w)", output), setting
        assert "\n24 80\r\n" in output

    async def test_cwd_and_environment_are_exactly_those_given(
        self, terminals: Terminals, tmp_path: Path
    ) -> None:
        directory = tmp_path / "a b\n#(touch x) ü"
        directory.mkdir()
        running = terminals.start(
            "/usr/bin/env", cwd=str(directory), environment={"A": "1", "TEXT": "ü\nx", "EMPTY": ""}
        )
        await running.ended()
        assert running.output == "A=1\r\nTEXT=ü\r\nx\r\nEMPTY=\r\n".encode()
        there = terminals.start("/bin/pwd", cwd=str(directory), environment={})
        await there.ended()
        assert there.output.replace(b"\r\n", b"\n") == os.fsencode(directory) + b"\n"

    async def test_nothing_of_cockpit_s_state_is_inherited(self, terminals: Terminals) -> None:
        reading, writing = os.pipe()
        os.set_inheritable(writing, True)
        ignored = signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        umask = os.umask(0o027)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
        try:
            running = terminals.shell("umask; exec grep -E 'Sig(Blk|Ign)' /proc/self/status")
            descriptors = terminals.python(OPEN_DESCRIPTORS)
            await running.ended()
            await descriptors.ended()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR2])
            os.umask(umask)
            signal.signal(signal.SIGUSR1, ignored)
            os.close(reading)
            os.close(writing)
        assert descriptors.output == b"[0, 1, 2]\r\n"
        mask, *signals = running.output.decode().splitlines()
        assert mask == "0027"
        of_programs = (1 << 31) - 1  # glibc has two of its own above
        blocked, ignoring = (int(line.split()[1], 16) & of_programs for line in signals)
        assert (blocked, ignoring) == (0, 0)

    async def test_a_closed_pipe_ends_a_program_quietly(self, terminals: Terminals) -> None:
        running = terminals.shell("yes | head -1; echo over")
        assert await running.printed(b"over") == b"y\r\nover\r\n"

    async def test_argv_0_is_found_in_the_given_path(self, terminals: Terminals, tmp_path: Path) -> None:
        program = tmp_path / "greet"
        program.write_text("#!/bin/sh\necho hello from $0\n")
        program.chmod(0o755)
        running = terminals.start("greet", environment={"PATH": f"/nowhere:{tmp_path}"})
        assert b"hello from" in await running.printed(b"\n")
        relative = terminals.start("./greet", environment={})
        assert b"hello from ./greet" in await relative.printed(b"\n")

    @pytest.mark.usefixtures("nothing_left")
    @pytest.mark.parametrize(
        ("argv", "cwd", "reason"),
        [
            (["/bin/sh"], "/no/such/directory", "/no/such/directory can't be used: No such file"),
            (["/bin/sh"], "/etc/passwd", "/etc/passwd is not a directory"),
            (["no-such-program"], "/", "no-such-program can't be started in PATH: No such file"),
            (["/etc/passwd"], "/", "/etc/passwd can't be started: Permission denied"),
            (["/"], "/", "/ can't be started: Permission denied"),
            (["./nothing"], "/", "nothing can't be started: No such file"),
            ([], "/", "the command is empty"),
            ([""], "/", "the command is empty"),
            (["/bin/sh", "a\0b"], "/", "a NUL"),
            (["/bin/sh", "x" * 3_000_000], "/", "Argument list too long"),
        ],
    )
    @pytest.mark.parametrize("by", ["libc", "fork"])
    async def test_what_can_t_be_started_says_why_and_leaves_nothing(
        self, argv: list[str], cwd: str, reason: str, by: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if by == "fork":
            monkeypatch.setattr(spawn, "_libc_with_spawn", lambda: None)
        with pytest.raises(TerminalError, match=reason):
            PtyProcess.spawn(
                argv,
                cwd=cwd,
                environment={"PATH": "/usr/bin:/bin"},
                size=SIZE,
                on_output=lambda _: None,
                on_exit=lambda _: None,
            )

    async def test_a_directory_without_entry_permission(self, tmp_path: Path) -> None:
        if os.geteuid() == 0:
            pytest.skip("root enters everywhere")
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o600)
        with pytest.raises(TerminalError, match="can't be entered"):
            Terminals(closed).shell("true")

    async def test_a_file_that_is_no_program(self, terminals: Terminals, tmp_path: Path) -> None:
        program = tmp_path / "noise"
        program.write_bytes(b"\x00\x01\x02")
        program.chmod(0o755)
        with pytest.raises(TerminalError, match="Exec format error"):
            terminals.start(str(program))

    async def test_without_the_libc_calls_it_is_the_same(
        self, terminals: Terminals, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(spawn, "_libc_with_spawn", lambda: None)
        running = terminals.shell(
            "tty; pwd; ps -o pid=,pgid=,sid=,tpgid= -p $$; grep SigIgn /proc/$$/status; exit 3"
        )
        descriptors = terminals.python(OPEN_DESCRIPTORS)
        assert await running.ended() == ProcessExit(3, None)
        tty, directory, ids, ignoring = running.output.decode().splitlines()
        assert tty.startswith("/dev/pts/")
        assert directory == str(tmp_path)
        assert ids.split() == [str(running.process.pid)] * 4
        assert int(ignoring.split()[1], 16) == 0
        await descriptors.ended()
        assert descriptors.output == b"[0, 1, 2]\r\n"

    async def test_starting_is_quick_beside_a_large_heap_and_threads(self, terminals: Terminals) -> None:
        ballast = bytearray(b"x") * 100_000_000
        durations = []
        for _ in range(10):
            started = time.perf_counter()
            terminals.shell("true")
            durations.append(time.perf_counter() - started)
        assert len(ballast)
        assert sorted(durations)[5] < 0.02  # 0.4 ms on an idle machine


class TestOutput:
    async def test_a_flood_comes_in_large_chunks_in_order(self, terminals: Terminals) -> None:
        running = terminals.shell("seq 1 100000")
        await running.ended()
        assert running.output == b"".join(b"%d\r\n" % number for number in range(1, 100_001))
        assert max(map(len, running.chunks)) <= pty.READ_BOUND_BYTES

    async def test_the_last_output_comes_before_the_exit(self, terminals: Terminals) -> None:
        for _ in range(20):
            running = terminals.shell("head -c 30000 /dev/zero | tr '\\0' x; printf last; exit 7")
            assert await running.ended() == ProcessExit(7, None)
            assert running.output == b"x" * 30000 + b"last"

    async def test_reading_can_be_paused(self, terminals: Terminals) -> None:
        running = terminals.shell("echo first; read line; seq 1 50000; echo over")
        await running.printed(b"first")
        running.process.pause_reading()
        running.process.write(b"\n")
        with pytest.raises(
            TimeoutError
        ):  # nothing comes, and the program waits: there is more than the kernel takes
            async with asyncio.timeout(0.1):
                await until_gone(running.process.pid)
        assert running.output == b"first\r\n"
        running.process.resume_reading()
        await running.printed(b"over")
        assert await running.ended() == ProcessExit(0, None)
        assert b"50000\r\nover" in running.output

    async def test_an_end_while_paused_is_told_after_the_rest_of_the_output(
        self, terminals: Terminals
    ) -> None:
        running = terminals.shell("echo first; read line; echo rest")
        await running.printed(b"first")
        running.process.pause_reading()
        running.process.write(b"\n")
        await until_gone(running.process.pid)
        assert running.exits == []
        running.process.resume_reading()
        assert await running.ended() == ProcessExit(0, None)
        assert running.output.endswith(b"rest\r\n")

    async def test_a_loop_that_was_busy_at_the_end_loses_no_output(self, terminals: Terminals) -> None:
        running = terminals.shell(
            "trap '' HUP; stty -opost; sleep 60 & echo $! > job; head -c 3000 /dev/zero | tr '\\0' x"
        )
        await until_gone_blocking(running.process.pid)
        await running.ended()
        assert running.output == b"x" * 3000
        os.kill(int((terminals.directory / "job").read_text()), signal.SIGKILL)

    async def test_a_background_job_that_keeps_the_terminal_does_not_delay_the_end(
        self, terminals: Terminals, tmp_path: Path
    ) -> None:
        started = time.perf_counter()
        running = terminals.shell("trap '' HUP; sleep 60 & echo $! > job; echo over")
        assert await running.ended() == ProcessExit(0, None)
        assert time.perf_counter() - started < 5
        assert running.output == b"over\r\n"
        job = int((tmp_path / "job").read_text())
        assert is_running(job)
        os.kill(job, signal.SIGKILL)
        await until_gone(job)


class TestWriting:
    @pytest.mark.parametrize("size", [1, 5000, 1 << 20, 10 << 20])
    async def test_everything_arrives_byte_for_byte(self, terminals: Terminals, size: int) -> None:
        running = terminals.python(RAW_READER.replace("WANTED", str(size)))
        await running.printed(b"ready")
        data = os.urandom(size)
        running.process.write(data)
        await running.printed(b" end")
        assert hashlib.sha256(data).hexdigest().encode() in running.output
        assert running.process.pending_bytes == 0

    async def test_many_writes_keep_their_order(self, terminals: Terminals) -> None:
        pieces = [os.urandom(1 + number % 3000) for number in range(1000)]
        data = b"".join(pieces)
        running = terminals.python(RAW_READER.replace("WANTED", str(len(data))))
        await running.printed(b"ready")
        for piece in pieces:
            running.process.write(piece)
        async with asyncio.timeout(DEADLINE_S):
            await running.process.drain()
        await running.printed(b" end")
        assert hashlib.sha256(data).hexdigest().encode() in running.output

    async def test_lines_reach_a_line_reader_and_the_loop_stays_alive(self, terminals: Terminals) -> None:
        line = b"x" * 100 + b"\n"
        running = terminals.shell("stty -echo; echo ready; wc -c")
        await running.printed(b"ready")
        running.process.write(line * 10_000)
        async with asyncio.timeout(DEADLINE_S):
            await running.process.drain()
        running.process.write(b"\x04")
        await running.ended()
        assert str(len(line) * 10_000).encode() in running.output

    async def test_a_program_that_reads_nothing_blocks_nobody(self, terminals: Terminals) -> None:
        running = terminals.shell("stty raw -echo; echo ready; sleep 60")
        await running.printed(b"ready")
        started = time.perf_counter()
        running.process.write(b"x" * (1 << 20))
        assert time.perf_counter() - started < 0.5
        assert running.process.pending_bytes > 0
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await running.process.drain()
        await running.process.close()
        await running.process.drain()
        assert running.process.pending_bytes == 0

    async def test_an_ended_program_takes_nothing(self, terminals: Terminals) -> None:
        running = terminals.shell("exit 0")
        await running.ended()
        with pytest.raises(TerminalGoneError):
            running.process.write(b"x")
        await running.process.drain()
        running.process.resize(Size(10, 10))
        running.process.pause_reading()
        running.process.resume_reading()


async def test_the_program_is_told_of_a_new_size(terminals: Terminals) -> None:
    running = terminals.shell("trap 'stty size' WINCH; echo ready; while :; do read line && exit; done")
    await running.printed(b"ready")
    running.process.resize(Size(132, 50))
    await running.printed(b"50 132")
    running.process.resize(Size(0, 100_000))
    await running.printed(b"65535 1\r")


class TestEnding:
    @pytest.mark.parametrize(
        ("script", "expected"),
        [
            ("exit 0", ProcessExit(0, None)),
            ("exit 3", ProcessExit(3, None)),
            ("exit 255", ProcessExit(255, None)),
            ("kill -9 $$", ProcessExit(None, signal.SIGKILL)),
            ("kill -TERM $$", ProcessExit(None, signal.SIGTERM)),
            ("kill -SEGV $$", ProcessExit(None, signal.SIGSEGV)),
        ],
    )
    @pytest.mark.parametrize("watched_by", ["pidfd", "thread"])
    async def test_the_exit_is_told_once_with_its_code_or_signal(
        self,
        terminals: Terminals,
        script: str,
        expected: ProcessExit,
        watched_by: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        if watched_by == "thread":
            monkeypatch.delattr(os, "pidfd_open")
        running = terminals.shell(script)
        assert await running.ended() == expected
        assert running.process.exit == expected
        assert await running.process.close() == expected
        assert len(running.exits) == 1

    async def test_a_shell_goes_at_the_hangup(self, terminals: Terminals) -> None:
        for shell in ("bash", "zsh", "fish"):
            running = terminals.start(shell, environment={**ENVIRONMENT, "HOME": str(terminals.directory)})
            await running.printed(b"")
            running.process.write(b"echo rea''dy\r")
            await running.printed(b"ready")
            started = time.perf_counter()
            ended = await running.process.close()
            assert time.perf_counter() - started < 2
            assert ended.signal in (None, signal.SIGHUP)

    @pytest.mark.parametrize(
        ("ignored", "expected", "at_least"),
        [("", signal.SIGHUP, 0.0), ("HUP", signal.SIGTERM, 0.3), ("HUP TERM INT", signal.SIGKILL, 1.0)],
    )
    async def test_it_ends_in_steps(
        self, terminals: Terminals, ignored: str, expected: signal.Signals, at_least: float
    ) -> None:
        trap = f"trap '' {ignored};" if ignored else ""
        running = terminals.shell(f"{trap} echo ready; exec sleep 60")
        await running.printed(b"ready")
        started = time.perf_counter()
        assert await running.process.close() == ProcessExit(None, expected)
        assert at_least <= time.perf_counter() - started < at_least + 2

    async def test_a_stopped_program_is_ended_too(self, terminals: Terminals) -> None:
        running = terminals.python("import signal; print('ready', flush=True); signal.pause()")
        await running.printed(b"ready")
        os.kill(running.process.pid, signal.SIGSTOP)
        stopped = os.WSTOPPED | os.WNOWAIT
        await asyncio.to_thread(os.waitid, os.P_PID, running.process.pid, stopped)
        assert await running.process.close() == ProcessExit(None, signal.SIGHUP)

    async def test_a_job_stopped_for_reading_in_the_background_is_ended_too(
        self, terminals: Terminals, tmp_path: Path
    ) -> None:
        running = terminals.start("bash", "--norc", "-i")
        running.process.write(b"sh -c 'echo $$ > job; cat' &\r")
        running.process.write(b"set -b; wait; jobs -s | grep -q Stopped && echo stop''ped\r")
        await running.printed(b"stopped")
        job = int((tmp_path / "job").read_text())
        await running.process.close()
        await until_gone(job)

    async def test_the_foreground_job_of_a_shell_is_ended_though_it_ignores_the_hangup(
        self, terminals: Terminals, tmp_path: Path
    ) -> None:
        running = terminals.start("bash", "--norc", "-i")
        running.process.write(
            b'sh -c \'trap "" HUP TERM; echo $$ > job; echo rea""dy; sleep 60; sleep 60\'\r'
        )
        await running.printed(b"ready")
        job = int((tmp_path / "job").read_text())
        await running.process.close()
        assert not is_running(job)

    async def test_a_job_put_into_the_background_to_survive_survives(
        self, terminals: Terminals, tmp_path: Path
    ) -> None:
        running = terminals.start("bash", "--norc", "-i")
        running.process.write(b"nohup sleep 60 >/dev/null 2>&1 & echo $! > job; disown; echo rea''dy\r")
        await running.printed(b"ready")
        await running.process.close()
        job = int((tmp_path / "job").read_text())
        assert is_running(job)
        os.kill(job, signal.SIGKILL)
        await until_gone(job)

    async def test_closing_again_and_at_the_same_time_is_the_same(self, terminals: Terminals) -> None:
        running = terminals.shell("echo ready; exec sleep 60")
        await running.printed(b"ready")
        first, second = await asyncio.gather(running.process.close(), running.process.close())
        assert first == second == await running.process.close() == ProcessExit(None, signal.SIGHUP)

    async def test_a_cancelled_close_goes_on(self, terminals: Terminals) -> None:
        running = terminals.shell("trap '' HUP; echo ready; exec sleep 60")
        await running.printed(b"ready")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await running.process.close()
        assert await running.ended() == ProcessExit(None, signal.SIGTERM)

    async def test_a_program_that_floods_while_paused_is_ended(self, terminals: Terminals) -> None:
        running = terminals.shell(
            "trap 'exit 4' HUP; while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done"
        )
        await running.printed(b"xxx")
        running.process.pause_reading()
        ended = await running.process.close()
        assert ended in (ProcessExit(4, None), ProcessExit(None, signal.SIGHUP))

    @pytest.mark.usefixtures("nothing_left")
    async def test_two_hundred_programs_leave_nothing(self, tmp_path: Path) -> None:
        terminals = Terminals(tmp_path)
        for round_ in range(10):
            batch = [terminals.shell("exec cat") for _ in range(10)]
            batch += [terminals.shell(f"exit {round_}") for _ in range(10)]
            for running in batch[:10]:
                running.process.write(b"hello\n")
            await asyncio.gather(*(running.process.close() for running in batch))
            assert all(len(running.exits) == 1 for running in batch)

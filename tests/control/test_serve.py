"""`cockpit serve`: real servers without a screen, in the foreground and as daemons, and who takes over from them."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import psutil
import pytest

from tests.harness.cockpit_app import ROOT
from tests.harness.cockpit_home import PROMPT, CockpitHome
from tests.harness.outer import OuterTerminal
from tests.harness.tmux_server import tmux_binary

DEADLINE_S = 40.0
SETTINGS: dict[str, dict[str, object]] = {
    "general": {"sidebar": False, "show_tmux_hint": False},
    "automation": {"socket_access": "automation"},
}
BACKENDS = pytest.mark.parametrize("backend", ["pty", pytest.param("tmux", marks=pytest.mark.tmux)])


class Profile:
    """A world for servers and verbs; whatever serves in it is ended with it. A context manager."""

    def __init__(self, backend: str = "pty", settings: Mapping[str, Mapping[str, object]] = SETTINGS) -> None:
        if backend == "tmux":
            tmux_binary()
        self.backend = backend
        self.home = CockpitHome(backend, settings=settings)
        self.environment = {**self.home.environment, "PYTHONPATH": str(ROOT)}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            if self.home.paths.pid_file.exists():
                with contextlib.suppress(ProcessLookupError):  # it was killed
                    self.end(self.pid(), signal.SIGKILL)
        finally:
            self.home.close()

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Runs `cockpit` with these words, and `more` in its environment."""
        return subprocess.run(
            [*self.home.argv, *words],
            env={**self.environment, **more},
            cwd=self.home.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
            check=False,
        )

    def __call__(self, *words: str) -> str:
        """What a call that succeeds prints."""
        done = self.run(*words)
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout

    def daemon(self) -> dict[str, Any]:
        """Starts a server; what it says of itself."""
        told: dict[str, Any] = json.loads(self("serve", "--daemon", "--json"))
        return told

    @contextlib.contextmanager
    def foreground(self, *prefix: str, stdin: int = subprocess.DEVNULL) -> Iterator[subprocess.Popen[str]]:
        """A server that has said that it is ready. Its stderr, and what it imports, go to the file `stderr`."""
        argv = [*prefix, sys.executable, "-X", "importtime", "-m", "cockpit", "serve"]
        with (
            (self.home.directory / "stderr").open("w") as errors,
            subprocess.Popen(
                argv,
                env=self.environment,
                cwd=self.home.home,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            ) as server,
        ):
            try:
                assert server.stdout is not None
                first = server.stdout.readline()
                assert (
                    first == f"serving default: pid {server.pid}, socket {self.home.paths.control_socket}\n"
                )
                yield server
            finally:
                server.kill()

    @property
    def said(self) -> str:
        """What a foreground server wrote on stderr, all of it."""
        return (self.home.directory / "stderr").read_text()

    def pid(self) -> int:
        """The server's pid, as its file says."""
        return int(self.home.paths.pid_file.read_text())

    def end(self, pid: int, number: signal.Signals) -> None:
        """Sends a signal and waits for the end of the process."""
        with ended_within(pid):
            os.kill(pid, number)

    def program_pids(self) -> set[int]:
        """The pids of the programs in tmux."""
        return {
            int(pid) for pid in self.home.command("list-panes", "-s", "-t", "=cockpit", "-F", "#{pane_pid}")
        }

    def files(self) -> set[str]:
        """What lies beside the sockets, without tmux's."""
        names = {path.name for path in self.home.paths.runtime_dir.iterdir() if not path.is_dir()}
        return names - {"tmux.sock", "tmux.lease"}


@contextlib.contextmanager
def ended_within(pid: int) -> Iterator[None]:
    """Waits at its end until the process is gone, which lives at its beginning."""
    handle = os.pidfd_open(pid)
    try:
        yield
        assert select.select([handle], [], [], DEADLINE_S)[0], f"pid {pid} still runs"
    finally:
        os.close(handle)


@BACKENDS
def test_verbs_work_without_a_screen_and_it_leaves_in_order(backend: str) -> None:
    with Profile(backend) as profile, profile.foreground() as server:
        assert profile("list") == "", "no session is made by itself"
        made = profile("new", str(profile.home.home), "--name", "build").strip()
        assert profile("run", "--wait", made, "echo sum-$((40+2))") == "sum-42\n"
        profile("send", made, "printf '<%s>\\n' typed", "--enter")
        profile("wait", made, "--regex", "^<typed>$")
        assert "<typed>" in profile("read", made)
        listed = json.loads(profile("list", "--json"))["sessions"][0]["terminals"]
        assert [(row["id"], row["backend"], row["state"]) for row in listed] == [(made, backend, "running")]
        programs = psutil.Process(server.pid).children(recursive=True)
        if backend == "tmux":
            shells = profile.program_pids()
            assert profile.home.display_clients() == [], "nobody looks on, so there is nothing to attach"
        assert profile.pid() == server.pid
        server.send_signal(signal.SIGINT)
        assert server.wait(DEADLINE_S) == 0
        assert profile.files() == set()
        if backend == "tmux":
            assert profile.program_pids() == shells
        else:
            assert len(programs) == 1 and not programs[0].is_running()
        imported = {line.rsplit("|", 1)[-1].strip() for line in profile.said.splitlines() if "|" in line}
        assert "cockpit.workspace.workspace" in imported
        assert {name.partition(".")[0] for name in imported}.isdisjoint({"textual", "rich"})
        assert not any(name.startswith("cockpit.app") for name in imported)
        assert "the server leaves: SIGINT came" in profile.said


def test_a_daemon_has_left_the_terminal_and_is_alone_on_its_profile() -> None:
    with Profile() as profile:
        told = profile.daemon()
        server = psutil.Process(told["pid"])
        assert (profile.pid(), told["warning"]) == (server.pid, "")
        assert os.getsid(server.pid) not in (server.pid, os.getsid(0)), "it can't get a terminal by accident"
        assert (server.terminal(), server.cwd()) == (None, "/")
        links = [Path(f"/proc/{server.pid}/fd/{number}").readlink() for number in range(3)]
        assert links == [Path("/dev/null"), *[profile.home.paths.serve_log] * 2]
        status = Path(f"/proc/{server.pid}/status").read_text()
        assert "SigBlk:\t0000000000000000" in status, "its programs would inherit what is blocked"
        refused = profile.run("serve", "--daemon")
        assert (refused.returncode, refused.stdout) == (1, "")
        assert f"a cockpit server without a screen (pid {server.pid}, from this machine" in refused.stderr
        assert profile.run("serve").stderr == refused.stderr
        assert profile.pid() == server.pid, "the file is the first one's"
        profile.end(server.pid, signal.SIGTERM)
        assert profile.files() == set()
        assert "the server leaves: SIGTERM came" in profile.home.paths.serve_log.read_text()


def test_a_daemon_keeps_nothing_of_who_started_it() -> None:
    with Profile() as profile:
        watched, held = os.pipe()
        try:
            argv = [*profile.home.argv, "serve", "--daemon"]
            subprocess.run(argv, env=profile.environment, pass_fds=[held], check=True, timeout=DEADLINE_S)
        finally:
            os.close(held)
        os.set_blocking(watched, False)
        with open(watched, "rb") as pipe:
            assert pipe.read() == b"", "the daemon holds the pipe: whoever waits for its end waits for ever"


def test_sighup_reads_the_settings_again() -> None:
    with Profile() as profile:
        # An edit through another directory's name of the same file is not noticed by itself.
        elsewhere = profile.home.directory / "elsewhere"
        elsewhere.hardlink_to(profile.home.paths.settings_file)
        pid = profile.daemon()["pid"]
        elsewhere.write_text(elsewhere.read_text() + "[workspaces]\nscrollback_lines = 4321\n")
        before = json.loads(profile("snapshot", "--json"))["settings"]["workspaces"]
        assert before["scrollback_lines"] == 10_000
        with subprocess.Popen(
            [*profile.home.argv, "events", "-n", "1", "settings.changed"], env=profile.environment
        ) as listener:
            try:
                end = time.monotonic() + DEADLINE_S
                while listener.poll() is None:  # it may come before the subscription
                    assert time.monotonic() < end, "SIGHUP changes nothing"
                    os.kill(pid, signal.SIGHUP)
                    after = json.loads(profile("snapshot", "--json"))["settings"]["workspaces"]
            finally:
                listener.kill()
        assert after["scrollback_lines"] == 4321
        elsewhere.write_text("nonsense")
        os.kill(pid, signal.SIGHUP)
        assert json.loads(profile("snapshot", "--json"))["settings"]["workspaces"] == after
        profile.end(pid, signal.SIGTERM)
        assert "is not valid TOML" in profile.home.paths.serve_log.read_text()


@pytest.mark.tmux
def test_a_killed_server_is_followed_by_another_with_the_same_programs() -> None:
    with Profile("tmux") as profile:
        first = profile.daemon()["pid"]
        made = profile("new", str(profile.home.home)).strip()
        profile("run", "--wait", made, "kept=over-the-kill")
        shells = profile.program_pids()
        profile.end(first, signal.SIGKILL)
        assert profile.files() > {"serve.pid", "cockpit.sock", "owner.lock"}
        second = profile.daemon()["pid"]
        assert second != first and profile.pid() == second
        assert profile("run", "--wait", made, "echo $kept") == "over-the-kill\n"
        assert profile.program_pids() == shells


@pytest.mark.tmux
def test_a_cockpit_with_a_screen_takes_over_and_tmux_programs_stay() -> None:
    with Profile("tmux") as profile:
        pid = profile.daemon()["pid"]
        made = profile("new", str(profile.home.home)).strip()
        profile("run", "--wait", made, "kept=from-the-server")
        shells = profile.program_pids()
        with (
            ended_within(pid),
            OuterTerminal(
                profile.home.argv, columns=110, environment=profile.environment, cwd=str(profile.home.home)
            ) as outer,
        ):
            asked = outer.wait_text("Take over here? [y/N]").text
            assert "is open in a cockpit server without a screen:" in asked
            assert f"pid {pid}, from this machine" in asked
            assert "Everything that runs there carries on." in asked
            outer.type_text("y")
            outer.keys("Enter")
            outer.wait_text(PROMPT.strip())
            outer.type_text("echo :$kept:")
            outer.keys("Enter")
            outer.wait_text(":from-the-server:")
            assert profile.program_pids() == shells
            assert len(profile.home.display_clients()) == 1
            assert not profile.home.paths.pid_file.exists()
            assert json.loads(profile("status", "--json"))["pid"] == outer.pid
            refused = profile.run("serve")
            assert refused.returncode == 1 and f"another cockpit (pid {outer.pid} on" in refused.stderr
        assert f"taken over (pid {outer.pid}" in profile.home.paths.serve_log.read_text()


def test_what_keeps_it_from_serving_is_told_where_it_was_started() -> None:
    with Profile() as profile:
        wrong = profile.run("serve", "--daemon", COCKPIT_TMUX_BACKEND="perhaps")
        assert (wrong.returncode, wrong.stdout) == (2, "")
        assert "COCKPIT_TMUX_BACKEND" in wrong.stderr
        profile.home.paths.control_socket.write_text("precious")
        for words in (("serve",), ("serve", "--daemon")):
            done = profile.run(*words)
            assert (done.returncode, done.stdout) == (1, "")
            assert "cockpit.sock is not a socket; move it away" in done.stderr
        assert profile.files() == {"cockpit.sock"}, "it leaves as if it had never been"
        profile.home.paths.settings_file.write_text("nonsense")
        done = profile.run("serve", "--daemon")
        assert done.returncode == 1 and "is not valid TOML" in done.stderr
        assert "Traceback" not in profile.home.paths.serve_log.read_text()


def test_a_socket_that_hardly_anybody_may_use_is_told() -> None:
    with Profile(settings={}) as profile:
        done = profile.run("serve", "--daemon")
        assert done.returncode == 0
        assert "only programs in its own terminals" in done.stderr and "cockpit config set" in done.stderr
        assert profile.run("list").returncode == 4


@pytest.mark.skipif(shutil.which("setsid") is None, reason="there is no setsid")
def test_a_foreground_server_leaves_when_its_terminal_goes() -> None:
    ours, theirs = os.openpty()
    with Profile() as profile, profile.foreground("setsid", "--ctty", stdin=theirs) as server:
        os.close(theirs)
        server.send_signal(signal.SIGHUP)
        profile("status")
        assert server.poll() is None, "with a terminal it reads the settings again"
        os.close(ours)
        assert server.wait(DEADLINE_S) == 0
        assert "the server leaves: its terminal is gone" in profile.said
        assert profile.files() == set()


_DAEMON = """
import contextlib, os, select, signal, sys
from pathlib import Path
from cockpit.control.daemon import DaemonError, daemonize
parent = os.getpid()
def dies(ready): os._exit(3)
def is_late(ready):
    with contextlib.suppress(ProcessLookupError):  # the end of whoever waits
        select.select([os.pidfd_open(parent)], [], [])
    ready({})
    print("went on")
    return 0
def blocked(): return sorted(int(number) for number in signal.pthread_sigmask(signal.SIG_BLOCK, []))
def is_ready(ready):
    ready({"blocked": blocked()})
    return 0
def run(ready):
    os.open(sys.argv[4], os.O_WRONLY)  # until the end
    return {"is_ready": is_ready, "dies": dies, "is_late": is_late}[sys.argv[1]](ready)
try:
    told = daemonize(run, Path(sys.argv[2]), deadline_s=float(sys.argv[3]))
    print(told["blocked"], blocked())
except DaemonError as error:
    print(error)
"""


def run_daemon(run: str, log_file: Path, deadline_s: str) -> str:
    """What the parent prints; returns when the daemon has ended too."""
    lives = log_file.with_name("lives")
    os.mkfifo(lives)
    ended = os.open(lives, os.O_RDONLY | os.O_NONBLOCK)
    done = subprocess.run(
        [sys.executable, "-c", _DAEMON, run, str(log_file), deadline_s, str(lives)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=True,
    )
    assert select.select([ended], [], [], DEADLINE_S)[0], "the daemon still lives"
    os.close(ended)
    return done.stdout


def test_signals_wait_until_the_daemon_takes_them(tmp_path: Path) -> None:
    numbers = sorted(int(number) for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM))
    assert run_daemon("is_ready", tmp_path / "log", "30") == f"{numbers} []\n"


@pytest.mark.parametrize(
    ("run", "deadline_s", "said", "logged"),
    [
        ("dies", "30", "the server ended before it was ready", ""),
        ("is_late", "0.1", "not ready within 0.1 s, and leaves again", "doesn't wait for it any more"),
    ],
)
def test_a_daemon_that_never_is_ready_is_not_waited_for_in_vain(
    run: str, deadline_s: str, said: str, logged: str, tmp_path: Path
) -> None:
    log_file = tmp_path / "log"
    printed = run_daemon(run, log_file, deadline_s)
    assert said in printed and str(log_file) in printed
    assert logged in log_file.read_text() and "went on" not in log_file.read_text()

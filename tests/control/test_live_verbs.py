"""The verbs on a running cockpit: real shells on both backends, and the README's script from end to end."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.cockpit_app import ROOT, CockpitApp
from tests.harness.tmux_server import tmux_binary

DEADLINE_S = 60
SETTINGS: dict[str, dict[str, object]] = {
    "general": {"sidebar": False, "show_tmux_hint": False},
    "automation": {"socket_access": "automation"},
}


class Verbs:
    """Runs `cockpit` beside a running one."""

    def __init__(self, app: CockpitApp) -> None:
        self.app = app
        self.environment = {**app.home.environment, "PYTHONPATH": str(ROOT)}

    def run(self, *words: str, input: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [sys.executable, "-m", "cockpit", *words],
            env=self.environment,
            cwd=self.app.home.home,
            input=input,
            capture_output=True,
            timeout=DEADLINE_S,
            check=False,
        )

    def __call__(self, *words: str, input: bytes = b"") -> str:
        """What a verb that succeeds prints."""
        done = self.run(*words, input=input)
        assert done.returncode == 0, (words, done.stderr.decode())
        return done.stdout.decode()


@pytest.fixture(scope="module", params=["pty", pytest.param("tmux", marks=pytest.mark.tmux)])
def verbs(request: pytest.FixtureRequest) -> Iterator[Verbs]:
    if request.param == "tmux":
        tmux_binary()
    with CockpitApp(request.param, settings=SETTINGS) as app:
        yield Verbs(app)


def test_a_command_is_run_and_its_output_and_exit_status_come_back(verbs: Verbs) -> None:
    done = verbs.run("run", "--wait", "current", "echo one; printf 'two  \\n\\nthree'; (exit 7)")
    assert (done.returncode, done.stdout.decode()) == (7, "one\ntwo\n\nthree\n")
    many = 'for n in $(seq 3000); do echo "line $n"; done'
    assert verbs("run", "--wait", "current", many).splitlines() == [f"line {n}" for n in range(1, 3001)]
    told = json.loads(verbs("run", "--wait", "--json", "current", "cat <<END\nhere $((6*7))\nEND"))
    assert (told["output"], told["exit_code"], told["strategy"]) == ("here 42", 0, "script")
    assert verbs.run("run", "--wait", "current", "-t", "0.3", "sleep 30").returncode == 124
    verbs("keys", "current", "ctrl+c")
    assert verbs("run", "--wait", "current", "echo back") == "back\n"
    assert not list(verbs.app.home.paths.runtime_dir.glob("run-*"))


def test_a_short_line_is_typed_and_a_long_one_arrives_whole(verbs: Verbs) -> None:
    verbs("run", "current", "echo typed-$((1+1))")
    verbs("wait", "--regex", "^typed-2$")
    long = "x" * 6000
    verbs("run", "current", f"printf %s {long} | wc -c | sed s/^/counted-/")
    assert verbs("wait", "--regex", "^counted- *6000$").strip().endswith("6000")
    verbs("wait", "--quiet", "0.2")


def test_text_arrives_byte_for_byte(verbs: Verbs) -> None:
    target = verbs.app.home.home / "received"
    data = bytes(range(32, 127)) * 2000 + "ümläut\n".encode()
    data = b"\n".join(data[start : start + 1000] for start in range(0, len(data), 1000)) + b"\n"
    verbs(
        "send",
        "current",
        "-",
        "--enter",
        input=f"stty -echo; head -c {len(data)} >received; stty echo; echo got-it".encode(),
    )
    verbs("send", "current", input=data)
    verbs("wait", "--regex", "^got-it$")
    assert target.read_bytes() == data


def test_terminals_come_and_go(verbs: Verbs) -> None:
    made = verbs("new", "-s", "current", "--name", "second", "-c", "read line; exit 5").strip()
    assert json.loads(verbs("status", "second", "--json"))["id"] == made
    assert verbs.run("wait", made[:6], "--text", "never", "-t", "0.2").returncode == 124
    verbs("send", "second", "go", "--enter")
    assert json.loads(verbs("wait", "second", "--exit", "--json"))["exit_code"] == 5
    done = verbs.run("send", "second", "more")
    assert done.returncode == 6 and b"nothing was sent" in done.stderr
    assert re.search(rf"{made}  second +\w+ +exited \(5\)", verbs("list"))
    verbs("close", "second")
    done = verbs.run("read", "second")
    assert done.returncode == 5 and b"cockpit list" in done.stderr


def test_the_end_of_a_terminals_own_command_is_awaited_and_told_and_its_shell_stays(verbs: Verbs) -> None:
    made = verbs("new", "-s", "current", "--name", "build", "-c", "echo built!; (exit 4)").strip()
    assert json.loads(verbs("wait", "build", "--exit", "--json"))["exit_code"] == 4
    told = json.loads(verbs("status", "build", "--json"))
    assert (told["state"], told["command_state"], told["command_exit_code"]) == ("running", "ended", 4)
    assert re.search(f"{made}  build .* running, its command ended \\(4\\)", verbs("list"))
    verbs("wait", "build", "--prompt")
    assert "built!" in verbs("read", "build")
    assert verbs("run", "--wait", "build", "echo the shell stays") == "the shell stays\n"
    assert json.loads(verbs("wait", "build", "--exit", "--json"))["exit_code"] == 4
    verbs("close", "build")


def test_a_command_line_runs_as_given_and_one_that_cannot_be_read_ends_at_once(verbs: Verbs) -> None:
    verbs("run", "current", "printf 'exact-%s\\n' hi!! # nothing")
    verbs("wait", "--regex", "^exact-hi!!$")
    done = verbs.run("run", "--wait", "current", "echo 'open")
    assert done.returncode not in (0, 124, 125) and b"unexpected EOF" in done.stdout
    assert verbs("run", "--wait", "current", "echo closed\\") == "closed\\\n"


def test_everything_and_the_colours_can_be_read(verbs: Verbs) -> None:
    verbs("run", "--wait", "current", "seq -f 'row %g' 200")
    verbs("run", "--wait", "current", "printf '\\033[31mred\\033[m and plain\\n'")
    assert "red and plain" in verbs("read")
    assert re.search(r"\x1b\[[0-9;]*31m|\x1b\[38;5;1m", verbs("read", "--styled"))
    assert "row 7\n" in verbs("read", "--history")
    assert verbs("read", "--lines", "2").count("\n") == 2
    snapshot = json.loads(verbs("snapshot"))
    assert any("red and plain" in screen for screen in snapshot["screens"].values())


def test_a_daemon_of_events_hears_what_happens(verbs: Verbs) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "cockpit", "events", "-n", "1", "agent.hook"],
        env=verbs.environment,
        stdout=subprocess.PIPE,
    ) as listener:
        while json.loads(verbs("status", "--json"))["clients"] < 2:
            assert listener.poll() is None
        while listener.poll() is None:  # the subscription may come after the connection
            verbs(
                "hook",
                "Notification",
                "--agent",
                "claude",
                "--target",
                "current",
                input=b'{"message":"needs you"}',
            )
        assert listener.stdout is not None
        event = json.loads(listener.stdout.read())
    assert event["payload"] == {"message": "needs you"}


def test_the_script_of_the_readme_does_what_it_says(verbs: Verbs) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    script = next(
        block for block in re.findall(r"```sh\n(.*?)```", readme, re.DOTALL) if "cockpit wait" in block
    )
    home = verbs.app.home.home
    (home / "build.sh").write_text("echo linking; exit 3\n")
    (home / "server.sh").write_text("sleep 0.1; echo listening on 8080; exec sleep 60\n")
    (home / "script.sh").write_text(script)
    (home / "bin").mkdir()
    (home / "bin" / "cockpit").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cockpit "$@"\n')
    (home / "bin" / "cockpit").chmod(0o755)
    listed = json.loads(verbs("list", "--json"))
    terminal = listed["sessions"][0]["terminals"][0]["id"]
    done = subprocess.run(
        ["/bin/sh", "script.sh", str(home)],
        env={
            **verbs.environment,
            "PATH": f"{home / 'bin'}:{os.environ['PATH']}",
            "COCKPIT_TERMINAL": terminal,
        },
        cwd=home,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (3, "compiling\nlinking\n", "")
    assert (home / "last-line.txt").read_text() == "listening on 8080\n"
    assert [s["name"] for s in json.loads(verbs("list", "--json"))["sessions"]] == [
        s["name"] for s in listed["sessions"]
    ]


@pytest.mark.parametrize("backend", ["pty", pytest.param("tmux", marks=pytest.mark.tmux)])
def test_programs_in_a_terminal_may_use_it_by_default_and_others_may_not(backend: str) -> None:
    with CockpitApp(backend) as app:
        verbs = Verbs(app)
        done = verbs.run("list")
        assert done.returncode == 4 and b"automation.socket_access" in done.stderr
        app.outer.type_text(
            f"PYTHONPATH={ROOT} {sys.executable} -m cockpit status current >out; echo st=$?\r"
        )
        app.outer.wait_text("st=0")
        assert "state:         running\n" in (Path(app.home.home) / "out").read_text()


@pytest.mark.tmux
def test_what_lives_on_in_tmux_is_reached_without_cockpit() -> None:
    with CockpitApp("tmux", settings=SETTINGS) as app:
        verbs = Verbs(app)
        terminal = json.loads(verbs("status", "current", "--json"))["id"]
        app.outer.keys("C-b", "d")
        app.outer.wait_for(lambda _grid: app.outer.ended, "the end")
        assert verbs.run("status").returncode == 3
        assert verbs.run("status", terminal).returncode == 0
        assert verbs("run", "--wait", terminal, "echo still-$((40+2))") == "still-42\n"
        assert "still-42" in verbs("read", terminal)
        assert verbs.run("notify", "nobody hears").returncode == 3

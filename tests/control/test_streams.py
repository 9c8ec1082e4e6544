"""A verb's three streams: closed, full, broken off or interrupted, it never shows a traceback or mixes them up."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from cockpit.control.verbs import streams
from tests.harness.cockpit_app import ROOT

DEADLINE_S = 30


def shell(script: str, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Runs a line of sh in which `"$@"` is cockpit with these words."""
    return subprocess.run(
        ["/bin/sh", "-c", script, "sh", sys.executable, "-m", "cockpit", *words],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "COCKPIT_HOME": str(home / "c"),
            "PYTHONPATH": str(ROOT),
        },
        cwd=home,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )


@pytest.mark.parametrize(
    "words", [["version"], ["help"], ["completion", "bash"], ["config", "list", "--json"]]
)
def test_nobody_needs_to_read(words: Sequence[str], tmp_path: Path) -> None:
    done = shell('"$@" >&-', tmp_path, *words)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("words", [["version"], ["schema"], ["help", "protocol"]])
def test_what_could_not_be_written_is_said(words: Sequence[str], tmp_path: Path) -> None:
    done = shell('"$@" >/dev/full', tmp_path, *words)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "cockpit: stdout can't be written: No space left on device\n"


@pytest.mark.parametrize("words", [["nosuch"], ["help", "nosuch"], ["read", "--lines", "0"]])
@pytest.mark.parametrize("closed", ["2>&-", "2>/dev/full"])
def test_a_complaint_never_lands_among_the_data(closed: str, words: Sequence[str], tmp_path: Path) -> None:
    done = shell(f'"$@" {closed}', tmp_path, *words)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")


@pytest.mark.parametrize("words", [["send", "x"], ["send", "x", "-"], ["hook", "Stop", "-"]])
def test_without_a_stdin_what_was_to_come_from_it_is_missing(words: Sequence[str], tmp_path: Path) -> None:
    done = shell('"$@" <&-', tmp_path, *words)
    assert done.returncode == (1 if words[0] == "hook" else 2)
    assert done.stderr.startswith(f"cockpit: {words[0]}: ") and done.stderr.count("\n") == 1


def test_a_reader_may_have_enough(tmp_path: Path) -> None:
    done = shell('"$@" | head -n 1', tmp_path, "help", "protocol")
    assert (done.returncode, done.stdout, done.stderr) == (0, "# The control socket\n", "")


def test_ctrl_c_ends_it_as_a_signal_does(tmp_path: Path) -> None:
    """So that a loop in a script ends too, which it doesn't behind a plain exit status of 130."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.settimeout(DEADLINE_S)
        listener.bind(str(tmp_path / "deaf"))
        listener.listen()
        with (
            subprocess.Popen(
                [sys.executable, "-m", "cockpit", "events"],
                env={"PYTHONPATH": str(ROOT), "COCKPIT_SOCKET_PATH": str(tmp_path / "deaf")},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            ) as verb,
            listener.accept()[0] as asked,
        ):
            asked.recv(1)
            verb.send_signal(signal.SIGINT)
            out, complaint = verb.communicate(timeout=DEADLINE_S)
    assert (verb.returncode, out, complaint) == (-signal.SIGINT, b"", b"")


@pytest.mark.parametrize(
    ("value", "encoding", "written"),
    [
        ({"name": "Größe 🚀"}, "utf-8", '{"name": "Größe 🚀"}\n'),
        ({"name": "Größe"}, "ascii", '{"name": "Gr\\u00f6\\u00dfe"}\n'),
        ("a\x9b31mb\x7f\u202e", "utf-8", '"a\\u009b31mb\\u007f\\u202e"\n'),
        ("half \ud83d", "utf-8", '"half \\ud83d"\n'),
    ],
)
def test_json_loses_nothing_and_steers_no_terminal(
    value: object, encoding: str, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace")
    monkeypatch.setattr(sys, "stdout", out)
    streams.write_json(value)
    streams.flush()
    assert out.buffer.getvalue().decode(encoding) == written
    assert json.loads(written) == value


def test_cron_has_next_to_no_environment(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cockpit", "-L", "none", "list"],
        env={"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith(
        "cockpit: no cockpit runs for the profile 'none'; start it: cockpit -L none"
    )
    assert done.stderr.count("\n") == 1

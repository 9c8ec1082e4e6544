"""Verbs without a running cockpit: they reach what lives on in tmux, one after the other, under the profile's lock."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator

import pytest

from tests.control.test_serve import Profile

DEADLINE_S = 60


@pytest.fixture(scope="module")
def left() -> Iterator[tuple[Profile, str]]:
    """A profile whose server has left, and the terminal that lives on."""
    with Profile("tmux") as profile:
        profile.daemon()
        terminal = profile("new", "--name", "kept").strip()
        profile("wait", terminal, "--text", "ready$")
        profile.end(profile.pid(), signal.SIGTERM)
        yield profile, terminal


@pytest.mark.tmux
def test_verbs_that_come_at_once_wait_for_each_other(left: tuple[Profile, str]) -> None:
    profile, terminal = left
    argv = [*profile.home.argv, "status", terminal, "--json"]
    started = [
        subprocess.Popen(
            argv, env=profile.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for _ in range(5)
    ]
    answers = [process.communicate(timeout=DEADLINE_S) for process in started]
    assert [process.returncode for process in started] == [0] * 5, answers
    assert {json.loads(out)["state"] for out, _ in answers} == {"running"}


@pytest.mark.tmux
def test_what_can_not_be_reached_has_the_exit_status_it_always_has(left: tuple[Profile, str]) -> None:
    profile, terminal = left
    assert profile("run", "--wait", terminal, "echo still-$((40+2))") == "still-42\n"
    assert "still-42" in profile("read", terminal)
    assert profile.run("send", terminal, "exit 3", "--enter").returncode == 0
    done = profile.run("wait", terminal, "--exit", "--json")
    assert (done.returncode, json.loads(done.stdout)["reason"]) == (0, "exit"), done.stderr
    for words in (["keys", terminal, "up"], ["run", terminal, "ls"], ["wait", terminal, "--text", "zz"]):
        done = profile.run(*words)
        assert (done.returncode, done.stderr.count("\n")) == (6, 1), done.stderr
    assert profile.run("read", "nosuch").returncode == 5
    assert profile.run("notify", "nobody hears").returncode == 3

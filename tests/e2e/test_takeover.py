"""Two cockpits on one profile, each in a terminal of its own: the second takes over, in order or by force."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from cockpit.tmux.server.probe import probe_socket
from tests.harness.cockpit_app import ROOT, SETTINGS, CockpitApp
from tests.harness.outer import OuterTerminal

pytestmark = pytest.mark.tmux
DEADLINE_S = 20.0


@contextmanager
def another(first: CockpitApp, *arguments: str, **more: str) -> Iterator[OuterTerminal]:
    """A second cockpit on the profile of the first; `more` goes into its environment."""
    environment = {**first.home.environment, "PYTHONPATH": str(ROOT), **more}
    with OuterTerminal(
        [*first.home.argv, *arguments],
        columns=100,
        rows=34,
        environment=environment,
        cwd=str(first.home.home),
    ) as outer:
        yield outer


def program_pids(first: CockpitApp) -> set[int]:
    """The pids of the shells that run in cockpit's terminals."""
    if first.backend == "tmux":
        panes = first.home.command("list-panes", "-s", "-t", "=cockpit", "-F", "#{pane_pid}")
        return {int(pid) for pid in panes}
    family = psutil.Process(first.outer.pid).children(recursive=True)
    return {process.pid for process in family if process.name() == "bash"}


def wait_for_end(pid: int) -> None:
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([handle], [], [], DEADLINE_S)[0], f"pid {pid} still runs"
    finally:
        os.close(handle)


@pytest.mark.parametrize("backend", ["pty", "tmux"])
def test_the_second_asks_and_the_first_leaves_in_order(backend: str) -> None:
    with CockpitApp(backend) as first:
        first.outer.type_text("kept=from-the-first; clear")
        first.outer.keys("Enter")
        before = program_pids(first)
        with another(first) as second:
            asked = second.wait_text("Take over here? [y/N]").text
            assert f"pid {first.outer.pid} on /dev/pts/" in asked
            assert "from this machine, since" in asked
            named = "these end with it" in asked
            assert named is (backend == "pty")
            assert not first.outer.ended, "it is only asked so far"
            second.type_text("y")
            second.keys("Enter")
            first.outer.wait_text(f"cockpit was taken over (pid {second.pid} on /dev/pts/")
            first.outer.wait_for(lambda _screen: first.outer.ended, "the first to leave")
            second.wait_text(first.prompt)
            second.type_text("echo still:$kept:")
            second.keys("Enter")
            second.wait_text("still:from-the-first:" if backend == "tmux" else "still::")
            if backend == "tmux":
                assert program_pids(first) == before
                assert len(first.home.display_clients()) == 1
            else:
                for pid in before:
                    wait_for_end(pid)


def two_log_ins(backend: str) -> tuple[CockpitApp, str]:
    """A cockpit in the directories of a log-in, and the runtime directory of another log-in of the same user."""
    first = CockpitApp(backend)
    home = first.home
    bases = {
        name: home.directory / name.lower() for name in ("XDG_CONFIG", "XDG_STATE", "XDG_RUNTIME", "OTHER")
    }
    for base in bases.values():
        base.mkdir(mode=0o700)
    del home.environment["COCKPIT_HOME"], first.outer.environment["COCKPIT_HOME"]
    config, state, runtime, other = bases.values()
    directories = {
        "XDG_CONFIG_HOME": str(config),
        "XDG_STATE_HOME": str(state),
        "XDG_RUNTIME_DIR": str(runtime),
    }
    home.environment |= directories
    first.outer.environment |= directories
    home.paths = replace(
        home.paths,
        config_dir=config / "cockpit",
        state_dir=state / "cockpit",
        runtime_dir=runtime / "cockpit",
    )
    home.write_settings(SETTINGS)
    return first, str(other)


@contextmanager
def no_server_left(socket_path: Path) -> Iterator[None]:
    """At its end no tmux server must have been started there; one that was is ended all the same."""
    try:
        yield
        assert not socket_path.exists(), "a second tmux server"
    finally:
        _, pid = probe_socket(socket_path)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("backend", ["pty", "tmux"])
def test_another_log_in_finds_the_first_and_its_programs(backend: str) -> None:
    """As after `su`, from cron or in a second kind of session: another XDG_RUNTIME_DIR, the same sessions."""
    app, runtime_dir = two_log_ins(backend)
    with app as first, no_server_left(Path(runtime_dir) / "cockpit" / "tmux.sock"):
        before = program_pids(first)
        with another(first, "--take-over", XDG_RUNTIME_DIR=runtime_dir) as second:
            first.outer.wait_text(f"cockpit was taken over (pid {second.pid} on /dev/pts/")
            first.outer.wait_for(lambda _screen: first.outer.ended, "the first to leave")
            second.wait_text(first.prompt)
            second.type_text("echo at-$((40+2))")
            second.keys("Enter")
            second.wait_text("at-42")
            if backend == "tmux":
                assert program_pids(first) == before
                assert len(first.home.display_clients()) == 1


def test_no_leaves_the_first_alone_and_says_what_else_there_is() -> None:
    with CockpitApp("pty") as first, another(first) as second:
        second.wait_text("Take over here? [y/N]")
        second.keys("Enter")
        second.wait_for(
            lambda screen: second.ended and "cockpit -L NAME" in screen.text.replace("\n", ""),
            "what else there is",
        )
        assert not first.outer.ended
        first.outer.type_text("echo at-$((40+2))")
        first.outer.keys("Enter")
        first.outer.wait_text("at-42")


def test_a_first_that_is_stopped_is_told_and_ended_only_on_a_yes() -> None:
    first = CockpitApp("tmux")
    # Its own child the outer tmux would continue at once.
    first.outer.argv = ["/bin/sh", "-c", '"$@"; echo ended: $?', "sh", *first.outer.argv]
    with first:
        (cockpit,) = psutil.Process(first.outer.pid).children()
        before = program_pids(first)
        cockpit.suspend()
        try:
            with another(first, "--take-over") as second:
                asked = second.wait_text(f"End pid {cockpit.pid} with SIGKILL? [y/N]").text
                assert "It doesn't answer" in asked
                assert f"kill -CONT {cockpit.pid}" in asked
                second.type_text("y")
                second.keys("Enter")
                second.wait_text(first.prompt)
                first.outer.wait_text("ended: 137")
                assert program_pids(first) == before
                assert len(first.home.display_clients()) == 1
        finally:
            with suppress(psutil.NoSuchProcess):
                cockpit.kill()

# ruff: noqa: ASYNC240 - paths are looked at where nothing else runs
"""Where a log-out would end the server, it is started outside the log-in session, or a person is told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cockpit.tmux.server import login_scope
from cockpit.tmux.server.login_scope import LINGER_FIX, SCOPE_FIX, LoginFacts, kills_user, plan
from tests.tmux.conftest import ServerFactory

RUN = "/usr/bin/systemd-run"
KILLED = LoginFacts(in_session_scope=True, kills=True, lingers=True, systemd_run=RUN, has_user_manager=True)


@pytest.mark.parametrize(
    ("facts", "wrapped", "fix"),
    [
        (LoginFacts(in_session_scope=False, kills=True), False, ""),
        (LoginFacts(in_session_scope=True, kills=False), False, ""),
        (KILLED, True, ""),
        (LoginFacts(True, True, False, RUN, True), True, LINGER_FIX),
        (LoginFacts(True, True, True, "", True), False, SCOPE_FIX),
        (LoginFacts(True, True, True, RUN, False), False, SCOPE_FIX),
    ],
)
def test_the_server_leaves_the_session_only_where_that_would_end_it(
    facts: LoginFacts, wrapped: bool, fix: str
) -> None:
    planned = plan(facts)
    assert bool(planned.prefix) is wrapped
    assert planned.warning.endswith(fix) if fix else not planned.warning


@pytest.mark.parametrize(
    ("properties", "kills"),
    [
        ("", False),
        ("KillUserProcesses=no\n", False),
        ("KillUserProcesses=yes\n", True),
        ("KillUserProcesses=yes\nKillExcludeUsers=root ann\n", False),
        ("KillUserProcesses=yes\nKillOnlyUsers=bob\n", False),
        ("KillUserProcesses=yes\nKillOnlyUsers=bob ann\nKillExcludeUsers=root\n", True),
        ("nonsense", False),
    ],
)
def test_logind_says_whose_processes_it_kills(properties: str, kills: bool) -> None:
    assert kills_user(properties, "ann") is kills


@pytest.fixture
def login(short_dir: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log-in session whose processes are killed, with stand-ins for systemd's programs; where they note their use."""
    notes = short_dir / "notes"
    programs = short_dir / "bin"
    programs.mkdir()
    _program(programs / "loginctl", "echo KillUserProcesses=yes; echo KillExcludeUsers=")
    _program(
        programs / "systemd-run",
        f'echo "$@" >>{notes}; while [ "$1" != -- ]; do shift; done; shift; exec "$@"',
    )
    cgroup = short_dir / "cgroup"
    cgroup.write_text("0::/user.slice/user-1000.slice/session-7.scope\n")
    (short_dir / "systemd").mkdir()
    (short_dir / "systemd" / "private").touch()
    monkeypatch.setattr(login_scope, "CGROUP_FILE", cgroup)
    monkeypatch.setattr(login_scope, "LINGER_DIRECTORY", short_dir / "linger")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(short_dir))
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    return notes


def _program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


async def test_the_server_is_started_in_a_scope_of_its_own(login: Path, make_server: ServerFactory) -> None:
    server = make_server()
    report = await server.start()
    assert login.read_text().startswith("--user --scope --quiet --collect -- ")
    assert len(login.read_text().splitlines()) == 1
    assert [LINGER_FIX in warning for warning in report.warnings] == [True]
    assert (await make_server().start()).warnings == ()  # a server that is there already is left where it is


async def test_a_scope_that_is_refused_does_not_keep_the_server_from_starting(
    login: Path, make_server: ServerFactory
) -> None:
    _program(login.parent / "bin" / "systemd-run", "echo 'Failed to connect to bus' >&2; exit 1")
    report = await make_server().start()
    assert report.pid
    assert [SCOPE_FIX in warning for warning in report.warnings] == [True]


async def test_without_a_log_in_session_nothing_is_asked(
    login: Path, make_server: ServerFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    login_scope.CGROUP_FILE.write_text("0::/user.slice/user@1000.service/app.slice/x.scope\n")
    assert (await make_server().start()).warnings == ()
    assert not login.exists()

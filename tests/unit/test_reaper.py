"""Which tmux servers are nobody's any more: the whole decision, and the lease it rests on."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path

import pytest

from cockpit.paths import resolve
from cockpit.tmux.server.lease import Lease, decode, read_lease, write_lease
from cockpit.tmux.server.reaper import Tenancy, Verdict, judge

LEASE = Lease(4711, "boot:99", keep=False)
ORPHAN = Tenancy(
    own=False,
    listening=True,
    server_pid=5000,
    lease=LEASE,
    leaseholder_lives=False,
    profile_open=False,
)


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, Verdict.ORPHAN),
        ({"listening": False}, Verdict.NONE),
        ({"own": True}, Verdict.OWN),
        ({"leaseholder_lives": True}, Verdict.PEER),
        ({"profile_open": True}, Verdict.PEER),
        ({"profile_open": True, "lease": None}, Verdict.PEER),
        ({"profile_open": True, "lease": dataclasses.replace(LEASE, keep=True)}, Verdict.PEER),
        ({"lease": dataclasses.replace(LEASE, keep=True)}, Verdict.KEPT),
        ({"lease": None}, Verdict.UNKNOWN),
        ({"server_pid": None}, Verdict.UNKNOWN),
    ],
)
def test_only_what_is_certainly_nobodys_is_ended(change: dict[str, object], verdict: Verdict) -> None:
    assert judge(dataclasses.replace(ORPHAN, **change)) is verdict  # type: ignore[arg-type]  # the table's fields


def test_a_lease_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "tmux.lease"
    write_lease(file, LEASE)
    assert read_lease(file) == LEASE
    assert file.stat().st_mode & 0o777 == 0o600


_FIELDS = {"version": 1, "owner_pid": 4711, "owner_mark": "boot:99", "keep": False}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[" * 4000,
        b"\xff\xfe",
        b"4711",
        *(json.dumps(_FIELDS | change).encode() for change in (
            {"version": 2},
            {"owner_pid": 1},
            {"owner_pid": True},
            {"owner_pid": "4711"},
            {"owner_mark": ""},
            {"keep": 0},
            {"keep": None},
        )),
    ],
)  # fmt: skip
def test_what_is_no_lease_of_ours_is_none(data: bytes) -> None:
    assert decode(json.dumps(_FIELDS).encode()) == LEASE
    assert decode(data) is None


def test_a_link_a_directory_and_a_pipe_are_no_lease(tmp_path: Path) -> None:
    write_lease(tmp_path / "real", LEASE)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "directory").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "directory", "pipe", "absent"):
        assert read_lease(tmp_path / name) is None, name


def test_the_other_profiles_are_found_wherever_they_left_something(tmp_path: Path) -> None:
    environment = {"COCKPIT_HOME": str(tmp_path)}
    for place in ("config", "state", "run"):
        (tmp_path / place / "profiles" / f"in-{place}").mkdir(parents=True)
    (tmp_path / "state" / "profiles" / "no profile").mkdir()
    default, one = resolve("default", environment), resolve("in-run", environment)
    assert [paths.profile for paths in default.other_profiles()] == ["in-config", "in-run", "in-state"]
    assert [paths.profile for paths in one.other_profiles()] == ["default", "in-config", "in-state"]
    assert default.other_profiles()[1] == one
    assert one.other_profiles()[0] == default

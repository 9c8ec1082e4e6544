from __future__ import annotations

import stat
from pathlib import Path

import pytest

from cockpit.tmux.server.discovery import (
    GUIDE_URL,
    TmuxBinary,
    find_tmux,
    install_hint,
    parse_version,
    unusable_reason,
)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("tmux 3.3a", (3, 3)),
        ("tmux 3.7c", (3, 7)),
        ("tmux 3.10", (3, 10)),
        ("tmux next-3.6", (3, 6)),
        ("tmux master", (999, 0)),
        ("tmux openbsd-7.5", (999, 0)),
        ("screen 4.9", None),
        ("tmux", None),
        ("", None),
    ],
)
def test_versions_are_read(text: str, version: tuple[int, int] | None) -> None:
    assert parse_version(text) == version


@pytest.mark.parametrize(
    ("os_release", "command"),
    [
        ("ID=debian\n", "sudo apt install tmux"),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', "sudo apt install tmux"),
        ("ID=fedora\n", "sudo dnf install tmux"),
        ('ID="rocky"\nID_LIKE="rhel centos fedora"\n', "sudo dnf install tmux"),
        ("ID=arch\n", "sudo pacman -S tmux"),
        ("ID=alpine\n", "sudo apk add tmux"),
        ('ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n', "sudo zypper install tmux"),
        ("ID=plan9\n", GUIDE_URL),
        ("nonsense", GUIDE_URL),
    ],
)
def test_the_install_command_fits_the_system(os_release: str, command: str) -> None:
    assert install_hint(os_release, platform="linux") == command


def test_macos_uses_brew() -> None:
    assert install_hint("", platform="darwin") == "brew install tmux"


def test_the_tmux_under_test_is_found_and_usable(binary: TmuxBinary) -> None:
    assert binary.usable
    assert unusable_reason(binary) == ""


def test_no_tmux_on_the_path(tmp_path: Path) -> None:
    assert find_tmux({"PATH": str(tmp_path)}) is None
    assert "not found" in unusable_reason(None)


def _fake(directory: Path, script: str) -> str:
    program = directory / "tmux"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return str(program)


def test_an_old_one_is_found_and_refused_with_its_version(tmp_path: Path) -> None:
    path = _fake(tmp_path, "echo tmux 3.2a")
    old = find_tmux({"PATH": str(tmp_path)})
    assert old == TmuxBinary(path, (3, 2), "tmux 3.2a")
    assert not old.usable
    assert "3.2a" in unusable_reason(old)
    assert "3.3" in unusable_reason(old)


def test_the_variable_names_another_binary(tmp_path: Path) -> None:
    path = _fake(tmp_path, "echo tmux 9.9")
    found = find_tmux({"PATH": "/usr/bin:/bin", "COCKPIT_TMUX": path})
    assert found is not None
    assert found.version == (9, 9)


@pytest.mark.parametrize("script", ["exit 1", "echo hello", "exec sleep 30"])
def test_a_binary_that_does_not_answer_is_none(tmp_path: Path, script: str) -> None:
    _fake(tmp_path, script)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "COCKPIT_TMUX_TIMEOUT_SECONDS": "0.2"}
    assert find_tmux(environment) is None

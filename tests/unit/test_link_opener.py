"""Links: opened where a person sits at this machine, else copied; an opener gets nothing but a web address."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from cockpit.app.link_opener import LINK_LIMIT, LinkOpener, may_be_opened, opener


def executable(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    "target",
    [
        "https://example.org",
        "http://example.org:8080/a/(b)?c=d&e=%20#f",
        "https://[::1]/",
        "https://user.example.org/$(x)",
    ],
)
def test_plain_web_addresses_may_be_opened(target: str) -> None:
    assert may_be_opened(target)


@pytest.mark.parametrize(
    "target",
    [
        "",
        "-version",
        "--help",
        "example.org",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "mailto:a@example.org",
        "vscode://file/x",
        "https://",
        "https:///path",
        "https://example.org@evil.example",
        "https://exa mple.org",
        "https://example.org/\x1b]0;x\x07",
        "https://example.org/\nhttps://other.example",
        "https://ex\u0430mple.org",
        "https://example.org/`x`",
        "https://[",
        " https://example.org",
        "https://example.org/" + "x" * LINK_LIMIT,
    ],
)
def test_anything_else_may_not(target: str) -> None:
    assert not may_be_opened(target)


@pytest.mark.parametrize(
    ("environment", "platform", "name"),
    [
        ({"DISPLAY": ":0"}, "linux", "xdg-open"),
        ({"WAYLAND_DISPLAY": "w"}, "linux", "xdg-open"),
        ({}, "linux", None),
        ({}, "darwin", "open"),
        ({"WSL_DISTRO_NAME": "Debian"}, "linux", "wslview"),
        ({"DISPLAY": "localhost:10.0", "SSH_CONNECTION": "a 1 b 2"}, "linux", None),
        ({"SSH_TTY": "/dev/pts/1"}, "darwin", None),
    ],
)
def test_the_opener_is_where_the_person_is(
    tmp_path: Path, environment: Mapping[str, str], platform: str, name: str | None
) -> None:
    for program in ("xdg-open", "open", "wslview"):
        executable(tmp_path / program, "exit 0")
    found = opener({**environment, "PATH": str(tmp_path)}, platform)
    assert found == (str(tmp_path / name) if name else None)
    assert opener({**environment, "PATH": ""}, platform) is None


class Desk:
    """An xdg-open that notes its arguments, a clipboard and toasts."""

    def __init__(self, directory: Path, script: str = "exit 0") -> None:
        self.noted = directory / "noted"
        executable(directory / "xdg-open", f'printf "%s\\n" "$#" "$@" > {self.noted}\n{script}')
        environment = {"PATH": f"{directory}:{os.environ['PATH']}", "DISPLAY": ":0"}
        self.told: list[tuple[str, str]] = []
        self.opener = LinkOpener(environment, tell=lambda *told: self.told.append(told), platform="linux")


async def test_a_link_is_opened_as_one_argument_and_said(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert await desk.opener.open("https://example.org/$(touch%20x)?a=b;c&d")
    assert desk.noted.read_text() == "1\nhttps://example.org/$(touch%20x)?a=b;c&d\n"
    assert desk.told == [("Opened https://example.org/$(touch%20x)?a=b;c&d", "information")]


async def test_what_may_not_be_opened_never_gets_to_an_opener(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    assert not await desk.opener.open("file:///etc/passwd")
    assert not desk.noted.exists()
    assert desk.told == []


async def test_an_opener_that_fails_has_opened_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "exit 3")
    assert not await desk.opener.open("https://example.org")
    assert desk.told == []


async def test_an_opener_that_becomes_the_browser_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cockpit.app.link_opener.OPEN_DEADLINE_S", 0.5)
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    desk = Desk(tmp_path, f"read line < {gate}")
    assert await desk.opener.open("https://example.org")
    assert desk.told == [("Opened https://example.org", "information")]
    os.close(os.open(gate, os.O_WRONLY | os.O_NONBLOCK))  # fails when nobody waits for it any more

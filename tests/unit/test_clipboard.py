"""Verified copy: which way is taken where, what the toast says, and that nothing hangs."""

from __future__ import annotations

import asyncio
import base64
import os
import stat
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from cockpit.app.clipboard.clipboard import Clipboard, CopyResult
from cockpit.app.clipboard.routes import (
    OSC_52_LIMIT,
    OSC_52_TEXT_LIMIT_BYTES,
    SCREEN_CHUNK,
    TOOLS,
    osc_52,
    osc_52_advice,
    routes,
)

ALL = {tool.name for tool in TOOLS}
SSH = {"SSH_CONNECTION": "10.0.0.1 22 10.0.0.2 22"}


@pytest.mark.parametrize(
    ("environment", "platform", "names"),
    [
        ({}, "linux", ["OSC 52"]),
        ({"TERM": "linux"}, "linux", []),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", ["wl-copy", "OSC 52"]),
        ({"DISPLAY": ":0"}, "linux", ["xclip", "xsel", "OSC 52"]),
        (
            {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"},
            "linux",
            ["wl-copy", "xclip", "xsel", "OSC 52"],
        ),
        ({}, "darwin", ["pbcopy", "OSC 52"]),
        ({"WSL_DISTRO_NAME": "Debian", "DISPLAY": ":0"}, "linux", ["clip.exe", "xclip", "xsel", "OSC 52"]),
        ({"TMUX": "/tmp/s,1,0"}, "linux", ["tmux", "OSC 52"]),
        ({"TMUX": "/tmp/s,1,0", "DISPLAY": ":0"}, "linux", ["xclip", "xsel", "tmux", "OSC 52"]),
        (SSH, "linux", ["OSC 52"]),
        (SSH, "darwin", ["OSC 52"]),
        ({**SSH, "TMUX": "/tmp/s,1,0"}, "linux", ["tmux", "OSC 52"]),
        ({**SSH, "DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "linux", ["OSC 52"]),
        ({**SSH, "DISPLAY": "localhost:10.0"}, "linux", ["OSC 52", "xclip", "xsel"]),
        ({"ZELLIJ": "0"}, "linux", ["OSC 52"]),
        ({"ZELLIJ": "0", "WAYLAND_DISPLAY": "wayland-0"}, "linux", ["wl-copy", "OSC 52"]),
        ({"STY": "1.pts"}, "linux", ["OSC 52"]),
    ],
)
def test_the_ways_are_tried_in_order(environment: Mapping[str, str], platform: str, names: list[str]) -> None:
    assert [route.name for route in routes(environment, platform, ALL)] == names


def test_only_what_is_installed_is_tried() -> None:
    assert [route.name for route in routes({"DISPLAY": ":0"}, "linux", {"xsel"})] == ["xsel", "OSC 52"]


def test_the_sequence_is_wrapped_for_what_lies_between() -> None:
    plain = "\x1b]52;c;aGVsbG8=\x07"
    assert osc_52("hello", {}) == plain
    assert osc_52("hello", {"ZELLIJ": "0"}) == plain
    assert osc_52("hello", {"TMUX": "x", "STY": "y"}) == plain + "\x1bPtmux;\x1b\x1b]52;c;aGVsbG8=\x07\x1b\\"
    wrapped = osc_52("hello" * 50, {"STY": "1.pts"})
    chunks = wrapped.removeprefix("\x1bP").removesuffix("\x1b\\").split("\x1b\\\x1bP")
    assert "".join(chunks) == osc_52("hello" * 50, {})
    assert max(map(len, chunks)) <= SCREEN_CHUNK


def test_the_terminals_limit_is_kept() -> None:
    assert len(osc_52("x" * OSC_52_TEXT_LIMIT_BYTES, {})) <= OSC_52_LIMIT
    with pytest.raises(ValueError, match="too long"):
        osc_52("x" * (OSC_52_TEXT_LIMIT_BYTES + 1), {})


@pytest.mark.parametrize(
    ("environment", "word"),
    [
        ({"TERM": "linux"}, "console"),
        ({"TERM_PROGRAM": "Apple_Terminal"}, "Terminal.app"),
        ({"LC_TERMINAL": "iTerm2"}, "iTerm2"),
        ({"VTE_VERSION": "7600", "WAYLAND_DISPLAY": "w"}, "wl-clipboard"),
        ({"VTE_VERSION": "7600", "DISPLAY": ":0"}, "xclip"),
        ({"XTERM_VERSION": "XTerm(390)"}, "disallowedWindowOps"),
        ({"ZELLIJ": "0"}, "copy_command"),
        ({"ZELLIJ": "0", "DISPLAY": ":0"}, "install xclip"),
        ({"STY": "1.pts"}, "screen"),
        ({}, "OSC 52"),
    ],
)
def test_how_to_mend_it_is_said_for_the_terminal_at_hand(environment: Mapping[str, str], word: str) -> None:
    assert word in osc_52_advice(environment, "linux")


class Desk:
    """A PATH with fake tools that keep the clipboard in a file, and a terminal that remembers what it got."""

    def __init__(self, directory: Path) -> None:
        self.bin = directory / "bin"
        self.bin.mkdir()
        self.kept = directory / "kept"
        self.written: list[str] = []

    def tool(self, name: str, script: str) -> None:
        path = self.bin / name
        path.write_text(f"#!/bin/sh\nKEPT={self.kept}\n{script}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def wayland(self, paste: str = 'cat "$KEPT"') -> None:
        # As the real one does, it keeps running in the background with everything it inherited.
        self.tool("wl-copy", 'cat > "$KEPT"\nsleep 3 &\necho $! > "$KEPT.pid"')
        self.tool("wl-paste", paste)

    def clipboard(self, environment: Mapping[str, str], platform: str = "linux") -> Clipboard:
        path = f"{self.bin}:{os.environ['PATH']}"
        return Clipboard({"PATH": path, **environment}, self.written.append, platform)

    def end_background(self) -> None:
        pid_file = self.kept.with_suffix(".pid")
        if pid_file.exists():
            os.kill(int(pid_file.read_text()), 9)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


WAYLAND = {"WAYLAND_DISPLAY": "wayland-0"}


async def test_a_tool_that_took_it_confirms_it(desk: Desk) -> None:
    desk.wayland()
    started = time.monotonic()
    result = await desk.clipboard(WAYLAND).copy("ä line\nand another")
    assert time.monotonic() - started < 2
    assert result == CopyResult("wl-copy", 18, True)
    assert result.message == "Copied 18 characters (wl-copy)."
    assert desk.kept.read_text() == "ä line\nand another"
    assert desk.written == []
    desk.end_background()


async def test_a_tool_that_keeps_something_else_is_not_believed(desk: Desk) -> None:
    desk.wayland(paste="echo something else")
    result = await desk.clipboard(WAYLAND).copy("x")
    assert (result.route, result.confirmed) == ("OSC 52", False)
    assert desk.written == ["\x1b]52;c;eA==\x07"]
    desk.end_background()


async def test_a_tool_that_fails_gives_way_to_the_next(desk: Desk) -> None:
    desk.tool("wl-copy", "exit 1")
    desk.tool("xclip", 'case $* in *-o*) cat "$KEPT";; *) cat > "$KEPT";; esac')
    result = await desk.clipboard({**WAYLAND, "DISPLAY": ":0"}).copy("x")
    assert result == CopyResult("xclip", 1, True)
    assert result.message == "Copied 1 character (xclip)."


async def test_a_tool_that_hangs_is_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cockpit.app.clipboard.clipboard.TOOL_DEADLINE_S", 0.2)
    desk.tool("wl-copy", "exec sleep 60")
    result = await asyncio.wait_for(desk.clipboard(WAYLAND).copy("x"), 5)
    assert result.route == "OSC 52"


async def test_a_tool_that_hangs_while_reading_back_has_taken_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cockpit.app.clipboard.clipboard.READ_BACK_DEADLINE_S", 0.2)
    desk.wayland(paste="exec sleep 60")
    assert (await desk.clipboard(WAYLAND).copy("x")).confirmed
    desk.end_background()


async def test_windows_clipboard_gets_its_own_encoding(desk: Desk) -> None:
    desk.tool("clip.exe", 'cat > "$KEPT"')
    result = await desk.clipboard({"WSL_DISTRO_NAME": "Debian"}).copy("ä")
    assert result == CopyResult("clip.exe", 1, True)
    assert desk.kept.read_bytes() == b"\xe4\x00"


async def test_over_ssh_the_persons_terminal_is_asked_and_the_toast_says_that_it_confirms_nothing(
    desk: Desk,
) -> None:
    desk.wayland()
    result = await desk.clipboard({**SSH, **WAYLAND}).copy("hello")
    assert desk.written == [f"\x1b]52;c;{base64.b64encode(b'hello').decode()}\x07"]
    assert not desk.kept.exists()
    assert result.message.startswith(
        "Sent 5 characters to your terminal (OSC 52), which confirms nothing. If"
    )


async def test_over_ssh_a_forwarded_display_confirms(desk: Desk) -> None:
    desk.tool("xsel", 'case $* in *--output*) cat "$KEPT";; *) cat > "$KEPT";; esac')
    result = await desk.clipboard({**SSH, "DISPLAY": "localhost:10.0"}).copy("hello")
    assert result == CopyResult("xsel", 5, True)
    assert len(desk.written) == 1


async def test_too_much_for_the_terminal_is_not_sent_and_said(desk: Desk) -> None:
    result = await desk.clipboard({}).copy("x" * 200_000)
    assert desk.written == []
    assert result.message.startswith("200,000 characters could not be copied.")
    assert "kB" in result.message


async def test_a_large_text_goes_through_a_tool(desk: Desk) -> None:
    desk.wayland()
    text = "x" * 5_000_000
    assert (await desk.clipboard(WAYLAND).copy(text)).confirmed
    assert desk.kept.stat().st_size == len(text)
    desk.end_background()


async def test_the_last_of_several_copies_stays(desk: Desk) -> None:
    desk.wayland()
    clipboard = desk.clipboard(WAYLAND)
    await asyncio.gather(*(clipboard.copy(str(number)) for number in range(5)))
    assert desk.kept.read_text() == "4"
    desk.end_background()


async def test_in_screen_and_zellij_the_toast_says_the_way_and_how_to_mend_it(desk: Desk) -> None:
    told = (await desk.clipboard({"STY": "1.pts"}).copy("hello")).message
    assert told.startswith(
        "Sent 5 characters to your terminal (OSC 52), which confirms nothing. If it didn't"
    )
    assert "through screen" in told
    assert desk.written == ["\x1bP\x1b]52;c;aGVsbG8=\x07\x1b\\"]
    told = (await desk.clipboard({"ZELLIJ": "0"}).copy("hello")).message
    assert told.startswith(
        "Sent 5 characters to your terminal (OSC 52), which confirms nothing. If it didn't"
    )
    assert "zellij" in told
    assert desk.written[1:] == ["\x1b]52;c;aGVsbG8=\x07"]


async def test_without_any_way_that_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cockpit.app.clipboard.clipboard.routes", lambda *_: [])
    assert (await desk.clipboard({}).copy("x")).message == (
        "1 character could not be copied. There is no way to a clipboard here."
    )


async def test_a_program_that_may_read_gets_what_a_tool_holds(desk: Desk) -> None:
    desk.wayland()
    desk.kept.write_text("käse\n")
    assert await desk.clipboard(WAYLAND).read() == "käse\n"
    assert await desk.clipboard({**SSH, **WAYLAND}).read() == ""
    assert await desk.clipboard({}).read() == ""
    desk.wayland(paste="exit 1")
    assert await desk.clipboard(WAYLAND).read() == ""


async def test_a_tmux_that_is_gone_is_passed_by(desk: Desk, tmp_path: Path) -> None:
    result = await desk.clipboard({"TMUX": f"{tmp_path}/no-such-socket,1,0"}).copy("x")
    assert result.route == "OSC 52"
    assert "\x1bPtmux;" in desk.written[0]

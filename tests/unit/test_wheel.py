"""Who gets the wheel."""

from __future__ import annotations

import pytest

from cockpit.terminal.wheel import KNOWN_AGENTS, WheelOwner, names_agent, wheel_owner


@pytest.mark.parametrize(
    ("tracks_mouse", "alternate_screen", "holds_agent", "owner"),
    [
        (False, False, False, WheelOwner.HISTORY),
        (False, False, True, WheelOwner.HISTORY),
        (False, True, False, WheelOwner.ARROWS),
        (False, True, True, WheelOwner.HISTORY),
        (True, False, False, WheelOwner.PROGRAM),
        (True, False, True, WheelOwner.PROGRAM),
        (True, True, False, WheelOwner.PROGRAM),
        (True, True, True, WheelOwner.PROGRAM),
    ],
)
def test_the_owner(tracks_mouse: bool, alternate_screen: bool, holds_agent: bool, owner: WheelOwner) -> None:
    found = wheel_owner(tracks_mouse=tracks_mouse, alternate_screen=alternate_screen, holds_agent=holds_agent)
    assert found is owner


@pytest.mark.parametrize(
    "command",
    [
        *sorted(KNOWN_AGENTS),
        "claude --continue",
        "/usr/local/bin/codex resume",
        "exec gemini",
        "env A=b opencode",
        "NO_COLOR=1 aider",
        "npx -y codex@latest",
        "npx @anthropic-ai/claude-code",
    ],
)
def test_commands_that_start_an_agent(command: str) -> None:
    assert names_agent(command)


@pytest.mark.parametrize(
    "command", [None, "", "vim claude", "less codex.log", "echo 'claude", "claudette", "git log --author=amp"]
)
def test_commands_that_start_none(command: str | None) -> None:
    assert not names_agent(command)

from __future__ import annotations

from pathlib import Path

import pytest

from cockpit.errors import UsageError
from cockpit.tmux.deadline import DEFAULT_TIMEOUT_S, default_timeout_s
from cockpit.tmux.server.environment import curated_environment, pane_term

OUTER = {
    "PATH": "/bin",
    "HOME": "/home/x",
    "LANG": "C.UTF-8",
    "LC_CTYPE": "de_DE.UTF-8",
    "SSH_AUTH_SOCK": "/run/agent",
    "XDG_RUNTIME_DIR": "/run/user/1",
    "XDG_ACTIVATION_TOKEN": "secret",
    "TMUX": "/tmp/outer,1,0",
    "TMUX_PANE": "%1",
    "LINES": "10",
    "COLUMNS": "20",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "GITHUB_TOKEN": "secret",
    "TERM": "dumb",
}


def test_only_what_programs_need_is_passed_on() -> None:
    kept = curated_environment(OUTER)
    assert kept == {
        "PATH": "/bin",
        "HOME": "/home/x",
        "LANG": "C.UTF-8",
        "LC_CTYPE": "de_DE.UTF-8",
        "SSH_AUTH_SOCK": "/run/agent",
        "XDG_RUNTIME_DIR": "/run/user/1",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
    }


def test_without_a_path_or_home_there_is_still_one() -> None:
    kept = curated_environment({})
    assert kept["PATH"]
    assert Path(kept["HOME"]).is_absolute()


def test_the_pane_term_is_one_the_system_describes(tmp_path: Path) -> None:
    nowhere = {"TERMINFO": str(tmp_path), "HOME": str(tmp_path)}
    described = any(
        (Path(root) / "t/tmux-256color").is_file()
        for root in ("/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo", "/usr/lib/terminfo")
    )
    assert pane_term(nowhere) == ("tmux-256color" if described else "screen-256color")
    entry = tmp_path / "74" / "tmux-256color"
    entry.parent.mkdir()
    entry.touch()
    assert pane_term(nowhere) == "tmux-256color"


def test_the_deadline_can_be_set() -> None:
    assert default_timeout_s({}) == DEFAULT_TIMEOUT_S
    assert default_timeout_s({"COCKPIT_TMUX_TIMEOUT_SECONDS": "0.5"}) == 0.5


@pytest.mark.parametrize("text", ["0", "-1", "soon", "nan", "inf"])
def test_a_deadline_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="COCKPIT_TMUX_TIMEOUT_SECONDS"):
        default_timeout_s({"COCKPIT_TMUX_TIMEOUT_SECONDS": text})

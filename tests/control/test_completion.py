"""Completion: what can follow, and the three scripts in their shells."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from cockpit.control.verbs import MODULES, completion
from cockpit.control.verbs.completion import answer, candidates
from tests.harness.cockpit_app import ROOT

SESSIONS = [
    {
        "id": "s-1",
        "name": "my work",
        "directory": "/w",
        "terminals": [{"id": "t-1", "name": "vi", "state": "running"}],
    },
    {"id": "s-2", "name": "$(touch ran)", "directory": "/w", "terminals": []},
]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path / "c"))
    monkeypatch.setattr("cockpit.control.verbs.calling.ask", lambda *_, **__: {"sessions": SESSIONS})
    (tmp_path / "c/state/profiles/night").mkdir(parents=True)
    return tmp_path


TARGETS = {"current", "my work", "s-1", "vi", "t-1", "$(touch ran)", "s-2"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["read", ""], TARGETS),
        (["-L", "night", "read", ""], TARGETS),
        (["read", "--lines", "5", ""], TARGETS),
        (["read", "--lines", "=", "5", ""], TARGETS),  # as bash cuts --lines=5
        (["read", "--lines", ""], set()),
        (["read", "vi", ""], set()),
        (["new", "--session", ""], {"my work", "s-1", "$(touch ran)", "s-2"}),
        (["-L", ""], {"default", "night"}),
        (["read", "--profile", ""], {"default", "night"}),
        (["config", ""], {"list", "path", "get", "set", "unset"}),
        (["config", "list", ""], set()),
        (["config", "set", "general.sidebar", ""], {"true", "false"}),
        (["config", "set", "notifications.bell", ""], {"visible", "outer", "off"}),
        (["config", "get", "notifications.bell", ""], set()),
        (["config", "set", "no.such", ""], set()),
        (["completion", ""], {"bash", "zsh", "fish"}),
        (["store", ""], {"list", "restore"}),
        (["run", "vi", "make", "-"], set()),
        (["rename", "--", "-"], TARGETS),
        (["-"], {"--profile", "--take-over", "--version", "--help"}),
    ],
)
def test_what_can_follow(words: Sequence[str], expected: set[str]) -> None:
    assert {word for word, _ in candidates(words)} == expected


@pytest.mark.parametrize(
    ("words", "some"),
    [
        ([""], set(MODULES)),
        (["help", ""], {*MODULES, "protocol"}),
        (["wait", "--"], {"--text", "--regex", "--timeout", "--json", "--help"}),
        (["config", "get", ""], {"general.theme", "keys.leader"}),
        (["events", "-n", "1", ""], {"terminal.bell", "agent.hook"}),
        (["events", "terminal.bell", ""], {"agent.hook"}),
        (["keys", "vi", "up", ""], {"enter", "f5", "ctrl+c"}),
    ],
)
def test_what_can_follow_among_others(words: Sequence[str], some: set[str]) -> None:
    found = dict(candidates(words))
    assert some <= found.keys()
    assert words[0] != "" or all(found[name] for name in MODULES), "verbs come with what they do"


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (["read", "my\\ w"], ["my\\ work"]),
        (["read", "'my w"], ["my work"]),
        (["read", "$"], ["\\$\\(touch\\ ran\\)"]),
        (["read", "zz"], []),
        (["completion", "b"], ["bash"]),
    ],
)
def test_bash_is_given_words_that_need_no_more_quotes(words: Sequence[str], lines: Sequence[str]) -> None:
    assert answer("bash", words).splitlines() == lines


def test_others_are_told_what_each_word_is() -> None:
    assert answer("fish", ["read", "v"]) == "vi\trunning in my work\n"
    assert answer("zsh", ["read", "s-1"]) == "s-1\tsession my work\n"


ASK: Mapping[str, str] = {
    "bash": 'COMP_WORDS=(cockpit "$@"); COMP_CWORD=$#; _cockpit; printf "%s\\n" "${COMPREPLY[@]}"',
    "zsh": 'words=(cockpit "$@"); CURRENT=$#words; _cockpit',
    "fish": 'complete -C"cockpit $argv"',
}
BEFORE: Mapping[str, str] = {
    "bash": "",
    "zsh": "compdef() { :; }; compadd() { print -rl -- $found; }; _path_files() { :; }\n",
    "fish": "",
}


def asked(shell: str, home: Path, cockpit: str, *words: str) -> list[str]:
    """What the shell offers behind `cockpit` and these words, with this script as the program."""
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    (home / "cockpit").write_text(f"#!/bin/sh\n{cockpit}\n")
    (home / "cockpit").chmod(0o755)
    script = f"{BEFORE[shell]}{completion.SCRIPTS[shell]}{ASK[shell]}"
    done = subprocess.run(
        [shell, "-c", script, *(() if shell == "fish" else (shell,)), *words],
        env={"PATH": f"{home}:/usr/bin:/bin", "HOME": str(home), "COCKPIT_HOME": str(home / "c")},
        cwd=home,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == ""
    return [line.partition("\t")[0] for line in done.stdout.splitlines()]


@pytest.mark.parametrize("shell", completion.SCRIPTS)
def test_a_shell_is_told_what_can_follow(shell: str, home: Path) -> None:
    program = f'PYTHONPATH={ROOT} exec {sys.executable} -m cockpit "$@"'
    assert asked(shell, home, program, "config", "set", "clipboard.program_read", "a") == ["allow", "ask"]
    assert asked(shell, home, program, "snap") == ["snapshot"]


@pytest.mark.parametrize("shell", completion.SCRIPTS)
def test_what_a_name_holds_is_never_run(shell: str, home: Path) -> None:
    names = ["plain", "$(touch ran)", "`touch ran`", "; touch ran"]
    program = 'printf "%s " "$@" >asked; cat names'
    (home / "names").write_text("".join(f"{name}\n" for name in names))
    assert sorted(asked(shell, home, program, "read", "")) == sorted(names)
    assert (home / "asked").read_text() == f"completion {shell} -- read  "
    assert not (home / "ran").exists()

"""The command line's verbs without cockpit: arguments, pages, completion, and what importing them costs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cockpit.control import verbs
from cockpit.control.verbs import completion, split
from cockpit.control.verbs.arguments import parse, seconds
from cockpit.control.verbs.calling import json_text, main, target_of
from cockpit.control.verbs.local import all_verbs, overview
from cockpit.errors import UsageError
from tests.harness.installed import installed

VERBS = all_verbs()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path / "c"))
    for name in ("COCKPIT_SOCKET", "COCKPIT_SOCKET_PATH", "COCKPIT_TERMINAL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["list"], (None, ["list"])),
        (["-L", "work", "list", "--json"], ("work", ["list", "--json"])),
        (["-Lwork", "read"], ("work", ["read"])),
        (["--profile=work", "read"], ("work", ["read"])),
        (["--profile", "work", "read"], ("work", ["read"])),
        ([], None),
        (["./list"], None),
        (["-L", "list"], None),
        (["--version"], None),
        (["-L", "work"], None),
        (["/tmp", "list"], None),
    ],
)
def test_a_verb_is_told_from_a_directory(words: list[str], expected: object) -> None:
    assert split(words) == expected


def test_words_and_options_mix_and_the_rest_is_taken_as_it_is() -> None:
    read = parse(VERBS["run"], ["--wait", "build", "make", "-j4", "--wait"])
    assert (read.wait, read.target, read.command) == (True, "build", ["make", "-j4", "--wait"])
    read = parse(VERBS["run"], ["build", "-t", "5m", "--", "--odd"])
    assert (read.timeout, read.command) == (300.0, ["--odd"])
    read = parse(VERBS["send"], ["build", "--timeout=1.5", "-"])
    assert (read.timeout, read.text, read.enter) == (1.5, "-", None)
    read = parse(VERBS["keys"], ["build", "ctrl+c", "-"])
    assert read.keys == ["ctrl+c", "-"]
    assert seconds("2h") == 7200.0


@pytest.mark.parametrize(
    ("verb", "words", "message"),
    [
        ("send", [], "TARGET is missing"),
        ("run", ["build"], "COMMAND is missing"),
        ("list", ["--bogus"], "no option '--bogus'"),
        ("list", ["extra"], "one word too many"),
        ("read", ["--lines"], "--lines needs NUMBER"),
        ("read", ["--lines", "0"], "--lines can't be '0'"),
        ("wait", ["--timeout", "nan"], "--timeout can't be 'nan'"),
        ("read", ["--json=1"], "--json takes no value"),
    ],
)
def test_a_wrong_call_says_how_it_is_meant(verb: str, words: list[str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(VERBS[verb], words)
    assert message in str(caught.value)
    assert f"usage: cockpit {verb}" in str(caught.value)


@pytest.mark.parametrize("name", verbs.MODULES)
def test_every_verb_has_a_page(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"], None) == 0
    page = capsys.readouterr().out
    assert page.startswith(f"usage: cockpit {name} ")
    assert all(option.spelled in page for option in VERBS[name].options)
    assert max(map(len, page.splitlines())) <= 120
    assert f"  {name} " in overview()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["status"], 3),
        (["list"], 3),
        (["events", "--bogus"], 2),
        (["wait"], 2),
        (["config", "get", "no.such"], 1),
        (["help", "nothing"], 2),
        (["completion", "tcsh"], 2),
    ],
)
def test_the_exit_status_tells_what_went_wrong(
    words: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words, None) == code
    captured = capsys.readouterr()
    assert captured.err.startswith("cockpit: ")
    assert captured.out == ""


def test_settings_are_read_and_written_without_cockpit(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "set", "general.sidebar_width", "32"], None) == 0
    assert main(["config", "set", "general.theme", "ansi-light"], None) == 0
    capsys.readouterr()
    main(["config", "list", "--json"], None)
    told = json.loads(capsys.readouterr().out)
    assert (told["general.sidebar_width"], told["general.theme"]) == (32, "ansi-light")
    main(["config", "unset", "general.theme"], None)
    main(["config", "get", "general.theme"], None)
    assert capsys.readouterr().out == "ansi-dark\n"
    assert main(["config", "set", "general.sidebar_width", "wide"], None) == 1
    capsys.readouterr()
    main(["schema", "--json"], None)
    assert "$defs" in json.loads(capsys.readouterr().out)


def test_current_is_the_terminal_the_verb_runs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    here = parse(VERBS["read"], [])
    assert target_of(None, here) is None and target_of("current", here) == "current"
    monkeypatch.setenv("COCKPIT_TERMINAL", "t-1")
    assert target_of(None, here) == target_of("current", here) == "t-1"
    assert target_of("build", here) == "build"
    assert target_of("current", parse(VERBS["read"], ["-L", "other"])) == "current"


def test_a_verb_imports_nothing_that_takes_long() -> None:
    code = (
        "import sys, cockpit.__main__ as m; sys.argv = ['cockpit', 'status']; m.main(); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported = {name.partition(".")[0] for name in done.stdout.split()}
    heavy = {"argparse", "asyncio", "pydantic", "textual", "rich", "psutil", "libtmux", "pyghostty", "regex"}
    assert "cockpit" in imported
    assert imported.isdisjoint(heavy | {"tomlkit"})


@pytest.mark.parametrize("shell", completion.SCRIPTS)
def test_completion_scripts_can_be_read_by_their_shell(shell: str) -> None:
    installed(shell)
    script = completion.SCRIPTS[shell]()
    done = subprocess.run([shell, "-n"], input=script, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert all(name in script for name in VERBS)


def test_completion_never_runs_what_a_name_holds(home: Path) -> None:
    (home / "cockpit").write_text("#!/bin/sh\nprintf '%s\\n' 'plain' '$(touch ran)' '`touch ran`' 'pl us'\n")
    (home / "cockpit").chmod(0o755)
    ask = 'COMP_WORDS=(cockpit read "$1"); COMP_CWORD=2; _cockpit; printf "%s\\n" "${COMPREPLY[@]}"'
    for begun, expected in (("", 4), ("pl", 2), ("$", 1)):
        done = subprocess.run(
            ["bash", "-c", f"{completion.bash()}\n{ask}", "bash", begun],
            env={"PATH": f"{home}:/usr/bin:/bin"},
            cwd=home,
            capture_output=True,
            text=True,
            check=True,
        )
        assert len(done.stdout.splitlines()) == expected, done
    assert not (home / "ran").exists()


def test_json_does_nothing_to_the_terminal_it_is_printed_on() -> None:
    value = {"a": "\x1b\x7f\x9b31m\u2028\u202e é ─ 漢 \U0001f469"}
    assert json.loads(json_text(value)) == value
    assert json_text(value) == '{"a": "\\u001b\\u007f\\u009b31m\\u2028\\u202e é ─ 漢 \U0001f469"}'

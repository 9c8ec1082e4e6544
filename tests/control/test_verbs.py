"""The command line's verbs without cockpit: arguments, pages, completion, and what importing them costs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cockpit.control import verbs
from cockpit.control.verbs import split
from cockpit.control.verbs.arguments import parse, seconds
from cockpit.control.verbs.calling import main, target_of
from cockpit.control.verbs.listing import facts, listing
from cockpit.control.verbs.local import all_verbs
from cockpit.control.verbs.pages import GROUPS, overview
from cockpit.control.verbs.streams import json_text
from cockpit.control.verbs.telling import PAYLOAD_BYTES, fitted
from cockpit.errors import UsageError
from cockpit.model import TerminalState
from tests.harness.cockpit_app import ROOT

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
    read = parse(VERBS["read"], ["-n5", "-Lwork"])
    assert (read.lines, read.profile) == (5, "work")
    read = parse(VERBS["run"], ["-wt5m", "build", "--", "make"])
    assert (read.wait, read.timeout, read.command) == (True, 300.0, ["make"])
    read = parse(VERBS["rename"], ["--", "-dash", "--other"])
    assert (read.target, read.name) == ("-dash", "--other")


@pytest.mark.parametrize(
    ("verb", "words", "message"),
    [
        ("send", [], "TARGET is missing"),
        ("run", ["build"], "COMMAND is missing"),
        ("list", ["--bogus"], "no option '--bogus'"),
        ("list", ["--jsn"], "no option '--jsn'; did you mean --json?"),
        ("close", ["-dash"], "no option '-dash'; put -- before"),
        ("send", ["a", "make", "test"], "one word too many, 'test'; what has blanks needs quotes"),
        (
            "wait",
            ["--quiet", "5x"],
            "--quiet must be a time such as 1.5, 30s, 5m or 2h, at most a day, not '5x'",
        ),
        ("wait", ["-t", "0"], "not '0'"),
        ("list", ["-L", ""], "--profile must be a profile's name"),
        ("list", ["extra"], "one word too many"),
        ("read", ["--lines"], "--lines needs NUMBER"),
        ("read", ["--lines", "0"], "--lines must be a whole number from 1 on, not '0'"),
        ("wait", ["--timeout", "nan"], "--timeout must be a time"),
        ("read", ["--json=1"], "--json takes no value"),
    ],
)
def test_a_wrong_call_says_how_it_is_meant(verb: str, words: list[str], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(VERBS[verb], words)
    assert message in str(caught.value)
    assert str(caught.value).endswith(f"(cockpit help {verb})") and "\n" not in str(caught.value)


@pytest.mark.parametrize("name", verbs.MODULES)
def test_every_verb_has_a_page(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"], None) == 0
    page = capsys.readouterr().out
    assert page.startswith(f"usage: cockpit {name} ")
    assert all(option.spelled in page for option in VERBS[name].options)
    assert "\nprints:\n" in page and "\nexit status:\n  0 " in page
    assert max(map(len, page.splitlines())) < 80


def test_the_overview_has_every_verb_once_and_fits(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help"], None) == 0
    shown = capsys.readouterr().out
    assert shown == overview(VERBS)
    assert sorted(name for names in GROUPS.values() for name in names) == sorted(verbs.MODULES)
    assert max(map(len, shown.splitlines())) < 80


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["status"], 3),
        (["list"], 3),
        (["events", "--bogus"], 2),
        (["wait"], 2),
        (["config", "get", "no.such"], 1),
        (["config", "lst"], 2),
        (["config", "list", "extra"], 2),
        (["config", "set", "general.theme"], 2),
        (["close", ""], 2),
        (["status", ""], 2),
        (["hook"], 1),
        (["hook", "Stop", "{no json"], 1),
        (["hook", "Stop", "{}", "--target", "build"], 3),
        (["help", "nothing"], 2),
        (["completion", "tcsh"], 2),
    ],
)
def test_the_exit_status_tells_what_went_wrong(
    words: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words, None) == code
    captured = capsys.readouterr()
    assert captured.err.startswith("cockpit: ") and captured.err.count("\n") == 1
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
    assert main(["config", "set", "keys.leader", "C-a"], None) == 1
    assert "keys.leader = 'C-a' is not allowed: " in capsys.readouterr().err
    assert main(["config", "set", "keys.terminal.new", "t"], None) == 0
    assert main(["config", "set", "keys.session.close", ""], None) == 0
    main(["config", "list"], None)
    listed = capsys.readouterr().out.splitlines()
    assert {'keys.leader = "ctrl+b"', 'keys.terminal.new = "t"', 'keys.session.close = ""'} <= set(listed)
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


def test_a_verb_that_finds_cockpit_imports_hardly_more_than_json() -> None:
    modules = ["client", "discovery", "protocol"]
    parts = ("calling", "arguments", "rows", "sending", "reading", "telling", "listing")
    modules += [f"verbs.{name}" for name in parts]
    code = f"import sys, {', '.join(f'cockpit.control.{name}' for name in modules)}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert {"typing", "socket", "selectors", "contextlib", "dataclasses"}.isdisjoint(done.stdout.split())


def test_json_does_nothing_to_the_terminal_it_is_printed_on() -> None:
    value = {"a": "\x1b\x7f\x9b31m\u2028\u202e é ─ 漢 \U0001f469"}
    assert json.loads(json_text(value)) == value
    assert json_text(value) == '{"a": "\\u001b\\u007f\\u009b31m\\u2028\\u202e é ─ 漢 \U0001f469"}'


@pytest.mark.parametrize("agent", ["claude", "codex"])
def test_a_hook_outside_cockpit_is_nobodys_concern(
    agent: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["hook", "Stop", '{"session_id":"x"}', "--agent", agent], None) == 0
    assert capsys.readouterr() == ("", "")
    monkeypatch.setenv("COCKPIT_TERMINAL", "t-1")  # one of another profile
    assert main(["hook", "Stop", "{}", "--agent", agent], "other") == 0
    assert main(["hook", "Stop", "{}", "--agent", agent], None) == 3


def test_a_payload_with_a_whole_file_in_it_is_cut_to_what_is_taken() -> None:
    small = {"hook_event_name": "PostToolUse", "tool_input": {"file_path": "/w/a.py"}}
    assert fitted(small) is small
    big = {**small, "tool_response": [{"content": "ä" * 200_000}], "cwd": "/w"}
    cut = fitted(big)
    assert len(json.dumps(cut)) <= PAYLOAD_BYTES
    assert cut == {**big, "tool_response": [{"content": "ä" * 4000 + "…"}]}
    assert len(json.dumps(fitted({str(n): "x" * 900 for n in range(500)}))) <= PAYLOAD_BYTES


def test_rows_are_aligned_and_colours_say_something() -> None:
    def terminal(name: str, state: str, **more: object) -> dict[str, object]:
        row = {"id": "t-1", "name": name, "backend": "pty", "state": state, "title": ""}
        return {"exit_code": None, "signal": None, "focused": False, **row, **more}

    rows = [terminal("Größe 🚀", "running", focused=True), terminal("b", "exited", exit_code=3)]
    session = {
        "id": "s-1",
        "name": "work",
        "directory": "/w",
        "group": "g",
        "focused": True,
        "terminals": rows,
    }
    assert listing([session]).splitlines() == [
        "* s-1  work  /w  [g]",
        "*   t-1  Größe 🚀  pty  running",
        "    t-1  b         pty  exited (3)",
    ]
    assert listing([]) == ""
    colored = listing([session], colored=True).splitlines()
    assert [line.partition("m")[0] for line in colored] == ["\x1b[1", "\x1b[1", "\x1b[31"]
    assert facts(
        {"id": "t-1", "active": False, "title": "", "exit_code": 0, "reason": "a\x1b[m"}
    ).splitlines() == [
        "id:         t-1",
        "active:     no",
        "exit_code:  0",
        "reason:     a[m",
    ]


def test_the_page_of_wait_names_every_state() -> None:
    (status,) = (option for option in VERBS["wait"].options if option.name == "status")
    assert status.help.endswith(": " + ", ".join(TerminalState))


@pytest.mark.parametrize(
    ("answer", "code", "told"),
    [
        ({"exit_code": 3}, 3, ""),
        ({"exit_code": 0, "cut": True}, 0, "may be missing"),
        ({"exit_code": None, "ended": False}, 125, "not known"),
        ({"exit_code": None, "signal": 9, "ended": True}, 137, ""),
    ],
)
def test_run_says_what_is_missing_and_ends_as_the_command_did(
    answer: dict[str, object],
    code: int,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    whole = {"output": "printed", "signal": None, **answer}
    monkeypatch.setattr("cockpit.control.verbs.sending.ask", lambda *_, **__: whole)
    assert main(["run", "--wait", "build", "make"], None) == code
    printed = capsys.readouterr()
    assert printed.out == "printed\n"
    assert told in printed.err
    assert bool(printed.err) is bool(told)

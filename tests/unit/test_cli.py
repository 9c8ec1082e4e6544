"""The command line: what it passes on, what it refuses, what its exit codes say, what it imports."""

from __future__ import annotations

import os
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path

import pytest

from cockpit import __version__, cli
from cockpit.cli import main
from cockpit.errors import CockpitError, PathError, ProfileInUseError, SettingsError, StoreError, UsageError
from cockpit.paths import Paths

Run = Callable[[Paths, str | None], int]


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Run], None]:
    """Puts a function in the app's place and takes any stream for a terminal."""
    monkeypatch.setenv("COCKPIT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(cli, "_check_terminal", lambda: None)

    def put(run: Run) -> None:
        module = types.ModuleType("cockpit.app.launch")
        module.run = lambda *where, take_over: run(*where)  # type: ignore[attr-defined] # stands in for the real one
        monkeypatch.setitem(sys.modules, "cockpit.app.launch", module)

    return put


def test_it_passes_the_directory_and_the_profile_on(
    app: Callable[[Run], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, str | None]] = []

    def run(paths: Paths, directory: str | None) -> int:
        seen.append((paths.profile, directory))
        return 0

    app(run)
    (tmp_path / "-x \n").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(["-L", "work", "--", "-x \n"]) == 0
    assert main([]) == 0
    assert seen == [("work", f"{tmp_path}/-x \n"), ("default", None)]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UsageError("u"), 2),
        (SettingsError("s"), 1),
        (StoreError("s"), 1),
        (ProfileInUseError("p"), 1),
        (PathError("p"), 1),
        (CockpitError("c"), 1),
    ],
)
def test_an_error_is_a_message_and_an_exit_code(
    app: Callable[[Run], None], error: CockpitError, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(paths: Paths, directory: str | None) -> int:
        raise error

    app(run)
    assert main([]) == code
    captured = capsys.readouterr()
    assert captured.err == f"cockpit: {error}\n"
    assert captured.out == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["/no/such/directory"], "no directory '/no/such/directory'"),
        ([__file__], "no directory"),
        (["-L", "../x"], "profile"),
        (["a\x1b[31m\0"], "no directory"),
    ],
)
def test_a_wrong_call_is_refused(
    app: Callable[[Run], None], arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    app(lambda paths, directory: 0)
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert words in captured.err
    assert "\x1b" not in captured.err


@pytest.mark.parametrize("arguments", [["--bogus\x1b[31m"], ["/", "/"], ["-L"], ["--prof", "x"]])
def test_an_unknown_option_is_refused_without_echoing_control_bytes(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("cockpit: ") and captured.err.endswith(" (cockpit help)\n")
    assert "\x1b" not in captured.err
    assert captured.out == ""


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["lst"], "nor a verb of that name; did you mean list?"),
        (["raed", "build", "--lines", "3"], "nor a verb of that name; did you mean read?"),
        (["-L", "work", "zzzz"], "nor a verb of that name; cockpit help has them all"),
        (["src/lst"], ": name one that exists"),
        (["--take-ovr", "/"], "there is no option '--take-ovr'; did you mean --take-over?"),
        (["/", "/tmp"], "there is one word too many, '/tmp'"),
    ],
)
def test_a_mistyped_word_gets_a_hint(
    arguments: list[str], hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert hint in captured.err and captured.err.count("\n") == 1


@pytest.mark.parametrize("stream", ["stdin", "stdout"])
def test_without_a_terminal_it_says_which_stream(
    stream: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("stdin", "stdout"):
        monkeypatch.setattr(
            sys, name, types.SimpleNamespace(isatty=lambda name=name: name != stream, closed=False)
        )
    assert main([]) == 2
    assert f"{stream} is not a terminal" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_import_next_to_nothing(option: str) -> None:
    code = (
        "import sys; sys.argv = ['cockpit', sys.argv[1]]\n"
        "import cockpit.cli\n"
        "try: cockpit.cli.main()\n"
        "except SystemExit: pass\n"
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, option], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    heavy = {
        "pydantic",
        "textual",
        "rich",
        "libtmux",
        "pyghostty",
        "asyncio",
        "psutil",
        "platformdirs",
        "tomlkit",
    }
    assert heavy.isdisjoint(done.stderr.split())
    assert done.stdout.startswith(f"cockpit {__version__}" if option == "--version" else "usage: cockpit")

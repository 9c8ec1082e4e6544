"""What starting cockpit may cost: `--help` and `--version` answer without the screen's libraries."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

import pytest

import cockpit
from cockpit.app.app import freeze

HEAVY = ("textual", "rich", "libtmux", "pyghostty", "pydantic", "psutil")


def run_cockpit(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-X", "importtime", "-m", "cockpit", *arguments]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(cwd), "COCKPIT_HOME": str(cwd / "c")}
    return subprocess.run(
        argv, cwd=cwd, env=environment, capture_output=True, text=True, timeout=30, check=False
    )


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_import_nothing_heavy(option: str, tmp_path: Path) -> None:
    done = run_cockpit(option, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    imported = {
        line.rsplit("|", 1)[-1].strip().split(".")[0] for line in done.stderr.splitlines() if "|" in line
    }
    assert "cockpit" in imported
    assert imported.isdisjoint(HEAVY)
    assert not (tmp_path / "c").exists(), "asking for help leaves no files"


def test_version_is_the_packages_own(tmp_path: Path) -> None:
    assert cockpit.__version__ in run_cockpit("--version", cwd=tmp_path).stdout


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [(("--no-such-option",), 2), (("/no/such/directory",), 2), ((), 2)],
    ids=["unknown option", "missing directory", "no terminal"],
)
def test_a_start_that_cannot_work_says_why_on_stderr(
    arguments: tuple[str, ...], exit_code: int, tmp_path: Path
) -> None:
    argv = [sys.executable, "-m", "cockpit", *arguments]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "COCKPIT_HOME": str(tmp_path / "c")}
    done = subprocess.run(
        argv,
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == exit_code
    assert done.stdout == ""
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


NOT_IN_THE_FIRST_FRAME = (
    "choice",
    "clipboard_question",
    "confirm",
    "dialog",
    "excerpt",
    "help",
    "onboarding",
    "paste_question",
    "prompt",
    "restore_report",
    "session_form",
    "settings",
    "watchdog",
)
"""Screens that are imported when they are opened."""


def test_the_first_frame_needs_no_dialogue(tmp_path: Path) -> None:
    script = "import sys, cockpit.app.app; print('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=True
    )
    imported = set(done.stdout.split())
    late = {f"cockpit.app.screens.{name}" for name in NOT_IN_THE_FIRST_FRAME}
    late |= {"cockpit.app.palette", "cockpit.app.catalogue", "cockpit.app.directory_suggester"}
    late |= {"cockpit.app.widgets.setting_field", "cockpit.tmux", "psutil", "libtmux", "tomlkit"}
    late |= {"pyghostty", "cockpit.terminal.emulator.ghostty"}
    assert "cockpit.app.screens.main" in imported
    assert imported.isdisjoint(late)


def test_every_other_screen_is_in_the_list_above() -> None:
    screens = Path(cockpit.__file__).parent / "app" / "screens"
    others = {path.stem for path in screens.glob("*.py")} - {"__init__", "main"}
    assert others == set(NOT_IN_THE_FIRST_FRAME)


def test_collections_that_a_launch_leaves_out_go_on_once_it_has_settled() -> None:
    gc.disable()
    try:
        freeze()
        assert gc.isenabled()
    finally:
        gc.enable()
        gc.unfreeze()


def test_the_shell_is_started_before_the_screen_is_imported(tmp_path: Path) -> None:
    script = "import sys, cockpit.app.launch; print('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=True
    )
    imported = set(done.stdout.split())
    assert "cockpit.workspace.workspace" in imported
    assert imported.isdisjoint({"textual", "rich", "cockpit.app.app"})

"""Sets up a virtual environment in the checkout and runs everything CI runs. Standard library only.

Usage: `python3 tests/run.py [pytest arguments]`. The exit code is 0 only when everything passed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"

WORKERS = str(2 * (os.cpu_count() or 1) + 1)
"""Most tests wait for programs most of the time. One that fails is run once more and then named: a machine that is
too busy for a deadline is no defect, and what fails twice is."""

CHECKS = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports",),
)


def main(pytest_arguments: list[str]) -> int:
    """Runs the checks, then the tests; pytest's closing line is the last one when all is well."""
    if sys.version_info < (3, 11):  # noqa: UP036 # the point of the check is to be read by an older Python
        print("cockpit needs Python 3.11 or newer", file=sys.stderr)
        return 2
    if not _set_up():
        return 2
    os.chdir(ROOT)
    failed = [" ".join(check) for check in CHECKS if not _run(check)]
    if not _run(
        ("pytest", *(pytest_arguments or ["-n", WORKERS, "--dist", "worksteal", "--reruns", "1", "-rR"]))
    ):
        failed.append("pytest")
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _set_up() -> bool:
    if not (BIN / "python").exists():
        print(f"creating {VENV}", flush=True)
        venv.create(VENV, with_pip=True)
    pip = [str(BIN / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet"]
    return subprocess.call([*pip, "install", "--editable", f"{ROOT}[dev]"]) == 0


def _run(command: tuple[str, ...]) -> bool:
    print("$", *command, flush=True)
    return subprocess.call([str(BIN / command[0]), *command[1:]]) == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

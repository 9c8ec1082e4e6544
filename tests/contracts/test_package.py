"""What an installed cockpit must hold, wherever it is: styles, tmux settings, type marker."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout with the build backend that is already installed."""
    target = tmp_path_factory.mktemp("wheel")
    argv = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    done = subprocess.run(
        [*argv, "--wheel-dir", str(target), str(ROOT)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return next(target.glob("cockpit_tui-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the wheel's content, as it lies in site-packages."""
    target = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    return target


def styles_seen(environment: dict[str, str], cwd: Path) -> list[Path]:
    """The package's place, then the style sheets the app loads, asked from a fresh interpreter."""
    code = (
        "import cockpit, cockpit.app.app as m; print(cockpit.__file__);"
        "print(*[p for p in m.CockpitApp.CSS_PATH], sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return [Path(line) for line in done.stdout.splitlines()]


def test_wheel_holds_every_data_file(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    styles = {f"cockpit/styles/{path.name}" for path in (ROOT / "styles").glob("*.tcss")}
    resources = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "cockpit").rglob("*")
        if path.is_file() and path.suffix not in {".py", ".pyc"}
    }
    assert styles
    assert names >= styles | resources | {"cockpit/py.typed", "cockpit/tmux/resources/cockpit.tmux.conf"}
    assert not [name for name in names if name.startswith(("tests/", "screenshots/"))]


def test_styles_are_found_from_the_checkout(tmp_path: Path) -> None:
    package, *styles = styles_seen({"PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}, tmp_path)
    assert package.is_relative_to(ROOT)
    assert styles
    assert all(path.is_file() and path.is_relative_to(ROOT / "styles") for path in styles)


def test_styles_are_found_from_an_installed_wheel(installed: Path, tmp_path: Path) -> None:
    package, *styles = styles_seen({"PYTHONPATH": str(installed), "HOME": str(tmp_path)}, tmp_path)
    assert package.is_relative_to(installed)
    assert styles
    assert all(path.is_file() and path.is_relative_to(installed) for path in styles)

"""Finds the tmux binary and says whether it can be used here, and if not, what to install. Starts no server."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cockpit.tmux.deadline import default_timeout_s

MINIMUM = (3, 3)
GUIDE_URL = "https://github.com/tmux/tmux/wiki/Installing"

_VERSION = re.compile(r"(?:next-)?(\d+)\.(\d+)([a-z]?)")
_INSTALL_COMMANDS = {
    "debian": "sudo apt install tmux",
    "ubuntu": "sudo apt install tmux",
    "fedora": "sudo dnf install tmux",
    "rhel": "sudo dnf install tmux",
    "arch": "sudo pacman -S tmux",
    "alpine": "sudo apk add tmux",
    "suse": "sudo zypper install tmux",
    "opensuse": "sudo zypper install tmux",
}


@dataclass(frozen=True, slots=True)
class TmuxBinary:
    """A tmux that was found. `version` is (major, minor), `version_text` what `tmux -V` said."""

    path: str
    version: tuple[int, int]
    version_text: str

    @property
    def usable(self) -> bool:
        """New enough for cockpit."""
        return self.version >= MINIMUM


def find_tmux(environment: Mapping[str, str] | None = None) -> TmuxBinary | None:
    """The binary named by `COCKPIT_TMUX`, else `tmux` on the PATH; None where there is none that runs.

    An old one is returned too: ask `usable`. Runs `tmux -V` (2 ms), which connects to nothing, with the deadline
    of every tmux call.
    """
    env = os.environ if environment is None else environment
    path = shutil.which(env.get("COCKPIT_TMUX") or "tmux", path=env.get("PATH", os.defpath))
    if path is None:
        return None
    try:
        answer = subprocess.run(
            [path, "-V"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=default_timeout_s(env),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    text = answer.stdout.decode("utf-8", "replace").strip()
    version = parse_version(text)
    if answer.returncode != 0 or version is None:
        return None
    return TmuxBinary(str(Path(path).absolute()), version, text)


def parse_version(text: str) -> tuple[int, int] | None:
    """(major, minor) of what `tmux -V` printed; `master` and the like count as newer than everything."""
    name, _, version = text.partition(" ")
    if name != "tmux" or not version:
        return None
    match = _VERSION.match(version)
    if match:
        return int(match[1]), int(match[2])
    return (999, 0) if version.startswith(("master", "openbsd")) else None


def unusable_reason(binary: TmuxBinary | None) -> str:
    """Why the tmux backend can't be used with what was found, for the person; empty when it can."""
    minimum = ".".join(str(number) for number in MINIMUM)
    if binary is None:
        return f"tmux was not found. Install tmux {minimum} or newer."
    if not binary.usable:
        return f"{binary.path} is {binary.version_text}; cockpit needs tmux {minimum} or newer."
    return ""


def install_hint(os_release: str | None = None, platform: str = sys.platform) -> str:
    """The command that installs tmux on this system, or the guide's address where none is known.

    Args:
        os_release: the text of os-release(5); None reads this system's.
        platform: as `sys.platform`.
    """
    if platform == "darwin":
        return "brew install tmux"
    text = _read_os_release() if os_release is None else os_release
    fields: dict[str, str] = {}
    for line in text.splitlines():
        key, separator, value = line.partition("=")
        if separator:
            fields[key.strip()] = value.strip().strip("\"'")
    names = [fields.get("ID", ""), *fields.get("ID_LIKE", "").split()]
    for name in names:
        known = _INSTALL_COMMANDS.get(name) or _INSTALL_COMMANDS.get(name.partition("-")[0])
        if known:
            return known
    return GUIDE_URL


def _read_os_release() -> str:
    for path in (Path("/etc/os-release"), Path("/usr/lib/os-release")):
        try:
            return path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
    return ""

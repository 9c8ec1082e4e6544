"""Opens a link a person clicked, where they sit at this machine. Trusts no link.

Links come from programs, so an opener gets only plain web addresses, as one argument of its own; everything else is
for the caller to copy, and a person sees what they paste.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from cockpit.app.clipboard.routes import is_remote
from cockpit.app.looks.text import safe_text

log = logging.getLogger(__name__)

OPEN_DEADLINE_S = 3.0
"""An opener that runs longer has become the browser."""
LINK_LIMIT = 2048
SHOWN_CELLS = 120
_SCHEMES = ("http", "https")
_LINK_CHARACTERS = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%"
)
"""Those of RFC 3986."""


def may_be_opened(target: str) -> bool:
    """Whether it is a web address without anything odd, and without a user's name that looks like a host."""
    if len(target) > LINK_LIMIT or not _LINK_CHARACTERS.issuperset(target):
        return False
    try:
        parts = urlsplit(target)
        return parts.scheme in _SCHEMES and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False


def opener(environment: Mapping[str, str], platform: str) -> str | None:
    """The program that opens an address where the person can see it; None over SSH and without a display."""
    if is_remote(environment):
        return None
    if platform == "darwin":
        name = "open"
    elif environment.get("WSL_DISTRO_NAME"):
        name = "wslview"
    elif environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"):
        name = "xdg-open"
    else:
        return None
    return shutil.which(name, path=environment.get("PATH", ""))


class LinkOpener:
    """Belongs to the main screen. `environment` is cockpit's own."""

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        tell: Callable[[str, str], None],
        platform: str = sys.platform,
    ) -> None:
        self._environment = environment
        self._tell = tell
        self._platform = platform

    async def open(self, target: str) -> bool:
        """Opens a link and says so; False when it may not or can't be opened. Never raises."""
        program = opener(self._environment, self._platform) if may_be_opened(target) else None
        if program is None or not await asyncio.to_thread(_opens, program, target, dict(self._environment)):
            return False
        self._tell(f"Opened {safe_text(target, SHOWN_CELLS)}", "information")
        return True


def _opens(program: str, target: str, environment: Mapping[str, str]) -> bool:
    """Runs the opener; whether it did not fail. A browser that it became lives on, also after cockpit."""
    try:
        process = subprocess.Popen(
            (program, target),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        log.warning("%s can't be run: %s", program, error)
        return False
    try:
        return process.wait(OPEN_DEADLINE_S) == 0
    except subprocess.TimeoutExpired:
        threading.Thread(target=process.wait, daemon=True, name="link-opener").start()  # leaves no zombie
        return True

"""Keeps the server alive at log-out where systemd-logind would end it with the log-in session. Starts nothing itself.

logind.conf(5): with `KillUserProcesses=yes` everything in the session's scope is killed when the last terminal of the
log-in closes; a scope of the user's own manager (systemd-run(1)) lives as long as that manager, which lingering
(loginctl(1)) keeps beyond the last log-out.
"""

from __future__ import annotations

import asyncio
import os
import pwd
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CGROUP_FILE = Path("/proc/self/cgroup")
LINGER_DIRECTORY = Path("/var/lib/systemd/linger")
LOGINCTL_DEADLINE_S = 1.0

_SESSION_SCOPE = re.compile(r"/session-[^/]+\.scope$", re.MULTILINE)
_PROPERTIES = ("KillUserProcesses", "KillOnlyUsers", "KillExcludeUsers")

LINGER_FIX = "run: loginctl enable-linger"
SCOPE_FIX = "log in with a systemd user manager (pam_systemd), or set KillUserProcesses=no in logind.conf"
REFUSED = f"logging out will end the tmux terminals; {SCOPE_FIX}"
"""The warning where there is no scope to be had."""


@dataclass(frozen=True, slots=True)
class LoginFacts:
    """What decides whether a log-out would end the server."""

    in_session_scope: bool
    """This process belongs to a log-in session, and so would a server it starts."""
    kills: bool = False
    """logind kills what is left of this user's sessions."""
    lingers: bool = False
    """The user's manager stays when the last session ends."""
    systemd_run: str = ""
    """The program's path; empty where it is missing."""
    has_user_manager: bool = False


@dataclass(frozen=True, slots=True)
class ScopePlan:
    """How the server is to be started."""

    prefix: tuple[str, ...] = ()
    """Goes before the command; empty: start it as it is."""
    warning: str = ""
    """What a person should know, with what mends it."""


def plan(facts: LoginFacts) -> ScopePlan:
    """The start that outlives a log-out, as far as that is possible here."""
    if not (facts.in_session_scope and facts.kills):
        return ScopePlan()
    if not (facts.systemd_run and facts.has_user_manager):
        return ScopePlan(warning=REFUSED)
    prefix = (facts.systemd_run, "--user", "--scope", "--quiet", "--collect", "--")
    if facts.lingers:
        return ScopePlan(prefix)
    return ScopePlan(prefix, f"your last log-out will end the tmux terminals; {LINGER_FIX}")


async def gather(environment: Mapping[str, str]) -> LoginFacts:
    """The facts of this process; asks `loginctl` only inside a log-in session.

    Args:
        environment: tells where the programs and the user's manager are (PATH, XDG_RUNTIME_DIR).
    """
    if not _in_session_scope():
        return LoginFacts(in_session_scope=False)
    path = environment.get("PATH", os.defpath)
    user = _user_name()
    return LoginFacts(
        in_session_scope=True,
        kills=kills_user(await _manager_properties(path, environment), user),
        lingers=_lingers(user),
        systemd_run=shutil.which("systemd-run", path=path) or "",
        has_user_manager=_has_user_manager(environment),
    )


def kills_user(properties: str, user: str) -> bool:
    """Whether logind kills this user's processes, by what `loginctl show-session` prints of the manager."""
    values = dict(line.partition("=")[::2] for line in properties.splitlines())
    only = values.get("KillOnlyUsers", "").split()
    excluded = values.get("KillExcludeUsers", "").split()
    return values.get("KillUserProcesses") == "yes" and user not in excluded and (not only or user in only)


def _in_session_scope() -> bool:
    try:
        return _SESSION_SCOPE.search(CGROUP_FILE.read_text()) is not None
    except OSError:
        return False


def _has_user_manager(environment: Mapping[str, str]) -> bool:
    runtime = environment.get("XDG_RUNTIME_DIR", "")
    return bool(runtime) and Path(runtime, "systemd", "private").exists()


def _lingers(user: str) -> bool:
    return (LINGER_DIRECTORY / user).exists()


def _user_name() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a user id without an account, as in some containers
        return str(os.getuid())


async def _manager_properties(path: str, environment: Mapping[str, str]) -> str:
    """What logind says of itself; empty where it can't be asked."""
    loginctl = shutil.which("loginctl", path=path)
    if loginctl is None:
        return ""
    wanted = [f"--property={name}" for name in _PROPERTIES]
    try:
        process = await asyncio.create_subprocess_exec(
            loginctl,
            "show-session",
            *wanted,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=dict(environment),
        )
    except OSError:
        return ""
    try:
        async with asyncio.timeout(LOGINCTL_DEADLINE_S):
            printed, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return ""
    return printed.decode(errors="replace")

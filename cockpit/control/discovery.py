"""Finds the control socket of a running cockpit. Standard library only: a verb starts with this."""

from __future__ import annotations

import _socket as socket  # what socket adds to it isn't needed, and would cost a tenth of a verb's time
import os
import stat
import struct
import sys
from collections.abc import Iterator, Mapping

from cockpit.errors import CockpitError


class NotRunningError(CockpitError):
    """No cockpit listens."""


def connect(profile: str | None, environment: Mapping[str, str], timeout_s: float) -> socket.socket:
    """A connection to the cockpit that is meant: the first candidate somebody listens on.

    Args:
        profile: as given by `-L`; None when it was not given.

    Raises:
        NotRunningError: there is none.
        CockpitError: it has so many callers that this one was not let in.
    """
    complaint = ""
    for path in candidates(profile, environment):
        problem = problem_with(path)
        if problem is None:
            connected = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                _connect(connected, path, timeout_s)
            except BlockingIOError:
                connected.close()
                raise CockpitError(f"cockpit has too many callers at {path}; try again") from None
            except OSError as error:
                connected.close()
                problem = f"nobody answers at {path}: {error.strerror or error}"
            else:
                if _is_ours(connected):
                    return connected
                connected.close()
                problem = f"another user answers at {path}"
        complaint = complaint or problem
    named = "" if profile in (None, "default") else f" -L {profile}"
    where = f" for the profile {profile!r}" if named else ""
    raise NotRunningError(
        f"no cockpit runs{where}{f' ({complaint})' if complaint else ''}; start it: cockpit{named} "
        f"(without a screen: cockpit{named} serve --daemon)"
    )


def _connect(connected: socket.socket, path: str, timeout_s: float) -> None:
    """Connects within that time, also where many wait to be let in: only a blocking socket queues for that (unix(7)).

    Raises `BlockingIOError` when the time was not enough.
    """
    seconds, fraction = divmod(timeout_s, 1)
    wait = struct.pack("ll", int(seconds), int(fraction * 1e6))
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, wait)
    connected.connect(path)
    connected.settimeout(timeout_s)


def _is_ours(connected: socket.socket) -> bool:
    """Whether the listener is this user's, where the kernel tells (unix(7)): the path may have changed hands."""
    if sys.platform == "darwin":
        from cockpit.control.peers import peer_of

        return peer_of(connected).uid == os.getuid()
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return True
    uid: int = struct.unpack("3i", connected.getsockopt(socket.SOL_SOCKET, option, 12))[1]
    return uid == os.getuid()


def candidates(profile: str | None, environment: Mapping[str, str]) -> Iterator[str]:
    """Where its socket may be, likeliest first. Later ones cost more to find out."""
    chosen = environment.get("COCKPIT_SOCKET_PATH")
    if chosen:
        yield os.path.abspath(os.path.expanduser(chosen))  # noqa: PTH100, PTH111 - pathlib costs too much here
        return
    inside = environment.get("COCKPIT_SOCKET")
    if inside and profile is None:
        yield inside
    likely = likely_path(profile or "default", environment)
    if likely is not None and problem_with(likely) is None:
        yield likely
    from cockpit.paths import resolve

    paths = resolve(profile or "default", environment)
    yield str(paths.control_socket)
    try:
        remembered = os.fsdecode(paths.socket_marker.read_bytes()).strip()
    except OSError:
        return
    if remembered:
        yield remembered


def likely_path(profile: str, environment: Mapping[str, str]) -> str | None:
    """What `paths.resolve` says in most cases, without what importing that costs; None where it takes more."""
    if not (profile.isascii() and profile.isalnum()):
        return None
    home = environment.get("COCKPIT_HOME")
    if home:
        directory = f"{os.path.abspath(os.path.expanduser(home))}/run"  # noqa: PTH100, PTH111 - the same
    elif sys.platform == "linux":
        directory = f"{environment.get('XDG_RUNTIME_DIR') or f'/run/user/{os.getuid()}'}/cockpit"
    else:
        return None
    return f"{directory}{'' if profile == 'default' else f'/profiles/{profile}'}/cockpit.sock"


def problem_with(path: str) -> str | None:
    """Why nobody should connect to this path; None when it is a socket of this user."""
    try:
        status = os.lstat(path)
    except (OSError, ValueError):  # a NUL in it: the marker's file may hold anything
        return ""
    if not stat.S_ISSOCK(status.st_mode):
        return f"{path} is not a socket"
    if status.st_uid != os.getuid():
        return f"{path} belongs to uid {status.st_uid}, not to you"
    return None

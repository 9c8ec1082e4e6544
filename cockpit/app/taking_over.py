"""What a second cockpit on one profile does before it has a screen: says who is there, asks, and takes over."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cockpit.errors import ProfileInUseError
from cockpit.paths import Paths
from cockpit.workspace import takeover
from cockpit.workspace.occupant import Occupant
from cockpit.workspace.owner_lock import holder_of
from cockpit.workspace.takeover import NotAnsweringError
from cockpit.workspace.workspace import Workspace

MAX_LISTED = 20


def open_workspace(paths: Paths, *, take_over: bool) -> Workspace:
    """The profile's workspace; one that is open elsewhere is taken over if the person wants that.

    `take_over`: they said so on the command line, and are asked only what they can't have known.

    Raises:
        ProfileInUseError: it stays where it is.
        CockpitError: as `Workspace.open` does.
    """
    try:
        return Workspace.open(paths)
    except ProfileInUseError as error:
        holder = holder_of(error.lock) if error.lock else None
        if _inside(paths):
            raise ProfileInUseError(
                f"this terminal is inside the cockpit ({holder}) that has the profile {paths.profile!r} open. Open a "
                "separate world in it with: cockpit -L NAME",
                lock=error.lock,
            ) from error
        _say(f"The profile {paths.profile!r} is open in {holder.kind if holder else 'another cockpit'}:")
        _say(f"  {holder or 'it does not say which'}")
        if not _freed(paths, holder, take_over):
            raise
        first = error
    try:
        return Workspace.open(paths)
    except ProfileInUseError as error:
        raise error from first


def farewell(successor: Occupant) -> str:
    """What the first one leaves on its terminal."""
    return f"cockpit was taken over ({successor}). Terminals on tmux carry on there."


def _inside(paths: Paths) -> bool:
    """Whether this terminal belongs to the cockpit that has the profile, whatever the runtime directory is here."""
    ours = os.environ.get("COCKPIT_SOCKET", "")
    try:
        last = os.fsdecode(paths.socket_marker.read_bytes()).strip()
    except OSError:
        last = ""
    return bool(ours) and ours in (str(paths.control_socket), last)


def _freed(paths: Paths, holder: Occupant | None, take_over: bool) -> bool:
    if holder is not None and holder.elsewhere:
        _say(f"It runs on {holder.host}, out of reach from here. Leave it there first.")
        return False
    socket_path = Path(holder.socket) if holder and holder.socket else paths.owner_socket
    try:
        answer = takeover.ask(socket_path)
        if answer.ends:
            _say("Its terminals on tmux carry on; these end with it, as they are not on tmux:")
            for name in answer.ends[:MAX_LISTED]:
                _say(f"  {name}")
            unnamed = max(0, len(answer.ends) - MAX_LISTED) + answer.more
            if unnamed > 0:
                _say(f"  and {unnamed} more")
        else:
            _say("Everything that runs there carries on.")
        if not take_over and not _agreed("Take over here?"):
            return False
        takeover.ask_to_leave(socket_path, Occupant.this_process(os.environ))
        return True
    except NotAnsweringError as error:
        return _freed_by_force(holder, error)


def _freed_by_force(holder: Occupant | None, error: NotAnsweringError) -> bool:
    if holder is None or not holder.mark:
        _say(f"It doesn't answer: {error}. Nothing tells which process it is, so it is left alone.")
        return False
    if not holder.lives:
        _say(f"It doesn't answer: {error}. It has just ended, or runs in a container that hides it.")
        return True  # whether it is so, its locks tell
    _say(f"It doesn't answer: {error}. {_condition(holder)}")
    _say("Ended by force, its terminals on tmux carry on and the others end; its terminal may need `reset`.")
    if not _agreed(f"End pid {holder.pid} with SIGKILL?"):
        return False
    try:
        takeover.kill(holder)
    except NotAnsweringError as failure:
        _say(str(failure))
        return False
    return True


def _condition(holder: Occupant) -> str:
    import psutil

    try:
        stopped = psutil.Process(holder.pid).status() == psutil.STATUS_STOPPED
    except psutil.Error:
        return ""
    return f"It is stopped: `kill -CONT {holder.pid}` lets it go on." if stopped else "It is busy or hangs."


def _agreed(question: str) -> bool:
    """Asks on the terminal; only a plain yes is one."""
    print(f"{question} [y/N] ", end="", flush=True)
    try:
        answer = sys.stdin.readline()
    except KeyboardInterrupt:
        answer = ""
        print()
    return answer.strip().casefold() in ("y", "yes")


def _say(text: str) -> None:
    print(text, flush=True)

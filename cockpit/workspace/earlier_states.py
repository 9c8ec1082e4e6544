"""The store's earlier states for people and scripts: what they are, and one made the present one, with no cockpit."""

from __future__ import annotations

import time
from collections.abc import Mapping

from cockpit.errors import ProfileInUseError, StoreError
from cockpit.paths import Paths
from cockpit.workspace.owner import Owner
from cockpit.workspace.store import RESCUE_NAME, Generation, Store


def states(paths: Paths) -> list[Generation]:
    """The present state as number 0, and the earlier ones."""
    return Store(paths.store_file).generations()


def restore(paths: Paths, number: int) -> int:
    """Makes a state the present one; returns how many sessions it has.

    Raises:
        CockpitError: it can't be done. Nothing was changed.
    """
    paths.prepare()
    try:
        owner = Owner.acquire(paths)
    except ProfileInUseError as error:
        raise StoreError(
            f"{error}. While it runs, states are restored in it: its commands (the leader, then :) have "
            "“Restore an earlier state”"
        ) from error
    try:
        state = Store(paths.store_file, paths.runtime_dir / RESCUE_NAME, owner.guard_store).restore(number)
    except OSError as error:
        raise StoreError(
            f"{paths.store_file} can't be written: {error.strerror}. Nothing was changed."
        ) from error
    finally:
        owner.release()
    return len(state.sessions)


def line(generation: Generation) -> str:
    """One state, for a person."""
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(generation.written_at))
    if generation.state is None:
        return f"{generation.number}  {when}  can't be read: {generation.problem}"
    sessions = generation.state.sessions
    terminals = sum(len(session.terminals) for session in sessions)
    names = ", ".join(session.name for session in sessions[:4]) + (", …" if len(sessions) > 4 else "")
    now = "  (now)" if generation.number == 0 else ""
    return f"{generation.number}  {when}  {len(sessions)} sessions, {terminals} terminals: {names}{now}"


def facts(generation: Generation) -> Mapping[str, object]:
    """One state, for a script."""
    state = generation.state
    return {
        "generation": generation.number,
        "path": str(generation.path),
        "written_at": generation.written_at,
        "written_by": state.written_by if state else None,
        "revision": state.revision if state else None,
        "sessions": [session.name for session in state.sessions] if state else None,
        "terminals": sum(len(session.terminals) for session in state.sessions) if state else None,
        "problem": generation.problem or None,
    }

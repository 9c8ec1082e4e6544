"""`cockpit store list` and `cockpit store restore`: the store's earlier states, with no cockpit running."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence

from cockpit.errors import ProfileInUseError, StoreError
from cockpit.paths import Paths, resolve
from cockpit.workspace.owner import Owner
from cockpit.workspace.store import RESCUE_NAME, Generation, Store


def main(words: Sequence[str], profile: str) -> int:
    """Carries out what follows `store` on the command line; returns the exit status.

    Raises:
        CockpitError: it can't be done. Nothing was changed.
    """
    options = _parser().parse_args(words)
    paths = resolve(options.profile or profile)
    if options.verb == "list":
        return _list(paths, as_json=options.json)
    return _restore(paths, options.generation)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="cockpit store", description="The earlier states of your sessions.")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="list|restore")
    listing = verbs.add_parser("list", help="show the states there are, the present one as 0")
    listing.add_argument("--json", action="store_true", help="print one JSON document")
    restoring = verbs.add_parser(
        "restore",
        help="make an earlier state the present one, which then becomes state 1; cockpit must not run",
    )
    restoring.add_argument(
        "generation",
        metavar="GENERATION",
        nargs="?",
        type=int,
        default=1,
        help="its number (1, the youngest)",
    )
    for verb in (listing, restoring):
        verb.add_argument("-L", "--profile", metavar="PROFILE", help="of this profile")
    return parser


def _list(paths: Paths, *, as_json: bool) -> int:
    generations = Store(paths.store_file).generations()
    if as_json:
        print(json.dumps([_facts(generation) for generation in generations], indent=1))
        return 0
    if not generations:
        print(f"cockpit: nothing is stored yet in {paths.store_file}", file=sys.stderr)
    for generation in generations:
        print(line(generation))
    return 0


def _restore(paths: Paths, number: int) -> int:
    paths.prepare()
    try:
        owner = Owner.acquire(paths)
    except ProfileInUseError as error:
        raise StoreError(
            f"{error}\nWhile it runs, states are restored in it: its commands (the leader, then :) have "
            "“Restore an earlier state”."
        ) from error
    try:
        state = Store(paths.store_file, paths.runtime_dir / RESCUE_NAME, owner.guard_store).restore(number)
    except OSError as error:
        raise StoreError(
            f"{paths.store_file} can't be written: {error.strerror}. Nothing was changed."
        ) from error
    finally:
        owner.release()
    sessions = len(state.sessions)
    print(
        f"cockpit: state {number} is the present one ({sessions} sessions); what was present is state 1",
        file=sys.stderr,
    )
    return 0


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


def _facts(generation: Generation) -> dict[str, object]:
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

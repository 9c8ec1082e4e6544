"""The verb for the store's earlier states: store."""

from __future__ import annotations

import sys

from cockpit.control.verbs.arguments import Arguments, Verb, Word
from cockpit.control.verbs.calling import show
from cockpit.errors import UsageError


def _store(arguments: Arguments) -> int:
    action, state = arguments.action, arguments.state
    if action not in ("list", "restore") or (action == "list" and state is not None):
        raise UsageError(
            "store: it is cockpit store list or cockpit store restore [STATE] (cockpit help store)"
        )
    from cockpit.paths import resolve
    from cockpit.workspace.earlier_states import facts, line, restore, states

    paths = resolve(arguments.profile or "default")
    if action == "list":
        found = states(paths)
        if not found:
            print(f"cockpit: nothing is stored yet in {paths.store_file}", file=sys.stderr)
        return show(arguments, [facts(one) for one in found], "\n".join(line(one) for one in found))
    number = _number(state or "1")
    sessions = restore(paths, number)
    told = f"state {number} is the present one ({sessions} sessions); what was present is state 1"
    print(f"cockpit: {told}", file=sys.stderr)
    return show(arguments, {"generation": number, "sessions": sessions})


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise UsageError(f"store: STATE must be the number that cockpit store list has, not {text!r}")
    return int(text)


VERBS = {
    "store": Verb(
        "store",
        "Lists and brings back earlier states of your sessions",
        _store,
        words=(
            Word("action", "list, or restore [STATE]", choices="list restore"),
            Word("state", "the state's number; 1, the youngest, without it", required=False),
        ),
        common="json profile help",
        description="restore makes an earlier state the present one, which then becomes state 1; cockpit must not run. "
        "While it runs, its command “Restore an earlier state” does that.",
        prints="list: a line for each state with number, time, and what is in it; 0 is the present one. With --json an "
        "array of them. restore says on stderr what it did; with --json it prints the number of sessions.",
        examples=("cockpit store list", "cockpit store restore 2"),
    )
}

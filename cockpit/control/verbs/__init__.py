"""The command line's verbs. This table is all that is imported to tell a verb from a directory."""

from __future__ import annotations

from collections.abc import Sequence

MODULES = {
    "list": "rows",
    "new": "rows",
    "rename": "rows",
    "focus": "rows",
    "close": "rows",
    "status": "rows",
    "snapshot": "rows",
    "send": "sending",
    "keys": "sending",
    "run": "sending",
    "read": "reading",
    "wait": "reading",
    "events": "reading",
    "notify": "telling",
    "hook": "telling",
    "serve": "serving",
    "store": "storing",
    "stats": "measured",
    "config": "local",
    "schema": "local",
    "version": "local",
    "completion": "local",
    "help": "local",
}
"""The module that has each verb."""


def split(words: Sequence[str]) -> tuple[str | None, list[str]] | None:
    """The profile that stands before a verb, and the words from the verb on; None when there is no verb."""
    rest = list(words)
    profile = None
    while rest and rest[0] not in MODULES:
        name, equals, value = rest[0].partition("=")
        if name == "--profile" and equals:
            profile = value
        elif rest[0] in ("-L", "--profile") and len(rest) > 1:
            profile = rest.pop(1)
        elif rest[0].startswith("-L") and len(rest[0]) > 2:
            profile = rest[0][2:]
        else:
            return None
        rest.pop(0)
    return (profile, rest) if rest else None

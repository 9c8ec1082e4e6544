"""Documents of earlier cockpits, brought to the present schema step by step. Pure.

Each step takes a document of one schema to the next, and is never changed once a cockpit was released with it.
tests/unit/stores holds a document of every schema.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cockpit.errors import StoreError

SCHEMA = 2
"""What this cockpit writes. 2: `revision` tells which of two documents is younger, whatever the clock did."""


class NewerSchemaError(StoreError):
    """A newer cockpit wrote the store: this one must not touch it."""


def migrated(data: Mapping[str, Any]) -> dict[str, Any]:
    """The document in the present schema. What a step doesn't know is kept.

    Raises:
        NewerSchemaError: a newer cockpit wrote it; says which.
        StoreError: its schema is none.
    """
    schema = data.get("schema", 0)
    if not isinstance(schema, int) or isinstance(schema, bool) or schema < 0:
        raise StoreError(f"schema: {schema!r:.40} is no version")
    if schema > SCHEMA:
        writer = data.get("written_by")
        who = f"cockpit {writer!r:.40}" if isinstance(writer, str) and writer else "it doesn't say which"
        raise NewerSchemaError(f"{who}, schema {schema}; this one knows {SCHEMA}")
    document = dict(data)
    for step in _STEPS[schema:]:
        document = step(document)
    return {**document, "schema": SCHEMA}


def _to_1(document: dict[str, Any]) -> dict[str, Any]:
    """Before schemas were counted there was one backend, and rows didn't name it."""
    sessions = document.get("sessions")
    if not isinstance(sessions, list):
        return document
    return {**document, "sessions": [_with_backends(session) for session in sessions]}


def _with_backends(session: object) -> object:
    terminals = session.get("terminals") if isinstance(session, dict) else None
    if not isinstance(session, dict) or not isinstance(terminals, list):
        return session
    rows = [{"backend": "pty", **row} if isinstance(row, dict) else row for row in terminals]
    return {**session, "terminals": rows}


def _to_2(document: dict[str, Any]) -> dict[str, Any]:
    """Nothing was counted before."""
    return {"revision": 0, "written_by": "", **document}


_STEPS: tuple[Callable[[dict[str, Any]], dict[str, Any]], ...] = (_to_1, _to_2)

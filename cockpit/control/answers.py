"""What each method answers: the fields of its result, for the schema and PROTOCOL.md. None is ever removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Fields = Mapping[str, str]
"""Field names, each with a type of `_TYPES` or the name of one in `SHAPES`; `[x]` is an array of x, `x or y` is either.
A `?` behind a name: not always there."""

SHAPES: Mapping[str, Fields] = {
    "terminal": {
        "id": "text",
        "session": "text",
        "name": "text",
        "title": "text",
        "backend": "text",
        "cwd": "text",
        "command": "text or null",
        "command_state": "text or null",
        "command_exit_code": "integer or null",
        "state": "text",
        "exit_code": "integer or null",
        "signal": "integer or null",
        "reason": "text",
        "active": "boolean",
        "focused": "boolean",
        "session_name?": "text",
        "at_prompt?": "boolean or null",
    },
    "session": {
        "id": "text",
        "name": "text",
        "directory": "text",
        "group": "text or null",
        "focused": "boolean",
        "terminals": "[terminal]",
    },
    "cockpit": {
        "version": "text",
        "protocol": "integer",
        "pid": "integer",
        "profile": "text",
        "socket": "text",
        "socket_access": "text",
        "started": "number",
        "sessions_count": "integer",
        "terminals_count": "integer",
        "clients": "integer",
        "tmux": "boolean",
    },
    "hook": {"time": "number", "agent": "text", "name": "text", "payload": "object"},
    "command": {"name": "text", "title": "text", "description": "text", "parameters": "[parameter]"},
    "parameter": {"name": "text", "type": "text", "required": "boolean", "description": "text"},
}
"""What answers are made of."""

ANSWERS: Mapping[str, Fields | str] = {
    "hello": {"protocol": "integer", "server": "text"},
    "list": {"sessions": "[session]"},
    "status": "terminal or cockpit",
    "snapshot": {
        **SHAPES["cockpit"],
        "sessions": "[session]",
        "settings": "object",
        "screens?": "object",
    },
    "new": "terminal",
    "rename": {"session?": "text", "terminal?": "text", "name": "text"},
    "focus": {"session": "text", "terminal?": "text"},
    "close": {"session": "text", "terminal?": "text"},
    "restart": "terminal",
    "send": {"terminal": "text", "sent": "integer"},
    "keys": {"terminal": "text", "sent": "integer"},
    "run": {
        "terminal": "text",
        "strategy": "text",
        "output?": "text",
        "exit_code?": "integer or null",
        "signal?": "integer or null",
    },
    "read": {"terminal": "text", "text": "text"},
    "wait": {
        "terminal": "text",
        "reason": "text",
        "elapsed": "number",
        "exit_code": "integer or null",
        "signal": "integer or null",
        "match?": "text",
    },
    "events": {"subscribed": "[text]"},
    "notify": {"terminal": "text or null"},
    "hook": {"terminal": "text"},
    "hooks": {"terminal": "text", "hooks": "[hook]"},
    "commands": {"commands": "[command]"},
}
"""Every method's result: its fields, or which shape it has."""

_TYPES = {
    "text": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "object": "object",
    "null": "null",
}


def shape_schema(fields: Fields) -> dict[str, Any]:
    """The JSON schema of an object with these fields."""
    return {
        "type": "object",
        "properties": {name.removesuffix("?"): _schema(kind) for name, kind in fields.items()},
        "required": [name for name in fields if not name.endswith("?")],
    }


def answer_schema(method: str) -> dict[str, Any]:
    """The JSON schema of a method's result."""
    answer = ANSWERS[method]
    return _schema(answer) if isinstance(answer, str) else shape_schema(answer)


def _schema(kind: str) -> dict[str, Any]:
    kinds = [_one(part) for part in kind.split(" or ")]
    return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}


def _one(kind: str) -> dict[str, Any]:
    if kind.startswith("["):
        return {"type": "array", "items": _one(kind[1:-1])}
    return {"type": _TYPES[kind]} if kind in _TYPES else {"$ref": f"#/$defs/shape.{kind}"}

"""The JSON schema of the control socket's frames, made from the tables the server itself uses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cockpit.control.answers import SHAPES, answer_schema, shape_schema
from cockpit.control.binding import TEXT_LIMIT
from cockpit.control.codes import ErrorCode
from cockpit.control.event_json import EVENT_NAMES
from cockpit.control.method_specs import METHODS
from cockpit.control.protocol import MAX_DEPTH, MAX_FRAME_BYTES, VERSIONS
from cockpit.workspace.commands import Parameter

_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean", list: "array", dict: "object"}
_ID = {"type": ["string", "integer", "null"]}


def schema() -> dict[str, Any]:
    """A frame is a request, an answer or an event (JSON Schema 2020-12)."""
    requests = [{"$ref": f"#/$defs/{name}"} for name in METHODS]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"cockpit's control socket, protocol {VERSIONS[-1]}",
        "description": f"One frame on each line: at most {MAX_FRAME_BYTES} bytes, {MAX_DEPTH} levels deep.",
        "anyOf": [
            {"$ref": "#/$defs/request"},
            {"$ref": "#/$defs/result"},
            {"$ref": "#/$defs/error"},
            {"$ref": "#/$defs/event"},
        ],
        "$defs": {
            "request": {"anyOf": [*requests, {"$ref": "#/$defs/command"}]},
            "command": {
                "description": "Any command of the registry by its name; see the method commands.",
                **_request({"type": "string", "pattern": r"^[a-z]+\.[a-z_]+$"}, {"type": "object"}),
            },
            "result": {
                "description": "The answer to METHOD; its result is as METHOD.result says.",
                "type": "object",
                "properties": {"id": _ID, "ok": {"const": True}, "result": {}},
                "required": ["id", "ok", "result"],
            },
            "error": {
                "type": "object",
                "properties": {
                    "id": _ID,
                    "ok": {"const": False},
                    "error": {
                        "type": "object",
                        "properties": {
                            "code": {"type": "string", "examples": [str(code) for code in ErrorCode]},
                            "message": {"type": "string"},
                        },
                        "required": ["code", "message"],
                    },
                },
                "required": ["id", "ok", "error"],
            },
            "event": {
                "type": "object",
                "properties": {
                    "event": {"type": "string", "examples": [*EVENT_NAMES.values(), "lost"]},
                    "sequence": {"type": "integer"},
                    "time": {"type": "number", "description": "seconds since the epoch"},
                    "session": {"type": ["string", "null"]},
                    "terminal": {"type": ["string", "null"]},
                },
                "required": ["event"],
            },
            **{name: _method(name, spec.description, spec.parameters) for name, spec in METHODS.items()},
            **{f"{name}.result": answer_schema(name) for name in METHODS},
            **{f"shape.{name}": shape_schema(fields) for name, fields in SHAPES.items()},
        },
    }


def _method(name: str, description: str, parameters: Sequence[Parameter]) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for parameter in parameters:
        properties[parameter.name] = {"type": [_TYPES[parameter.kind], "null"]}
        if parameter.required:
            properties[parameter.name] = {"type": _TYPES[parameter.kind]}
        if parameter.description:
            properties[parameter.name]["description"] = parameter.description
        if parameter.kind is str and not parameter.long:
            properties[parameter.name]["maxLength"] = TEXT_LIMIT
    params: dict[str, Any] = {"type": "object", "properties": properties}
    required = [parameter.name for parameter in parameters if parameter.required]
    request = _request({"const": name}, params | ({"required": required} if required else {}))
    if required:
        request["required"].append("params")
    return {"description": description, **request}


def _request(method: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"id": _ID, "method": method, "params": params},
        "required": ["method"],
    }

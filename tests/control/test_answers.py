"""What every method really answers is what the schema says, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cockpit.control.answers import ANSWERS
from cockpit.control.method_specs import METHODS
from cockpit.control.schema import schema
from tests.control.serving import serving

DEFS: Mapping[str, Any] = schema()["$defs"]
_KINDS: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
    "null": (type(None),),
}


def fault_in(value: object, wanted: Mapping[str, Any], path: str = "result") -> str:
    """What is wrong with a value; empty when the schema says exactly this, with no field beside."""
    if "$ref" in wanted:
        return fault_in(value, DEFS[wanted["$ref"].removeprefix("#/$defs/")], path)
    if "anyOf" in wanted:
        faults = [fault_in(value, one, path) for one in wanted["anyOf"]]
        return "" if "" in faults else " and ".join(faults)
    kind = wanted["type"]
    if not isinstance(value, _KINDS[kind]) or (isinstance(value, bool) and kind != "boolean"):
        return f"{path} is {value!r}, not {kind}"
    if isinstance(value, list):
        faults = [fault_in(one, wanted["items"], f"{path}[]") for one in value]
        return next(filter(None, faults), "")
    if not isinstance(value, dict) or "properties" not in wanted:
        return ""
    known = wanted["properties"]
    missing = wanted["required"] - value.keys()
    more = value.keys() - known.keys()
    if missing or more:
        return f"{path} lacks {sorted(missing)}, has {sorted(more)} beside"
    return next(filter(None, (fault_in(value[name], known[name], f"{path}.{name}") for name in value)), "")


CALLS: tuple[tuple[str, Mapping[str, object]], ...] = (
    ("hello", {"versions": [1]}),
    ("list", {}),
    ("status", {}),
    ("status", {"target": "current"}),
    ("snapshot", {}),
    ("snapshot", {"screens": False}),
    ("new", {"name": "second"}),
    ("new", {"session": "second", "name": "tab"}),
    ("rename", {"target": "tab", "name": "other"}),
    ("rename", {"target": "second", "name": "third", "session": True}),
    ("focus", {"target": "other"}),
    ("focus", {"target": "third", "session": True}),
    ("send", {"target": "current", "text": "x"}),
    ("keys", {"target": "current", "keys": ["up"]}),
    ("run", {"target": "current", "command": "ls"}),
    ("read", {"target": "current"}),
    ("wait", {"target": "current", "quiet": 0.01}),
    ("events", {"names": ["agent.hook"]}),
    ("notify", {"body": "b"}),
    ("notify", {"body": "b", "target": "current"}),
    ("hook", {"name": "Stop", "payload": {"a": 1}, "target": "other"}),
    ("hooks", {"target": "other"}),
    ("commands", {}),
    ("restart", {"target": "other"}),
    ("close", {"target": "other"}),
    ("close", {"target": "third", "session": True}),
)


async def test_every_method_answers_what_the_schema_says(tmp_path: Path) -> None:
    assert {method for method, _ in CALLS} == METHODS.keys() == ANSWERS.keys()
    async with serving(tmp_path) as it:
        for method, params in CALLS:
            client = await it.client()
            result = await client.result(method, **params)
            assert fault_in(result, DEFS[f"{method}.result"]) == "", method


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ({"terminal": "t", "text": "x"}, ""),
        ({"terminal": "t"}, "lacks ['text']"),
        ({"terminal": "t", "text": 1}, "result.text is 1, not string"),
        ({"terminal": "t", "text": "x", "more": 1}, "has ['more'] beside"),
        ([], "not object"),
    ],
)
def test_the_check_sees_faults(value: object, fault: str) -> None:
    found = fault_in(value, DEFS["read.result"])
    assert (fault in found) if fault else not found

"""PROTOCOL.md says what the code does: its tables are made from it. `python -m tests.control.test_docs` writes them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

from cockpit.control.access import AccessMode, policy_table
from cockpit.control.codes import EXIT_CODES, ErrorCode, ExitCode
from cockpit.control.event_json import EVENT_NAMES
from cockpit.control.method_specs import METHODS
from cockpit.control.schema import schema
from cockpit.settings import Automation, Settings

PAGE = Path(__file__).resolve().parents[2] / "cockpit/control/PROTOCOL.md"


def methods_table() -> list[str]:
    lines = ["| Method | Parameters | What it does |", "|---|---|---|"]
    for spec in METHODS.values():
        names = ", ".join(f"`{p.name}`" + ("" if p.required else "?") for p in spec.parameters)
        lines.append(f"| `{spec.name}` | {names} | {spec.description} |")
    return lines


def events_table() -> list[str]:
    lines = ["| Event | Fields |", "|---|---|"]
    for kind, name in EVENT_NAMES.items():
        names = [field.name.removesuffix("_id") for field in fields(kind)]
        names = ["state", "exit_code", "signal", "reason"] if names[-1:] == ["status"] else names
        if kind.__name__ == "TerminalStatusChanged":
            names = ["session", "terminal", *names]
        lines.append(f"| `{name}` | {', '.join(f'`{n}`' for n in names)} |")
    return lines


def errors_table() -> list[str]:
    lines = ["| Code | Exit status of a verb |", "|---|---|"]
    return lines + [f"| `{code}` | {int(EXIT_CODES.get(code, ExitCode.FAILED))} |" for code in ErrorCode]


TABLES: dict[str, Callable[[], list[str]]] = {
    "access": policy_table,
    "methods": methods_table,
    "events": events_table,
    "errors": errors_table,
}


def _markers(name: str) -> tuple[str, str]:
    return f"<!-- {name}: python -m tests.control.test_docs -->\n", f"<!-- end of {name} -->\n"


@pytest.mark.parametrize("name", TABLES)
def test_table_is_what_the_code_says(name: str) -> None:
    begin, end = _markers(name)
    written = PAGE.read_text(encoding="utf-8").partition(begin)[2].partition(end)[0].strip().splitlines()
    assert written == TABLES[name](), "write the tables anew: python -m tests.control.test_docs"


def test_settings_and_policy_know_the_same_modes() -> None:
    allowed = Automation.model_json_schema()["properties"]["socket_access"]["enum"]
    assert allowed == [str(mode) for mode in AccessMode]
    assert AccessMode(Settings().automation.socket_access) is AccessMode.COCKPIT_ONLY


def test_the_schema_names_every_method_and_every_reference_leads_somewhere() -> None:
    made = schema()
    assert set(METHODS) <= set(made["$defs"])
    text = json.dumps(made)
    for reference in {part.split('"')[0] for part in text.split('"#/$defs/')[1:]}:
        assert reference in made["$defs"]
    assert made["$defs"]["send"]["properties"]["params"]["required"] == ["target"]


def _write() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name, table in TABLES.items():
        begin, end = _markers(name)
        before, _, rest = text.partition(begin)
        lines = "\n".join(table())
        text = f"{before}{begin}\n{lines}\n\n{end}{rest.partition(end)[2]}"
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    _write()

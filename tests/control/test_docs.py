"""PROTOCOL.md says what the code does: its tables are made from it. `python -m tests.control.test_docs` writes them."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest

from cockpit.control.access import AccessMode, decide
from cockpit.control.answers import ANSWERS, SHAPES, Fields
from cockpit.control.codes import EXIT_CODES, ErrorCode, ExitCode
from cockpit.control.event_json import EVENT_NAMES
from cockpit.control.method_specs import METHODS
from cockpit.control.schema import schema
from cockpit.settings import Automation, Settings
from tests.control.kinds_of_peers import PEERS
from tests.harness.made_tables import MadeTables


def access_table() -> list[str]:
    """The policy as the lines of a Markdown table: a row for each kind of peer, a column for each mode."""
    modes = " | ".join(f"`{mode}`" for mode in AccessMode)
    lines = [f"| who | {modes} |", "|---" * (len(AccessMode) + 1) + "|"]
    for name, facts in PEERS:
        cells = " | ".join("yes" if decide(mode, facts).allowed else "no" for mode in AccessMode)
        lines.append(f"| {name} | {cells} |")
    return lines


def methods_table() -> list[str]:
    lines = ["| Method | Parameters | What it does | Result |", "|---|---|---|---|"]
    for spec in METHODS.values():
        names = ", ".join(f"`{p.name}`" + ("" if p.required else "?") for p in spec.parameters)
        lines.append(f"| `{spec.name}` | {names} | {spec.description} | {_result(ANSWERS[spec.name])} |")
    return lines


def _result(answer: Fields | str) -> str:
    """The fields, those of a shape as its name."""
    if isinstance(answer, str):
        return f"a *{answer}*"
    shape = next((name for name, parts in SHAPES.items() if parts.items() <= answer.items()), "")
    own = [name for name in answer if name not in SHAPES.get(shape, {})]
    shown = ", ".join(f"`{name.removesuffix('?')}`{'?' if name.endswith('?') else ''}" for name in own)
    return f"a *{shape}* with {shown}" if shape else shown


def shapes_table() -> list[str]:
    lines = ["| Shape | Fields |", "|---|---|"]
    for name, shape in SHAPES.items():
        shown = (
            f"`{field.removesuffix('?')}`{'?' if field.endswith('?') else ''} {kind}"
            for field, kind in shape.items()
        )
        lines.append(f"| *{name}* | {', '.join(shown)} |")
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


TABLES = MadeTables(
    Path(__file__).resolve().parents[2] / "cockpit/control/PROTOCOL.md",
    "tests.control.test_docs",
    {
        "access": access_table,
        "methods": methods_table,
        "shapes": shapes_table,
        "events": events_table,
        "errors": errors_table,
    },
)


@pytest.mark.parametrize("name", TABLES.makers)
def test_table_is_what_the_code_says(name: str) -> None:
    TABLES.check(name)


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


if __name__ == "__main__":
    TABLES.write()

"""The README tells what the code does: its tables of keys and settings are made from the code, its names exist.

`python -m tests.contracts.test_readme` writes the two tables anew, between their markers.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest
from annotated_types import Ge, Le
from pydantic.fields import FieldInfo

from cockpit.app.keys.bindings import DEFAULT_BINDINGS, KeyBinding
from cockpit.app.keys.keymap import build_keymap
from cockpit.cli import ExitCode
from cockpit.settings import Settings, all_keys, parse, split_key, unknown_keys, value_of
from tests.harness.made_tables import MadeTables

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
VARIABLE = re.compile(r"COCKPIT_[A-Z0-9]+(?:_[A-Z0-9]+)*")


def keys_table() -> list[str]:
    """Every binding: its key, what it does, its id; neighbours whose id ends in their key share a row."""
    rows = ["| Key | What it does | Id |", "|---|---|---|"]
    for numbered, neighbours in groupby(DEFAULT_BINDINGS, key=_is_numbered):
        bindings = list(neighbours)
        rows += [_numbered_row(bindings)] if numbered else [_key_row(binding) for binding in bindings]
    return rows


def settings_table() -> list[str]:
    """Every setting: its dotted key, its default as the file has it, what it means and what is allowed."""
    rows = ["| Key | Default | Meaning |", "|---|---|---|"]
    for key in all_keys():
        section, name = split_key(key)
        field = type(getattr(Settings(), section)).model_fields[name]
        default = _toml(value_of(Settings(), key))
        rows.append(f"| `{key}` | `{default}` | {field.description}{_allowed(field)} |")
    return rows


TABLES = MadeTables(README, "tests.contracts.test_readme", {"keys": keys_table, "settings": settings_table})


def readme() -> str:
    return README.read_text(encoding="utf-8")


def variables_in(paths: Iterable[Path]) -> set[str]:
    """The variables that Python files name as a whole text, which is how one is read or set; prose doesn't count."""
    return {
        node.value
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and VARIABLE.fullmatch(node.value)
    }


@pytest.mark.parametrize("name", TABLES.makers)
def test_table_is_what_the_code_says(name: str) -> None:
    TABLES.check(name)


def test_table_holds_every_binding_and_every_setting() -> None:
    """The tables' makers leave nothing out, whatever rows they put together."""
    rows = "\n".join(keys_table())
    for binding in DEFAULT_BINDINGS:
        assert binding.id in rows or _is_numbered(binding)
        assert f"`{binding.key}`" in rows
    rows = "\n".join(settings_table())
    assert all(f"| `{key}` | `{_toml(value_of(Settings(), key))}` |" in rows for key in all_keys())


def test_every_variable_of_the_code_is_told_and_every_told_one_exists() -> None:
    told = set(VARIABLE.findall(readme()))
    used = variables_in((ROOT / "cockpit").rglob("*.py"))
    assert used
    assert used - told == set(), "not in the README"
    assert told - used - variables_in((ROOT / "tests").rglob("*.py")) == set(), "only in the README"


def test_every_exit_code_is_told() -> None:
    assert all(re.search(rf"^\| `{code.value}` \|", readme(), re.MULTILINE) for code in ExitCode)


def test_every_link_and_picture_is_there() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", readme())
    assert targets
    assert [t for t in targets if "://" not in t and not (ROOT / t).is_file()] == []


def test_examples_of_settings_are_understood() -> None:
    examples = re.findall(r"^```toml\n(.*?)^```", readme(), re.MULTILINE | re.DOTALL)
    assert examples
    for example in examples:
        settings = parse(tomllib.loads(example), "README.md")
        assert unknown_keys(settings) == []
        assert build_keymap(settings.keys.bindings, settings.keys.leader)[1] == []


def _is_numbered(binding: KeyBinding) -> bool:
    return binding.id == f"terminal.select.{binding.key}"


def _key_row(binding: KeyBinding) -> str:
    alone = ", alone" if binding.context == "ended" else ""
    keys = ", ".join(f"`{key}`" for key in (binding.key, *binding.also))
    return f"| {keys}{alone} | {binding.tooltip} | `{binding.id}` |"


def _numbered_row(bindings: list[KeyBinding]) -> str:
    keys = " ".join(f"`{binding.key}`" for binding in bindings)
    ids = f"`{bindings[0].id}` … `{bindings[-1].id}`"
    return f"| {keys} | Show the tab with this number; `0` is the tenth | {ids} |"


def _allowed(field: FieldInfo) -> str:
    """The limits of a number, or the words that can be chosen; empty for anything else."""
    if get_origin(field.annotation) is Literal:
        return " " + ", ".join(f'`"{word}"`' for word in get_args(field.annotation)) + "."
    limits = [f"{limit.ge:,}" for limit in field.metadata if isinstance(limit, Ge)]
    limits += [f"{limit.le:,}" for limit in field.metadata if isinstance(limit, Le)]
    return f" {' to '.join(limits)}." if limits else ""


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


if __name__ == "__main__":
    TABLES.write()

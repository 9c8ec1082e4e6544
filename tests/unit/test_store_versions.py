"""Documents of every schema there ever was: read, kept whole, written anew."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cockpit import __version__
from cockpit.errors import StoreError
from cockpit.model import Binding
from cockpit.workspace import migrations
from cockpit.workspace.migrations import SCHEMA, migrated
from cockpit.workspace.rows_format import decode, encode
from cockpit.workspace.store import Store

STORES = Path(__file__).parent / "stores"
VERSIONS = range(SCHEMA + 1)


def stored(version: int) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((STORES / f"v{version}.json").read_bytes())
    return document


def test_there_is_an_example_of_every_schema() -> None:
    assert sorted(path.name for path in STORES.iterdir()) == [f"v{version}.json" for version in VERSIONS]
    assert len(migrations._STEPS) == SCHEMA


@pytest.mark.parametrize("version", VERSIONS)
def test_an_older_document_is_read_and_written_in_the_present_schema(version: int, tmp_path: Path) -> None:
    store = Store(tmp_path / "store.json")
    store.path.write_text((STORES / f"v{version}.json").read_text())
    state, notices, complete = store.load()
    assert (notices, complete) == ([], True)
    store.save(encode(state))
    written = json.loads(store.path.read_bytes())
    assert (written["schema"], written["written_by"]) == (SCHEMA, __version__)
    assert written["revision"] == stored(version).get("revision", 0) + 1
    assert Store(store.path).load().state == state


@pytest.mark.parametrize("version", VERSIONS)
def test_no_field_of_an_older_document_is_lost(version: int) -> None:
    before, after = stored(version), encode(decode(stored(version)))
    for document in (before, after):
        for name in ("schema", "revision", "written_by"):
            document.pop(name, None)
    assert _lost(before, after) == []


def test_what_the_rows_of_each_schema_say() -> None:
    (first, second), (api,), (latest,) = (decode(stored(version)).sessions for version in VERSIONS)
    assert [terminal.backend for terminal in first.terminals] == ["pty", "pty"]
    assert (second.group, second.terminals) == ("work", [])
    assert [terminal.backend for terminal in api.terminals] == ["pty", "tmux", "zellij"]
    assert api.terminals[1].binding == Binding("/run/user/1000/cockpit/tmux.sock", "cockpit", "@7", 3)
    assert [terminal.restore for terminal in api.terminals] == [None] * 3
    assert latest.terminals[0].restore == "relaunch"


@pytest.mark.parametrize("schema", [-1, True, "2", 1.5, None])
def test_a_schema_that_is_no_number_is_refused(schema: object) -> None:
    with pytest.raises(StoreError, match="is no version"):
        migrated({"schema": schema})


@pytest.mark.parametrize(
    ("writer", "words"),
    [("3.0", "cockpit '3.0'"), (None, "doesn't say"), ("\x1b[31m", r"cockpit '\\x1b\[31m'")],
)
def test_a_newer_document_names_its_writer(writer: str | None, words: str) -> None:
    with pytest.raises(migrations.NewerSchemaError, match=words):
        migrated({"schema": SCHEMA + 1, "written_by": writer})


def _lost(before: object, after: object, place: str = "") -> list[str]:
    """The places of `before` that `after` lacks or has other values in."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [lost for key in before for lost in _lost(before[key], after.get(key), f"{place}.{key}")]
    if isinstance(before, list) and isinstance(after, list):
        pairs = zip(before, after, strict=True)
        return [lost for n, (b, a) in enumerate(pairs) for lost in _lost(b, a, f"{place}[{n}]")]
    return [] if before == after else [f"{place}: {before!r} became {after!r}"]

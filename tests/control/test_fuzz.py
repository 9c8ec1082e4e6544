"""Tens of thousands of broken and strange frames: each line gets its one answer, and others are served meanwhile."""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cockpit.control.method_specs import METHODS
from tests.control.serving import Serving, serving

SEED_FRAMES = (
    b'{"id":1,"method":"list"}',
    b'{"id":"x","method":"read","params":{"target":"current","lines":3}}',
    b'{"method":"send","params":{"target":"current","text":"\\u00e9\\ud800"}}',
    b'{"id":2,"method":"hello","params":{"versions":[1,99],"client":"f"}}',
    b"send current 'some text' enter=true",
    b"keys current ctrl+c up enter",
    b"status",
    b'{"id":3,"method":"terminal.rename","params":{"name":"n"}}',
    b'{"id":4,"method":"hook","params":{"name":"Stop","payload":{"a":[1,2,{"b":null}]}}}',
)
_PUT_IN = (b"[" * 60, b'"', b"\\", b"{}", b"\0", b"9" * 50, b"\r", b"1e999", b"\\ud800", b'"id":[],', b"\xff")


def damaged(frame: bytes, chance: random.Random) -> bytes:
    """A frame with one kind of damage, or with none."""
    changed = bytearray(frame)
    match chance.randrange(5):
        case 0:
            changed = bytearray(chance.randbytes(chance.randrange(120)))
        case 1:
            del changed[chance.randrange(len(frame)) :]
        case 2:
            for _ in range(chance.randrange(1, 6)):
                changed[chance.randrange(len(frame))] = chance.randrange(256)
        case 3:
            place = chance.randrange(len(frame))
            changed[place:place] = chance.choice(_PUT_IN)
    return bytes(changed).replace(b"close", b"clxse").replace(b"\n", b" ")


async def test_ten_thousand_hostile_frames_leave_it_alive(tmp_path: Path) -> None:
    chance = random.Random(20260721)  # the same on every run
    data = b"".join(damaged(chance.choice(SEED_FRAMES), chance) + b"\n" for _ in range(10_000))
    async with serving(tmp_path) as it:
        for start in range(0, len(data), 60_000):
            client = await it.client()
            client.send(data[start : start + 60_000])
            client.writer.write_eof()
            assert await client.at_end()
            healthy = await it.client()
            assert await healthy.result("status")
            healthy.writer.close()
        assert not [n for n in it.world.notices if "failed" in n]


EXAMPLES, CALLS, VARIANTS = 45, 12, 20
_METHODS = sorted(set(METHODS) - {"hello", "close", "wait", "run"})
"""The first is cut off by design, the second leaves nothing to talk about, and a damaged wait has no deadline."""
_NUMBERS = st.sampled_from([0, 1, -1, 1.5, 1e308, 10**30, 10**400]) | st.integers() | st.floats()
_ODD_TEXTS = ("current", "\ud800", "\udce4", "\0", "\x1b[2J", "#(id)", "x" * 3000, "[/]", "-1", "")
_VALUES = st.recursive(
    st.none() | st.booleans() | _NUMBERS | st.text(max_size=6) | st.sampled_from(_ODD_TEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)


@st.composite
def calls(draw: st.DrawFn) -> bytes:
    """A request in JSON with values that nobody expects, its id among them."""
    spec = METHODS[draw(st.sampled_from(_METHODS))]
    params: dict[str, Any] = {}
    if spec.parameters:
        for parameter in draw(st.lists(st.sampled_from(spec.parameters), max_size=3)):
            params[parameter.name] = draw(_VALUES)
    return json.dumps({"id": draw(st.integers() | _VALUES), "method": spec.name, "params": params}).encode()


async def answers_to(it: Serving, frames: list[bytes]) -> int:
    """How many answers a batch gets on a connection of its own; another one is served afterwards."""
    client = await it.client()
    client.send(b"".join(frame + b"\n" for frame in frames) + b'{"id":"the last","method":"status"}\n')
    client.writer.write_eof()  # everything is still answered, in any order, and then the connection ends
    count = -1
    while line := await client.line():
        plain = line.startswith((b"OK ", b"ERROR "))
        count += plain or "ok" in json.loads(line, parse_constant=pytest.fail)
        assert b'"code":"internal"' not in line, line
    client.writer.close()
    healthy = await it.client()
    assert await healthy.result("status")
    healthy.writer.close()
    return count


def test_every_line_gets_its_one_answer_whatever_is_in_it(tmp_path: Path) -> None:
    answered = 0
    with asyncio.Runner() as runner:
        world = serving(tmp_path)
        it = runner.run(world.__aenter__())

        @given(st.lists(calls(), min_size=CALLS, max_size=CALLS), st.integers(0))
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def batch(drawn: list[bytes], seed: int) -> None:
            nonlocal answered
            chance = random.Random(seed)
            frames = drawn + [damaged(frame, chance) for frame in drawn for _ in range(VARIANTS)]
            expected = sum(bool(frame.strip(b" \t\r")) for frame in frames)
            assert runner.run(answers_to(it, frames)) == expected
            answered += expected

        try:
            batch()
        finally:
            runner.run(world.__aexit__(None, None, None))
    print(f"{answered:,} frames were answered")
    assert answered >= 10_000

"""What nobody should send, sent to the whole application: it refuses each with a code, and its screen stays alive."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from cockpit.control.method_specs import METHODS
from cockpit.control.protocol import MAX_DEPTH, MAX_FRAME_BYTES
from tests.app.live_app import LiveCockpit, live
from tests.control.serving import RawClient

TEXTS = (
    "\ud800", "x\ud800\udfff", "\udce4", "a\0b", "\x1b]2;x\x07", "", " ", "\n", "'''", "#(touch pwned)", "x" * 70_000,
    "\u202e", "../../..", "-", "{}", "%s", "[b]x[/b]", "[/]", "\N{SNOWMAN}" * 50,
)  # fmt: skip
VALUES: dict[str, Sequence[object]] = {
    "str": TEXTS,
    "bytes": TEXTS,
    "list": [*([text] for text in TEXTS), [], [{}], [None], [[]]],
    "int": [10**30, -(10**30), 0, -1],
    "float": [1e308, -1, 0, 10**400, -(10**400)],
    "bool": [True],
    "dict": [{"x": "\ud800"}, {"\ud800": 1}, {"a": {"b": []}}, {"": 10**400}],
    "object": [*TEXTS, 1, None, [], {}, 1e308, 10**400],
}
_REQUIRED: dict[str, object] = {"list": ["a"], "int": 1}
CHUNK_BYTES = 50_000
NOT_CALLED = {"hello", "events", "close", "terminal.close", "session.close", "app.quit"}


@asynccontextmanager
async def served() -> AsyncIterator[tuple[LiveCockpit, RawClient]]:
    async with live(settings={"automation": {"socket_access": "automation"}}) as it:
        path = str(it.workspace.paths.control_socket)
        await it.until(Path(path).exists, "the control socket")
        client = RawClient(*await asyncio.open_unix_connection(path, limit=2 * MAX_FRAME_BYTES))
        try:
            yield it, client
        finally:
            client.writer.close()


async def is_alive(it: LiveCockpit, number: int) -> None:
    """What is typed is run and shown."""
    await it.press(*f"echo n$(({number}))", "enter")
    await it.pane_shows(f"n{number}\n")


async def test_no_value_of_any_parameter_is_too_much_for_it() -> None:
    async with served() as (it, client):
        specs = {
            name: [(p.name, p.kind.__name__, p.required) for p in m.parameters] for name, m in METHODS.items()
        }
        for told in (await client.result("commands"))["commands"]:
            specs[told["name"]] = [(p["name"], p["type"], p["required"]) for p in told["parameters"]]
        failed = []
        for method in sorted(specs.keys() - NOT_CALLED):
            for name, kind, _ in specs[method]:
                needed = {n: _REQUIRED.get(k, "x") for n, k, required in specs[method] if required}
                for value in VALUES[kind][:: 4 if method.endswith("new") else 1]:  # a program each
                    params = {"timeout": 0.01, **needed, name: value}
                    if name != "target":
                        params["target"] = "current"
                    answer = await client.ask(method, **params)
                    if not answer["ok"] and answer["error"]["code"] == "internal":
                        failed.append((method, name, value))
            while it.app.screen is not it.main:
                it.app.pop_screen()
        assert failed == []
        await it.workspace.run("terminal.new")
        await it.back()
        await it.prompt()
        await is_alive(it, 42)


def request(**more: Any) -> bytes:
    """A harmless request as JSON, with these parts written as they are."""
    parts = {"id": "1", "method": '"status"', **more}
    return "{{{}}}".format(",".join(f'"{name}":{value}' for name, value in parts.items())).encode()


LINES: dict[str, tuple[bytes, str]] = {
    "an endless number": (request(params='{"timeout":1e999}'), "invalid_frame"),
    "an endless id": (request(id="1e999"), "invalid_frame"),
    "an infinity": (request(params='{"timeout":Infinity}'), "invalid_frame"),
    "a number of 5,000 digits": (request(id="9" * 5000), "invalid_frame"),
    "an id that is a list": (request(id="[1]"), "invalid_frame"),
    "an id that is an object": (request(id='{"id":1}'), "invalid_frame"),
    "an id that is true": (request(id="true"), "invalid_frame"),
    "an id that is a fraction": (request(id="0.5"), "invalid_frame"),
    "deep nesting": (request(params='{"x":' * 100_000), "too_complex"),
    "nesting that is just too deep": (
        request(params='{"x":' * MAX_DEPTH + "1" + "}" * MAX_DEPTH), "too_complex",
    ),
    "many values": (request(params='{"x":[' + "1," * 1_000_000 + "1]}"), "too_complex"),
    "a frame that is too long": (b"x" * (MAX_FRAME_BYTES + 1), "too_large"),
    "a JSON frame that is too long": (request(params='"' + "x" * MAX_FRAME_BYTES + '"'), "too_large"),
    "a frame of the longest": (request(params='"' + "x" * (MAX_FRAME_BYTES - 40) + '"'), "invalid_params"),
    "no UTF-8": (b'{"id":1,"method":"status\xff"}', "invalid_frame"),
    "NULs": (b"\0" * 1000, "unknown_method"),
    "half of a pair in a method": (request(method='"\\ud800"'), "unknown_method"),
    "a plain line of quotes": (b"send '\"'\"'", "invalid_frame"),
    "brackets": (b"[" * 10_000, "too_complex"),
}  # fmt: skip
FINE: dict[str, tuple[bytes, object]] = {
    "a key that comes twice": (request(id='1,"id":2'), 2),
    "half of a pair in an id": (request(id='"\\ud800"'), "\ud800"),
    "an id of 4,000 digits": (request(id="9" * 4000), int("9" * 4000)),
    "an empty id": (request(id='""'), ""),
    "a blank before": (b" \t" + request(), 1),
}


async def test_broken_lines_have_their_code_and_the_screen_goes_on() -> None:
    async with served() as (it, client):
        for number, (what, (line, code)) in enumerate(LINES.items()):
            whole = memoryview(line + b"\n")
            for start in range(0, len(whole), CHUNK_BYTES):
                client.send(bytes(whole[start : start + CHUNK_BYTES]))
            told = await client.line()
            assert f'"code":"{code}"'.encode() in told or told.startswith(f"ERROR {code} ".encode()), (
                what,
                told[:200],
            )
            if number % 5 == 0:
                await is_alive(it, number + 10)
        for what, (line, request_id) in FINE.items():
            client.send(line + b"\n")
            answer = await client.frame()
            assert (answer["ok"], answer["id"]) == (True, request_id), what
        client.send(request() + b"\r\n\r\n \n" + request() + b"\n" + request()[:-3])
        client.writer.write_eof()
        assert [(await client.frame())["ok"] for _ in range(3)] == [True, True, False]
        await is_alive(it, 99)

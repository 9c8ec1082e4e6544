"""Which row a caller means."""

from __future__ import annotations

import pytest

from cockpit.control.codes import ErrorCode
from cockpit.control.protocol import ProtocolError
from cockpit.control.targets import find_any, find_session, find_terminal
from cockpit.model import Session, Terminal


def terminal(row_id: str, name: str) -> Terminal:
    return Terminal(row_id, name, "/")


WEB = Session("s-aa11", "web", "/", [terminal("t-0a1b", "bash"), terminal("t-0a2c", "server")])
API = Session("s-ab22", "api", "/", [terminal("t-1d3e", "bash"), terminal("t-1e4f", "web")])
EMPTY = Session("s-ff", "empty", "/")
ROWS = [WEB, API, EMPTY]
FOCUSED = (API, API.terminals[0])


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("t-0a2c", "t-0a2c"),
        ("server", "t-0a2c"),
        ("ser", "t-0a2c"),
        ("t-0a2", "t-0a2c"),
        ("0a2", "t-0a2c"),
        ("s-ab22", "t-1d3e"),
        ("api", "t-1d3e"),
        ("web:bash", "t-0a1b"),
        ("web:2", "t-0a2c"),
        ("s-ab22:t-1e4f", "t-1e4f"),
        (None, "t-1d3e"),
        ("current", "t-1d3e"),
    ],
)
def test_a_terminal_is_found(target: str | None, found: str) -> None:
    assert find_terminal(ROWS, FOCUSED, target)[1].id == found


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("bash", ErrorCode.AMBIGUOUS),
        ("web", ErrorCode.AMBIGUOUS),
        ("t-", ErrorCode.AMBIGUOUS),
        ("nothing", ErrorCode.NOT_FOUND),
        ("empty", ErrorCode.NOT_FOUND),
        ("web:9", ErrorCode.NOT_FOUND),
        ("", ErrorCode.NOT_FOUND),
        ("sevrer", ErrorCode.NOT_FOUND),
    ],
)
def test_what_is_not_clear_is_refused_with_what_it_could_be(target: str, code: ErrorCode) -> None:
    with pytest.raises(ProtocolError) as caught:
        find_terminal(ROWS, FOCUSED, target)
    assert caught.value.code == code
    if target == "bash":
        assert "t-0a1b (web: bash)" in str(caught.value) and "t-1d3e" in str(caught.value)
    if target == "sevrer":
        assert str(caught.value) == "there is no terminal 'sevrer'; did you mean server?"


def test_sessions_and_either() -> None:
    assert find_session(ROWS, FOCUSED, "web") is WEB
    assert find_session(ROWS, FOCUSED, "server") is WEB
    assert find_session(ROWS, FOCUSED, None) is API
    assert find_any(ROWS, FOCUSED, "s-aa11") == (WEB, None)
    assert find_any(ROWS, FOCUSED, "server") == (WEB, WEB.terminals[1])
    assert find_any(ROWS, FOCUSED, "current") == FOCUSED
    with pytest.raises(ProtocolError, match="take an id"):
        find_any(ROWS, FOCUSED, "web")
    for find in (find_terminal, find_session, find_any):
        with pytest.raises(ProtocolError, match="cockpit new"):
            find([], None, None)

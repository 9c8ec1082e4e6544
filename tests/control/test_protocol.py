"""Frames: what is cut, what is understood, what is refused, and that nothing else can happen."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cockpit.control.codes import ErrorCode
from cockpit.control.protocol import (
    MAX_DEPTH,
    MAX_TOKENS,
    FrameSplitter,
    ProtocolError,
    Request,
    encode_error,
    encode_result,
    parse_request,
    request_id_of,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def refusal(line: bytes) -> ErrorCode:
    with pytest.raises(ProtocolError) as caught:
        parse_request(line)
    return caught.value.code


@given(st.lists(st.binary(max_size=40).map(lambda b: b.replace(b"\n", b"")), max_size=8), st.data())
@settings(max_examples=300, deadline=None)
def test_lines_come_out_whole_however_they_are_cut(lines: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(line + b"\n" for line in lines) + b"rest"
    splitter = FrameSplitter()
    found: list[bytes | None] = []
    while stream:
        size = data.draw(st.integers(1, max(1, len(stream))))
        found += splitter.feed(stream[:size])
        stream = stream[size:]
    assert found == lines
    assert splitter.pending_bytes == 4


def test_a_line_that_is_too_long_is_skipped_without_being_held() -> None:
    splitter = FrameSplitter(limit=10)
    assert list(splitter.feed(b"0123456789\n")) == [b"0123456789"]
    for _ in range(100):
        assert list(splitter.feed(b"x" * 9)) == []
        assert splitter.pending_bytes <= 10
    assert list(splitter.feed(b"\nnext\n")) == [None, b"next"]


@given(
    st.binary(max_size=200) | json_values.map(lambda v: json.dumps(v).encode()) | st.text().map(str.encode)
)
@settings(max_examples=500, deadline=None)
def test_any_line_is_a_request_or_a_refusal(line: bytes) -> None:
    request_id_of(line)
    try:
        request = parse_request(line)
    except ProtocolError as error:
        answer = json.loads(encode_error(error.code, str(error)))
        assert answer["error"]["code"] == error.code
    else:
        assert request is None or request.method


@given(json_values)
@settings(max_examples=200, deadline=None)
def test_an_answer_is_one_line_of_ascii(value: object) -> None:
    for plain in (False, True):
        data = encode_result(Request(7, "read", {}, plain=plain), value)
        assert data.count(b"\n") == 1 and data.endswith(b"\n") and data.isascii()
        assert (data.startswith(b"OK ")) is plain
        told = json.loads(data.removeprefix(b"OK "))
        assert told["result"] == value or told["result"] != told["result"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'{"method":"list"', ErrorCode.INVALID_FRAME),
        (b"{\xff}", ErrorCode.INVALID_FRAME),
        (b"list \xff", ErrorCode.INVALID_FRAME),
        (b"list 'unclosed", ErrorCode.INVALID_FRAME),
        (b"send x " + b"y" * 16 * 1024, ErrorCode.TOO_LARGE),
        (b"[]", ErrorCode.INVALID_FRAME),
        (b"{}", ErrorCode.INVALID_FRAME),
        (b'{"method":3}', ErrorCode.INVALID_FRAME),
        (b'{"method":"list","id":true}', ErrorCode.INVALID_FRAME),
        (b'{"method":"list","id":1.5}', ErrorCode.INVALID_FRAME),
        (b'{"method":"list","params":[]}', ErrorCode.INVALID_PARAMS),
        (b'{"method":"list","params":{"x":NaN}}', ErrorCode.INVALID_FRAME),
        (b'{"method":"hook","params":{"payload":{"x":-1e999}}}', ErrorCode.INVALID_FRAME),
        (b'{"method":"list","id":"' + b"x" * 1001 + b'"}', ErrorCode.INVALID_FRAME),
        (b'{"method":"list","params":{"x":' + b"9" * 5000 + b"}}", ErrorCode.INVALID_FRAME),
        (
            b'{"method":"x","params":' + b'{"a":' * MAX_DEPTH + b"1" + b"}" * (MAX_DEPTH + 1),
            ErrorCode.TOO_COMPLEX,
        ),
        (b'{"a":' * 200_000, ErrorCode.TOO_COMPLEX),
        (b'{"method":"x","params":{"a":[' + b"1," * (MAX_TOKENS + 1) + b"1]}}", ErrorCode.TOO_COMPLEX),
        (b'{"method":"x","params":{"a":[' + b'"",' * (3 * MAX_TOKENS) + b"1]}}", ErrorCode.TOO_COMPLEX),
    ],
)
def test_what_can_not_be_served_has_a_code(line: bytes, code: ErrorCode) -> None:
    assert refusal(line) == code


def test_text_full_of_commas_is_not_complex() -> None:
    text = '1,2,"3",[{:\\' * 100_000
    request = parse_request(json.dumps({"method": "send", "params": {"text": text}}).encode())
    assert request is not None and request.params["text"] == text


def test_unknown_fields_are_ignored_and_the_id_is_kept() -> None:
    request = parse_request(b'{"id":"a","method":"list","later":{"x":1}}')
    assert request is not None and (request.id, request.method, request.params) == ("a", "list", {})
    assert request_id_of(b'{"id":9,"method":3}') == 9


def test_a_plain_line_is_split_as_a_shell_does() -> None:
    request = parse_request(b"  send build 'make test' enter=true \r")
    assert request is not None and request.plain
    assert (request.method, request.words) == ("send", ("build", "make test", "enter=true"))
    assert parse_request(b"   ") is None
    assert encode_error(ErrorCode.REFUSED, "two\nlines", plain=True) == b"ERROR refused two lines\n"


def test_an_error_is_short_and_safe_on_a_terminal_whatever_it_quotes() -> None:
    message = "there is no \x1b[31m\x9b1m\n" + "x" * 20_000_000
    assert len(encode_error(ErrorCode.FAILED, message, request_id=1)) < 10_000
    plain = encode_error(ErrorCode.FAILED, message, plain=True)
    assert len(plain) < 10_000 and plain.startswith(b"ERROR failed there is no [31m1m x")

"""The frames of the control socket (PROTOCOL.md): bytes in, requests and answers out. No I/O; standard library only.

Both sides use it, and a verb starts with it, so it imports nothing that takes long.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from cockpit.control.codes import ErrorCode
from cockpit.errors import CockpitError

TYPE_CHECKING = False  # typing would cost a tenth of a verb's time
if TYPE_CHECKING:
    from typing import Any

VERSIONS = (1,)
"""The protocol versions this cockpit speaks, the newest last."""
MAX_FRAME_BYTES = 16 * 1024 * 1024
"""The longest line either side takes, its newline not counted."""
MAX_DEPTH = 32
"""How deep objects and arrays may lie in each other."""
MAX_TOKENS = 100_000
"""How many commas and colons a request may have outside its texts: parsing more would stall the screen."""
MAX_ID_CHARACTERS = 1000
MAX_MESSAGE_CHARACTERS = 4000
"""The longest text of an error; what it quotes is anybody's."""
MAX_PLAIN_BYTES = 16 * 1024
"""The longest plain-text command: splitting words takes its time, and a person types less."""
_UNCOUNTED_BYTES = 64 * 1024
"""What is parsed within a millisecond, whatever is in it."""


class ProtocolError(CockpitError):
    """A frame or a request can't be served. `code` is for programs, the message for people."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code


class Request:
    """One thing that was asked for.

    `method` is a verb or the name of a command. `params` come by name (JSON), or as the `words` of a plain line.
    """

    __slots__ = ("id", "method", "params", "plain", "words")

    def __init__(
        self,
        request_id: str | int | None,
        method: str,
        params: Mapping[str, Any],
        *,
        words: Sequence[str] = (),
        plain: bool = False,
    ) -> None:
        self.id = request_id
        self.method = method
        self.params = params
        self.words = tuple(words)
        self.plain = plain
        """Asked on a plain-text line, so answered on one."""


class FrameSplitter:
    """Cuts what was read into lines. Holds at most `limit` bytes; a longer line is skipped whole."""

    def __init__(self, limit: int = MAX_FRAME_BYTES) -> None:
        self.limit = limit
        self._held = bytearray()
        self._skipping = False

    @property
    def pending_bytes(self) -> int:
        """Bytes held of a line that hasn't ended yet."""
        return len(self._held)

    def feed(self, data: bytes) -> Iterator[bytes | None]:
        """The lines completed by `data`, without their newline; None in the place of one that was too long."""
        start = 0
        while (end := data.find(b"\n", start)) >= 0:
            self._hold(data[start:end])
            start = end + 1
            line = None if self._skipping else bytes(self._held)
            self._held, self._skipping = bytearray(), False
            yield line
        self._hold(data[start:])

    def _hold(self, piece: bytes) -> None:
        if self._skipping or not piece:
            return
        if len(self._held) + len(piece) > self.limit:
            self._held, self._skipping = bytearray(), True
        else:
            self._held += piece


def parse_request(line: bytes) -> Request | None:
    """The request on one line: a JSON object, or else a plain-text command; None for a blank line.

    Raises:
        ProtocolError: it is neither.
    """
    line = line.strip(b" \t\r")
    if not line:
        return None
    return _json_request(line) if line.startswith((b"{", b"[")) else _plain_request(line)


def request_id_of(line: bytes) -> str | int | None:
    """The id of a request that can't be served, as far as it can be told, for the answer."""
    try:
        document = json.loads(line[: 64 * 1024]) if line.lstrip().startswith(b"{") else None
    except (ValueError, RecursionError):
        return None
    found = document.get("id") if isinstance(document, dict) else None
    return found if _is_id(found) else None


def decode(line: bytes) -> Any:
    """The value of one JSON frame.

    Raises:
        ProtocolError: it is no JSON, not in UTF-8, nested too deep or too complex.
    """
    if len(line) > _UNCOUNTED_BYTES:
        _check_complexity(line)
    try:
        value = _DECODER.decode(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ProtocolError(
            ErrorCode.INVALID_FRAME, f"a frame must be UTF-8; byte {error.start} is not"
        ) from error
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        raise ProtocolError(ErrorCode.INVALID_FRAME, f"a frame must be JSON on one line: {error}") from error
    if _depth_exceeds(value, MAX_DEPTH):
        raise _too_deep()
    return value


def decode_answer(line: bytes) -> dict[str, Any]:
    """An answer or event of cockpit, which is trusted to be of sane shape. Raises `ProtocolError`."""
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(ErrorCode.INVALID_FRAME, "what answered is not cockpit") from error
    if not isinstance(answer, dict):
        raise ProtocolError(ErrorCode.INVALID_FRAME, "what answered is not cockpit")
    return answer


def encode(message: Mapping[str, Any]) -> bytes:
    """One frame, ended by its newline; ASCII, so that it can be written anywhere."""
    return _ENCODER.encode(message).encode("ascii") + b"\n"


def encode_request(method: str, params: Mapping[str, Any], request_id: str | int | None = None) -> bytes:
    """The frame of a request."""
    return encode({"id": request_id, "method": method, "params": params})


def encode_result(request: Request, result: object) -> bytes:
    """The answer to a request that was served."""
    if request.plain:
        return b"OK " + encode({"result": result})
    return encode({"id": request.id, "ok": True, "result": result})


def encode_error(
    code: ErrorCode, message: str, *, request_id: str | int | None = None, plain: bool = False
) -> bytes:
    """The answer to a request that was not."""
    message = message[:MAX_MESSAGE_CHARACTERS]
    if plain:
        from cockpit.text import clean_text  # a verb never answers

        text = " ".join(clean_text(message, MAX_MESSAGE_CHARACTERS).split())
        return f"ERROR {code} {text}\n".encode()
    return encode({"id": request_id, "ok": False, "error": {"code": code, "message": message}})


def _json_request(line: bytes) -> Request:
    document = decode(line)
    if not isinstance(document, dict):
        raise ProtocolError(ErrorCode.INVALID_FRAME, "a request must be a JSON object")
    request_id = document.get("id")
    if not _is_id(request_id):
        message = f"id must be text of up to {MAX_ID_CHARACTERS:,} characters, a whole number or null"
        raise ProtocolError(ErrorCode.INVALID_FRAME, message)
    method = document.get("method")
    if not isinstance(method, str) or not method:
        raise ProtocolError(ErrorCode.INVALID_FRAME, "a request needs its method as text")
    params = document.get("params", {})
    if params is None:
        params = {}
    if not isinstance(params, dict):
        raise ProtocolError(ErrorCode.INVALID_PARAMS, "params must be an object")
    return Request(request_id, method, params)


def _plain_request(line: bytes) -> Request:
    import shlex

    if len(line) > MAX_PLAIN_BYTES:
        raise ProtocolError(
            ErrorCode.TOO_LARGE, f"a plain line may take {MAX_PLAIN_BYTES:,} bytes; send more as JSON"
        )
    try:
        words = shlex.split(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ProtocolError(
            ErrorCode.INVALID_FRAME, f"a frame must be UTF-8; byte {error.start} is not"
        ) from error
    except ValueError as error:
        raise ProtocolError(
            ErrorCode.INVALID_FRAME, f"the line can't be split into words: {error}"
        ) from error
    if not words or not words[0]:
        raise ProtocolError(ErrorCode.INVALID_FRAME, "a line needs a method")
    return Request(None, words[0], {}, words=words[1:], plain=True)


def _check_complexity(line: bytes) -> None:
    """Counts what separates values outside of texts, at the speed of `bytes.count`."""
    bare = line.replace(b"\\\\", b"").replace(b'\\"', b"")
    if bare.count(b'"') > 4 * MAX_TOKENS:
        raise _too_complex()
    outside = b"".join(bare.split(b'"')[::2])
    if outside.count(b",") + outside.count(b":") > MAX_TOKENS:
        raise _too_complex()
    if outside.count(b"[") + outside.count(b"{") > MAX_TOKENS:
        raise _too_complex()


def _depth_exceeds(value: object, limit: int) -> bool:
    level = [value]
    for _ in range(limit + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


def _is_id(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= MAX_ID_CHARACTERS
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON value")


def _finite(text: str) -> float:
    """Infinity can't be written as JSON again, where it is passed on."""
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"{text:.40} is too large")
    return number


def _too_deep() -> ProtocolError:
    return ProtocolError(ErrorCode.TOO_COMPLEX, f"a frame may be nested {MAX_DEPTH} levels deep")


def _too_complex() -> ProtocolError:
    return ProtocolError(ErrorCode.TOO_COMPLEX, f"a frame may hold {MAX_TOKENS:,} values; send several")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_finite)
_ENCODER = json.JSONEncoder(separators=(",", ":"))

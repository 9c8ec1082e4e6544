"""One connection to a running cockpit, for the verbs. Blocking; standard library only."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from cockpit import __version__
from cockpit.control.codes import ErrorCode
from cockpit.control.discovery import NotRunningError, connect
from cockpit.control.protocol import VERSIONS, FrameSplitter, ProtocolError, decode_answer, encode_request
from cockpit.errors import CockpitError

TYPE_CHECKING = False  # typing would cost a tenth of a verb's time
if TYPE_CHECKING:
    from _socket import socket
    from typing import Any

CONNECT_TIMEOUT_S = 5.0
_READ_BYTES = 256 * 1024
_NO_ANSWER = "cockpit does not answer: it is busy, stopped or stuck, and may still do what it was asked"


class RemoteError(CockpitError):
    """cockpit's answer was an error; `code` is one of `ErrorCode`, or a newer one."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Client:
    """Connects at the first request and greets in the same breath. Use it as a context manager."""

    def __init__(
        self,
        profile: str | None = None,
        *,
        password: str | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._profile = profile
        self._password = password
        self._environment = os.environ if environment is None else environment
        self._socket: socket | None = None
        self._splitter = FrameSplitter()
        self._frames: list[bytes | None] = []
        self._last_id = 0

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection. May be called again."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def request(
        self, method: str, params: Mapping[str, Any] | None = None, *, timeout_s: float = 30.0
    ) -> Any:
        """The result of one request, which may take `timeout_s`.

        Raises:
            NotRunningError: there is no cockpit to ask.
            RemoteError: cockpit refused it.
            CockpitError: the connection broke, or no answer came.
        """
        given = self._password or self._environment.get("COCKPIT_SOCKET_PASSWORD")
        if self._socket is not None:
            return self._ask(method, params or {}, timeout_s)
        self._socket = connect(self._profile, self._environment, CONNECT_TIMEOUT_S)
        try:
            return self._greet_and_ask(given, method, params or {}, timeout_s)
        except RemoteError as error:
            if error.code != ErrorCode.AUTH_REQUIRED or given:
                raise
            found = self._find_password()
            if found is None:
                raise
        return self._greet_and_ask(found, method, params or {}, timeout_s)

    def events(self) -> Iterator[dict[str, Any]]:
        """The events of a subscription, until the other end closes."""
        if self._socket is not None:
            self._socket.settimeout(None)
        while True:
            try:
                frame = self._frame()
            except NotRunningError:
                return
            if "event" in frame:
                yield frame
            elif frame.get("ok") is False:
                raise _remote(frame)

    def _greet_and_ask(
        self, password: str | None, method: str, params: Mapping[str, Any], timeout_s: float
    ) -> Any:
        hello: dict[str, Any] = {"versions": list(VERSIONS), "client": f"cockpit {__version__}"}
        if password:
            hello["password"] = password
            self._ask("hello", hello, timeout_s)
            return self._ask(method, params, timeout_s)
        first, second = self._send(("hello", hello), (method, params), timeout_s=timeout_s)
        self._answer(first)
        return self._answer(second)

    def _ask(self, method: str, params: Mapping[str, Any], timeout_s: float) -> Any:
        (sent,) = self._send((method, params), timeout_s=timeout_s)
        return self._answer(sent)

    def _send(self, *requests: tuple[str, Mapping[str, Any]], timeout_s: float) -> list[int]:
        assert self._socket is not None
        ids = []
        data = b""
        for method, params in requests:
            self._last_id += 1
            ids.append(self._last_id)
            data += encode_request(method, params, self._last_id)
        self._socket.settimeout(timeout_s)
        try:
            self._socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            return ids  # it was turned away: the reason can be read
        except OSError as error:
            raise CockpitError(f"cockpit did not take the request: {error}") from error
        return ids

    def _answer(self, request_id: int) -> Any:
        while True:
            frame = self._frame()
            if frame.get("id") == request_id or (frame.get("id") is None and frame.get("ok") is False):
                break
        if not frame.get("ok"):
            raise _remote(frame)
        return frame.get("result")

    def _frame(self) -> dict[str, Any]:
        assert self._socket is not None
        while not self._frames:
            try:
                data = self._socket.recv(_READ_BYTES)
            except TimeoutError as error:
                raise RemoteError(
                    ErrorCode.TIMED_OUT,
                    _NO_ANSWER,
                ) from error
            except OSError as error:
                raise NotRunningError(f"the connection to cockpit broke: {error}") from error
            if not data:
                raise NotRunningError("cockpit closed the connection without an answer")
            self._frames.extend(self._splitter.feed(data))
        line = self._frames.pop(0)
        if line is None:
            raise ProtocolError(ErrorCode.TOO_LARGE, "cockpit's answer is too long")
        return decode_answer(line)

    def _find_password(self) -> str | None:
        from cockpit.control.passwords import FILE_NAME, find_password
        from cockpit.paths import resolve

        paths = resolve(self._profile or "default", self._environment)
        connected = self._socket.getpeername() if self._socket else ""
        if connected != str(paths.control_socket):  # inside a terminal of another profile
            others = (other for other in paths.other_profiles() if str(other.control_socket) == connected)
            paths = next(others, paths)
        return find_password(str(paths.config_dir / FILE_NAME), paths.profile)


def _remote(frame: Mapping[str, Any]) -> RemoteError:
    error = frame.get("error")
    if not isinstance(error, dict):
        return RemoteError(ErrorCode.FAILED, "cockpit answered with an error it did not explain")
    return RemoteError(str(error.get("code")), str(error.get("message")))

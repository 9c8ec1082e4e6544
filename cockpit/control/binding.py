"""A request's parameters for a handler: known ones of the right type. Unknown names are ignored. Pure."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from cockpit.control.codes import ErrorCode
from cockpit.control.method_specs import LONGEST_TIMEOUT_S
from cockpit.control.protocol import ProtocolError, Request
from cockpit.text import clean_text
from cockpit.workspace.commands import Parameter

TEXT_LIMIT = 4096
"""Characters of a text that names something, as long as a path can be."""
TYPE_NAMES = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "an array",
    dict: "an object",
    bytes: "text",
}
_WORDS = {
    "true": True,
    "yes": True,
    "on": True,
    "1": True,
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


def bind(parameters: Sequence[Parameter], request: Request) -> dict[str, Any]:
    """The arguments to call the handler of `request` with.

    Raises:
        ProtocolError: one is missing, or of another type.
    """
    given = _from_words(parameters, request.words) if request.plain else request.params
    bound = {}
    for parameter in parameters:
        value = given.get(parameter.name)
        if value is None:
            if parameter.required:
                wanted = TYPE_NAMES.get(parameter.kind, "a value")
                raise ProtocolError(
                    ErrorCode.INVALID_PARAMS, f"{request.method} needs {parameter.name!r} ({wanted})"
                )
            continue
        bound[parameter.name] = _value(request.method, parameter, value)
    return bound


def bytes_of(text: str | None, data: str | None) -> bytes:
    """What is to be sent: text in UTF-8, or base64. Raises `ProtocolError`."""
    if text is not None and data is not None:
        raise ProtocolError(ErrorCode.INVALID_PARAMS, "give text or data, not both")
    try:
        if data is not None:
            return base64.b64decode(data, validate=True)
        return (text or "").encode()
    except ValueError as error:  # also of what isn't ASCII
        what = "data is no base64" if data is not None else "text holds half a character; send it as data"
        raise ProtocolError(ErrorCode.INVALID_PARAMS, what) from error


def timeout_of(seconds: float) -> float:
    """A deadline that was checked. Raises `ProtocolError`."""
    if not 0 < seconds <= LONGEST_TIMEOUT_S:
        message = f"timeout must be more than 0 and at most {LONGEST_TIMEOUT_S:,.0f} seconds"
        raise ProtocolError(ErrorCode.INVALID_PARAMS, message)
    return seconds


def _value(method: str, parameter: Parameter, value: object) -> Any:
    kind = parameter.kind
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return _value(method, parameter, _as_float(value))
    if kind is bytes and isinstance(value, str):
        return value.encode("utf-8", "replace")
    if not isinstance(value, kind) or (kind in (int, float) and isinstance(value, bool)):
        wanted = TYPE_NAMES.get(kind, "a value")
        shown = clean_text(repr(value), 80)
        raise ProtocolError(
            ErrorCode.INVALID_PARAMS, f"{method}: {parameter.name} must be {wanted}, not {shown}"
        )
    for text in value if isinstance(value, list) else (value,):
        if isinstance(text, str):
            _check_text(method, parameter, text)
    if parameter.name == "timeout" and isinstance(value, float):
        return timeout_of(value)
    return value


def _check_text(method: str, parameter: Parameter, text: str) -> None:
    """Raises `ProtocolError` when no path, name or command can hold it."""
    name, sent = parameter.name, parameter.name == "text"  # `bytes_of` says what can be sent
    if "\0" in text and not sent:
        raise ProtocolError(ErrorCode.INVALID_PARAMS, f"{method}: {name} can't hold a NUL")
    if len(text) > TEXT_LIMIT and not parameter.long:
        message = f"{method}: {name} may have {TEXT_LIMIT:,} characters, not {len(text):,}"
        raise ProtocolError(ErrorCode.TOO_LARGE, message)
    try:
        if not sent:
            text.encode("utf-8", "surrogateescape")  # a directory may be called by bytes that are no text
    except UnicodeEncodeError as error:
        raise ProtocolError(ErrorCode.INVALID_PARAMS, f"{method}: {name} holds half a character") from error


def _as_float(number: int) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def _from_words(parameters: Sequence[Parameter], words: Sequence[str]) -> Mapping[str, Any]:
    """Words in the parameters' order, or `name=value` anywhere; an array takes what is left."""
    by_name = {parameter.name: parameter for parameter in parameters}
    given: dict[str, Any] = {}
    unnamed: list[str] = []
    for word in words:
        name, equals, value = word.partition("=")
        if equals and name in by_name and name not in given:
            given[name] = _from_text(by_name[name], value)
        else:
            unnamed.append(word)
    for parameter in parameters:
        if parameter.name in given or not unnamed:
            continue
        if parameter.kind is list:
            given[parameter.name], unnamed = unnamed, []
        else:
            given[parameter.name] = _from_text(parameter, unnamed.pop(0))
    if unnamed:
        shown = clean_text(unnamed[0], 80)
        raise ProtocolError(ErrorCode.INVALID_PARAMS, f"there is one word too many: {shown!r}")
    return given


def _from_text(parameter: Parameter, text: str) -> Any:
    try:
        if parameter.kind in (int, float):
            return parameter.kind(text)
        if parameter.kind is bool:
            return _WORDS[text.lower()]
        if parameter.kind is list:
            return text.split(",")
        if parameter.kind is dict:
            return json.loads(text)
    except (KeyError, ValueError, RecursionError):
        return text  # the check of its type says what it must be
    return text

"""Rows and facts as a person reads them: aligned columns, colours that mean something. Pure."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Mapping, Sequence

from cockpit.text import clean_text

TYPE_CHECKING = False  # typing would cost a tenth of a verb's time
if TYPE_CHECKING:
    from typing import Any

_BOLD, _DIM, _RED, _YELLOW = "1", "2", "31", "33"
_TITLE_LIMIT = 60


def listing(sessions: Sequence[Mapping[str, Any]], colored: bool = False) -> str:
    """Sessions and terminals, a line each, their columns aligned; * is what is shown.

    With colours what is shown is bold, what went wrong red, what can't be reached yellow, what doesn't run dim.
    """
    rows = [(_BOLD if s["focused"] else "", _session_row(s)) for s in sessions]
    terminals = [[(_color(t), _terminal_row(t)) for t in s["terminals"]] for s in sessions]
    headings = _aligned([row for _, row in rows])
    inner = iter(_aligned([row for group in terminals for _, row in group]))
    lines = []
    for (color, _), heading, group in zip(rows, headings, terminals, strict=True):
        lines += [(color, heading), *((color, next(inner)) for color, _ in group)]
    if not colored:
        return "\n".join(line for _, line in lines)
    return "\n".join(f"\x1b[{color}m{line}\x1b[m" if color else line for color, line in lines)


def facts(told: Mapping[str, Any]) -> str:
    """A line for each fact that is known, its values aligned."""
    known = {name: value for name, value in told.items() if value not in (None, "")}
    width = max(map(len, known), default=0) + 1
    return "\n".join(f"{name + ':':<{width}}  {_value(name, value)}" for name, value in known.items())


def _value(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "started" and isinstance(value, int | float):
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(value))
    return clean_text(str(value))


def _session_row(session: Mapping[str, Any]) -> list[str]:
    group = f"[{clean_text(session['group'])}]" if session["group"] else ""
    mark = "*" if session["focused"] else " "
    return [
        f"{mark} {clean_text(session['id'])}",
        clean_text(session["name"]),
        clean_text(session["directory"]),
        group,
    ]


def _terminal_row(terminal: Mapping[str, Any]) -> list[str]:
    mark = "*" if terminal["focused"] else " "
    title = clean_text(terminal["title"] or "", _TITLE_LIMIT)
    name = clean_text(terminal["name"])
    return [
        f"{mark}   {clean_text(terminal['id'])}",
        name,
        clean_text(terminal["backend"]),
        _state(terminal),
        title,
    ]


def _state(terminal: Mapping[str, Any]) -> str:
    state, code, signal = (terminal[key] for key in ("state", "exit_code", "signal"))
    if terminal.get("command_state") == "ended":
        state, code = f"{state}, its command ended", terminal["command_exit_code"]
    how = f" (signal {signal})" if signal is not None else f" ({code})" if code is not None else ""
    return f"{state}{how}"


def _color(terminal: Mapping[str, Any]) -> str:
    state = terminal["state"]
    wrong = terminal["exit_code"] or terminal.get("command_exit_code")
    if state == "failed" or terminal["signal"] is not None or wrong:
        return _RED
    if state == "unavailable":
        return _YELLOW
    if state == "running":
        return _BOLD if terminal["focused"] else ""
    return _DIM


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Each row's cells, padded to their columns' width."""
    widths = [max(map(_cells, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            f"{cell}{' ' * (width - _cells(cell))}" for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def _cells(text: str) -> int:
    """How many columns a terminal needs for it, as far as that can be told without it."""
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.combining(c) or c in "\u200d\ufe0f"
        else 2
        if unicodedata.east_asian_width(c) in "WF"
        else 1
        for c in text
    )

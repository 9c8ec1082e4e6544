"""Control mode's bytes turned into events (tmux(1), CONTROL MODE). Pure: no I/O, no memory beyond the current line.

A reply is everything between `%begin T N F` and the `%end` or `%error` bearing the same T and N; nothing inside it is
read as a notification, whatever it looks like.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cockpit.osc import unescape

_GUARD = re.compile(rb"%(begin|end|error) (\d+) (\d+) (\d+)")

OURS = 1
"""The flag of a reply to a command from this connection; 0 is the attach itself."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What one command answered. `lines` keep undecodable bytes as surrogates, as file names do."""

    time: int
    number: int
    flags: int
    ok: bool
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Output:
    """Bytes a pane's program printed."""

    pane_id: str
    escaped: bytes
    """As control mode writes them: control characters and backslashes as `\\ooo`."""
    age_ms: int = 0
    """How long tmux held them; told only to clients with `pause-after`."""

    @property
    def data(self) -> bytes:
        """The bytes themselves."""
        return unescape(self.escaped)


@dataclass(frozen=True, slots=True)
class SubscriptionChanged:
    """A subscribed format has a new value for one pane."""

    name: str
    window_id: str
    pane_id: str
    value: str


@dataclass(frozen=True, slots=True)
class Exited:
    """The connection ends; `reason` is tmux's own, empty when the server ended in order."""

    reason: str


@dataclass(frozen=True, slots=True)
class Notification:
    """Any other notice: its name without `%`, and the rest of its line."""

    name: str
    text: str

    @property
    def first(self) -> str:
        """The first word, which is the id of what changed."""
        return self.text.partition(" ")[0]


ControlEvent = Reply | Output | SubscriptionChanged | Exited | Notification


@dataclass(slots=True)
class ControlParser:
    """Feed it what was read, in pieces of any size; it returns the events that are complete."""

    _rest: bytearray = field(default_factory=bytearray)
    _begun: tuple[int, int, int] | None = None
    _lines: list[str] = field(default_factory=list)
    _reply_bytes: int = 0

    @property
    def pending_bytes(self) -> int:
        """Bytes held for a line or a reply that is not complete yet."""
        return len(self._rest) + self._reply_bytes

    def feed(self, data: bytes) -> list[ControlEvent]:
        """The events completed by `data`, in order."""
        if b"\n" not in data:
            self._rest += data
            return []
        lines = (bytes(self._rest) + data).split(b"\n")
        self._rest = bytearray(lines.pop())
        return [event for line in lines if (event := self._line(line)) is not None]

    def _line(self, line: bytes) -> ControlEvent | None:
        guard = _GUARD.fullmatch(line)
        if self._begun is None:
            if guard and guard[1] == b"begin":
                self._begun = (int(guard[2]), int(guard[3]), int(guard[4]))
                return None
            return _notification(line)
        if guard and guard[1] != b"begin" and (int(guard[2]), int(guard[3])) == self._begun[:2]:
            time, number, flags = self._begun
            reply = Reply(time, number, flags, guard[1] == b"end", tuple(self._lines))
            self._begun, self._lines, self._reply_bytes = None, [], 0
            return reply
        self._lines.append(_text(line))
        self._reply_bytes += len(line) + 1
        return None


def _notification(line: bytes) -> ControlEvent | None:
    """The event of a line outside any reply; None for an empty or foreign one."""
    if not line.startswith(b"%"):
        return None
    name, _, rest = line[1:].partition(b" ")
    if name == b"output":
        pane_id, _, data = rest.partition(b" ")
        return Output(_text(pane_id), data)
    if name == b"extended-output":
        head, _, data = rest.partition(b" : ")
        pane_id, _, age = head.partition(b" ")
        return Output(_text(pane_id), data, int(age) if age.isdigit() else 0)
    if name == b"exit":
        return Exited(_text(rest))
    if name == b"subscription-changed":
        return _subscription(_text(rest))
    return Notification(_text(name), _text(rest))


def _subscription(text: str) -> ControlEvent:
    """`NAME $SESSION @WINDOW INDEX %PANE : VALUE`; a shape we don't know stays a plain notification."""
    head, separator, value = text.partition(" : ")
    words = head.split(" ")
    if not separator or len(words) != 5:
        return Notification("subscription-changed", text)
    return SubscriptionChanged(words[0], words[2], words[4], value)


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")

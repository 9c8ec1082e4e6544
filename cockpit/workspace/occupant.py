"""Who has a profile open: which process, on which machine and terminal, since when, from where."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from socket import gethostname
from typing import Self

from cockpit.paths import SUN_PATH_LIMIT_BYTES
from cockpit.text import clean_text
from cockpit.workspace.process_mark import process_mark


@dataclass(frozen=True, slots=True)
class Occupant:
    """One cockpit, as it describes itself. Texts are clean."""

    pid: int
    mark: str = ""
    """See `process_mark`; empty when it isn't known, and then the pid may be somebody else's by now."""
    terminal: str = ""
    since: float = 0.0
    """Seconds since the epoch; 0 when it isn't known."""
    origin: str = ""
    """The address an SSH connection came from; empty: this machine."""
    server: bool = False
    """It has no screen (`cockpit serve`)."""
    host: str = ""
    """The name of the machine it runs on; empty when it isn't known."""
    socket: str = ""
    """Where it is asked to leave; empty when it isn't known."""
    verb: bool = False
    """It is a verb that works without a running cockpit, and ends by itself."""

    @classmethod
    def this_process(
        cls, environment: Mapping[str, str], *, server: bool = False, verb: bool = False
    ) -> Self:
        """The running cockpit."""
        origin = clean_text(environment.get("SSH_CONNECTION", "").partition(" ")[0], 60)
        return cls(
            os.getpid(),
            process_mark(os.getpid()),
            _terminal(),
            time.time(),
            origin,
            server=server,
            verb=verb,
            host=clean_text(gethostname(), 100),
        )

    @classmethod
    def decoded(cls, data: object) -> Self | None:
        """The occupant in a parsed JSON object; None when it is no such thing. What is wrong in it is unknown."""
        if not isinstance(data, dict):
            return None
        pid, since = data.get("pid"), data.get("since")
        if not isinstance(pid, int) or isinstance(pid, bool) or pid <= 1:
            return None
        texts = {name: data.get(name) for name in ("mark", "terminal", "origin", "host")}
        clean = {name: clean_text(text, 100) if isinstance(text, str) else "" for name, text in texts.items()}
        known = isinstance(since, int | float) and 0 < since < 1e11
        return cls(
            pid,
            clean["mark"],
            clean["terminal"],
            float(since) if known and since else 0.0,
            clean["origin"],
            server=data.get("server") is True,
            verb=data.get("verb") is True,
            host=clean["host"],
            socket=_socket_path(data.get("socket")),
        )

    def encoded(self) -> dict[str, object]:
        """The JSON object that `decoded` reads."""
        return asdict(self)

    @property
    def lives(self) -> bool:
        """Whether this very process still exists; False as well when that can't be told from another one's pid."""
        return bool(self.mark) and process_mark(self.pid) == self.mark

    @property
    def elsewhere(self) -> bool:
        """Whether it runs on another machine, where nothing can be asked of it and no pid means anything here."""
        return bool(self.host) and self.host != clean_text(gethostname(), 100) and not self.lives

    @property
    def kind(self) -> str:
        """What it is, with its article."""
        if self.verb:
            return "a verb without a cockpit"
        return "a cockpit server without a screen" if self.server else "another cockpit"

    def __str__(self) -> str:
        """`pid 4711 on /dev/pts/3, from 192.0.2.7, since 12:04`."""
        words = [f"pid {self.pid}" + (f" on {self.terminal}" if self.terminal else "")]
        if self.elsewhere:
            words[0] += f" of {self.host}"
        if self.origin or not self.elsewhere:
            words.append(f"from {self.origin or 'this machine'}")
        if self.since:
            format_ = "%H:%M" if abs(time.time() - self.since) < 20 * 3600 else "%Y-%m-%d %H:%M"
            words.append(f"since {time.strftime(format_, time.localtime(self.since))}")
        return ", ".join(words)


def read_occupant(text: bytes) -> Occupant | None:
    """The occupant in a lock file: our own JSON, or the bare pid that earlier cockpits wrote."""
    try:
        data = json.loads(text)
    except ValueError:
        return None
    return Occupant.decoded({"pid": data} if isinstance(data, int) else data)


def _socket_path(value: object) -> str:
    """A path that can be connected to, exactly as it is; else nothing."""
    if (
        not isinstance(value, str)
        or not value.startswith("/")
        or len(os.fsencode(value)) >= SUN_PATH_LIMIT_BYTES
    ):
        return ""
    return value if value.isprintable() else ""


def _terminal() -> str:
    for descriptor in (0, 1, 2):
        try:
            return os.ttyname(descriptor)
        except OSError:
            continue
    return ""

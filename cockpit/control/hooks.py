"""What agents' hooks told, kept for each terminal in this launch. Understands none of it."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Collection, Mapping
from typing import Any

from cockpit.control.codes import ErrorCode
from cockpit.control.protocol import ProtocolError

KEPT_HOOKS = 100
PAYLOAD_BYTES = 64 * 1024
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")


class Hooks:
    """The last hooks of every terminal."""

    def __init__(self) -> None:
        self._kept: dict[str, deque[dict[str, Any]]] = {}

    def keep(self, terminal_id: str, agent: str, name: str, payload: Mapping[str, Any], now: float) -> None:
        """Keeps one that was checked."""
        kept = self._kept.setdefault(terminal_id, deque(maxlen=KEPT_HOOKS))
        kept.append({"time": round(now, 3), "agent": agent, "name": name, "payload": payload})

    def of(self, terminal_id: str) -> list[dict[str, Any]]:
        """The last ones of a terminal, oldest first."""
        return list(self._kept.get(terminal_id, ()))

    def keep_only(self, terminal_ids: Collection[str]) -> None:
        """Forgets what was told of any other terminal."""
        self._kept = {id_: kept for id_, kept in self._kept.items() if id_ in terminal_ids}


def check_hook(name: str, agent: str, payload: Mapping[str, Any]) -> None:
    """Raises `ProtocolError` when a hook's parts can't be taken."""
    for what, text in (("name", name), ("agent", agent)):
        if text and not _NAME.fullmatch(text):
            raise ProtocolError(
                ErrorCode.INVALID_PARAMS, f"a hook's {what} is up to 64 letters, digits and - _ . :"
            )
    size = len(json.dumps(payload))
    if size > PAYLOAD_BYTES:
        raise ProtocolError(
            ErrorCode.TOO_LARGE, f"a hook's payload may take {PAYLOAD_BYTES:,} bytes, not {size:,}"
        )

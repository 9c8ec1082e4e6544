"""Who was turned away, in the log: every reason, and how often; a flood of refusals fills no disk."""

from __future__ import annotations

import logging
import time

from cockpit.control.peers import Peer

log = logging.getLogger(__name__)

TOLD = 5
PERIOD_S = 60.0
"""So many refusals for one reason are told one by one within so long; the others are counted."""


class Refusals:
    """The refusals of one control socket."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._began = 0.0

    def tell(self, peer: Peer, reason: str) -> None:
        """Logs one, or counts it. `reason` is one of the few that the policy has."""
        now = time.monotonic()
        if now - self._began >= PERIOD_S:
            self.sum_up()
            self._began = now
        self._counts[reason] = self._counts.get(reason, 0) + 1
        if self._counts[reason] <= TOLD:
            log.warning("control socket: pid %s (uid %s) refused: %s", peer.pid, peer.uid, reason)

    def sum_up(self) -> None:
        """Logs how many were only counted."""
        for reason, count in self._counts.items():
            if count > TOLD:
                log.warning("control socket: %s more refused: %s", count - TOLD, reason)
        self._counts.clear()

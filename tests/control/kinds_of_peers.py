"""Every kind of peer that the documented policy has a row for."""

from __future__ import annotations

from cockpit.control.access import Kinship, PeerFacts

PEERS: tuple[tuple[str, PeerFacts], ...] = (
    ("a program in one of cockpit's terminals", PeerFacts(1, 1, Kinship.OURS)),
    ("the same, with the password", PeerFacts(1, 1, Kinship.OURS, True)),
    ("another process of yours", PeerFacts(1, 1, Kinship.FOREIGN)),
    ("another process of yours, with the password", PeerFacts(1, 1, Kinship.FOREIGN, True)),
    ("another process of yours, with a wrong password", PeerFacts(1, 1, Kinship.FOREIGN, False)),
    ("a process of yours whose pid is not told", PeerFacts(1, 1, Kinship.UNKNOWN_PID)),
    ("a process of yours that ended at once", PeerFacts(1, 1, Kinship.GONE)),
    ("another user, root included", PeerFacts(2, 1, Kinship.FOREIGN)),
    ("another user with the password", PeerFacts(2, 1, Kinship.FOREIGN, True)),
    ("somebody whose user is not told", PeerFacts(None, 1)),
)

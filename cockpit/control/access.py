"""Who may use the control socket: a pure decision from facts about the peer. Asks the system nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AccessMode(StrEnum):
    """The setting `automation.socket_access`."""

    OFF = "off"
    COCKPIT_ONLY = "cockpit-only"
    AUTOMATION = "automation"
    PASSWORD = "password"
    ALLOW_ALL = "allow-all"


class Kinship(StrEnum):
    """What is known of the peer's ancestors."""

    OURS = "ours"
    """It descends from a program in one of cockpit's own terminals."""
    FOREIGN = "foreign"
    UNKNOWN_PID = "unknown_pid"
    """The system does not tell who the peer is (another pid namespace, an old kernel)."""
    GONE = "gone"
    """It had ended, or its pid belonged to another process, before it could be looked at."""


@dataclass(frozen=True, slots=True)
class PeerFacts:
    """What is known of whoever connected. `uid` is None where the system doesn't tell."""

    uid: int | None
    own_uid: int
    kinship: Kinship = Kinship.UNKNOWN_PID
    password_right: bool | None = None
    """None: none was given yet."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether the peer may go on. `wants_password`: it may try again with one."""

    allowed: bool
    reason: str = ""
    """Why not, and what to do; empty when allowed."""
    wants_password: bool = False


_ALLOWED = Decision(True)
_SWITCH = "set automation.socket_access in the settings"


def decide(mode: AccessMode, facts: PeerFacts) -> Decision:
    """The policy. Its table is in PROTOCOL.md, made from it."""
    if mode is AccessMode.OFF:
        return Decision(False, f"the control socket is off; {_SWITCH}")
    if mode is AccessMode.ALLOW_ALL:
        return _ALLOWED
    if facts.uid is None:
        return Decision(False, "the system does not tell which user you are")
    if facts.uid != facts.own_uid:
        return Decision(False, f"this cockpit belongs to another user (uid {facts.own_uid})")
    if mode is AccessMode.PASSWORD:
        return _by_password(facts.password_right)
    if mode is AccessMode.AUTOMATION or facts.kinship in (Kinship.OURS, Kinship.UNKNOWN_PID):
        return _ALLOWED
    if facts.kinship is Kinship.GONE:
        return Decision(
            False,
            "the calling process ended before it could be looked at; keep it until it is answered, "
            f"or {_SWITCH} to automation",
        )
    return Decision(
        False,
        "only programs in cockpit's own terminals may use the control socket; "
        "run it there, or let all of yours in: cockpit config set automation.socket_access automation",
    )


def needs_kinship(mode: AccessMode) -> bool:
    """Whether the peer's ancestors decide anything."""
    return mode is AccessMode.COCKPIT_ONLY


def socket_mode(mode: AccessMode) -> int:
    """The permissions of the socket file."""
    return 0o666 if mode is AccessMode.ALLOW_ALL else 0o600


def _by_password(right: bool | None) -> Decision:
    if right:
        return _ALLOWED
    if right is None:
        message = "a password is needed: --password, COCKPIT_SOCKET_PASSWORD or the password file"
        return Decision(False, message, wants_password=True)
    return Decision(False, "the password is wrong", wants_password=True)

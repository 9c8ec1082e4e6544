"""What went wrong, for programs: exit statuses of the command line, error codes of the control socket."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum


class ExitCode(IntEnum):
    """What the exit status of `cockpit` and its verbs says. Stable."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NOT_RUNNING = 3
    DENIED = 4
    NOT_FOUND = 5
    ENDED = 6
    TIMED_OUT = 124
    RUN_FAILED = 125


class ErrorCode(StrEnum):
    """What went wrong, for programs. Stable; new ones may be added."""

    INVALID_FRAME = "invalid_frame"
    TOO_LARGE = "too_large"
    TOO_COMPLEX = "too_complex"
    UNSUPPORTED_VERSION = "unsupported_version"
    AUTH_REQUIRED = "auth_required"
    ACCESS_DENIED = "access_denied"
    UNKNOWN_METHOD = "unknown_method"
    INVALID_PARAMS = "invalid_params"
    NOT_FOUND = "not_found"
    AMBIGUOUS = "ambiguous"
    REFUSED = "refused"
    ENDED = "ended"
    TIMED_OUT = "timed_out"
    BUSY = "busy"
    CLOSING = "closing"
    FAILED = "failed"
    INTERNAL = "internal"


EXIT_CODES: Mapping[str, ExitCode] = {
    ErrorCode.UNKNOWN_METHOD: ExitCode.USAGE,
    ErrorCode.INVALID_PARAMS: ExitCode.USAGE,
    ErrorCode.AUTH_REQUIRED: ExitCode.DENIED,
    ErrorCode.ACCESS_DENIED: ExitCode.DENIED,
    ErrorCode.NOT_FOUND: ExitCode.NOT_FOUND,
    ErrorCode.AMBIGUOUS: ExitCode.NOT_FOUND,
    ErrorCode.ENDED: ExitCode.ENDED,
    ErrorCode.CLOSING: ExitCode.ENDED,
    ErrorCode.TIMED_OUT: ExitCode.TIMED_OUT,
}
"""The exit status of a verb that was answered with an error; `FAILED` for the others."""

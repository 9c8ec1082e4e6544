"""The one deadline every tmux call has."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping

from cockpit.errors import UsageError

DEFAULT_TIMEOUT_S = 2.0
VARIABLE = "COCKPIT_TMUX_TIMEOUT_SECONDS"


def default_timeout_s(environment: Mapping[str, str] | None = None) -> float:
    """Seconds a tmux call may take: `COCKPIT_TMUX_TIMEOUT_SECONDS`, else 2.0.

    Raises:
        UsageError: the variable is not a positive number.
    """
    text = (os.environ if environment is None else environment).get(VARIABLE, "").strip()
    if not text:
        return DEFAULT_TIMEOUT_S
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds > 0):
        raise UsageError(f"{VARIABLE} is {text!r}: give a number of seconds above 0, for example 2.5")
    return seconds

"""The local log of one cockpit: bounded in size, and never printed over a screen."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

LOG_BYTES = 1_000_000


def log_to(file: Path) -> None:
    """Has everything cockpit logs from now on written to `file`, which is made with the first line."""
    handler = RotatingFileHandler(file, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger("cockpit").addHandler(handler)
    logging.getLogger("cockpit").setLevel(logging.INFO)
    logging.raiseExceptions = False  # a log that can't be written must not be printed over the screen

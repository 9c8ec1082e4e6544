"""Says in which line of the person's own tmux.conf an error is. Pure but for reading that file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from cockpit.tmux.quoting import clean_text

MESSAGE_LIMIT = 500


def explain(stderr: str, files: Sequence[Path]) -> str:
    """tmux's complaint about these files with file and line, as far as they can be told, and what follows from it.

    tmux names the line of what it can't parse, but not of what it refuses to do (`invalid option: colour`): there the
    line is found by the word it complains about.
    """
    complaints = [line for line in stderr.splitlines() if line.strip()] or ["no reason given"]
    located = "; ".join(clean_text(_locate(complaint, files), MESSAGE_LIMIT) for complaint in complaints[:5])
    names = clean_text(", ".join(str(path) for path in files), MESSAGE_LIMIT)
    return f"{located} — tmux was started without {names}. Mend it and restart the tmux server."


def _locate(complaint: str, files: Sequence[Path]) -> str:
    if any(complaint.startswith(f"{path}:") for path in files):
        return complaint
    blamed = complaint.rpartition(": ")[2].strip()
    word = re.compile(rf"(?<![\w-]){re.escape(blamed)}(?![\w-])")
    for path in files:
        try:
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError as error:
            return f"{path}: {error.strerror}"
        for number, line in enumerate(lines, start=1):
            if not line.lstrip().startswith("#") and word.search(line):
                return f"{path}:{number}: {complaint}"
    return f"{files[0]}: {complaint}"

"""What a terminal is called when it speaks: by its session and its own name. Pure."""

from __future__ import annotations

from cockpit.app.core import Core
from cockpit.app.looks.text import safe_text

NAME_CELLS = 40


def speaker_name(core: Core, session_id: str, terminal_id: str) -> str:
    """`session · terminal`, safe to show."""
    session = next((s for s in core.sessions if s.id == session_id), None)
    if session is None:
        return "a closed session"
    name = safe_text(session.name, NAME_CELLS)
    terminal = session.terminal(terminal_id)
    if terminal is None:
        return name
    called = terminal.name if terminal.named_by_user else terminal.title or terminal.name
    return f"{name} · {safe_text(called, NAME_CELLS) or 'terminal'}"

"""How tmux is installed on this system, as the onboarding screen tells it. Plain data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Installing:
    """`command` may be the guide's address where no command is known."""

    command: str = ""
    guide_url: str = "https://github.com/tmux/tmux/wiki/Installing"

    @property
    def has_command(self) -> bool:
        """Whether there is something to run, not only to read."""
        return bool(self.command) and not self.command.startswith("http")

"""Facts that more than one widget tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from textual.message import Message


class ColorsFound(Message):
    """The outer terminal answered that it has more colours than its environment told."""


@dataclass
class CommandChosen(Message):
    """A person chose a command by mouse or key: the main screen runs it."""

    command: str
    """A name in the registry of commands."""
    arguments: Mapping[str, object] = field(default_factory=dict)

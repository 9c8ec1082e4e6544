"""The one registry of what cockpit can do. Keys, palette, mouse and socket all end here; it knows no command itself."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cockpit.errors import CommandError

Handler = Callable[..., Awaitable[object] | object]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a command. Optional ones may be left out or None."""

    name: str
    kind: type = str
    required: bool = False
    description: str = ""
    long: bool = False
    """Its text may be longer than a path: it is passed on, and names nothing."""


@dataclass(frozen=True, slots=True)
class Command:
    """One named thing cockpit can do. Names are stable: keys and scripts use them."""

    name: str
    title: str
    description: str
    handler: Handler
    parameters: tuple[Parameter, ...] = ()

    def check(self, arguments: Mapping[str, object]) -> dict[str, Any]:
        """The arguments to call the handler with.

        Raises:
            CommandError: one is unknown, missing or of the wrong type.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in arguments:
            if name not in known:
                names = ", ".join(known) or "none"
                raise CommandError(f"{self.name} takes no {name!r}; its arguments are: {names}")
        checked = {}
        for parameter in self.parameters:
            value = arguments.get(parameter.name)
            if value is None:
                if parameter.required:
                    raise CommandError(f"{self.name} needs {parameter.name!r} ({_type_name(parameter.kind)})")
                continue
            fits = isinstance(value, parameter.kind) and (
                parameter.kind is not int or not isinstance(value, bool)
            )
            if not fits:
                raise CommandError(
                    f"{self.name}: {parameter.name} must be {_type_name(parameter.kind)}, not {value!r:.80}"
                )
            checked[parameter.name] = value
        return checked


class CommandRegistry:
    """All commands by name, in the order they were added."""

    def __init__(self) -> None:
        self._commands: dict[str, Command] = {}

    def add(self, command: Command) -> None:
        """Adds a command. Two with one name are a defect of ours: raises ValueError."""
        if command.name in self._commands:
            raise ValueError(f"the command {command.name} exists already")
        self._commands[command.name] = command

    def __iter__(self) -> Iterator[Command]:
        return iter(self._commands.values())

    def __contains__(self, name: object) -> bool:
        return name in self._commands

    def get(self, name: str) -> Command:
        """The command with this name.

        Raises:
            CommandError: there is none; names those that are close.
        """
        command = self._commands.get(name)
        if command is None:
            import difflib

            close = difflib.get_close_matches(name, self._commands, n=3)
            hint = f"; did you mean {' or '.join(close)}?" if close else ""
            raise CommandError(f"there is no command {name!r:.80}{hint}")
        return command

    def call(self, name: str, /, **arguments: object) -> Any:
        """Checks the arguments and begins the command; answers its result, or what to await for it.

        Raises:
            CommandError: it was refused.
            CockpitError: it failed.
        """
        command = self.get(name)
        return command.handler(**command.check(arguments))

    async def run(self, name: str, /, **arguments: object) -> Any:
        """Runs a command to its end. Raises as `call` does."""
        result = self.call(name, **arguments)
        return await result if inspect.isawaitable(result) else result


def _type_name(kind: type) -> str:
    return {str: "text", int: "a whole number", bool: "true or false", bytes: "bytes"}.get(kind, "a value")

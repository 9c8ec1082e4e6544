"""The settings file: loads, changes and watches it. Never overwrites a file it can't understand."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cockpit.errors import SettingsError
from cockpit.files import write_atomically
from cockpit.settings import Keys, Section, Settings, parse, split_key, unknown_keys

_HEADER = """\
# cockpit's settings. A line that starts with '#' shows a setting with its default:
# remove the '#' to decide it yourself. cockpit notices when you save, and keeps your comments.
"""


class SettingsFile:
    """The settings in force and the file they come from. `values` is replaced, never changed in place."""

    def __init__(self, path: Path, values: Settings, text: str | None) -> None:
        self.path = path
        self.values = values
        """The last good values."""
        self._text = text

    @classmethod
    def load(cls, path: Path) -> SettingsFile:
        """Reads the file; one that doesn't exist means defaults and is only written by the first `update`.

        Raises:
            SettingsError: it can't be read, is no TOML or holds a value that is not allowed.
        """
        text = _read(path)
        return cls(path, _parsed(path, text), text)

    @property
    def unknown_keys(self) -> list[str]:
        """Keys of the file that mean nothing to cockpit, to be told once."""
        return unknown_keys(self.values)

    def update(self, key: str, value: object) -> None:
        """Sets one dotted key and writes the file; None takes the key out again. May block for the disk.

        Raises:
            SettingsError: the key or value is not allowed, or the file can't be read or written.
        """
        import tomlkit

        section, name = split_key(key)
        text = _read(self.path)
        _parsed(self.path, text)
        document = tomlkit.parse(_template() if text is None else text)
        table = document.setdefault(section, tomlkit.table())
        _remove(table, name)
        if value is not None:
            try:
                table[name] = value
            except ValueError as error:  # tomlkit has no TOML for this type
                raise SettingsError(
                    f"{key} = {value!r} is not allowed: it must be text, a number or true"
                ) from error
        changed = tomlkit.dumps(document)
        values = _parsed(self.path, changed)
        try:
            write_atomically(Path(os.path.realpath(self.path)), changed.encode())
        except UnicodeEncodeError as error:
            raise SettingsError(f"{key} can't be written: half a character is in it") from error
        except OSError as error:
            raise SettingsError(f"{self.path} can't be written: {error.strerror}") from error
        self.values, self._text = values, changed

    def reload(self) -> bool:
        """Takes over an edit from outside. True when the values in force changed.

        Raises:
            SettingsError: the edit is not allowed; the last good values stay.
        """
        text = _read(self.path)
        if text == self._text:
            return False
        self._text = text
        before, self.values = self.values, _parsed(self.path, text)
        return before != self.values

    def watch(self, on_change: Callable[[SettingsError | None], None]) -> Callable[[], None]:
        """Reloads on edits, tells of new values (None) or why an edit is refused; returns the call to stop.

        Needs the running loop.
        """
        from cockpit.file_watch import FileWatch

        def reload() -> None:
            try:
                if self.reload():
                    on_change(None)
            except SettingsError as error:
                on_change(error)

        return FileWatch(self.path, reload).close


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{path} is not UTF-8 text (byte {error.start}). Mend it or move it away."
        ) from error
    except OSError as error:
        raise SettingsError(f"{path} can't be read: {error.strerror}. Mend it or move it away.") from error


def _parsed(path: Path, text: str | None) -> Settings:
    try:
        tables = tomllib.loads(text or "")
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}. Mend it or move it away.") from error
    return parse(tables, str(path))


def _remove(table: Any, name: str) -> None:
    """Takes `name` out of a tomlkit table, also where it was written without quotes as a table in a table."""
    table.pop(name, None)
    head, _, rest = name.partition(".")
    if rest and isinstance(table.get(head), dict):
        _remove(table[head], rest)
        if not table[head]:
            table.pop(head)


def _template() -> str:
    """A file that decides nothing and explains everything."""
    lines = [_HEADER]
    for section_name, section_field in Settings.model_fields.items():
        section = section_field.annotation
        assert isinstance(section, type) and issubclass(section, Section)
        lines += [f"# {section.__doc__}", f"[{section_name}]"]
        for name, field in section.model_fields.items():
            lines += [f"# {field.description}", f"# {name} = {_toml(field.default)}"]
        if section is Keys:
            lines += ['# "terminal.new" = "c"']
        lines.append("")
    return "\n".join(lines)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f'"{value}"' if isinstance(value, str) else str(value)

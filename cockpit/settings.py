"""What a person can set, with its defaults and limits. Reads no file: see `settings_file`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cockpit.errors import SettingsError, UsageError
from cockpit.text import did_you_mean

TMUX_BACKEND_VARIABLE = "COCKPIT_TMUX_BACKEND"

_TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
_FALSE_WORDS = frozenset({"0", "false", "no", "off"})


class Section(BaseModel):
    """One table of the file. Keys it doesn't know are kept in `model_extra`."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)


class General(Section):
    """How cockpit looks and behaves."""

    theme: str = Field(default="ansi-dark", min_length=1, description="The name of a theme.")
    confirm_close: bool = Field(default=True, description="Ask before a running program is ended.")
    sidebar: bool = Field(default=True, description="Show the sidebar.")
    sidebar_width: int = Field(default=28, ge=24, le=40, description="The sidebar's width in columns.")
    show_tmux_hint: bool = Field(
        default=True, description="Say once in a quiet line that terminals can outlive cockpit."
    )
    telemetry: bool = Field(
        default=True,
        description="Keep times and counts in a log on this machine, `telemetry.log`; nothing else.",
    )


class Keys(Section):
    """The leader, and commands on other keys by their id: "terminal.new" = "c"."""

    leader: str = Field(default="ctrl+b", min_length=1, description="The key that starts cockpit's own keys.")

    @model_validator(mode="before")
    @classmethod
    def _flatten(cls, value: Any) -> Any:
        """Takes `terminal.new = "c"` without quotes too, which TOML reads as a table in a table."""
        return _flattened(value) if isinstance(value, Mapping) else value

    @model_validator(mode="after")
    def _check_bindings(self) -> Keys:
        for command, key in (self.model_extra or {}).items():
            if not isinstance(key, str):
                raise ValueError(f"{command}: must be the name of a key as text, or empty text for none")
        return self

    @property
    def bindings(self) -> dict[str, str]:
        """The person's own keys by command id; an empty key takes the command off the keyboard."""
        return dict(self.model_extra or {})


class Workspaces(Section):
    """How terminals start."""

    shell: str = Field(default="", description="The path of the shell; empty: your login shell.")
    default_directory: str = Field(
        default="", description="Where a session starts without a directory; empty: your home."
    )
    shell_integration: bool = Field(
        default=True,
        description="bash, zsh and fish mark their prompts and tell when they are ready.",
    )
    command_in_shell: bool = Field(
        default=True,
        description="A tab's command runs in your shell, which stays when it ends; off: the tab ends with it.",
    )
    scrollback_lines: int = Field(
        default=10_000, ge=0, le=1_000_000, description="Lines kept above the screen."
    )


class Notifications(Section):
    """What cockpit tells you."""

    muted: bool = Field(default=False, description="Show no notifications.")
    bell: Literal["visible", "outer", "off"] = Field(
        default="visible",
        description="What a program's bell does: leave a mark, ring your own terminal's bell as well, or nothing.",
    )


Policy = Literal["allow", "ask", "deny"]


class Clipboard(Section):
    """What programs may do with the clipboard by escape sequence (OSC 52), and what a paste may do to programs."""

    program_write: Policy = Field(
        default="allow", description="Whether a program may put text into the clipboard."
    )
    program_read: Policy = Field(
        default="deny", description="Whether a program may see what is in the clipboard."
    )
    confirm_paste: bool = Field(
        default=True, description="Ask before pasted lines go to a shell that would run each of them at once."
    )


class Automation(Section):
    """Who may drive cockpit through its control socket."""

    socket_access: Literal["off", "cockpit-only", "automation", "password", "allow-all"] = Field(
        default="cockpit-only",
        description=(
            "Who may use the control socket: nobody, programs in cockpit's terminals, every program of yours, "
            "those with the password, or everyone who can reach it (unsafe)."
        ),
    )
    restore_commands: Literal["nothing", "shell", "relaunch"] = Field(
        default="nothing",
        description="What becomes of a tab's own command at the next start: nothing until you press enter in it, a "
        "shell in its place, or it is run again.",
    )
    resume: dict[str, str] = Field(
        default={},
        description='How agents go on, as claude = "claude --continue"; that, codex and gemini are built in. Empty '
        "text: like any other command.",
    )


class Experimental(Section):
    """New and not yet settled."""

    tmux_backend: bool = Field(
        default=False, description="Run new terminals in tmux, so that they outlive cockpit."
    )
    keep_server_alive: bool = Field(
        default=True, description="Quitting leaves the tmux server and its programs running."
    )


class Settings(Section):
    """All settings. `model_fields_set` of a section holds the keys that the file decides."""

    general: General = Field(default_factory=General)
    keys: Keys = Field(default_factory=Keys)
    workspaces: Workspaces = Field(default_factory=Workspaces)
    notifications: Notifications = Field(default_factory=Notifications)
    clipboard: Clipboard = Field(default_factory=Clipboard)
    automation: Automation = Field(default_factory=Automation)
    experimental: Experimental = Field(default_factory=Experimental)


def parse(data: Mapping[str, Any], source: str) -> Settings:
    """Settings from the tables of a TOML document; what is missing has its default.

    Raises:
        SettingsError: a value is not allowed. Names `source`, the key, the value and what is allowed.
    """
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        raise SettingsError("\n".join(f"{source}: {line}" for line in _explanations(error))) from error


def unknown_keys(settings: Settings) -> list[str]:
    """The dotted keys cockpit doesn't know. They are kept in the file; most are typing mistakes."""
    unknown = list(settings.model_extra or {})
    for name in Settings.model_fields:
        section = getattr(settings, name)
        if not isinstance(section, Keys):
            unknown += [f"{name}.{key}" for key in section.model_extra or {}]
    return unknown


def value_of(settings: Settings, key: str) -> object:
    """The value of a dotted key, such as `general.theme` or `keys.terminal.new`.

    Raises:
        SettingsError: there is no such setting.
    """
    section_name, name = split_key(key)
    section = getattr(settings, section_name)
    if isinstance(section, Keys) and name not in Keys.model_fields:
        return section.bindings.get(name)
    return getattr(section, name)


def split_key(key: str) -> tuple[str, str]:
    """The section and the name in it of a dotted key.

    Raises:
        SettingsError: there is no such setting.
    """
    section_name, _, name = key.partition(".")
    field = Settings.model_fields.get(section_name)
    known = field is not None and name in getattr(field.annotation, "model_fields", {})
    if not known and not (section_name == "keys" and name):
        hint = did_you_mean(key, all_keys()) or "; cockpit config list has them all"
        raise SettingsError(f"there is no setting {key!r}{hint}")
    return section_name, name


def all_keys() -> list[str]:
    """Every dotted key that has a default, in the file's order."""
    return [
        f"{section}.{name}"
        for section, field in Settings.model_fields.items()
        for name in getattr(field.annotation, "model_fields", {})
    ]


def choices_of(key: str) -> tuple[str, ...]:
    """The values a setting may have, as a person writes them; empty where they are too many to name."""
    section, name = split_key(key)
    field = getattr(Settings.model_fields[section].annotation, "model_fields", {}).get(name)
    if field is not None and get_origin(field.annotation) is Literal:
        return tuple(get_args(field.annotation))
    return ("true", "false") if field is not None and field.annotation is bool else ()


def tmux_backend_override(environment: Mapping[str, str]) -> bool | None:
    """What `COCKPIT_TMUX_BACKEND` says, or None when it is unset or empty.

    Raises:
        UsageError: it holds something else.
    """
    word = environment.get(TMUX_BACKEND_VARIABLE, "").strip().lower()
    if not word:
        return None
    if word in _TRUE_WORDS or word in _FALSE_WORDS:
        return word in _TRUE_WORDS
    raise UsageError(
        f"{TMUX_BACKEND_VARIABLE}={environment[TMUX_BACKEND_VARIABLE]!r} is not understood: "
        "set it to 1, true, yes or on, to 0, false, no or off, or unset it"
    )


def _flattened(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in table.items():
        if isinstance(value, Mapping):
            flat |= _flattened(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value
    return flat


def _explanations(error: ValidationError) -> list[str]:
    lines = []
    for detail in error.errors(include_url=False):
        key = ".".join(str(part) for part in detail["loc"])
        if detail["type"] == "value_error":
            lines.append(f"{key}.{detail['ctx']['error']}")
        else:
            lines.append(f"{key} = {detail['input']!r} is not allowed: it must be {_allowed(detail['loc'])}")
    return lines


def _allowed(location: tuple[int | str, ...]) -> str:
    section = Settings.model_fields.get(str(location[0]))
    fields = getattr(section.annotation, "model_fields", {}) if section else {}
    field = fields.get(location[1]) if len(location) > 1 else None
    if field is None:
        return "a table"
    if get_origin(field.annotation) is Literal:
        *words, last = (f'"{word}"' for word in get_args(field.annotation))
        return f"{', '.join(words)} or {last}"
    if field.annotation is bool:
        return "true or false"
    if get_origin(field.annotation) is dict:
        return "a table of names and text in quotes"
    if field.annotation is int:
        low = next((m.ge for m in field.metadata if isinstance(m, Ge)), "…")
        high = next((m.le for m in field.metadata if isinstance(m, Le)), "…")
        return f"a whole number from {low} to {high}"
    return "text in quotes" + (" that is not empty" if field.metadata else "")

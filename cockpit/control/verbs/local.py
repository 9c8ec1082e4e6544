"""Verbs that need no running cockpit: config, schema, version, completion, help."""

from __future__ import annotations

from cockpit import __version__
from cockpit.control.codes import ExitCode
from cockpit.control.protocol import VERSIONS
from cockpit.control.verbs.arguments import Arguments, Verb, Word
from cockpit.control.verbs.calling import show
from cockpit.control.verbs.streams import json_text, write, write_json
from cockpit.errors import UsageError

TYPE_CHECKING = False  # typing would cost a tenth of a verb's time
if TYPE_CHECKING:
    from typing import Any

PAGES = ("protocol",)
"""Help pages that are no verb's."""
_ACTIONS = {"list": 0, "path": 0, "get": 1, "set": 2, "unset": 1}
"""What config does, and how many words follow each."""


def _config(arguments: Arguments) -> int:
    from cockpit.paths import resolve
    from cockpit.settings import all_keys, value_of
    from cockpit.settings_file import SettingsFile

    action, key, value = arguments.action, arguments.key, arguments.value
    _check_action(action, [word for word in (key, value) if word is not None])
    paths = resolve(arguments.profile or "default")
    if action == "path":
        return show(arguments, str(paths.settings_file), str(paths.settings_file))
    file = SettingsFile.load(paths.settings_file)
    if action == "list":
        chosen = (f"keys.{id_}" for id_ in file.values.keys.bindings)
        values = {name: value_of(file.values, name) for name in (*all_keys(), *chosen)}
        return show(arguments, values, "\n".join(f"{n} = {_toml(v)}" for n, v in values.items()))
    if action == "get":
        found = value_of(file.values, key)
        return show(arguments, found, found if isinstance(found, str) else _toml(found))
    new = None if action == "unset" else _from_toml(value)
    if key.startswith("keys.") and isinstance(new, str) and new:
        _check_key(key, new)
    paths.prepare()
    file.update(key, new)
    return show(arguments, value_of(file.values, key))


def _check_action(action: str, words: list[str]) -> None:
    """Raises `UsageError` unless as many words follow as the action wants."""
    wanted = _ACTIONS.get(action)
    if wanted is None:
        from cockpit.text import did_you_mean

        hint = did_you_mean(action, _ACTIONS) or f"; it is {', '.join(_ACTIONS)}"
        raise UsageError(f"config: there is no action {action!r}{hint}")
    if len(words) != wanted:
        names = "".join(f" {name}" for name in ("KEY", "VALUE")[:wanted])
        raise UsageError(f"config: it is cockpit config {action}{names} (cockpit help config)")


def _check_key(setting: str, key: str) -> None:
    """Raises `SettingsError` when nobody can press it; a running cockpit would only say so on its screen."""
    from cockpit.errors import SettingsError
    from cockpit.terminal.input.keys import parse_chord

    try:
        parse_chord(key)
    except ValueError as error:
        raise SettingsError(f"{setting} = {key!r} is not allowed: {error}") from error


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else json_text(value)


def _from_toml(text: str) -> Any:
    import tomllib

    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _schema(arguments: Arguments) -> int:
    from cockpit.control.schema import schema

    write_json(schema(), None if arguments.json else 2)
    return ExitCode.OK


def _version(arguments: Arguments) -> int:
    return show(arguments, {"version": __version__, "protocols": list(VERSIONS)}, f"cockpit {__version__}")


def _completion(arguments: Arguments) -> int:
    from cockpit.control.verbs.completion import SCRIPTS, answer

    if arguments.shell not in SCRIPTS:
        raise UsageError(f"completion: SHELL is one of {', '.join(SCRIPTS)}, not {arguments.shell!r}")
    write(SCRIPTS[arguments.shell] if arguments.line is None else answer(arguments.shell, arguments.line))
    return ExitCode.OK


def _help(arguments: Arguments) -> int:
    from cockpit.control.verbs.pages import overview, page

    name, verbs = arguments.page, all_verbs()
    if name is None:
        write(overview(verbs))
    elif name == "protocol":
        from pathlib import Path

        write((Path(__file__).parents[1] / "PROTOCOL.md").read_text(encoding="utf-8"))
    elif name in verbs:
        write(page(verbs[name]))
    else:
        from cockpit.text import did_you_mean

        hint = did_you_mean(name, (*verbs, *PAGES)) or "; cockpit help has them all"
        raise UsageError(f"help: there is no page {name!r}{hint}")
    return ExitCode.OK


def all_verbs() -> dict[str, Verb]:
    """Every verb, in the table's order."""
    from importlib import import_module

    from cockpit.control.verbs import MODULES

    return {
        name: import_module(f"cockpit.control.verbs.{module}").VERBS[name] for name, module in MODULES.items()
    }


VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            "config",
            "Reads and changes the settings file",
            _config,
            words=(
                Word("action", "list, path, get KEY, set KEY VALUE or unset KEY", choices=" ".join(_ACTIONS)),
                Word("key", "section.name, such as general.theme", required=False, choices="settings"),
                Word("value", "as in TOML; text needs no quotes", required=False, choices="setting values"),
            ),
            common="json profile help",
            description="A running cockpit follows at once. Comments in the file are kept.",
            prints="list: a line KEY = VALUE for each setting in force. get: its value, text without quotes. path: "
            "where the file is. set and unset print nothing. With --json the value, for list an object of all.",
            examples=(
                "cockpit config set automation.socket_access automation",
                "cockpit config get general.theme",
                "cockpit config set keys.terminal.new t",
            ),
        ),
        Verb(
            "schema",
            "Prints the JSON schema of the control socket's frames",
            _schema,
            common="json help",
            prints="JSON Schema 2020-12. With --json on one line.",
            examples=("cockpit schema > cockpit.schema.json",),
        ),
        Verb(
            "version",
            "Prints the version",
            _version,
            common="json help",
            prints="cockpit and its version. With --json version and protocols, those of the control socket.",
        ),
        Verb(
            "completion",
            "Prints a completion script for a shell",
            _completion,
            words=(
                Word("shell", "bash, zsh or fish", choices="bash zsh fish"),
                Word(
                    "line",
                    "the words behind cockpit, the last as far as it is typed",
                    required=False,
                    rest=True,
                ),
            ),
            common="help",
            description="It completes verbs, options, settings and their values, keys, events, and the names of "
            "sessions and terminals.",
            prints="The script. With LINE what can follow, one word a line, as the scripts ask for it.",
            examples=(
                'eval "$(cockpit completion bash)"     # in ~/.bashrc',
                'eval "$(cockpit completion zsh)"      # in ~/.zshrc, after compinit',
                "cockpit completion fish | source      # in ~/.config/fish/config.fish",
            ),
        ),
        Verb(
            "help",
            "Shows a help page",
            _help,
            words=(Word("page", "a verb, or protocol", required=False, choices="pages"),),
            common="help",
            prints="The page; without one, how cockpit is called and all verbs.",
            examples=("cockpit help run", "cockpit help protocol | less"),
        ),
    )
}

"""Verbs that need no running cockpit: config, schema, version, completion, help."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from cockpit import __version__
from cockpit.control.codes import ExitCode
from cockpit.control.protocol import VERSIONS
from cockpit.control.verbs.arguments import Arguments, Verb, Word
from cockpit.control.verbs.calling import json_text, show
from cockpit.errors import UsageError

if TYPE_CHECKING:
    from typing import Any

PAGES = ("protocol",)
"""Help pages that are no verb's."""


def _config(arguments: Arguments) -> int:
    from cockpit.paths import resolve
    from cockpit.settings import all_keys, value_of
    from cockpit.settings_file import SettingsFile

    paths = resolve(arguments.profile or "default")
    action, key, value = arguments.action, arguments.key, arguments.value
    if action == "path":
        return show(arguments, str(paths.settings_file), str(paths.settings_file))
    file = SettingsFile.load(paths.settings_file)
    if action == "list":
        values = {name: value_of(file.values, name) for name in all_keys()}
        return show(arguments, values, "\n".join(f"{n} = {_toml(v)}" for n, v in values.items()))
    if key is None:
        raise UsageError(f"config {action}: KEY is missing")
    if action == "get":
        found = value_of(file.values, key)
        return show(arguments, found, found if isinstance(found, str) else _toml(found))
    if action not in ("set", "unset") or (action == "set") is (value is None):
        raise UsageError("config: it is list, path, get KEY, set KEY VALUE or unset KEY")
    paths.prepare()
    file.update(key, None if action == "unset" else _from_toml(value))
    return show(arguments, value_of(file.values, key))


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

    print(json.dumps(schema(), ensure_ascii=False, indent=None if arguments.json else 2))
    return ExitCode.OK


def _version(arguments: Arguments) -> int:
    return show(arguments, {"version": __version__, "protocols": list(VERSIONS)}, f"cockpit {__version__}")


def _completion(arguments: Arguments) -> int:
    from cockpit.control.verbs.completion import SCRIPTS

    if arguments.shell not in SCRIPTS:
        raise UsageError(f"completion: SHELL is one of {', '.join(SCRIPTS)}")
    sys.stdout.write(SCRIPTS[arguments.shell]())
    return ExitCode.OK


def _help(arguments: Arguments) -> int:
    page = arguments.page
    if page is None:
        sys.stdout.write(overview())
    elif page == "protocol":
        from pathlib import Path

        sys.stdout.write((Path(__file__).parents[1] / "PROTOCOL.md").read_text(encoding="utf-8"))
    else:
        verbs = all_verbs()
        if page not in verbs:
            raise UsageError(f"help: there is no page {page!r}; there are {', '.join((*verbs, *PAGES))}")
        sys.stdout.write(verbs[page].page())
    return ExitCode.OK


def all_verbs() -> dict[str, Verb]:
    """Every verb, in the table's order."""
    from importlib import import_module

    from cockpit.control.verbs import MODULES

    return {
        name: import_module(f"cockpit.control.verbs.{module}").VERBS[name] for name, module in MODULES.items()
    }


def overview() -> str:
    """One line for each verb."""
    lines = ["usage: cockpit [-L PROFILE] VERB …", ""]
    lines += [f"  {name:<12}{verb.summary}" for name, verb in all_verbs().items()]
    lines += ["", "cockpit help VERB tells more; cockpit help protocol is about the control socket.", ""]
    return "\n".join(lines)


VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            "config",
            "Reads and changes the settings file; a running cockpit follows at once.",
            _config,
            words=(
                Word("action", "list, path, get, set or unset"),
                Word("key", "section.name, such as general.theme", required=False),
                Word("value", "as in TOML; text needs no quotes", required=False),
            ),
            examples=("cockpit config set automation.socket_access automation", "cockpit config list --json"),
        ),
        Verb("schema", "Prints the JSON schema of the control socket's frames.", _schema),
        Verb("version", "Prints the version.", _version),
        Verb(
            "completion",
            "Prints a completion script.",
            _completion,
            words=(Word("shell", "bash, zsh or fish"),),
            examples=(
                'eval "$(cockpit completion bash)"     # in ~/.bashrc',
                'eval "$(cockpit completion zsh)"      # in ~/.zshrc, after compinit',
                "cockpit completion fish | source      # in ~/.config/fish/config.fish",
            ),
        ),
        Verb(
            "help",
            "Shows a help page: a verb's, or protocol.",
            _help,
            words=(Word("page", "a verb, or protocol", required=False),),
        ),
    )
}

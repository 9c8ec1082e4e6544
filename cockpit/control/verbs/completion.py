"""Completion scripts for bash, zsh and fish, made from the verbs' tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cockpit.control.verbs.arguments import COMMON, Verb
from cockpit.control.verbs.local import PAGES, all_verbs

_CHOICES = {
    "config": ("list", "path", "get", "set", "unset"),
    "completion": ("bash", "zsh", "fish"),
}


def bash() -> str:
    """For bash 3.2 and newer."""
    verbs = all_verbs()
    cases = "\n".join(
        f"        {name}) options='{_options(verb)}'; words={_words(verb)} ;;" for name, verb in verbs.items()
    )
    return f"""\
_cockpit() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} verb=${{COMP_WORDS[1]}} options='' words='' word
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ]; then
        COMPREPLY=($(compgen -W '{" ".join(verbs)} --help --version --profile' -- "$current"))
        return
    fi
    case $verb in
{cases}
    esac
    case $current in
        -*) COMPREPLY=($(compgen -W "$options" -- "$current")); return ;;
    esac
    while IFS= read -r word; do  # compgen -W would expand, and so run, what a name holds
        [[ -n $word && $word == "$current"* ]] && COMPREPLY+=("$(printf %q "$word")")
    done <<<"$words"
}}
complete -o dirnames -F _cockpit cockpit
"""


def zsh() -> str:
    """For zsh with compinit."""
    verbs = all_verbs()
    table = "\n".join(f"        {_quoted(f'{name}:{verb.summary}')}" for name, verb in verbs.items())
    cases = "\n".join(
        f"        {name}) options=({_options(verb)}); words_=(${{(f){_words(verb)}}}) ;;"
        for name, verb in verbs.items()
    )
    return f"""\
_cockpit() {{
    local -a verbs options words_
    verbs=(
{table}
    )
    if (( CURRENT == 2 )); then
        _describe verb verbs
        _path_files -/
        return
    fi
    case $words[2] in
{cases}
    esac
    if [[ $PREFIX == -* ]]; then
        compadd -- $options
    else
        compadd -- $words_
    fi
}}
compdef _cockpit cockpit
"""


def fish() -> str:
    """For fish 3 and newer."""
    lines = [
        "complete -c cockpit -f",
        "complete -c cockpit -n __fish_use_subcommand -a '(__fish_complete_directories)'",
    ]
    for name, verb in all_verbs().items():
        here = f"'__fish_seen_subcommand_from {name}'"
        lines.append(f"complete -c cockpit -n __fish_use_subcommand -a {name} -d {_quoted(verb.summary)}")
        for option in (*verb.options, *COMMON):
            short = f" -s {option.short}" if option.short else ""
            needs = " -r" if option.metavar else ""
            lines.append(
                f"complete -c cockpit -n {here} -l {option.name}{short}{needs} -d {_quoted(option.help)}"
            )
        if name in _CHOICES or name == "help":
            lines.append(f"complete -c cockpit -n {here} -a '{' '.join(_choices(name))}'")
        elif _takes_target(verb):
            lines.append(f"complete -c cockpit -n {here} -a '(cockpit list --targets 2>/dev/null)'")
    return "\n".join(lines) + "\n"


SCRIPTS: Mapping[str, Callable[[], str]] = {"bash": bash, "zsh": zsh, "fish": fish}


def _options(verb: Verb) -> str:
    return " ".join(f"--{option.name}" for option in (*verb.options, *COMMON))


def _words(verb: Verb) -> str:
    """A shell word that lists, one a line, what can follow the verb."""
    if verb.name in _CHOICES or verb.name == "help":
        return "$'" + "\\n".join(_choices(verb.name)) + "'"
    return '"$(cockpit list --targets 2>/dev/null)"' if _takes_target(verb) else "''"


def _choices(name: str) -> tuple[str, ...]:
    return (*all_verbs(), *PAGES) if name == "help" else _CHOICES[name]


def _takes_target(verb: Verb) -> bool:
    return bool(verb.words) and verb.words[0].name == "target"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "'\\''") + "'"

"""Completion: what can follow a command line, from the verbs' tables, and the scripts that have shells ask for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from cockpit.control.verbs import split
from cockpit.control.verbs.arguments import Option, Verb, Word, options_of, parse
from cockpit.errors import CockpitError

Candidate = tuple[str, str]
"""A word that can follow, and what it is."""

DEADLINE_S = 3.0
"""How long a shell's user waits for names: a cockpit that hangs has none."""
_BEFORE_A_VERB = (
    ("--profile", "a separate world: its own settings, sessions and tmux server"),
    ("--take-over", "have another cockpit leave, without asking first"),
    ("--version", "print the version"),
    ("--help", "how cockpit is called"),
)

BASH = """\
_cockpit() {
    local word
    COMPREPLY=()
    while IFS= read -r word; do
        COMPREPLY+=("$word")  # quoted already: what a name holds is never run
    done < <(cockpit completion bash -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o dirnames -F _cockpit cockpit
"""
ZSH = """\
_cockpit() {
    local line
    local -a found shown
    for line in "${(@f)$(cockpit completion zsh -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
        [[ -n $line ]] || continue
        found+=("${line%%$'\\t'*}")
        shown+=("${${line%$'\\t'}/$'\\t'/  -- }")
    done
    (( $#found )) && compadd -l -d shown -a found
    if (( ! $#found || CURRENT == 2 )); then
        _path_files -/
    fi
}
compdef _cockpit cockpit
"""
FISH = """\
function __cockpit_complete
    set -l words (commandline -opc) (commandline -ct)
    cockpit completion fish -- $words[2..-1] 2>/dev/null
end
complete -c cockpit -f -a '(__cockpit_complete)'
complete -c cockpit -n __fish_use_subcommand -a '(__fish_complete_directories)'
complete -c cockpit -n '__fish_seen_subcommand_from new' -a '(__fish_complete_directories)'
"""
SCRIPTS: Mapping[str, str] = {"bash": BASH, "zsh": ZSH, "fish": FISH}


def answer(shell: str, words: Sequence[str]) -> str:
    """What can follow, as the shell's script takes it: one a line, but for bash with a tab and what it is.

    `words` is the command line behind `cockpit`, up to the word being typed, which may be empty.
    """
    typed = words[-1] if words else ""
    begun = _unquoted(typed)
    found = [
        (word, told) for word, told in candidates([*words[:-1], begun]) if word.startswith(begun) and word
    ]
    if shell != "bash":
        return "".join(f"{word}\t{told}\n" for word, told in dict(found).items())
    open_quote = typed[:1] in ("'", '"')
    return "".join(f"{word if open_quote else _quoted(word)}\n" for word in dict(found))


def candidates(words: Sequence[str]) -> Iterable[Candidate]:
    """What can stand in the place of the last word, whatever has been typed of it."""
    from cockpit.control.verbs.local import all_verbs

    *before, begun = words or [""]
    if before and before[-1] in ("-L", "--profile"):
        return _profiles("default", [])
    found = split(before)
    verbs = all_verbs()
    if found is None:
        return _BEFORE_A_VERB if begun.startswith("-") else [(v.name, v.summary) for v in verbs.values()]
    profile, (name, *rest) = found
    return _inside(verbs[name], profile or "default", rest, begun)


def _inside(verb: Verb, profile: str, given: Sequence[str], begun: str) -> Iterable[Candidate]:
    """What can follow the words `given` behind a verb."""
    options = options_of(verb)
    waiting = list(verb.words)
    taken: list[str] = []
    value_of: Option | None = None
    only_words = False
    for word in given:
        if value_of is not None:
            if word != "=":  # bash cuts words there
                profile = word if value_of.name == "profile" else profile
                value_of = None
        elif word == "--" and not only_words:
            only_words = True
        elif not only_words and word.startswith("-") and len(word) > 1:
            option = options.get(word)
            value_of = option if option is not None and option.metavar else None
        else:
            taken.append(word)
            if waiting and waiting[0].rest:
                only_words = True
            elif waiting:
                waiting.pop(0)
    if value_of is not None:
        return _values(value_of, profile, taken)
    if begun.startswith("-") and not only_words:
        return [(f"--{o.name}", o.help) for o in (*verb.options, *verb.common)]
    return _values(waiting[0], profile, taken) if waiting else ()


def _values(part: Option | Word, profile: str, taken: Sequence[str]) -> Iterable[Candidate]:
    of_kind = VALUES.get(part.choices)
    if of_kind is None:
        return [(word, "") for word in part.choices.split()]
    try:
        return list(of_kind(profile, taken))
    except (CockpitError, OSError):  # no cockpit, no settings: nothing to offer
        return ()


def _rows(profile: str) -> Iterable[tuple[list[Candidate], list[Candidate]]]:
    """Every session, each with its terminals: by name, and by id."""
    from cockpit.control.verbs.calling import ask, clean
    from cockpit.control.verbs.rows import VERBS

    here = parse(VERBS["list"], [] if profile == "default" else ["-L", profile])
    for session in ask(here, "list", {}, deadline_s=DEADLINE_S)["sessions"]:
        name = clean(session["name"])
        told = [(clean(t["name"]), t["id"], f"{t['state']} in {name}") for t in session["terminals"]]
        yield (
            [(name, f"session in {clean(session['directory'])}"), (session["id"], f"session {name}")],
            [pair for own, id_, state in told for pair in ((own, state), (id_, f"{own}, {state}"))],
        )


def _sessions(profile: str, taken: Sequence[str]) -> Iterable[Candidate]:
    for names, _ in _rows(profile):
        yield from names


def _targets(profile: str, taken: Sequence[str]) -> Iterable[Candidate]:
    yield ("current", "the terminal this runs in, or else the one shown")
    for names, terminals in _rows(profile):
        yield from names
        yield from terminals


def _profiles(profile: str, taken: Sequence[str]) -> Iterable[Candidate]:
    from cockpit.paths import resolve

    yield ("default", "")
    directory = resolve("default").state_dir / "profiles"
    if directory.is_dir():
        yield from ((path.name, "") for path in sorted(directory.iterdir()) if path.is_dir())


def _events(profile: str, taken: Sequence[str]) -> Iterable[Candidate]:
    from cockpit.control.event_json import EVENT_NAMES

    return [(name, "") for name in EVENT_NAMES.values()]


def _keys(profile: str, taken: Sequence[str]) -> Iterable[Candidate]:
    from cockpit.terminal.input.key_names import NAMES

    return [(name, "") for name in (*sorted(NAMES), "ctrl+c", "ctrl+d", "ctrl+z", "alt+", "ctrl+", "shift+")]


def _settings(profile: str, taken: Sequence[str]) -> Iterable[Candidate]:
    from cockpit.settings import all_keys

    return [(key, "") for key in all_keys()] if taken[:1] != ["list"] else ()


def _setting_values(profile: str, taken: Sequence[str]) -> Iterable[Candidate]:
    from cockpit.settings import choices_of

    return [(choice, "") for choice in choices_of(taken[1])] if taken[0] == "set" else ()


def _pages(profile: str, taken: Sequence[str]) -> Iterable[Candidate]:
    from cockpit.control.verbs.local import PAGES, all_verbs

    yield from ((verb.name, verb.summary) for verb in all_verbs().values())
    yield from ((name, "") for name in PAGES)


VALUES: Mapping[str, Callable[[str, Sequence[str]], Iterable[Candidate]]] = {
    "targets": _targets,
    "sessions": _sessions,
    "profiles": _profiles,
    "events": _events,
    "keys": _keys,
    "settings": _settings,
    "setting values": _setting_values,
    "pages": _pages,
    "directories": lambda profile, taken: (),  # the shells know them better
}
"""The values an option or word may have, by what its `choices` are called."""


def _unquoted(typed: str) -> str:
    """What a shell makes of a word that is still being typed."""
    if typed[:1] in ("'", '"'):
        return typed[1:]
    return re.sub(r"\\(.)", r"\1", typed)


def _quoted(word: str) -> str:
    """The word as bash takes it: a backslash before everything that could mean something."""
    return re.sub(r"([^\w@%+=:,./~-]|^~)", r"\\\1", word)

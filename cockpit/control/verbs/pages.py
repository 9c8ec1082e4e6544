"""Help pages, made from the verbs' tables; at most 80 columns wide."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping

from cockpit.control.verbs.arguments import Verb

WIDTH = 79
_LEFT = 22
"""The widest left half of a table; longer ones stand on a line of their own."""

GROUPS: Mapping[str, tuple[str, ...]] = {
    "sessions and terminals": ("list", "new", "rename", "focus", "close", "status"),
    "typing and reading": ("send", "keys", "run", "read", "wait", "snapshot"),
    "what happens": ("events", "notify", "hook"),
    "cockpit itself": ("serve", "config", "store", "stats"),
    "about the verbs": ("help", "completion", "schema", "version"),
}
"""Every verb, as the overview has them."""


def page(verb: Verb) -> str:
    """The page of one verb."""
    words = " ".join(word.spelled for word in verb.words)
    lines = [f"usage: cockpit {verb.name} [OPTION…]{f' {words}' if words else ''}", ""]
    lines += _wrapped(f"{verb.summary}.")
    if verb.description:
        lines += ["", *_wrapped(verb.description)]
    if verb.words:
        lines += ["", "arguments:", *_table((word.name.upper(), word.help) for word in verb.words)]
    options = (*verb.options, *verb.common)
    lines += ["", "options:", *_table((option.spelled, option.help) for option in options)]
    lines += ["", "prints:", *(f"  {line}" for line in _wrapped(verb.prints, WIDTH - 2))]
    lines += ["", "exit status:", *_table(exit_statuses(verb).items(), left=3)]
    if verb.examples:
        lines += ["", "examples:", *(f"  {example}" for example in verb.examples)]
    return "\n".join(lines) + "\n"


def exit_statuses(verb: Verb) -> dict[str, str]:
    """What each exit status of a verb means."""
    found = {"0": "it did what it was asked", "1": "it failed, or was refused"}
    if verb.usage_code == 2:
        found["2"] = "it was called wrongly"
    if verb.asks_cockpit:
        found["3"] = "no cockpit runs"
        found["4"] = "it was not let in, or the password is missing or wrong"
        if verb.takes("target") or verb.takes("session"):
            found["5"] = "there is no such session or terminal, or several could be meant"
            found["6"] = "the terminal, or cockpit, ended first"
        found["124"] = "the time was over"
    return found | verb.exits


def overview(verbs: Mapping[str, Verb]) -> str:
    """How cockpit is called, and one line for each verb."""
    lines = [
        "usage: cockpit [OPTION…] [DIR]",
        "       cockpit [-L PROFILE] VERB [ARGUMENT…]",
        "",
        *_wrapped(
            "One full-screen terminal application for every shell and coding agent you run. It opens the "
            "session of DIR, made when there is none; without DIR, the sessions as they were. Inside, "
            "ctrl+b ? shows the keys. A VERB drives a cockpit that runs."
        ),
        "",
        "options:",
        *_table(
            (
                ("-L, --profile PROFILE", "a separate world: its own settings, sessions and tmux server"),
                ("--take-over", "have another cockpit that has the profile open leave, without asking first"),
                ("--version", "print the version"),
                ("-h, --help", "show this page"),
            )
        ),
    ]
    for title, names in GROUPS.items():
        lines += ["", f"{title}:", *_table(((name, verbs[name].summary) for name in names), left=10)]
    lines += [
        "",
        *_wrapped(
            "cockpit help VERB tells more: what it takes, what it prints, its exit statuses. cockpit help "
            "protocol is about the control socket. A directory with a verb's name is opened as ./VERB."
        ),
        "",
        "environment:",
        *_table(
            (
                ("COCKPIT_HOME", "keep settings, sessions and sockets below this directory"),
                (
                    "COCKPIT_TMUX_BACKEND",
                    "1 runs new terminals in tmux, 0 does not, whatever the settings say",
                ),
                ("COCKPIT_TMUX", "the tmux program to use"),
                ("COCKPIT_SOCKET_PATH", "where the control socket is"),
            )
        ),
        "",
        "exit status:",
        *_table(
            (
                ("0", "cockpit was left in order"),
                (
                    "1",
                    "it could not start or go on: settings, stored sessions, or the profile is open elsewhere",
                ),
                ("2", "it was called wrongly, or there is no terminal to draw on"),
            ),
            left=3,
        ),
    ]
    return "\n".join(lines) + "\n"


def _table(rows: Iterable[tuple[str, str]], left: int = _LEFT) -> list[str]:
    lines = []
    indent = " " * (left + 4)
    for name, text in rows:
        first, *others = _wrapped(text, WIDTH - left - 4)
        lines += [f"  {name:<{left}}  {first}"] if len(name) <= left else [f"  {name}", f"{indent}{first}"]
        lines += [f"{indent}{line}" for line in others]
    return lines


def _wrapped(text: str, width: int = WIDTH) -> list[str]:
    return [line for part in text.split("\n") for line in (textwrap.wrap(part, width) or [""])]

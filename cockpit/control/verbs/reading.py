"""Verbs that read: read, wait, events."""

from __future__ import annotations

import sys

from cockpit.control.codes import ExitCode
from cockpit.control.verbs.arguments import Arguments, Option, Verb, Word, count, seconds
from cockpit.control.verbs.calling import ask, client_of, json_text, show, target_of
from cockpit.control.verbs.rows import TARGET_HELP
from cockpit.errors import UsageError

WAIT_TIMEOUT_S = 60.0


def _read(arguments: Arguments) -> int:
    params = {
        "target": target_of(arguments.target, arguments),
        "lines": arguments.lines,
        "history": arguments.history,
        "output": arguments.output,
        "styled": arguments.styled,
    }
    result = ask(arguments, "read", params)
    return show(arguments, result, result["text"])


def _wait(arguments: Arguments) -> int:
    timeout_s = arguments.timeout or WAIT_TIMEOUT_S
    conditions = {
        "text": arguments.text,
        "regex": arguments.regex,
        "quiet": arguments.quiet,
        "prompt": arguments.prompt,
        "exit": arguments.exit,
    }
    if sum(value is not None for value in conditions.values()) != 1:
        raise UsageError("wait: name one of --text, --regex, --quiet, --prompt and --exit")
    params = {"target": target_of(arguments.target, arguments), "timeout": timeout_s, **conditions}
    result = ask(arguments, "wait", params, timeout_s=timeout_s)
    return show(arguments, result, result.get("match", "") if arguments.regex else "")


def _events(arguments: Arguments) -> int:
    target = arguments.target and target_of(arguments.target, arguments)
    params = {"names": arguments.names or [], "target": target, "session": arguments.session}
    left = arguments.count
    with client_of(arguments) as client:
        client.request("events", {name: value for name, value in params.items() if value is not None})
        for event in client.events():
            print(json_text(event))
            sys.stdout.flush()
            if left is not None and (left := left - 1) <= 0:
                break
    return ExitCode.OK


VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            "read",
            "Prints the text of a terminal: what it shows, or more.",
            _read,
            words=(Word("target", TARGET_HELP, required=False),),
            options=(
                Option("lines", "the last so many lines", metavar="NUMBER", kind=count, short="n"),
                Option("history", "everything there is"),
                Option("output", "what the last command printed; needs prompt marks (OSC 133), and no tmux"),
                Option("styled", "with colours, as SGR sequences"),
            ),
            description="Lines that the terminal wrapped are whole again.",
        ),
        Verb(
            "wait",
            "Waits for something to happen in a terminal.",
            _wait,
            words=(Word("target", TARGET_HELP, required=False),),
            options=(
                Option("text", "this text is on the screen, or gets printed", metavar="TEXT"),
                Option(
                    "regex", "the same for a regular expression; ^ and $ match at lines", metavar="EXPRESSION"
                ),
                Option("quiet", "nothing was printed for so long", metavar="TIME", kind=seconds),
                Option("prompt", "the shell waits for a command; needs a shell that marks prompts (OSC 133)"),
                Option("exit", "its command ended, or its program"),
                Option(
                    "timeout", "give up after so long (60 s; 5m, 2h)", metavar="TIME", kind=seconds, short="t"
                ),
            ),
            description="Exits with 0 when it happened, 124 when the time was over first, and 6 when the terminal or "
            "cockpit ended first.",
            examples=("cockpit wait build --regex '^(PASSED|FAILED)' --timeout 10m",),
        ),
        Verb(
            "events",
            "Prints what happens as it happens, one JSON object a line, until interrupted.",
            _events,
            words=(
                Word(
                    "names",
                    "event names, or beginnings that end in a dot; all without any",
                    required=False,
                    rest=True,
                ),
            ),
            options=(
                Option("target", "only of this terminal", metavar="TARGET"),
                Option("session", "only of this session", metavar="SESSION", short="s"),
                Option("count", "end after so many", metavar="NUMBER", kind=count, short="n"),
            ),
            examples=("cockpit events terminal.status agent.", "cockpit events -n 1 terminal.bell"),
        ),
    )
}
